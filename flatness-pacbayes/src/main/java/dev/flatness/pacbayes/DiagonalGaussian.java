package dev.flatness.pacbayes;

import java.util.Arrays;
import java.util.Objects;

/**
 * A Gaussian with independent coordinates, N(μ, diag σ²), as a prior or a posterior of parameters.
 *
 * <p>Formula: the divergence from a prior is KL(Q‖P) = ½ Σ_i [((μ_i − μ⁰_i)/τ_i)² + r_i − 1 − ln
 * r_i], r_i = (σ_i/τ_i)², each term evaluated without cancellation near r = 1.
 *
 * <p>Shapes: one mean and one standard deviation a coordinate. Units: nats. Cost: O(dimension).
 * Errors: a mean that is not finite and a standard deviation that is not positive are refused.
 *
 * <p>Source: docs/mathematics.md#gaussian-divergence.
 */
public final class DiagonalGaussian {
  private final double[] mean;
  private final double[] sigma;

  private DiagonalGaussian(double[] mean, double[] sigma) {
    this.mean = mean;
    this.sigma = sigma;
    for (int i = 0; i < mean.length; i++) {
      if (!Double.isFinite(mean[i])) {
        throw new IllegalArgumentException(
            "mean " + i + " of the Gaussian is " + mean[i] + ", expected a finite number");
      }
      if (!(sigma[i] > 0 && Double.isFinite(sigma[i]))) {
        throw new IllegalArgumentException(
            "standard deviation "
                + i
                + " of the Gaussian is "
                + sigma[i]
                + ", expected a positive number");
      }
    }
  }

  /**
   * Returns the Gaussian with one standard deviation for all coordinates.
   *
   * @param mean μ; copied
   * @param sigma σ, positive
   * @return N(μ, σ² I)
   */
  public static DiagonalGaussian isotropic(double[] mean, double sigma) {
    double[] all = new double[mean.length];
    Arrays.fill(all, sigma);
    return new DiagonalGaussian(mean.clone(), all);
  }

  /**
   * Returns the Gaussian with a standard deviation for each coordinate.
   *
   * @param mean μ; copied
   * @param sigma σ, one positive number a coordinate; copied
   * @return N(μ, diag σ²)
   */
  public static DiagonalGaussian of(double[] mean, double[] sigma) {
    if (mean.length != sigma.length) {
      throw new IllegalArgumentException(
          "the Gaussian has "
              + mean.length
              + " means, but "
              + sigma.length
              + " standard deviations; name as many");
    }
    return new DiagonalGaussian(mean.clone(), sigma.clone());
  }

  /**
   * Returns the number of coordinates.
   *
   * @return the dimension
   */
  public int dimension() {
    return mean.length;
  }

  /**
   * Returns the mean.
   *
   * @return a copy of μ
   */
  public double[] mean() {
    return mean.clone();
  }

  /**
   * Returns the standard deviations.
   *
   * @return a copy of σ
   */
  public double[] sigma() {
    return sigma.clone();
  }

  /**
   * Returns KL(this‖prior).
   *
   * @param prior P, of the same dimension
   * @return the divergence in nats, at least 0
   */
  public double divergenceFrom(DiagonalGaussian prior) {
    if (prior.dimension() != dimension()) {
      throw new IllegalArgumentException(
          "the posterior has "
              + dimension()
              + " coordinates, but the prior "
              + prior.dimension()
              + "; name Gaussians over the same parameters");
    }
    double sum = 0;
    double lost = 0;
    for (int i = 0; i < mean.length; i++) {
      double moved = (mean[i] - prior.mean[i]) / prior.sigma[i];
      double term = moved * moved + spread(sigma[i], prior.sigma[i]) - lost;
      double next = sum + term;
      lost = next - sum - term;
      sum = next;
    }
    return sum / 2;
  }

  /** What a standard deviation adds to twice the divergence: r − 1 − ln r, r = (σ/τ)². */
  static double spread(double sigma, double prior) {
    if (sigma < prior / 2) {
      // 1 + q would lose the digits of σ/τ.
      double ratio = sigma / prior;
      return ratio * ratio - 1 - 2 * (Math.log(sigma) - Math.log(prior));
    }
    double relative = (sigma - prior) / prior;
    // For r = (1 + q)²: r − 1 − ln r = q² + 2 (q − ln (1 + q)).
    return relative * relative + 2 * Logarithms.excess(relative);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DiagonalGaussian that
        && Arrays.equals(mean, that.mean)
        && Arrays.equals(sigma, that.sigma);
  }

  @Override
  public int hashCode() {
    return Objects.hash(Arrays.hashCode(mean), Arrays.hashCode(sigma));
  }

  @Override
  public String toString() {
    return "DiagonalGaussian[" + mean.length + " coordinates]";
  }
}
