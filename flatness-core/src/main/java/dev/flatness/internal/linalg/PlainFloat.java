package dev.flatness.internal.linalg;

import java.util.Arrays;

/**
 * Single-precision loops of {@link PlainGemm}.
 *
 * <p>Four rows of C are gathered in four separate arrays, and four rows of B are added to them at a
 * time: the innermost loop then has independent array streams, which is the form the JIT turns into
 * vector instructions. {@link PlainDouble} is the same text in double precision.
 */
final class PlainFloat {
  private static final int COLUMNS = 512;
  private static final int DEPTH = 64;

  private static final ThreadLocal<PlainFloat> SCRATCH = ThreadLocal.withInitial(PlainFloat::new);

  private final float[] row0 = new float[COLUMNS];
  private final float[] row1 = new float[COLUMNS];
  private final float[] row2 = new float[COLUMNS];
  private final float[] row3 = new float[COLUMNS];
  private final float[] panel = new float[DEPTH * COLUMNS];

  private PlainFloat() {}

  /** C <- beta * C, never reading C for beta = 0. */
  static void scale(int m, int n, float beta, float[] c, int cOffset, int ldc) {
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
      float alpha,
      float[] a,
      int aOffset,
      int lda,
      float[] b,
      int bOffset,
      int ldb,
      float[] c,
      int cOffset,
      int ldc) {
    PlainFloat scratch = SCRATCH.get();
    int rowStep = transA ? 1 : lda;
    int depthStep = transA ? lda : 1;
    for (int j = 0; j < n; j += COLUMNS) {
      int columns = Math.min(COLUMNS, n - j);
      for (int p = 0; p < k; p += DEPTH) {
        int depth = Math.min(DEPTH, k - p);
        float[] panel = b;
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
      float[] b, int from, int ldb, int columns, int depth, float[] panel) {
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
      float alpha,
      float[] a,
      int aFrom,
      int rowStep,
      int depthStep,
      float[] b,
      int bFrom,
      int ldb,
      float[] c,
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
      float alpha,
      float[] a,
      int aFrom,
      int depthStep,
      float[] b,
      int bFrom,
      int ldb,
      float[] c,
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
      float a00,
      float a01,
      float a02,
      float a03,
      float a10,
      float a11,
      float a12,
      float a13,
      float a20,
      float a21,
      float a22,
      float a23,
      float a30,
      float a31,
      float a32,
      float a33,
      float[] b,
      int t0,
      int t1,
      int t2,
      int t3,
      float[] row0,
      float[] row1,
      float[] row2,
      float[] row3) {
    for (int j = 0; j < columns; j++) {
      float b0 = b[t0 + j];
      float b1 = b[t1 + j];
      float b2 = b[t2 + j];
      float b3 = b[t3 + j];
      row0[j] += a00 * b0 + a01 * b1 + a02 * b2 + a03 * b3;
      row1[j] += a10 * b0 + a11 * b1 + a12 * b2 + a13 * b3;
      row2[j] += a20 * b0 + a21 * b1 + a22 * b2 + a23 * b3;
      row3[j] += a30 * b0 + a31 * b1 + a32 * b2 + a33 * b3;
    }
  }

  private static void update1x4(
      int columns,
      float a0,
      float a1,
      float a2,
      float a3,
      float[] b,
      int t0,
      int t1,
      int t2,
      int t3,
      float[] row) {
    for (int j = 0; j < columns; j++) {
      row[j] += a0 * b[t0 + j] + a1 * b[t1 + j] + a2 * b[t2 + j] + a3 * b[t3 + j];
    }
  }

  private static void axpy(int columns, float a, float[] b, int t, float[] row) {
    for (int j = 0; j < columns; j++) {
      row[j] += a * b[t + j];
    }
  }
}
