package dev.flatness.spectral;

import dev.flatness.internal.linalg.Vectors;

/**
 * One extreme eigenvalue of a symmetric tridiagonal matrix with its unit eigenvector, in O(n).
 *
 * <p>With T' = ±T and diagonal a, neighbors b: T' − θ is negative definite exactly when all pivots
 * d_i = a_i − θ − b_{i−1}²/d_{i−1} are negative. Bisection finds the largest eigenvalue of T' to
 * rounding of ‖T‖; inverse iteration at a shift just above it is stable without pivoting, because
 * the pivots have one sign. Zero neighbors (separate blocks) need no special case.
 */
final class Tridiagonal {
  private static final double HALF_ULP = 0x1p-53;

  /** An eigenvalue and the entries of its unit eigenvector. */
  record Pair(double value, double[] vector) {}

  private Tridiagonal() {}

  /**
   * The pair at one end.
   *
   * @param diagonal a
   * @param neighbors b; b_i stands between a_i and a_{i+1}
   * @param from the first row of the block that is looked at
   * @param to the row after its last
   * @param largest whether the largest eigenvalue, else the smallest
   */
  static Pair extreme(double[] diagonal, double[] neighbors, int from, int to, boolean largest) {
    int n = to - from;
    double scale = 0;
    for (int i = 0; i < n; i++) {
      scale = Math.max(scale, Math.abs(diagonal[from + i]));
      scale = i + 1 < n ? Math.max(scale, Math.abs(neighbors[from + i])) : scale;
    }
    double[] vector = new double[n];
    if (scale == 0) {
      vector[n - 1] = 1;
      return new Pair(0, vector);
    }
    double factor = largest ? 1 : -1;
    double[] a = new double[n];
    double[] b = new double[n];
    for (int i = 0; i < n; i++) {
      a[i] = factor * (diagonal[from + i] / scale);
      b[i] = i + 1 < n ? factor * (neighbors[from + i] / scale) : 0;
    }
    double low = Double.NEGATIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      low = Math.max(low, a[i]);
      high = Math.max(high, a[i] + Math.abs(b[i]) + (i > 0 ? Math.abs(b[i - 1]) : 0));
    }
    high += 8 * HALF_ULP;
    double[] pivots = new double[n];
    while (high - low > 2 * HALF_ULP) {
      double middle = low + (high - low) / 2;
      if (middle <= low || middle >= high) {
        break;
      }
      if (negativeDefinite(a, b, middle, pivots)) {
        high = middle;
      } else {
        low = middle;
      }
    }
    while (!negativeDefinite(a, b, high, pivots)) {
      high += 2 * HALF_ULP;
    }
    inverseIteration(b, pivots, vector);
    return new Pair(factor * scale * (low + (high - low) / 2), vector);
  }

  private static boolean negativeDefinite(double[] a, double[] b, double shift, double[] pivots) {
    for (int i = 0; i < a.length; i++) {
      pivots[i] = a[i] - shift - (i > 0 ? b[i - 1] * (b[i - 1] / pivots[i - 1]) : 0);
      if (!(pivots[i] < 0)) {
        return false;
      }
    }
    return true;
  }

  /** Solves L D Lᵀ x = x three times; the start has no symmetry that an eigenvector could have. */
  private static void inverseIteration(double[] b, double[] pivots, double[] x) {
    int n = x.length;
    for (int i = 0; i < n; i++) {
      double turn = (i + 1) * 0.6180339887498949;
      x[i] = 1 + turn - Math.floor(turn);
    }
    for (int round = 0; round < 3; round++) {
      for (int i = 1; i < n; i++) {
        x[i] -= b[i - 1] / pivots[i - 1] * x[i - 1];
      }
      for (int i = n - 1; i >= 0; i--) {
        x[i] /= pivots[i];
        if (i + 1 < n) {
          x[i] -= b[i] / pivots[i] * x[i + 1];
        }
      }
      Vectors.divide(x, Vectors.norm(x));
    }
  }
}
