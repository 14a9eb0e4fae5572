package dev.flatness.internal.kernels64;

import java.util.Arrays;

/**
 * The loops of the plain matrix product, and of sums that are taken in double; the build makes the
 * float version of this text.
 *
 * <p>Two rows of C and three rows of B are streamed at a time, each from an array of its own, by
 * fused operations: on loops of this form and size, and hardly any others, the JIT of 17 and of 25
 * emits vector instructions (offsets into one array, more rows, or separate operations cost a
 * factor of two to four on one or the other).
 */
public final class PlainLoops {
  private static final int COLUMNS = 256;
  private static final int DEPTH = 126;

  /** Rows of B in one pass; divides DEPTH. */
  private static final int UNROLL = 3;

  private static final ThreadLocal<PlainLoops> SCRATCH = ThreadLocal.withInitial(PlainLoops::new);

  /** Rows of op(B), the last ones zero so that their number is a multiple of UNROLL. */
  private final double[][] panel = new double[DEPTH][COLUMNS];

  private final double[] row0 = new double[COLUMNS];
  private final double[] row1 = new double[COLUMNS];

  /** alpha times rows of op(A), zero beyond their end as the panel is. */
  private final double[] factor0 = new double[DEPTH];

  private final double[] factor1 = new double[DEPTH];

  private PlainLoops() {}

  /**
   * Σ a[from … from+n), in four lanes in double: a fixed order that does not depend on the machine.
   */
  public static /*64*/ double sum(double[] a, int from, int n) {
    /*64*/ double s0 = 0;
    /*64*/ double s1 = 0;
    /*64*/ double s2 = 0;
    /*64*/ double s3 = 0;
    int j = from;
    for (; j + 3 < from + n; j += 4) {
      s0 += a[j];
      s1 += a[j + 1];
      s2 += a[j + 2];
      s3 += a[j + 3];
    }
    for (; j < from + n; j++) {
      s0 += a[j];
    }
    return (s0 + s1) + (s2 + s3);
  }

  /** C <- beta * C, never reading C for beta = 0. */
  public static void scale(int m, int n, double beta, double[] c, int cOffset, int ldc) {
    if (beta == 1) {
      return;
    }
    for (int i = 0; i < m; i++) {
      int from = cOffset + i * ldc;
      if (beta == 0) {
        Arrays.fill(c, from, from + n, 0);
      } else {
        for (int j = from; j < from + n; j++) {
          c[j] *= beta;
        }
      }
    }
  }

  /** C <- C + alpha * op(A) * op(B). */
  public static void add(
      boolean transA,
      boolean transB,
      int m,
      int n,
      int k,
      double alpha,
      double[] a,
      int aOffset,
      int lda,
      double[] b,
      int bOffset,
      int ldb,
      double[] c,
      int cOffset,
      int ldc) {
    PlainLoops scratch = SCRATCH.get();
    int rowStep = transA ? 1 : lda;
    int depthStep = transA ? lda : 1;
    for (int j = 0; j < n; j += COLUMNS) {
      int columns = Math.min(COLUMNS, n - j);
      for (int p = 0; p < k; p += DEPTH) {
        int depth = Math.min(DEPTH, k - p);
        if (transB) {
          scratch.packTransposed(b, bOffset + j * ldb + p, ldb, depth, columns);
        } else {
          scratch.pack(b, bOffset + p * ldb + j, ldb, depth, columns);
        }
        int aFrom = aOffset + p * depthStep;
        int cFrom = cOffset + j;
        int i = 0;
        for (; i + 2 <= m; i += 2) {
          int from = aFrom + i * rowStep;
          gather(a, from, depthStep, depth, alpha, scratch.factor0);
          gather(a, from + rowStep, depthStep, depth, alpha, scratch.factor1);
          scratch.twoRows(depth, columns, c, cFrom + i * ldc, ldc);
        }
        for (; i < m; i++) {
          gather(a, aFrom + i * rowStep, depthStep, depth, alpha, scratch.factor0);
          scratch.oneRow(depth, columns, c, cFrom + i * ldc);
        }
      }
    }
  }

