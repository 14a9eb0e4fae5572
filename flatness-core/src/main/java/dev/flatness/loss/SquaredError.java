package dev.flatness.loss;

import dev.flatness.data.Dataset;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Squared error, summed over outputs, without a factor ½.
 *
 * <p>Formula: ℓ(f, y) = Σ_k (f_k − y_k)²; ∇ℓ = 2(f − y); ∇²ℓ = 2I, factored by √2 e_k.
 *
 * <p>Units: those of the targets, squared. Cost: O(outputs). Errors: a target of another length
 * than the outputs is refused by {@link #check}. Source: docs/mathematics.md#losses (Petzka et al.
 * 2019 use ∂²ℓ/∂ŷ² = 2).
 */
public final class SquaredError implements Loss {
  private static final SquaredError INSTANCE = new SquaredError();

  private SquaredError() {}

  /**
   * Returns the loss.
   *
   * @return the only instance
   */
  public static SquaredError summed() {
    return INSTANCE;
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
    return sum;
  }

  @Override
  public void gradient(double[] f, double[] y, double[] g) {
    for (int k = 0; k < f.length; k++) {
      g[k] = 2 * (f[k] - y[k]);
    }
  }

  @Override
  public void hessianProduct(double[] f, double[] y, double[] v, double[] product) {
    for (int k = 0; k < f.length; k++) {
      product[k] = 2 * v[k];
    }
  }

  @Override
  public void factor(double[] f, double[] y, int first, double[][] columns) {
    for (int k = 0; k < columns.length; k++) {
      Arrays.fill(columns[k], 0);
      columns[k][first + k] = Math.sqrt(2);
    }
  }

  @Override
  public void draw(double[] f, RandomGenerator random, double[] target) {
    for (int k = 0; k < f.length; k++) {
      target[k] = f[k] + random.nextGaussian() * Math.sqrt(0.5);
    }
  }

  @Override
  public void check(Dataset dataset, int outputs) {
    TargetChecks.real(id(), dataset, outputs);
  }
}
