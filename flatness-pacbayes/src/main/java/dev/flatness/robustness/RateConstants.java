package dev.flatness.robustness;

/**
 * The constants that Theorem 6 leaves open.
 *
 * <p>Formula: the gap is of the order n^{−2/(4+m)} (κ_Tr/(2m) + C₁ + C₂/√Δ) with probability 1 − Δ.
 *
 * <p>Source: Petzka et al. 2021, Thm 6; docs/mathematics.md#generalization-rate.
 *
 * @param first C₁
 * @param second C₂
 * @param confidence Δ, above 0 and at most 1
 */
public record RateConstants(double first, double second, double confidence) {
  /**
   * Checks the ranges.
   *
   * @param first C₁
   * @param second C₂
   * @param confidence Δ
   * @throws IllegalArgumentException if C₁ or C₂ is negative or not finite, or Δ outside (0, 1]
   */
  public RateConstants {
    if (!(first >= 0 && second >= 0 && first + second < Double.POSITIVE_INFINITY)
        || !(confidence > 0 && confidence <= 1)) {
      throw new IllegalArgumentException(
          "the constants of Theorem 6 are "
              + first
              + ", "
              + second
              + ", "
              + confidence
              + ", expected C1 and C2 of at least 0 and D above 0 and at most 1");
    }
  }

  /**
   * Returns the rate.
   *
   * @param samples n
   * @param features m
   * @param flatness κ_Tr
   * @return n^{−2/(4+m)} (κ_Tr/(2m) + C₁ + C₂/√Δ)
   */
  public double rate(int samples, int features, double flatness) {
    return Math.pow(samples, -2.0 / (4 + features))
        * (flatness / (2 * features) + first + second / Math.sqrt(confidence));
  }
}