  private void pack(double[] b, int from, int ldb, int depth, int columns) {
    for (int p = 0; p < depth; p++) {
      System.arraycopy(b, from + p * ldb, panel[p], 0, columns);
    }
    padPanel(depth, columns);
  }

  /** Walks down eight columns at a time, so that each line of B that is fetched is used up. */
  private void packTransposed(double[] b, int from, int ldb, int depth, int columns) {
    int j = 0;
    for (; j + 8 <= columns; j += 8) {
      int s0 = from + j * ldb;
      int s4 = s0 + 4 * ldb;
      for (int p = 0; p < depth; p++) {
        double[] row = panel[p];
        row[j] = b[s0 + p];
        row[j + 1] = b[s0 + ldb + p];
        row[j + 2] = b[s0 + 2 * ldb + p];
        row[j + 3] = b[s0 + 3 * ldb + p];
        row[j + 4] = b[s4 + p];
        row[j + 5] = b[s4 + ldb + p];
        row[j + 6] = b[s4 + 2 * ldb + p];
        row[j + 7] = b[s4 + 3 * ldb + p];
      }
    }
    for (; j < columns; j++) {
      for (int p = 0; p < depth; p++) {
        panel[p][j] = b[from + j * ldb + p];
      }
    }
    padPanel(depth, columns);
  }

  private void padPanel(int depth, int columns) {
    for (int p = depth; p % UNROLL != 0; p++) {
      Arrays.fill(panel[p], 0, columns, 0);
    }
  }

  private static void gather(
      double[] a, int from, int step, int depth, double alpha, double[] factor) {
    for (int p = 0; p < depth; p++) {
      factor[p] = alpha * a[from + p * step];
    }
    for (int p = depth; p % UNROLL != 0; p++) {
      factor[p] = 0;
    }
  }

  private void twoRows(int depth, int columns, double[] c, int from, int ldc) {
    System.arraycopy(c, from, row0, 0, columns);
    System.arraycopy(c, from + ldc, row1, 0, columns);
    double[] f = factor0;
    double[] g = factor1;
    for (int p = 0; p < depth; p += UNROLL) {
      update2x3(
          columns,
          f[p],
          f[p + 1],
          f[p + 2],
          g[p],
          g[p + 1],
          g[p + 2],
          panel[p],
          panel[p + 1],
          panel[p + 2],
          row0,
          row1);
    }
    System.arraycopy(row0, 0, c, from, columns);
    System.arraycopy(row1, 0, c, from + ldc, columns);
  }

  private void oneRow(int depth, int columns, double[] c, int from) {
    System.arraycopy(c, from, row0, 0, columns);
    double[] f = factor0;
    for (int p = 0; p < depth; p += UNROLL) {
      update1x3(columns, f[p], f[p + 1], f[p + 2], panel[p], panel[p + 1], panel[p + 2], row0);
    }
    System.arraycopy(row0, 0, c, from, columns);
  }

  private static void update2x3(
      int columns,
      double f0,
      double f1,
      double f2,
      double g0,
      double g1,
      double g2,
      double[] b0,
      double[] b1,
      double[] b2,
      double[] row0,
      double[] row1) {
    for (int j = 0; j < columns; j++) {
      double x0 = b0[j];
      double x1 = b1[j];
      double x2 = b2[j];
      row0[j] = Math.fma(f2, x2, Math.fma(f1, x1, Math.fma(f0, x0, row0[j])));
      row1[j] = Math.fma(g2, x2, Math.fma(g1, x1, Math.fma(g0, x0, row1[j])));
    }
  }

  private static void update1x3(
      int columns,
      double f0,
      double f1,
      double f2,
      double[] b0,
      double[] b1,
      double[] b2,
      double[] row0) {
    for (int j = 0; j < columns; j++) {
      row0[j] = Math.fma(f2, b2[j], Math.fma(f1, b1[j], Math.fma(f0, b0[j], row0[j])));
    }
  }
}
