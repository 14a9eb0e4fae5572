package dev.flatness.internal.engine64;

import dev.flatness.internal.kernels64.Kernels;

/** Row arithmetic, on the vector units where the kernels have them. */
final class Rows {
  private final Kernels kernels;

  Rows(Kernels kernels) {
    this.kernels = kernels;
  }

  /** y += x. */
  void add(double[] x, int xAt, double[] y, int yAt, int n) {
    kernels.add(1, n, 1, x, xAt, n, y, yAt, n);
  }

  /** y += a·x. */
  void addScaled(double a, double[] x, int xAt, double[] y, int yAt, int n) {
    kernels.add(1, n, a, x, xAt, n, y, yAt, n);
  }

  /** y = a·x. */
  static void scale(double a, double[] x, int xAt, double[] y, int yAt, int n) {
    for (int j = 0; j < n; j++) {
      y[yAt + j] = a * x[xAt + j];
    }
  }

  /** y = x∘z. */
  void multiply(double[] x, int xAt, double[] z, int zAt, double[] y, int yAt, int n) {
    kernels.multiplyEntries(n, x, xAt, z, zAt, false, y, yAt);
  }

  /** y += x∘z. */
  void addProduct(double[] x, int xAt, double[] z, int zAt, double[] y, int yAt, int n) {
    kernels.multiplyEntries(n, x, xAt, z, zAt, true, y, yAt);
  }

  /** y = max(x, z). */
  void larger(double[] x, int xAt, double[] z, int zAt, double[] y, int yAt, int n) {
    kernels.maxEntries(n, x, xAt, z, zAt, y, yAt);
  }

  /** ⟨x, z⟩ in double, four lanes in a fixed order. */
  static /*64*/ double dot(double[] x, int xAt, double[] z, int zAt, int n) {
    /*64*/ double s0 = 0;
    /*64*/ double s1 = 0;
    /*64*/ double s2 = 0;
    /*64*/ double s3 = 0;
    int j = 0;
    for (; j + 3 < n; j += 4) {
      s0 += (/*64*/ double) x[xAt + j] * z[zAt + j];
      s1 += (/*64*/ double) x[xAt + j + 1] * z[zAt + j + 1];
      s2 += (/*64*/ double) x[xAt + j + 2] * z[zAt + j + 2];
      s3 += (/*64*/ double) x[xAt + j + 3] * z[zAt + j + 3];
    }
    for (; j < n; j++) {
      s0 += (/*64*/ double) x[xAt + j] * z[zAt + j];
    }
    return (s0 + s1) + (s2 + s3);
  }
}
