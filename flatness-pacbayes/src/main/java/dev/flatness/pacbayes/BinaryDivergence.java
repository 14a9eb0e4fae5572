package dev.flatness.pacbayes;

import org.apache.commons.numbers.rootfinder.BrentSolver;

/**
 * The Kullback–Leibler divergence of two coins, and its inverses.
 *
 * <p>Formula: kl(q‖p) = q ln (q/p) + (1 − q) ln ((1 − q)/(1 − p)); upper inverse kl⁻¹(q, ε) = sup
 * {p ≥ q : kl(q‖p) ≤ ε}, lower inverse inf {p ≤ q : kl(q‖p) ≤ ε}.
 *
 * <p>Units: nats. Cost: the inverses take some ten evaluations. Errors: the upper inverse is never
 * below, the lower one never above the exact one by more than the rounding of kl itself, relative
 * 1e-12; values outside their range are refused.
 *
 * <p>Source: Seeger 2002; Maurer 2004; docs/mathematics.md#binary-divergence.
 */
public final class BinaryDivergence {
  private static final double ACCURACY = 1e-15;

  /** How many neighbours of the root are tried for a closer one. */
  private static final int STEPS = 10_000;

  private BinaryDivergence() {}

  /**
   * Returns kl(q‖p).
   *
   * @param q in [0, 1]
   * @param p in [0, 1]
   * @return the divergence, at least 0; infinite where p excludes what q allows
   */
  public static double of(double q, double p) {
    requireShare("q", q);
    requireShare("p", p);
    if (q == p) {
      return 0;
    }
    // The terms of first order cancel: q ln (q/p) = q φ((p − q)/q) − (p − q).
    return part(q, p) + part(1 - q, 1 - p, q - p);
  }

  private static double part(double q, double p) {
    return part(q, p, p - q);
  }

  /** q φ((p − q)/q) with φ(x) = x − ln (1 + x), and its limit at q = 0. */
  private static double part(double q, double p, double difference) {
    if (q == 0) {
      return difference;
    }
    double ratio = difference / q;
    return Math.abs(ratio) < 0.5
        ? q * Logarithms.excess(ratio)
        : q * (Math.log(q) - Math.log(p)) + difference;
  }

  /**
   * Returns the largest p that a divergence allows.
   *
   * @param q in [0, 1]
   * @param divergence ε, at least 0; may be infinite
   * @return sup {p ≥ q : kl(q‖p) ≤ ε}, rounded up
   */
  public static double upperInverse(double q, double divergence) {
    requireShare("q", q);
    requireDivergence(divergence);
    if (divergence == 0 || q == 1) {
      return q;
    }
    if (q == 0) {
      return -Math.expm1(-divergence);
    }
    double most = Math.nextDown(1.0);
    // Pinsker's inequality: kl(q‖p) ≥ 2 (p − q)².
    double high = Math.min(most, Math.nextUp(q + Math.sqrt(divergence / 2)));
    if (of(q, high) <= divergence) {
      return high < most ? high : 1;
    }
    double p = root(q, divergence, q, high);
    for (double step = Math.ulp(p); of(q, p) < divergence; step *= 2) {
      p = Math.min(1, p + step);
    }
    for (int i = 0; i < STEPS && of(q, Math.nextDown(p)) >= divergence; i++) {
      p = Math.nextDown(p);
    }
    return p;
  }

  /**
   * Returns the smallest p that a divergence allows.
   *
   * @param q in [0, 1]
   * @param divergence ε, at least 0; may be infinite
   * @return inf {p ≤ q : kl(q‖p) ≤ ε}, rounded down
   */
  public static double lowerInverse(double q, double divergence) {
    requireShare("q", q);
    requireDivergence(divergence);
    if (divergence == 0 || q == 0) {
      return q;
    }
    if (q == 1) {
      return Math.exp(-divergence);
    }
    double low = Math.max(Double.MIN_NORMAL, Math.nextDown(q - Math.sqrt(divergence / 2)));
    if (of(q, low) <= divergence) {
      return low > Double.MIN_NORMAL ? low : 0;
    }
    double p = root(q, divergence, low, q);
    for (double step = Math.ulp(p); of(q, p) < divergence; step *= 2) {
      p = Math.max(0, p - step);
    }
    for (int i = 0; i < STEPS && of(q, Math.nextUp(p)) >= divergence; i++) {
      p = Math.nextUp(p);
    }
    return p;
  }

  private static double root(double q, double divergence, double low, double high) {
    return new BrentSolver(ACCURACY, Double.MIN_VALUE, 0)
        .findRoot(p -> of(q, p) - divergence, low, high);
  }

  private static void requireShare(String name, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(name + " is " + value + ", expected a number from 0 to 1");
    }
  }

  private static void requireDivergence(double value) {
    if (!(value >= 0)) {
      throw new IllegalArgumentException(
          "the divergence is " + value + ", expected a number of at least 0");
    }
  }
}
