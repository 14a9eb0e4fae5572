package dev.flatness.loss;

import dev.flatness.data.Dataset;
import java.util.OptionalDouble;
import java.util.random.RandomGenerator;

/**
 * Binary cross-entropy on one logit with labels 0 and 1.
 *
 * <p>Formula: ℓ(f, y) = softplus(f) − y f; ℓ′ = σ(f) − y; ℓ″ = σ(f) σ(−f); factor √ℓ″.
 *
 * <p>Units: nats. Cost: constant. Errors: more than one output or another label is refused by
 * {@link #check}. Source: docs/mathematics.md#losses.
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
  public double value(double[] f, double[] y) {
    double margin = y[0] == 1 ? f[0] : -f[0];
    return Math.max(-margin, 0) + Math.log1p(Math.exp(-Math.abs(margin)));
  }

  @Override
  public void gradient(double[] f, double[] y, double[] g) {
    g[0] = y[0] == 1 ? -sigmoid(-f[0]) : sigmoid(f[0]);
  }

  @Override
  public void hessianProduct(double[] f, double[] y, double[] v, double[] product) {
    product[0] = sigmoid(f[0]) * sigmoid(-f[0]) * v[0];
  }

  @Override
  public void factor(double[] f, double[] y, double[][] columns) {
    columns[0][0] = Math.sqrt(sigmoid(f[0]) * sigmoid(-f[0]));
  }

  @Override
  public void draw(double[] f, RandomGenerator random, double[] target) {
    target[0] = random.nextDouble() < sigmoid(f[0]) ? 1 : 0;
  }

  @Override
  public void check(Dataset dataset, int outputs) {
    if (outputs != 1) {
      throw new IllegalArgumentException(
          "loss \"binary-cross-entropy\" needs 1 output, but the network has "
              + outputs
              + "; use cross-entropy");
    }
    TargetChecks.labels(id(), dataset, outputs);
  }

  @Override
  public double correct(double[] f, double[] y) {
    return (f[0] > 0) == (y[0] == 1) ? 1 : 0;
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
