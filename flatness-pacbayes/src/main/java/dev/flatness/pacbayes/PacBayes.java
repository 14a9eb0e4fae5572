package dev.flatness.pacbayes;

/**
 * The right-hand sides of PAC-Bayes bounds, as functions of risk, divergence, samples and
 * confidence.
 *
 * <p>Symbols: q is the empirical risk of the stochastic predictor, a mean of losses in [0, 1]; KL
 * its divergence from the prior in nats; n the number of samples; ε = (KL + ln (2√n/δ))/n. Each
 * bound holds with probability at least 1 − δ over the samples, for all posteriors at once.
 *
 * <p>Cost: constant. Errors: a risk outside [0, 1], a negative divergence, no samples and a δ
 * outside (0, 1) are refused; an infinite divergence gives a bound of 1 or more.
 *
 * <p>Source: docs/mathematics.md#pac-bayes-bounds.
 */
public final class PacBayes {
  private PacBayes() {}

  /**
   * Returns ε = (KL + ln (2√n/δ))/n.
   *
   * @param divergence KL
   * @param samples n
   * @param delta δ
   * @return the complexity per sample
   */
  public static double complexity(double divergence, int samples, double delta) {
    require(divergence, samples, delta);
    return (divergence + Math.log(2) + Math.log(samples) / 2 - Math.log(delta)) / samples;
  }

  /**
   * Returns Maurer's bound q + √(ε/2), the bound of McAllester with the smaller logarithm.
   *
   * @param risk q
   * @param divergence KL
   * @param samples n
   * @param delta δ
   * @return the bound; 1 or more is vacuous
   */
  public static double maurer(double risk, double divergence, int samples, double delta) {
    requireRisk(risk);
    return risk + Math.sqrt(complexity(divergence, samples, delta) / 2);
  }

  /**
   * Returns Seeger's bound kl⁻¹(q, ε).
   *
   * @param risk q
   * @param divergence KL
   * @param samples n
   * @param delta δ
   * @return the bound, at most 1
   */
  public static double seeger(double risk, double divergence, int samples, double delta) {
    return BinaryDivergence.upperInverse(risk, complexity(divergence, samples, delta));
  }

  /**
   * Returns Seeger's lower bound of the true risk, inf {p ≤ q : kl(q‖p) ≤ ε}.
   *
   * @param risk q
   * @param divergence KL
   * @param samples n
   * @param delta δ
   * @return the bound, at least 0; it holds together with {@link #seeger} at the same δ
   */
  public static double seegerLower(double risk, double divergence, int samples, double delta) {
    return BinaryDivergence.lowerInverse(risk, complexity(divergence, samples, delta));
  }

  /**
   * Returns the quadratic bound (√(q + ε/2) + √(ε/2))².
   *
   * @param risk q
   * @param divergence KL
   * @param samples n
   * @param delta δ
   * @return the bound; 1 or more is vacuous
   */
  public static double quadratic(double risk, double divergence, int samples, double delta) {
    requireRisk(risk);
    double half = complexity(divergence, samples, delta) / 2;
    double root = Math.sqrt(risk + half) + Math.sqrt(half);
    return root * root;
  }

  /**
   * Returns the λ-bound (q + ε/λ)/(1 − λ/2), which holds for all λ at once.
   *
   * @param risk q
   * @param divergence KL
   * @param samples n
   * @param delta δ
   * @param lambda λ in (0, 2)
   * @return the bound; 1 or more is vacuous
   */
  public static double lambda(
      double risk, double divergence, int samples, double delta, double lambda) {
    requireRisk(risk);
    if (!(lambda > 0 && lambda < 2)) {
      throw new IllegalArgumentException(
          "λ is " + lambda + ", expected a number between 0 and 2, both excluded");
    }
    return (risk + complexity(divergence, samples, delta) / lambda) / (1 - lambda / 2);
  }

  /**
   * Returns the λ of the smallest λ-bound, 2/(√(2q/ε + 1) + 1).
   *
   * @param risk q
   * @param divergence KL
   * @param samples n
   * @param delta δ
   * @return λ in (0, 1]
   */
  public static double optimalLambda(double risk, double divergence, int samples, double delta) {
    requireRisk(risk);
    return 2 / (Math.sqrt(2 * risk / complexity(divergence, samples, delta) + 1) + 1);
  }

  /**
   * Returns Catoni's bound (1 − e^{−Cq − (KL + ln (1/δ))/n})/(1 − e^{−C}).
   *
   * @param risk q
   * @param divergence KL
   * @param samples n
   * @param delta δ
   * @param c C, positive, chosen before the samples are seen or paid for in δ
   * @return the bound; 1 or more is vacuous
   */
  public static double catoni(double risk, double divergence, int samples, double delta, double c) {
    requireRisk(risk);
    require(divergence, samples, delta);
    if (!(c > 0 && Double.isFinite(c))) {
      throw new IllegalArgumentException(
          "C of Catoni's bound is " + c + ", expected a positive number");
    }
    return Math.expm1(-c * risk - (divergence - Math.log(delta)) / samples) / Math.expm1(-c);
  }

  /**
   * Returns the bound of Yi's eq. 8, l̂(v) + F + 4 √((KL + ln (2n/δ))/n).
   *
   * @param loss l̂(v), the empirical loss in [0, 1] at the center of the posterior
   * @param increase F, the expected increase of that loss under the posterior's noise, at least 0
   * @param divergence KL
   * @param samples n
   * @param delta δ
   * @return the bound; 1 or more is vacuous
   */
  public static double yi(
      double loss, double increase, double divergence, int samples, double delta) {
    requireRisk(loss);
    require(divergence, samples, delta);
    if (!(increase >= 0)) {
      throw new IllegalArgumentException(
          "the expected increase is " + increase + ", expected a number of at least 0");
    }
    double logarithm = Math.log(2) + Math.log(samples) - Math.log(delta);
    return loss + increase + 4 * Math.sqrt((divergence + logarithm) / samples);
  }

  private static void requireRisk(double risk) {
    if (!(risk >= 0 && risk <= 1)) {
      throw new IllegalArgumentException(
          "the empirical risk is "
              + risk
              + ", expected a mean of losses from 0 to 1; count errors, or clip the loss and divide"
              + " it by its largest value");
    }
  }

  private static void require(double divergence, int samples, double delta) {
    if (!(divergence >= 0)) {
      throw new IllegalArgumentException(
          "the divergence is " + divergence + ", expected a number of at least 0");
    }
    if (samples < 1) {
      throw new IllegalArgumentException(
          "the number of samples is " + samples + ", expected at least 1");
    }
    if (!(delta > 0 && delta < 1)) {
      throw new IllegalArgumentException(
          "delta is " + delta + ", expected a number between 0 and 1, both excluded");
    }
  }
}
