package dev.flatness.internal.linalg;

import java.util.Arrays;

/**
 * Double-precision loops of {@link PlainGemm}.
 *
 * <p>Four rows of C are gathered in four separate arrays, and four rows of B are added to them at a
 * time: the innermost loop then has independent array streams, which is the form the JIT turns into
 * vector instructions. {@link PlainFloat} is the same text in single precision.
 */
final class PlainDouble {
  private static final int COLUMNS = 512;
  private static final int DEPTH = 64;

  private static final ThreadLocal<PlainDouble> SCRATCH = ThreadLocal.withInitial(PlainDouble::new);

  private final double[] row0 = new double[COLUMNS];
  private final double[] row1 = new double[COLUMNS];
  private final double[] row2 = new double[COLUMNS];
  private final double[] row3 = new double[COLUMNS];
  private final double[] panel = new double[DEPTH * COLUMNS];

  private PlainDouble() {}

  /** C <- beta * C, never reading C for beta = 0. */
  static void scale(int m, int n, double beta, double[] c, int cOffset, int ldc) {
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
  static void add(
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
    PlainDouble scratch = SCRATCH.get();
    int rowStep = transA ? 1 : lda;
    int depthStep = transA ? lda : 1;
    for (int j = 0; j < n; j += COLUMNS) {
      int columns = Math.min(COLUMNS, n - j);
      for (int p = 0; p < k; p += DEPTH) {
        int depth = Math.min(DEPTH, k - p);
        double[] panel = b;
        int panelOffset = bOffset + p * ldb + j;
        int ldp = ldb;
        if (transB) {
          panel = scratch.panel;
          panelOffset = 0;
          ldp = COLUMNS;
          transpose(b, bOffset + j * ldb + p, ldb, columns, depth, panel);
        }
        int aFrom = aOffset + p * depthStep;
        int i = 0;
        for (; i + 4 <= m; i += 4) {
          scratch.fourRows(
              columns,
              depth,
              alpha,
              a,
              aFrom + i * rowStep,
              rowStep,
              depthStep,
              panel,
              panelOffset,
              ldp,
              c,
              cOffset + i * ldc + j,
              ldc);
        }
        for (; i < m; i++) {
          scratch.oneRow(
              columns,
              depth,
              alpha,
              a,
              aFrom + i * rowStep,
              depthStep,
              panel,
              panelOffset,
              ldp,
              c,
              cOffset + i * ldc + j);
        }
      }
    }
  }

  private static void transpose(
      double[] b, int from, int ldb, int columns, int depth, double[] panel) {
    for (int j0 = 0; j0 < columns; j0 += 8) {
      int j1 = Math.min(columns, j0 + 8);
      for (int p = 0; p < depth; p++) {
        for (int j = j0; j < j1; j++) {
          panel[p * COLUMNS + j] = b[from + j * ldb + p];
        }
      }
    }
  }

  private void fourRows(
      int columns,
      int depth,
      double alpha,
      double[] a,
      int aFrom,
      int rowStep,
      int depthStep,
      double[] b,
      int bFrom,
      int ldb,
      double[] c,
      int cFrom,
      int ldc) {
    System.arraycopy(c, cFrom, row0, 0, columns);
    System.arraycopy(c, cFrom + ldc, row1, 0, columns);
    System.arraycopy(c, cFrom + 2 * ldc, row2, 0, columns);
    System.arraycopy(c, cFrom + 3 * ldc, row3, 0, columns);
    int p = 0;
    for (; p + 4 <= depth; p += 4) {
      int s = aFrom + p * depthStep;
      int t = bFrom + p * ldb;
      int r = rowStep;
      int d = depthStep;
      update4x4(
          columns,
          alpha * a[s],
          alpha * a[s + d],
          alpha * a[s + 2 * d],
          alpha * a[s + 3 * d],
          alpha * a[s + r],
          alpha * a[s + r + d],
          alpha * a[s + r + 2 * d],
          alpha * a[s + r + 3 * d],
          alpha * a[s + 2 * r],
          alpha * a[s + 2 * r + d],
          alpha * a[s + 2 * r + 2 * d],
          alpha * a[s + 2 * r + 3 * d],
          alpha * a[s + 3 * r],
          alpha * a[s + 3 * r + d],
          alpha * a[s + 3 * r + 2 * d],
          alpha * a[s + 3 * r + 3 * d],
          b,
          t,
          t + ldb,
          t + 2 * ldb,
          t + 3 * ldb,
          row0,
          row1,
          row2,
          row3);
    }
    for (; p < depth; p++) {
      int s = aFrom + p * depthStep;
      int t = bFrom + p * ldb;
      axpy(columns, alpha * a[s], b, t, row0);
      axpy(columns, alpha * a[s + rowStep], b, t, row1);
      axpy(columns, alpha * a[s + 2 * rowStep], b, t, row2);
      axpy(columns, alpha * a[s + 3 * rowStep], b, t, row3);
    }
    System.arraycopy(row0, 0, c, cFrom, columns);
    System.arraycopy(row1, 0, c, cFrom + ldc, columns);
    System.arraycopy(row2, 0, c, cFrom + 2 * ldc, columns);
    System.arraycopy(row3, 0, c, cFrom + 3 * ldc, columns);
  }

  private void oneRow(
      int columns,
      int depth,
      double alpha,
      double[] a,
      int aFrom,
      int depthStep,
      double[] b,
      int bFrom,
      int ldb,
      double[] c,
      int cFrom) {
    System.arraycopy(c, cFrom, row0, 0, columns);
    int p = 0;
    for (; p + 4 <= depth; p += 4) {
      int s = aFrom + p * depthStep;
      int t = bFrom + p * ldb;
      update1x4(
          columns,
          alpha * a[s],
          alpha * a[s + depthStep],
          alpha * a[s + 2 * depthStep],
          alpha * a[s + 3 * depthStep],
          b,
          t,
          t + ldb,
          t + 2 * ldb,
          t + 3 * ldb,
          row0);
    }
    for (; p < depth; p++) {
      axpy(columns, alpha * a[aFrom + p * depthStep], b, bFrom + p * ldb, row0);
    }
    System.arraycopy(row0, 0, c, cFrom, columns);
  }

  private static void update4x4(
      int columns,
      double a00,
      double a01,
      double a02,
      double a03,
      double a10,
      double a11,
      double a12,
      double a13,
      double a20,
      double a21,
      double a22,
      double a23,
      double a30,
      double a31,
      double a32,
      double a33,
      double[] b,
      int t0,
      int t1,
      int t2,
      int t3,
      double[] row0,
      double[] row1,
      double[] row2,
      double[] row3) {
    for (int j = 0; j < columns; j++) {
      double b0 = b[t0 + j];
      double b1 = b[t1 + j];
      double b2 = b[t2 + j];
      double b3 = b[t3 + j];
      row0[j] += a00 * b0 + a01 * b1 + a02 * b2 + a03 * b3;
      row1[j] += a10 * b0 + a11 * b1 + a12 * b2 + a13 * b3;
      row2[j] += a20 * b0 + a21 * b1 + a22 * b2 + a23 * b3;
      row3[j] += a30 * b0 + a31 * b1 + a32 * b2 + a33 * b3;
    }
  }

  private static void update1x4(
      int columns,
      double a0,
      double a1,
      double a2,
      double a3,
      double[] b,
      int t0,
      int t1,
      int t2,
      int t3,
      double[] row) {
    for (int j = 0; j < columns; j++) {
      row[j] += a0 * b[t0 + j] + a1 * b[t1 + j] + a2 * b[t2 + j] + a3 * b[t3 + j];
    }
  }

  private static void axpy(int columns, double a, double[] b, int t, double[] row) {
    for (int j = 0; j < columns; j++) {
      row[j] += a * b[t + j];
    }
  }
}
