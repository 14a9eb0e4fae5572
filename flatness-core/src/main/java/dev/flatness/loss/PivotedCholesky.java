package dev.flatness.loss;

import java.util.Arrays;

/** The factor of a convex loss's Hessian in the outputs, for losses that give no closed form. */
final class PivotedCholesky {
  private PivotedCholesky() {}

  /** Columns {@code first} and following. */
  static void factor(Loss loss, double[] outputs, double[] target, int first, double[][] columns) {
    int count = loss.factorColumns(outputs.length);
    if (first == 0 && columns.length == count) {
      factor(loss, outputs, target, columns);
      return;
    }
    double[][] all = new double[count][outputs.length];
    factor(loss, outputs, target, all);
    for (int k = 0; k < columns.length; k++) {
      System.arraycopy(all[first + k], 0, columns[k], 0, outputs.length);
    }
  }

  private static void factor(Loss loss, double[] outputs, double[] target, double[][] columns) {
    int n = outputs.length;
    double[][] a = new double[n][n];
    double[] unit = new double[n];
    double largest = 0;
    for (int j = 0; j < n; j++) {
      unit[j] = 1;
      loss.hessianProduct(outputs, target, unit, a[j]);
      unit[j] = 0;
      for (double entry : a[j]) {
        largest = Math.max(largest, Math.abs(entry));
      }
    }
    double tolerance = 4 * n * Math.ulp(1.0) * largest;
    for (double[] column : columns) {
      Arrays.fill(column, 0);
    }
    for (int k = 0; k < n; k++) {
      int pivot = 0;
      for (int j = 1; j < n; j++) {
        if (a[j][j] > a[pivot][pivot]) {
          pivot = j;
        }
      }
      double d = a[pivot][pivot];
      if (d <= tolerance) {
        requireNoNegativeCurvature(loss, a, tolerance);
        return;
      }
      if (k == columns.length) {
        throw new IllegalArgumentException(
            "loss \""
                + loss.id()
                + "\" announces "
                + k
                + " factor columns, but the rank of its Hessian is larger;"
                + " announce as many as outputs");
      }
      double root = Math.sqrt(d);
      for (int i = 0; i < n; i++) {
        columns[k][i] = a[i][pivot] / root;
      }
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          a[i][j] -= columns[k][i] * columns[k][j];
        }
      }
    }
  }

  /**
   * What remains when no pivot is left must be 0. A diagonal of zeros alone does not show it: the
   * curvature along (e_i ± e_j)/√2 is (a_ii + a_jj)/2 ± a_ij.
   */
  private static void requireNoNegativeCurvature(Loss loss, double[][] a, double tolerance) {
    double least = 0;
    for (int i = 0; i < a.length; i++) {
      least = Math.min(least, a[i][i]);
      for (int j = 0; j < i; j++) {
        least = Math.min(least, (a[i][i] + a[j][j]) / 2 - Math.abs(a[i][j]));
      }
    }
    if (least < -2 * tolerance) {
      throw new NonConvexLossException(loss.id());
    }
  }
}
