package dev.flatness.robustness;

import dev.flatness.internal.engine.GramFactor;
import dev.flatness.linalg.Gemm;
import dev.flatness.linalg.Gemms;
import dev.flatness.random.Seed;

/** The search for the A of spectral norm at most 1 that raises the loss most at one δ. */
final class WorstCase {
  private static final int POLAR_STEPS = 60;

  private final RobustnessRun run;
  private final LayerWeight weight;
  private final int starts;
  private final int steps;
  private final Seed seed;
  private final double[][] factors;
  private final int rows;
  private final int rank;
  private final Gemm gemm = Gemms.byId("plain");

  WorstCase(RobustnessRun run, int starts, int steps, Seed seed) {
    if (starts < 1 || steps < 1) {
      throw new IllegalArgumentException(
          "the search has " + starts + " starts of " + steps + " steps, expected at least 1 of 1");
    }
    this.run = run;
    this.weight = run.weight();
    this.starts = starts;
    this.steps = steps;
    this.seed = seed;
    this.rows = weight.rows() / weight.groups();
    this.rank = GramFactor.rows(rows, weight.columns());
    this.factors = new double[weight.groups()][];
    for (int group = 0; group < factors.length; group++) {
      double[] own = new double[rows * weight.columns()];
      System.arraycopy(weight.values(), group * own.length, own, 0, own.length);
      factors[group] = GramFactor.of(own, rows, weight.columns());
    }
  }

  /** The best W A found. */
  double[] find(double delta) {
    double[] theta = run.surface().network().parameterVector();
    int offset = run.surface().network().weight(weight.node()).offset();
    double[] best = new HaarDirections(weight, seed.split(0), null).matrix(0);
    double highest = Double.NEGATIVE_INFINITY;
    for (int start = 0; start < starts; start++) {
      double[] direction = new HaarDirections(weight, seed.split(start), null).matrix(0);
      double before = Double.NEGATIVE_INFINITY;
      for (int step = 0; step <= steps; step++) {
        double[] moved = theta.clone();
        for (int i = 0; i < direction.length; i++) {
          moved[offset + i] += delta * direction[i];
        }
        double[] gradient = new double[theta.length];
        double value = run.surface().valueAndGradient(moved, gradient);
        if (value > highest) {
          highest = value;
          best = direction;
        }
        if (!(value > before)) {
          break;
        }
        before = value;
        direction = ascent(gradient, offset);
      }
    }
    return best;
  }

  /** W A for the A that raises the linear part most: L times the polar factor of Lᵀ∇. */
  private double[] ascent(double[] gradient, int offset) {
    int m = weight.columns();
    double[] product = new double[weight.values().length];
    for (int group = 0; group < factors.length; group++) {
      int at = group * rows * m;
      double[] b = new double[rank * m];
      gemm.multiply(
          false,
          false,
          rank,
          m,
          rows,
          1,
          factors[group],
          0,
          rows,
          gradient,
          offset + at,
          m,
          0,
          b,
          0,
          m);
      double[] polar = polar(b, rank, m);
      gemm.multiply(
          true, false, rows, m, rank, 1, factors[group], 0, rows, polar, 0, m, 0, product, at, m);
    }
    return product;
  }

  /** The polar factor by Newton and Schulz: X ← ½ (3X − X Xᵀ X), from ‖X‖_F = 1. */
  private double[] polar(double[] b, int k, int m) {
    double norm = 0;
    for (double entry : b) {
      norm = Math.hypot(norm, entry);
    }
    if (norm == 0) {
      return b;
    }
    double[] x = new double[b.length];
    for (int i = 0; i < b.length; i++) {
      x[i] = b[i] / norm;
    }
    for (int step = 0; step < POLAR_STEPS; step++) {
      double[] gram = new double[k * k];
      gemm.multiply(false, true, k, k, m, 1, x, 0, m, x, 0, m, 0, gram, 0, k);
      double[] next = new double[x.length];
      gemm.multiply(false, false, k, m, k, -0.5, gram, 0, k, x, 0, m, 0, next, 0, m);
      for (int i = 0; i < x.length; i++) {
        next[i] += 1.5 * x[i];
      }
      x = next;
    }
    return x;
  }
}
