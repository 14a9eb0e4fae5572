package dev.flatness.internal.blas.vector64;

import java.util.Arrays;

/** Copies of factors in the order in which register tiles read them. */
final class Packing {
  private Packing() {}

  /**
   * Rows of op(A), times alpha, as columns of the tiles' height one tile after the other.
   *
   * @param tallest rows of the highest tile
   * @param skipped a height whose tiles are left out, for their rows are read in place
   */
  static void rows(
      boolean transA,
      int tallest,
      int skipped,
      int rows,
      int depth,
      double alpha,
      double[] a,
      int a0,
      int lda,
      double[] block,
      int start) {
    int height;
    for (int i = 0; i < rows; i += height) {
      height = LargeTiles.height(tallest, rows - i);
      int to = start + i * depth;
      if (height == skipped) {
        continue;
      }
      if (height % 6 == 0) {
        for (int r = 0; r < height; r += 6) {
          if (transA) {
            sixColumns(depth, alpha, a, a0 + i + r, lda, block, to + r, height);
          } else {
            sixRows(depth, alpha, a, a0 + (i + r) * lda, lda, block, to + r, height);
          }
        }
      } else if (transA) {
        for (int p = 0; p < depth; p++) {
          int from = a0 + p * lda + i;
          for (int r = 0; r < height; r++) {
            block[to++] = alpha * a[from + r];
          }
        }
      } else {
        for (int r = 0; r < height; r++) {
          int from = a0 + (i + r) * lda;
          for (int p = 0; p < depth; p++) {
            block[to + p * height + r] = alpha * a[from + p];
          }
        }
      }
    }
  }

  private static void sixColumns(
      int depth, double alpha, double[] a, int a0, int lda, double[] block, int to, int step) {
    for (int p = 0; p < depth; p++) {
      int from = a0 + p * lda;
      block[to + step * p] = alpha * a[from];
      block[to + step * p + 1] = alpha * a[from + 1];
      block[to + step * p + 2] = alpha * a[from + 2];
      block[to + step * p + 3] = alpha * a[from + 3];
      block[to + step * p + 4] = alpha * a[from + 4];
      block[to + step * p + 5] = alpha * a[from + 5];
    }
  }

  private static void sixRows(
      int depth, double alpha, double[] a, int a0, int lda, double[] block, int to, int step) {
    int a1 = a0 + lda;
    int a2 = a1 + lda;
    int a3 = a2 + lda;
    int a4 = a3 + lda;
    int a5 = a4 + lda;
    for (int p = 0; p < depth; p++) {
      block[to + step * p] = alpha * a[a0 + p];
      block[to + step * p + 1] = alpha * a[a1 + p];
      block[to + step * p + 2] = alpha * a[a2 + p];
      block[to + step * p + 3] = alpha * a[a3 + p];
      block[to + step * p + 4] = alpha * a[a4 + p];
      block[to + step * p + 5] = alpha * a[a5 + p];
    }
  }

  /** Several panels at once, because a row of one is only a line or two of memory. */
  static void panels(
      int panels, int panel, int depth, double[] b, int from, int ldb, double[] packed) {
    for (int p = 0; p < depth; p++) {
      for (int q = 0; q < panels; q++) {
        System.arraycopy(b, from + p * ldb + q * panel, packed, (q * depth + p) * panel, panel);
      }
    }
  }

  static void edge(
      int columns, int width, int depth, double[] b, int from, int ldb, double[] packed) {
    for (int p = 0; p < depth; p++) {
      System.arraycopy(b, from + p * ldb, packed, p * width, columns);
      Arrays.fill(packed, p * width + columns, (p + 1) * width, 0);
    }
  }

  /**
   * Four columns by four entries at a time: each line of B and of the panel is visited few times,
   * and loads come before the stores that they might depend on.
   */
  static void transposed(
      int columns, int width, int depth, double[] b, int from, int ldb, double[] packed) {
    if (columns < width) {
      Arrays.fill(packed, 0, depth * width, 0);
    }
    int whole = columns - columns % 4;
    int deep = depth - depth % 4;
    for (int j = 0; j < whole; j += 4) {
      int b0 = from + j * ldb;
      int b1 = b0 + ldb;
      int b2 = b1 + ldb;
      int b3 = b2 + ldb;
      for (int p = 0; p < deep; p += 4) {
        double x0 = b[b0 + p];
        double x1 = b[b1 + p];
        double x2 = b[b2 + p];
        double x3 = b[b3 + p];
        double y0 = b[b0 + p + 1];
        double y1 = b[b1 + p + 1];
        double y2 = b[b2 + p + 1];
        double y3 = b[b3 + p + 1];
        double z0 = b[b0 + p + 2];
        double z1 = b[b1 + p + 2];
        double z2 = b[b2 + p + 2];
        double z3 = b[b3 + p + 2];
        double w0 = b[b0 + p + 3];
        double w1 = b[b1 + p + 3];
        double w2 = b[b2 + p + 3];
        double w3 = b[b3 + p + 3];
        int to = p * width + j;
        packed[to] = x0;
        packed[to + 1] = x1;
        packed[to + 2] = x2;
        packed[to + 3] = x3;
        to += width;
        packed[to] = y0;
        packed[to + 1] = y1;
        packed[to + 2] = y2;
        packed[to + 3] = y3;
        to += width;
        packed[to] = z0;
        packed[to + 1] = z1;
        packed[to + 2] = z2;
        packed[to + 3] = z3;
        to += width;
        packed[to] = w0;
        packed[to + 1] = w1;
        packed[to + 2] = w2;
        packed[to + 3] = w3;
      }
    }
    columns(0, whole, width, deep, depth, b, from, ldb, packed);
    columns(whole, columns, width, 0, depth, b, from, ldb, packed);
  }

  /** Some columns of a panel from an entry on. */
  private static void columns(
      int first,
      int last,
      int width,
      int from,
      int depth,
      double[] b,
      int b0,
      int ldb,
      double[] packed) {
    for (int j = first; j < last; j++) {
      for (int p = from; p < depth; p++) {
        packed[p * width + j] = b[b0 + j * ldb + p];
      }
    }
  }
}
