package dev.flatness.loss;

import dev.flatness.data.Dataset;
import dev.flatness.data.Dataset.TargetKind;
import dev.flatness.network.OutputActivation;
import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.random.RandomGenerator;

/**
 * Binary cross-entropy on logits, summed over outputs: one label 0 or 1 for each output.
 *
 * <p>Formula: ℓ(f, y) = Σ_k (softplus(f_k) − y_k f_k); ∇ℓ = σ(f) − y; ∇²ℓ = diag(σ(f) σ(−f)), with
 * the factor √(σ(f_k) σ(−f_k)) e_k. A target may be a probability from 0 to 1.
 *
 * <p>Units: nats. Cost: O(outputs); the factor O(outputs²). Errors: targets outside of 0 to 1, or
 * of another number than the outputs, are refused by {@link #check}. Source:
 * docs/mathematics.md#losses.
 */
public final class BinaryCrossEntropy implements Loss {
  private static final BinaryCrossEntropy INSTANCE = new BinaryCrossEntropy();

  private BinaryCrossEntropy() {}

  /**
   * Returns the loss.
   *
   * @return the only instance
   */
  public static BinaryCrossEntropy onLogits() {
    return INSTANCE;
  }

  @Override
  public String id() {
    return "binary-cross-entropy";
  }

  @Override
  public boolean requiresLogits() {
    return true;
  }

  @Override
  public boolean includes(OutputActivation end) {
    return end == OutputActivation.SIGMOID || end == OutputActivation.SIGMOID_PAIR;
  }

  @Override
  public double value(double[] f, double[] y) {
    double sum = 0;
    for (int k = 0; k < f.length; k++) {
      sum += ofOutput(f[k], y[k]);
    }
    return sum;
  }

  private static double ofOutput(double f, double y) {
    if (y == 0 || y == 1) {
      return softplus(y == 1 ? -f : f);
    }
    return y * softplus(-f) + (1 - y) * softplus(f);
  }

  /** ln(1 + eˣ). */
  private static double softplus(double x) {
    return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  }

  @Override
  public void gradient(double[] f, double[] y, double[] g) {
    for (int k = 0; k < f.length; k++) {
      g[k] = (1 - y[k]) * sigmoid(f[k]) - y[k] * sigmoid(-f[k]);
    }
  }

  @Override
  public void hessianProduct(double[] f, double[] y, double[] v, double[] product) {
    for (int k = 0; k < f.length; k++) {
      product[k] = sigmoid(f[k]) * sigmoid(-f[k]) * v[k];
    }
  }

  @Override
  public void factor(double[] f, double[] y, double[][] columns) {
    for (int k = 0; k < f.length; k++) {
      Arrays.fill(columns[k], 0);
      columns[k][k] = Math.sqrt(sigmoid(f[k]) * sigmoid(-f[k]));
    }
  }

  @Override
  public void draw(double[] f, RandomGenerator random, double[] target) {
    for (int k = 0; k < f.length; k++) {
      target[k] = random.nextDouble() < sigmoid(f[k]) ? 1 : 0;
    }
  }

  @Override
  public void check(Dataset dataset, int outputs) {
    if (dataset.targetKind() == TargetKind.REAL) {
      TargetChecks.shares(id(), dataset, outputs);
      return;
    }
    if (outputs != 1) {
      throw new IllegalArgumentException(
          "loss \"binary-cross-entropy\" needs a target for each of the network's "
              + outputs
              + " outputs, but the targets of "
              + dataset.name()
              + " are one label a sample; give rows of "
              + outputs
              + " numbers 0 or 1, one-hot where one class is right");
    }
    TargetChecks.labels(id(), dataset, outputs);
  }

  @Override
  public double correct(double[] f, double[] y) {
    for (int k = 0; k < f.length; k++) {
      if ((f[k] > 0) != (y[k] > 0.5)) {
        return 0;
      }
    }
    return 1;
  }

  private static double sigmoid(double x) {
    if (x >= 0) {
      return 1 / (1 + Math.exp(-x));
    }
    double e = Math.exp(x);
    return e / (1 + e);
  }

  @Override
  public OptionalDouble lipschitz(int outputs) {
    return OptionalDouble.of(Math.sqrt(outputs));
  }
}
