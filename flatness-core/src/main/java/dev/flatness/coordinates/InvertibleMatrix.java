package dev.flatness.coordinates;

import dev.flatness.internal.linalg.Vectors;

/** A small dense matrix with its LU decomposition by rows with partial pivoting. */
final class InvertibleMatrix {
  private final double[][] rows;
  private final double[][] factors;
  private final int[] order;

  private InvertibleMatrix(double[][] rows, double[][] factors, int[] order) {
    this.rows = rows;
    this.factors = factors;
    this.order = order;
  }

  static InvertibleMatrix of(double[][] given) {
    int n = given.length;
    double[][] rows = new double[n][];
    double[][] factors = new double[n][];
    int[] order = new int[n];
    double[] largest = new double[n];
    for (int i = 0; i < n; i++) {
      if (given[i].length != n) {
        throw new IllegalArgumentException(
            "row " + i + " of the matrix has " + given[i].length + " entries, expected " + n);
      }
      rows[i] = given[i].clone();
      factors[i] = given[i].clone();
      order[i] = i;
      for (int j = 0; j < n; j++) {
        if (!Double.isFinite(given[i][j])) {
          throw new IllegalArgumentException(
              "entry ["
                  + i
                  + ", "
                  + j
                  + "] of the matrix is "
                  + given[i][j]
                  + ", expected a finite number");
        }
        largest[i] = Math.max(largest[i], Math.abs(given[i][j]));
      }
    }
    for (int k = 0; k < n; k++) {
      int pivot = k;
      for (int i = k + 1; i < n; i++) {
        pivot = Math.abs(factors[i][k]) > Math.abs(factors[pivot][k]) ? i : pivot;
      }
      double[] row = factors[pivot];
      factors[pivot] = factors[k];
      factors[k] = row;
      int moved = order[pivot];
      order[pivot] = order[k];
      order[k] = moved;
      if (!(Math.abs(row[k]) > n * Math.ulp(largest[moved]))) {
        throw new IllegalArgumentException(
            "the matrix of dimension "
                + n
                + " is singular to working precision (pivot "
                + k
                + " is "
                + row[k]
                + ", the largest entry of its row "
                + largest[moved]
                + "), expected an invertible matrix");
      }
      for (int i = k + 1; i < n; i++) {
        double factor = factors[i][k] / row[k];
        factors[i][k] = factor;
        if (factor != 0) {
          Vectors.addMultiple(-factor, row, factors[i], k + 1, n);
        }
      }
    }
    return new InvertibleMatrix(rows, factors, order);
  }

  double[] multiply(double[] x) {
    double[] result = new double[rows.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = Vectors.dot(rows[i], x);
    }
    return result;
  }

  double[] multiplyTransposed(double[] x) {
    double[] result = new double[rows.length];
    for (int i = 0; i < rows.length; i++) {
      Vectors.addMultiple(x[i], rows[i], result);
    }
    return result;
  }

  /** A⁻¹ x, refined once: the residual is then of the size of the rounding of A y. */
  double[] solve(double[] x) {
    double[] y = back(x);
    double[] residual = multiply(y);
    for (int i = 0; i < x.length; i++) {
      residual[i] = x[i] - residual[i];
    }
    Vectors.addMultiple(1, back(residual), y);
    return y;
  }

  /** A⁻ᵀ x, refined once. */
  double[] solveTransposed(double[] x) {
    double[] y = backTransposed(x);
    double[] residual = multiplyTransposed(y);
    for (int i = 0; i < x.length; i++) {
      residual[i] = x[i] - residual[i];
    }
    Vectors.addMultiple(1, backTransposed(residual), y);
    return y;
  }

  double logDeterminant() {
    double sum = 0;
    for (int k = 0; k < factors.length; k++) {
      sum += Math.log(Math.abs(factors[k][k]));
    }
    return sum;
  }

  private double[] back(double[] x) {
    int n = rows.length;
    double[] y = new double[n];
    for (int i = 0; i < n; i++) {
      y[i] = x[order[i]] - Vectors.dot(factors[i], y, 0, i);
    }
    for (int i = n - 1; i >= 0; i--) {
      y[i] = (y[i] - Vectors.dot(factors[i], y, i + 1, n)) / factors[i][i];
    }
    return y;
  }

  private double[] backTransposed(double[] x) {
    int n = rows.length;
    double[] y = x.clone();
    for (int i = 0; i < n; i++) {
      y[i] /= factors[i][i];
      Vectors.addMultiple(-y[i], factors[i], y, i + 1, n);
    }
    for (int i = n - 1; i >= 0; i--) {
      Vectors.addMultiple(-y[i], factors[i], y, 0, i);
    }
    double[] result = new double[n];
    for (int i = 0; i < n; i++) {
      result[order[i]] = y[i];
    }
    return result;
  }
}
