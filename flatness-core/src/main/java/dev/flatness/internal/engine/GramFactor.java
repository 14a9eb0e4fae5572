package dev.flatness.internal.engine;

/**
 * A matrix F of r = min(d, m) rows with FᵀF = V Vᵀ for a d×m matrix V, so that ‖Vᵀ B‖_F = ‖F B‖_F:
 * Vᵀ itself, or the triangular factor of its Householder QR decomposition where that is smaller.
 */
public final class GramFactor {
  private GramFactor() {}

  /** The number of rows of F. */
  public static int rows(int d, int m) {
    return Math.min(d, m);
  }

  /** Returns F, row-major r×d, for V row-major d×m. */
  public static double[] of(double[] v, int d, int m) {
    double[] a = new double[m * d];
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < d; j++) {
        a[i * d + j] = v[j * m + i];
      }
    }
    if (m <= d) {
      return a;
    }
    double[] u = new double[m];
    for (int k = 0; k < d; k++) {
      double norm = 0;
      for (int i = k; i < m; i++) {
        norm = Math.hypot(norm, a[i * d + k]);
      }
      if (norm == 0) {
        continue;
      }
      double alpha = a[k * d + k] > 0 ? -norm : norm;
      double length = 0;
      for (int i = k; i < m; i++) {
        u[i] = a[i * d + k] / norm;
      }
      u[k] -= alpha / norm;
      for (int i = k; i < m; i++) {
        length += u[i] * u[i];
      }
      for (int j = k; j < d; j++) {
        double dot = 0;
        for (int i = k; i < m; i++) {
          dot += u[i] * a[i * d + j];
        }
        double factor = 2 * dot / length;
        for (int i = k; i < m; i++) {
          a[i * d + j] -= factor * u[i];
        }
      }
    }
    double[] r = new double[d * d];
    for (int i = 0; i < d; i++) {
      System.arraycopy(a, i * d + i, r, i * d + i, d - i);
    }
    return r;
  }
}
