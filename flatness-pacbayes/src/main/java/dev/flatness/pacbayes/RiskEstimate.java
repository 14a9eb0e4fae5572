package dev.flatness.pacbayes;

/**
 * The empirical risk of a stochastic predictor, drawn, with its own confidence.
 *
 * <p>Formula: for m independent draws of a loss in [0, 1] with mean q̂, the risk q lies in [inf,
 * sup] {p : kl(q̂‖p) ≤ ln (2/δ′)/m} with probability at least 1 − δ′.
 *
 * <p>Source: Langford and Caruana 2001; Dziugaite and Roy 2017, §3.4;
 * docs/mathematics.md#monte-carlo-risk.
 *
 * @param mean q̂
 * @param lower the lower end
 * @param upper the upper end
 * @param draws m
 * @param delta δ′
 */
public record RiskEstimate(double mean, double lower, double upper, long draws, double delta) {
  /**
   * Makes the estimate from a mean of draws.
   *
   * @param mean q̂ in [0, 1]
   * @param draws m, at least 1
   * @param delta δ′ in (0, 1)
   * @return the estimate with its ends
   */
  public static RiskEstimate of(double mean, long draws, double delta) {
    if (draws < 1) {
      throw new IllegalArgumentException(
          "the number of draws is " + draws + ", expected at least 1");
    }
    if (!(delta > 0 && delta < 1)) {
      throw new IllegalArgumentException(
          "the delta of the risk is " + delta + ", expected a number between 0 and 1");
    }
    double divergence = (Math.log(2) - Math.log(delta)) / draws;
    return new RiskEstimate(
        mean,
        BinaryDivergence.lowerInverse(mean, divergence),
        BinaryDivergence.upperInverse(mean, divergence),
        draws,
        delta);
  }
}
