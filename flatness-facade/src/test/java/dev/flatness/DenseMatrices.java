package dev.flatness;

import java.util.Arrays;

/** Small dense matrices by textbook methods, for reference values. */
final class DenseMatrices {
  private DenseMatrices() {}

  /** Eigenvalues, ascending, with unit eigenvectors in the same order. */
  record Eigen(double[] values, double[][] vectors) {
    double largest() {
      return values.length == 0 ? 0 : values[values.length - 1];
    }

    double smallest() {
      return values.length == 0 ? 0 : values[0];
    }

    /** The largest magnitude of an eigenvalue. */
    double norm() {
      return Math.max(Math.abs(largest()), Math.abs(smallest()));
    }
  }

  /** Jacobi's rotations until nothing is left beside the diagonal. */
  static Eigen eigen(double[][] symmetric) {
    int n = symmetric.length;
    double[][] a = new double[n][];
    double[][] v = new double[n][n];
    for (int i = 0; i < n; i++) {
      a[i] = symmetric[i].clone();
      v[i][i] = 1;
    }
    double all = frobenius(a);
    for (int sweep = 0; sweep < 60; sweep++) {
      double off = 0;
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < i; j++) {
          off += 2 * a[i][j] * a[i][j];
        }
      }
      if (Math.sqrt(off) <= 1e-15 * all) {
        break;
      }
      for (int p = 0; p < n; p++) {
        for (int q = p + 1; q < n; q++) {
          if (a[p][q] != 0) {
            rotate(a, v, p, q);
          }
        }
      }
    }
    Integer[] order = new Integer[n];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, (i, j) -> Double.compare(a[i][i], a[j][j]));
    double[] values = new double[n];
    double[][] vectors = new double[n][];
    for (int i = 0; i < n; i++) {
      values[i] = a[order[i]][order[i]];
      vectors[i] = v[order[i]];
    }
    return new Eigen(values, vectors);
  }

  private static void rotate(double[][] a, double[][] v, int p, int q) {
    double theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
    double t =
        Double.isInfinite(theta * theta)
            ? 1 / (2 * theta)
            : Math.copySign(1, theta) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
    double c = 1 / Math.sqrt(t * t + 1);
    double s = t * c;
    for (int k = 0; k < a.length; k++) {
      double x = a[k][p];
      double y = a[k][q];
      a[k][p] = c * x - s * y;
      a[k][q] = s * x + c * y;
    }
    for (int k = 0; k < a.length; k++) {
      double x = a[p][k];
      double y = a[q][k];
      a[p][k] = c * x - s * y;
      a[q][k] = s * x + c * y;
      double l = v[p][k];
      double r = v[q][k];
      v[p][k] = c * l - s * r;
      v[q][k] = s * l + c * r;
    }
  }

  static double frobenius(double[][] matrix) {
    double sum = 0;
    for (double[] row : matrix) {
      for (double entry : row) {
        sum += entry * entry;
      }
    }
    return Math.sqrt(sum);
  }

  static double norm(double[] vector) {
    return frobenius(new double[][] {vector});
  }

  /** A principal submatrix. */
  static double[][] block(double[][] matrix, int offset, int size) {
    double[][] block = new double[size][];
    for (int i = 0; i < size; i++) {
      block[i] = Arrays.copyOfRange(matrix[offset + i], offset, offset + size);
    }
    return block;
  }

  /** The inverse, by elimination with pivots. */
  static double[][] inverse(double[][] matrix) {
    int n = matrix.length;
    double[][] a = new double[n][];
    for (int i = 0; i < n; i++) {
      a[i] = Arrays.copyOf(matrix[i], 2 * n);
      a[i][n + i] = 1;
    }
    for (int k = 0; k < n; k++) {
      int pivot = k;
      for (int i = k; i < n; i++) {
        pivot = Math.abs(a[i][k]) > Math.abs(a[pivot][k]) ? i : pivot;
      }
      double[] swapped = a[k];
      a[k] = a[pivot];
      a[pivot] = swapped;
      double divisor = a[k][k];
      for (int j = 0; j < 2 * n; j++) {
        a[k][j] /= divisor;
      }
      for (int i = 0; i < n; i++) {
        double factor = a[i][k];
        if (i != k && factor != 0) {
          for (int j = 0; j < 2 * n; j++) {
            a[i][j] -= factor * a[k][j];
          }
        }
      }
    }
    double[][] inverse = new double[n][];
    for (int i = 0; i < n; i++) {
      inverse[i] = Arrays.copyOfRange(a[i], n, 2 * n);
    }
    return inverse;
  }
}
