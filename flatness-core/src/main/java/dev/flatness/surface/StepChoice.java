package dev.flatness.surface;

import dev.flatness.internal.linalg.Vectors;
import dev.flatness.random.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Chooses the step of central differences at a point and states the error of their products.
 *
 * <p>Formula: the error of the gradient, of standard deviation η, gives a product an error of
 * deviation η/(√2 h), of the higher order 0.95 η/h; {@link #SAFETY} times that is stated. D_2h −
 * D_h is three times the truncation h²/6 D³g[u, u, u] of D_h, to leading order, and the difference
 * of the combined ones fifteen times theirs, of which a third is stated: the largest along some
 * directions. These are where six multiplications of a random vector lead, which is near the
 * eigenvectors of the largest magnitude, the axis of that vector's largest entry, the gradient, and
 * a random one. From a first guess h goes to where the sum is smallest if the truncation is a power
 * of h, up to {@link #ROUNDS} times; the best of what was measured is kept.
 *
 * <p>Source: docs/mathematics.md#differences-of-gradients.
 */
final class StepChoice {
  /** Stated over measured deviation of the noise. */
  private static final double SAFETY = 3;

  /** How much smaller the error of the higher order must be. */
  private static final double PAYS = 4;

  /** How far from the first step another is far. */
  private static final double FAR = 8;

  /** How often the first step is divided by {@link #STRIDE} to stay inside the domain. */
  private static final int RETREATS = 8;

  private static final int POWERS = 6;
  private static final int ROUNDS = 4;

  /** How far one round moves the step at most. */
  private static final double STRIDE = 64;

  /** The deviation of the noise of both formulas, times h/η. */
  private static final double SECOND = Math.sqrt(0.5);

  private static final double FOURTH = Math.sqrt(0.5 * (16 / 9.0 + 1 / 36.0));
  private static final Seed SEED = Seed.of(0x5EED).split("differences of gradients");

  private final Differences differences;
  private final OptionalDouble stated;
  private final int n;
  private final double length;
  private double noise;

  StepChoice(Differences differences, OptionalDouble stated) {
    this.differences = differences;
    this.stated = stated;
    this.n = differences.theta().length;
    double own = Vectors.norm(differences.theta());
    this.length = own > 0 ? own : 1;
  }

  ProductError choose() {
    double[] theta = differences.theta();
    double[] gradient = new double[n];
    differences.function().valueAndGradient(theta, gradient);
    double slope = Vectors.norm(gradient);
    double measured = stated.orElseGet(() -> GradientNoise.of(differences, SEED.split("noise")));
    // Never below the rounding of the gradient's own entries.
    noise = Math.max(measured, Math.scalb(slope, -54));
    if (!Double.isFinite(noise)) {
      return new ProductError(Double.NaN, 2, noise, Double.NaN, Double.NaN, Double.NaN);
    }
    List<double[]> directions = new ArrayList<>();
    double[] random = unit(Vectors.gaussian(n, SEED.split("direction")));
    double first = firstStep(random);
    directions.add(leading(random.clone(), first));
    directions.add(largestEntry(directions.get(0)));
    directions.add(random);
    if (slope > 0) {
      directions.add(unit(gradient));
    }
    ProductError second = refined(2, first, directions);
    if (second.step() > FAR * first || second.step() < first / FAR) {
      // The first step gave no true products, so they led elsewhere.
      directions.set(0, leading(random.clone(), second.step()));
      directions.set(1, largestEntry(directions.get(0)));
      second = refined(2, second.step(), directions);
    }
    if (!Double.isFinite(second.bound())) {
      for (double[] direction : directions) {
        differences.second(2 * second.step(), direction, new double[n]);
        requireInside();
      }
    }
    ProductError fourth = refined(4, 4 * second.step(), directions);
    // Twice the gradients per product must pay.
    return fourth.bound() < second.bound() / PAYS ? fourth : second;
  }

  /**
   * h from the noise relative to how the gradient changes over the length of θ; shorter where that
   * leaves the domain.
   */
  private double firstStep(double[] direction) {
    double h = Math.scalb(length, -10);
    double[] change = new double[n];
    for (int attempt = 0; attempt < 2; attempt++) {
      h = inside(h, direction, change);
      double scale = Vectors.norm(change) * length;
      double relative = noise > 0 ? noise / scale : 0;
      h = length * Math.cbrt(Math.min(0x1p-9, Math.max(0x1p-54, relative)));
    }
    return inside(h, direction, change);
  }

  /** The first of h, h/64, … at which the difference is finite. */
  private double inside(double h, double[] direction, double[] change) {
    double shorter = h;
    for (int i = 0; i < RETREATS; i++) {
      differences.second(shorter, direction, change);
      if (Double.isFinite(Vectors.norm(change))) {
        return shorter;
      }
      shorter /= STRIDE;
    }
    requireInside();
    return h;
  }

  private void requireInside() {
    if (differences.left()) {
      throw new IllegalArgumentException(
          "no step stays inside the domain: differences of gradients leave it at every step that"
              + " was tried; take a point that is farther from its edge");
    }
  }

  /** Power iteration. */
  private double[] leading(double[] direction, double h) {
    double[] v = direction;
    for (int i = 0; i < POWERS; i++) {
      double[] product = new double[n];
      differences.second(h, v, product);
      double size = Vectors.norm(product);
      if (!(size > 0 && Double.isFinite(size))) {
        break;
      }
      Vectors.divide(product, size);
      v = product;
    }
    return v;
  }

  private ProductError refined(int order, double first, List<double[]> directions) {
    ProductError best = measured(first, order, directions);
    ProductError last = best;
    for (int round = 1; round < ROUNDS; round++) {
      double h = better(last);
      if (h < 1.5 * best.step() && h > best.step() / 1.5) {
        break;
      }
      last = measured(h, order, directions);
      if (Double.isNaN(best.bound()) || last.bound() < best.bound()) {
        best = last;
      }
    }
    return best;
  }

  /** Where noise N/h and truncation T h^order have the smallest sum. */
  private static double better(ProductError at) {
    if (at.bound() == 0) {
      return at.step();
    }
    double ratio = at.noise() / (at.order() * at.truncation());
    double factor = Math.pow(ratio, 1.0 / (at.order() + 1));
    double finite = Double.isFinite(at.truncation()) ? factor : 1 / STRIDE;
    return at.step() * Math.min(STRIDE, Math.max(1 / STRIDE, finite));
  }

  /** Measures the error at a step. */
  private ProductError measured(double h, int order, List<double[]> directions) {
    double truncation = 0;
    double norm = 0;
    double[] near = new double[n];
    double[] wide = new double[n];
    double[] far = new double[order == 4 ? n : 0];
    for (double[] direction : directions) {
      differences.second(h, direction, near);
      norm = Math.max(norm, Vectors.norm(near));
      differences.second(2 * h, direction, wide);
      double share = 1;
      if (order == 4) {
        differences.second(4 * h, direction, far);
        Differences.combine(near, wide, near);
        Differences.combine(wide, far, wide);
        share = 1 / 3.0;
      }
      Vectors.addMultiple(-1, near, wide);
      double apart = Vectors.norm(wide);
      // NaN, of a gradient that is not finite or not defined there, is larger than all.
      truncation = apart * share <= truncation ? truncation : apart * share;
    }
    double deviation = noise / h * (order == 4 ? FOURTH : SECOND);
    return new ProductError(h, order, noise, SAFETY * deviation, truncation, norm);
  }

  /** The unit vector along the largest entry. */
  private static double[] largestEntry(double[] v) {
    int largest = 0;
    for (int i = 1; i < v.length; i++) {
      largest = Math.abs(v[i]) > Math.abs(v[largest]) ? i : largest;
    }
    double[] axis = new double[v.length];
    axis[largest] = 1;
    return axis;
  }

  private static double[] unit(double[] v) {
    Vectors.divide(v, Vectors.norm(v));
    return v;
  }
}
