package dev.flatness.surface;

/**
 * What products of central differences are wrong by at one point, and the step that was chosen for
 * it.
 *
 * <p>Formula: ‖computed product − H v‖ ≤ ({@code noise} + {@code truncation}) ‖v‖. Units: those of
 * the Hessian, loss per squared parameter. How both are found:
 * docs/mathematics.md#differences-of-gradients.
 *
 * @param step h, by which the point is moved along unit vectors
 * @param order 2 for central differences, 4 where two of them are combined
 * @param gradientNoise the standard deviation of the gradient's error, a 2-norm
 * @param noise what that error contributes
 * @param truncation what higher derivatives, and kinks, contribute
 * @param norm an estimate of ‖H‖₂ from below
 */
public record ProductError(
    double step, int order, double gradientNoise, double noise, double truncation, double norm) {
  /**
   * Returns the bound for unit vectors.
   *
   * @return noise + truncation
   */
  public double bound() {
    return noise + truncation;
  }

  /**
   * Returns the bound relative to the norm of the Hessian.
   *
   * @return bound / ‖H‖₂; positive infinity where the Hessian vanishes, unless the bound is 0 too
   */
  public double relative() {
    return bound() == 0 ? 0 : bound() / norm;
  }
}
