package dev.flatness.pacbayes;

import org.apache.commons.statistics.distribution.NormalDistribution;

/** The standard normal distribution. */
final class Normal {
  private static final NormalDistribution STANDARD = NormalDistribution.of(0, 1);

  private Normal() {}

  /** Returns Φ(x). */
  static double cumulative(double x) {
    return STANDARD.cumulativeProbability(x);
  }

  /** Returns Φ′(x). */
  static double density(double x) {
    return STANDARD.density(x);
  }
}
