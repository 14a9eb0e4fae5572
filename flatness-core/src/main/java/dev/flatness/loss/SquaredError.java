package dev.flatness.loss;

import dev.flatness.data.Dataset;
import java.util.Arrays;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Squared error, summed or averaged over outputs, without a factor ½.
 *
 * <p>Formula: ℓ(f, y) = c Σ_k (f_k − y_k)²; ∇ℓ = 2c(f − y); ∇²ℓ = 2cI, factored by √(2c) e_k; c = 1
 * for the sum and 1/K for the mean over K outputs.
 *
 * <p>Units: those of the targets, squared. Cost: O(outputs). Errors: a target of another length
 * than the outputs is refused by {@link #check}. Source: docs/mathematics.md#losses (Petzka et al.
 * 2019 use ∂²ℓ/∂ŷ² = 2).
 */
public final class SquaredError implements Loss {
  private static final SquaredError SUMMED = new SquaredError(false);
  private static final SquaredError AVERAGED = new SquaredError(true);

  private final boolean averaged;

  private SquaredError(boolean averaged) {
    this.averaged = averaged;
  }

  /**
   * Returns the sum over outputs.
   *
   * @return the only instance
   */
  public static SquaredError summed() {
    return SUMMED;
  }

  /**
   * Returns the mean over outputs, the mean squared error of other libraries: the sum divided by
   * the number of outputs.
   *
   * @return the only instance
   */
  public static SquaredError averaged() {
    return AVERAGED;
  }

  /** The factor of the sum. */
  private double factor(int outputs) {
    return averaged ? 1.0 / outputs : 1;
  }

  @Override
  public Map<String, Object> settings() {
    return averaged ? Map.of("averagedOverOutputs", true) : Map.of();
  }

  @Override
  public boolean fitsReal() {
    return true;
  }

  @Override
  public String id() {
    return "squared-error";
  }

  @Override
  public double value(double[] f, double[] y) {
    double sum = 0;
    for (int k = 0; k < f.length; k++) {
      sum += (f[k] - y[k]) * (f[k] - y[k]);
    }
    return averaged ? sum / f.length : sum;
  }

  @Override
  public void gradient(double[] f, double[] y, double[] g) {
    double twice = 2 * factor(f.length);
    for (int k = 0; k < f.length; k++) {
      g[k] = twice * (f[k] - y[k]);
    }
  }

  @Override
  public void hessianProduct(double[] f, double[] y, double[] v, double[] product) {
    double twice = 2 * factor(f.length);
    for (int k = 0; k < f.length; k++) {
      product[k] = twice * v[k];
    }
  }

  @Override
  public void factor(double[] f, double[] y, int first, double[][] columns) {
    for (int k = 0; k < columns.length; k++) {
      Arrays.fill(columns[k], 0);
      columns[k][first + k] = Math.sqrt(2 * factor(f.length));
    }
  }

  @Override
  public void draw(double[] f, RandomGenerator random, double[] target) {
    double deviation = Math.sqrt(0.5 / factor(f.length));
    for (int k = 0; k < f.length; k++) {
      target[k] = f[k] + random.nextGaussian() * deviation;
    }
  }

  @Override
  public void check(Dataset dataset, int outputs) {
    TargetChecks.real(id(), dataset, outputs);
  }
}
