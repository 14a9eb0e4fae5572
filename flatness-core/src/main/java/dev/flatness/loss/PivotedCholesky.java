package dev.flatness.loss;

import java.util.Arrays;

/** The factor of a convex loss's Hessian in the outputs, for losses that give no closed form. */
final class PivotedCholesky {
  private PivotedCholesky() {}

  static void factor(Loss loss, double[] outputs, double[] target, double[][] columns) {
    int n = outputs.length;
    double[][] a = new double[n][n];
    double[] unit = new double[n];
    double largest = 0;
    for (int j = 0; j < n; j++) {
      unit[j] = 1;
      loss.hessianProduct(outputs, target, unit, a[j]);
      unit[j] = 0;
      largest = Math.max(largest, Math.abs(a[j][j]));
    }
    double tolerance = n * Math.ulp(1.0) * largest;
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
      for (int j = 0; j < n; j++) {
        if (a[j][j] < -tolerance) {
          throw new IllegalArgumentException(
              "loss \""
                  + loss.id()
                  + "\" is not convex in the outputs (pivot "
                  + a[j][j]
                  + " of its Hessian); closed forms need a convex loss, use an estimator");
        }
      }
      double d = a[pivot][pivot];
      if (d <= tolerance) {
        return;
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
}
