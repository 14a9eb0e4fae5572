package dev.flatness.surface;

import dev.flatness.internal.linalg.Vectors;
import java.util.Arrays;
import java.util.function.Predicate;

/**
 * Central differences of a gradient at a point.
 *
 * <p>Formula: D_h(v) = ‖v‖ (∇L(θ + h v/‖v‖) − ∇L(θ − h v/‖v‖)) / (2h).
 */
final class Differences {
  private final GradientFunction function;
  private final Predicate<double[]> domain;
  private final double[] theta;
  private final double[] moved;
  private final double[] other;
  private boolean left;

  Differences(GradientFunction function, Predicate<double[]> domain, double[] theta) {
    this.function = function;
    this.domain = domain;
    this.theta = theta;
    this.moved = new double[theta.length];
    this.other = new double[theta.length];
  }

  GradientFunction function() {
    return function;
  }

  double[] theta() {
    return theta;
  }

  /** Whether a point of the last difference was outside the domain. */
  boolean left() {
    return left;
  }

  /** Whether the surface is defined at a point. */
  boolean inside(double[] at) {
    return domain.test(at);
  }

  /** D_h(v); NaN where a point leaves the domain. */
  void second(double h, double[] v, double[] product) {
    double norm = Vectors.norm(v);
    left = false;
    if (norm == 0) {
      Arrays.fill(product, 0);
      return;
    }
    // Divided last: h / ‖v‖ may leave the range of doubles.
    if (!move(h, norm, v)) {
      Arrays.fill(product, Double.NaN);
      return;
    }
    function.valueAndGradient(moved, product);
    if (!move(-h, norm, v)) {
      Arrays.fill(product, Double.NaN);
      return;
    }
    function.valueAndGradient(moved, other);
    for (int i = 0; i < product.length; i++) {
      product[i] = (product[i] - other[i]) / (2 * h) * norm;
    }
  }

  /** (4 D_h(v) − D_2h(v)) / 3. */
  void fourth(double h, double[] v, double[] product) {
    double[] wide = new double[product.length];
    second(2 * h, v, wide);
    second(h, v, product);
    combine(product, wide, product);
  }

  /** (4 near − wide) / 3. */
  static void combine(double[] near, double[] wide, double[] result) {
    for (int i = 0; i < result.length; i++) {
      result[i] = near[i] + (near[i] - wide[i]) / 3;
    }
  }

  private boolean move(double h, double norm, double[] v) {
    for (int i = 0; i < moved.length; i++) {
      moved[i] = theta[i] + h * (v[i] / norm);
    }
    left = !domain.test(moved);
    return !left;
  }
}
