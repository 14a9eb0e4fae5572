package dev.flatness.robustness;

import java.util.random.RandomGenerator;
import org.apache.commons.numbers.gamma.LogGamma;

/**
 * The law of ρ = ‖ξ‖/h for the kernel k_h: a Gaussian of standard deviation h·s in m coordinates,
 * cut at radius h.
 *
 * <p>Formula: t = ρ² has the density ∝ t^{m/2−1} e^{−x t} on [0, 1], x = 1/(2s²). With S(a) = Σ_n
 * x^n / (a (a+1) … (a+n)), γ(a, x) = x^a e^{−x} S(a), E[t] = S(m/2 + 1)/S(m/2).
 *
 * @param dimension m
 * @param width s
 */
record RadialLaw(int dimension, double width) {
  /** Standard deviations beyond which the cut takes nothing that a double would show. */
  private static final double FAR = 40;

  RadialLaw {
    if (!(width > 0 && width < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "the width of the kernel is " + width + ", expected a positive number");
    }
  }

  private double shape() {
    return dimension / 2.0;
  }

  private double cut() {
    return 1 / width / width / 2;
  }

  private boolean uncut() {
    return cut() > shape() + FAR * Math.sqrt(shape()) + FAR;
  }

  /** S(a). */
  private static double series(double a, double x) {
    double term = 1 / a;
    double sum = 0;
    for (int n = 1; term > sum * 0x1p-60; n++) {
      sum += term;
      term *= x / (a + n);
    }
    return sum;
  }

  /** E[ρ²]. */
  double meanSquare() {
    return uncut() ? shape() / cut() : series(shape() + 1, cut()) / series(shape(), cut());
  }

  /** ln ∫ e^{−‖u‖²/(2s²)} du over the unit ball of m dimensions. */
  double logMass() {
    double gaussian = shape() * Math.log(Math.PI / cut());
    if (uncut()) {
      return gaussian;
    }
    return gaussian
        + shape() * Math.log(cut())
        - cut()
        - LogGamma.value(shape())
        + Math.log(series(shape(), cut()));
  }

  /** Draws ρ. */
  double draw(RandomGenerator random) {
    double x = cut();
    if (2 * x * (1 + 1 / Math.sqrt(dimension)) >= dimension) {
      // The cut takes less than three quarters.
      while (true) {
        double square = 0;
        for (int i = 0; i < dimension; i++) {
          double z = random.nextGaussian();
          square += z * z;
        }
        if (square <= 2 * x) {
          return Math.sqrt(square / (2 * x));
        }
      }
    }
    // t^{a−1} e^{−x t} ≤ e^{−x} t^{a−1−x}, for ln t ≤ t − 1.
    double power = shape() - x;
    while (true) {
      double t = Math.pow(random.nextDouble(), 1 / power);
      if (random.nextDouble() <= Math.exp(-x * (t - 1 - Math.log(t)))) {
        return Math.sqrt(t);
      }
    }
  }
}
