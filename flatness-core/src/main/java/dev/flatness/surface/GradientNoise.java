package dev.flatness.surface;

import dev.flatness.internal.linalg.Vectors;
import dev.flatness.random.Seed;

/**
 * Measures the error of a gradient by difference tables.
 *
 * <p>Formula: at points θ_k = θ + k τ (±θ), k = 0 … 8, the differences of order j of what is smooth
 * fall like τ^j, those of independent errors of variance s² have variance s² (2j)!/(j!)². So s_j² =
 * (j!)²/(2j)! mean (Δʲ g)² falls with j until it stays at s². The signs are random, and τ is some
 * units of the precision in which θ is read: 1.6 · 2⁻⁴⁸; where that changes no gradient, 1.6 · 2⁻¹⁹
 * (float32), then 1.6 · 2⁻⁸; the last of these whose points are all in the domain. So parameters
 * move by up to 13 times 2⁻⁴⁸, 2⁻¹⁹ or 2⁻⁸ of themselves. Rounding of the parameters is part of
 * what is measured.
 *
 * <p>Cost: 11 to 15 gradients, for fewer than 16 parameters up to 60; of more than 65,536 entries
 * every so many-th is looked at.
 *
 * <p>Source: Moré and Wild 2011 (ECnoise), for one random direction and all entries together.
 */
final class GradientNoise {
  private static final int POINTS = 9;
  private static final int ENTRIES = 1 << 16;

  /** How many entries, of several directions where the gradient has fewer, are looked at. */
  private static final int FEWEST = 16;

  private static final int[] EXPONENTS = {-48, -19, -8};

  private final Differences differences;
  private final double[] theta;
  private final double[] signs;
  private final double[] gradient;
  private final int stride;

  private GradientNoise(Differences differences, Seed seed) {
    this.differences = differences;
    this.theta = differences.theta();
    this.signs = new double[theta.length];
    this.gradient = new double[theta.length];
    this.stride = (theta.length + ENTRIES - 1) / ENTRIES;
    Vectors.signs(signs, seed);
  }

  /**
   * The standard deviation of the error of ∇L(θ), a 2-norm; NaN where it is not finite.
   *
   * @throws IllegalArgumentException if no points around θ are all in the domain
   */
  static double of(Differences differences, Seed seed) {
    int entries = differences.theta().length;
    int draws = Math.min(4, (FEWEST + entries - 1) / entries);
    double largest = 0;
    for (int draw = 0; draw < draws; draw++) {
      double found = new GradientNoise(differences, seed.split(draw)).measure();
      largest = found <= largest ? largest : found;
    }
    return largest;
  }

  private double measure() {
    double[] here = entries(0, 0);
    double scale = 0;
    for (int exponent : EXPONENTS) {
      // No power of two: parameters of few digits would move without rounding.
      double wider = Math.scalb(1.618033988749895, exponent);
      if (!inside(wider)) {
        break;
      }
      scale = wider;
      if (changed(here, entries(1, scale)) || changed(here, entries(2, scale))) {
        break;
      }
    }
    if (scale == 0) {
      throw new IllegalArgumentException(
          "no step stays inside the domain: parameters that move by 2⁻⁴⁴ of themselves leave it;"
              + " take a point that is farther from its edge, or state the noise of the gradient");
    }
    double[][] table = new double[POINTS][];
    for (int k = 0; k < POINTS; k++) {
      table[k] = k == 0 ? here : entries(k, scale);
    }
    double found = Double.NaN;
    for (int order = 1; order <= POINTS - 2; order++) {
      double deviation = deviation(table, order);
      // The first order may be all slope; where the next no longer falls by half, noise is left.
      if (order > 2 && deviation >= found / 2) {
        return Math.max(found, deviation);
      }
      found = deviation;
    }
    return found;
  }

  private boolean inside(double scale) {
    for (int k = 1; k < POINTS; k++) {
      if (!differences.inside(moved(k, scale))) {
        return false;
      }
    }
    return true;
  }

  private double[] moved(int k, double scale) {
    double[] moved = new double[theta.length];
    for (int i = 0; i < moved.length; i++) {
      moved[i] = theta[i] + k * scale * signs[i] * theta[i];
    }
    return moved;
  }

  private double[] entries(int k, double scale) {
    differences.function().valueAndGradient(k > 0 ? moved(k, scale) : theta, gradient);
    double[] some = new double[(gradient.length + stride - 1) / stride];
    for (int i = 0; i < some.length; i++) {
      some[i] = gradient[i * stride];
    }
    return some;
  }

  /** Whether a tenth of what is not 0 differs. */
  private static boolean changed(double[] one, double[] two) {
    int differ = 0;
    int some = 0;
    for (int i = 0; i < one.length; i++) {
      differ += one[i] == two[i] ? 0 : 1;
      some += one[i] == 0 && two[i] == 0 ? 0 : 1;
    }
    return differ > 0 && differ >= some / 10;
  }

  /** Takes the next differences in place; their scaled root mean square times √entries. */
  private double deviation(double[][] table, int order) {
    int rows = POINTS - order;
    double squares = 0;
    for (int k = 0; k < rows; k++) {
      for (int i = 0; i < table[k].length; i++) {
        table[k][i] = table[k + 1][i] - table[k][i];
      }
      double norm = Vectors.scaledNorm(table[k]);
      squares += norm * norm;
    }
    double factor = 1;
    for (int j = 1; j <= order; j++) {
      factor *= (double) j / (order + j);
    }
    return Math.sqrt(factor * squares / rows * stride);
  }
}
