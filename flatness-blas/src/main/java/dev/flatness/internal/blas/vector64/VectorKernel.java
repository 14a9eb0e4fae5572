package dev.flatness.internal.blas.vector64;

import java.util.Arrays;

/**
 * Blocking and packing around the register tiles, in one precision.
 *
 * <p>A is copied block by block into columns of the tiles' height, times alpha, and stays in the
 * second-level cache; but for the last few, its rows are read where they lie if C has few columns.
 * B is read where it lies when its rows run along C's; it is copied panel by panel when it is
 * transposed, when a panel is cut off by the edge, and when so many rows of A use a panel that the
 * copy pays. With B transposed and few rows in A nothing is copied: the tiles are inner products.
 */
public final class VectorKernel {
  private static final int DEPTH = 256;

  /** Rows of A at a time: half a megabyte of the second-level cache. */
  private static final int ROWS = (480 << 10) / DEPTH / Double.BYTES;

  private static final int DOT_DEPTH = 1024;
  private static final int LANES = ProductTiles.LANES;
  private static final int WIDTH = ProductTiles.WIDTH;

  /** From so many rows on, a panel of B is copied: rows far apart cost address translations. */
  private static final int ROWS_TO_PACK = 48;

  /** Panels of B copied at a time. */
  private static final int PANELS = 8;

  /** Up to this depth C is walked along its rows. */
  private static final int SHALLOW = 64;

  /** Up to so many rows, transposed B is met by inner products. */
  private static final int ROWS_TO_DOT = 12;

  /** Up to so many rows, transposed B is not copied but A. */
  private static final int ROWS_TO_SWAP = 48;

  private static final int SWAPPED_DEPTH = 1024;

  /**
   * Up to so many columns of C, rows of A are read where they lie: a copied entry is read a
   * twentieth faster, but only so often.
   */
  private static final int COLUMNS_IN_PLACE = 96;

  private static final ThreadLocal<VectorKernel> SCRATCH =
      ThreadLocal.withInitial(VectorKernel::new);

  private final double[] block = new double[ROWS * DEPTH];
  private final double[] packed = new double[PANELS * DEPTH * WIDTH];
  private final double[] lanes = new double[2 * ProductTiles.HEIGHT * LANES];
  private final double[] tile = new double[RowTiles.HIGHER * WIDTH];

  /** A, where its rows are read in place by the current product, else null. */
  private double[] left;

  private int leftOffset;
  private int leftStride;

  private VectorKernel() {}

  /** C <- alpha op(A) op(B) + beta C; the arguments have been checked. */
  public static void multiply(
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
      double beta,
      double[] c,
      int cOffset,
      int ldc) {
    if (m == 0 || n == 0) {
      return;
    }
    boolean empty = k == 0 || alpha == 0;
    if (empty || (beta != 0 && beta != 1)) {
      scale(m, n, beta, c, cOffset, ldc);
    }
    if (empty) {
      return;
    }
    VectorKernel kernel = SCRATCH.get();
    boolean add = beta != 0;
    if (!transA && transB && m <= ROWS_TO_DOT && k >= 4 * LANES) {
      kernel.dots(m, n, k, alpha, a, aOffset, lda, b, bOffset, ldb, add, c, cOffset, ldc);
      return;
    }
    if (!transA && transB && alpha == 1 && swaps(m, n, k)) {
      kernel.swapped(m, n, k, a, aOffset, lda, b, bOffset, ldb, add, c, cOffset, ldc);
      return;
    }
    boolean inPlace = !transA && alpha == 1 && n <= COLUMNS_IN_PLACE;
    // Pieces of about the same depth: a shallow last one would be little but reading and writing C.
    int pieces = (k + DEPTH - 1) / DEPTH;
    int piece = (k + pieces - 1) / pieces;
    for (int i = 0; i < m; i += ROWS) {
      int rows = Math.min(ROWS, m - i);
      for (int p = 0; p < k; p += piece) {
        int depth = Math.min(piece, k - p);
        int a0 = transA ? aOffset + p * lda + i : aOffset + i * lda + p;
        kernel.takeLeft(inPlace ? a : null, a0, lda);
        kernel.packA(transA, rows, depth, alpha, a, a0, lda);
        int b0 = transB ? bOffset + p : bOffset + p * ldb;
        kernel.panels(transB, rows, n, depth, b, b0, ldb, add || p > 0, c, cOffset + i * ldc, ldc);
      }
    }
    kernel.takeLeft(null, 0, 0);
  }

  /** Whether a tile of this height reads A where it lies. */
  private boolean inPlace(int height) {
    return left != null && height == ProductTiles.HEIGHT;
  }

  private void takeLeft(double[] a, int a0, int lda) {
    left = a;
    leftOffset = a0;
    leftStride = lda;
  }

  /** Whether the transposed product is the faster: it copies A instead of the much larger B. */
  private static boolean swaps(int m, int n, int k) {
    int padded = (m + LANES - 1) / LANES * LANES;
    return m <= ROWS_TO_SWAP && n >= RowTiles.HIGHER && k >= LANES && 7 * padded <= 8 * m;
  }

  /** C by the transpose of B Aᵀ: rows of B where they lie against panels of Aᵀ. */
  private void swapped(
      int m,
      int n,
      int k,
      double[] a,
      int aOffset,
      int lda,
      double[] b,
      int bOffset,
      int ldb,
      boolean add,
      double[] c,
      int cOffset,
      int ldc) {
    for (int p = 0; p < k; p += SWAPPED_DEPTH) {
      int depth = Math.min(SWAPPED_DEPTH, k - p);
      for (int j = 0; j < m; j += WIDTH) {
        int columns = Math.min(WIDTH, m - j);
        boolean narrow = columns <= LANES;
        packTransposed(columns, depth, a, aOffset + j * lda + p, lda);
        int height = narrow ? RowTiles.HIGHER : ProductTiles.HEIGHT;
        for (int i = 0; i < n; i += height) {
          // The last tile begins early enough to be whole; its first rows have been added.
          int first = Math.min(i, n - height);
          int b0 = bOffset + first * ldb + p;
          if (narrow) {
            RowTiles.product8(depth, b, b0, ldb, packed, 0, tile);
          } else {
            RowTiles.product6(depth, b, b0, ldb, packed, 0, WIDTH, false, tile, 0, WIDTH);
          }
          int to = cOffset + j * ldc + first;
          copyTransposed(i - first, height, columns, add || p > 0, c, to, ldc);
        }
      }
    }
  }

  private void copyTransposed(
      int first, int height, int columns, boolean add, double[] c, int from, int ldc) {
    for (int j = 0; j < columns; j++) {
      for (int r = first; r < height; r++) {
        int at = from + j * ldc + r;
        double sum = tile[r * WIDTH + j];
        c[at] = add ? c[at] + sum : sum;
      }
    }
  }

  private static void scale(int m, int n, double beta, double[] c, int cOffset, int ldc) {
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

  /** One block of A, packed, times all panels of B. */
  private void panels(
      boolean transB,
      int rows,
      int n,
      int depth,
      double[] b,
      int b0,
      int ldb,
      boolean add,
      double[] c,
      int c0,
      int ldc) {
    int whole = n - n % WIDTH;
    if (transB) {
      for (int j = 0; j < n; j += WIDTH) {
        int columns = Math.min(WIDTH, n - j);
        packTransposed(columns, depth, b, b0 + j * ldb, ldb);
        column(rows, depth, packed, 0, WIDTH, columns, add, c, c0 + j, ldc);
      }
      return;
    }
    if (depth <= SHALLOW) {
      rowsOfTiles(rows, whole, depth, b, b0, ldb, add, c, c0, ldc);
    } else if (rows >= ROWS_TO_PACK) {
      for (int j = 0; j < whole; j += PANELS * WIDTH) {
        int panels = Math.min(PANELS, (whole - j) / WIDTH);
        packPanels(panels, depth, b, b0 + j, ldb);
        for (int q = 0; q < panels; q++) {
          int to = c0 + j + q * WIDTH;
          column(rows, depth, packed, q * depth * WIDTH, WIDTH, WIDTH, add, c, to, ldc);
        }
      }
    } else {
      for (int j = 0; j < whole; j += WIDTH) {
        column(rows, depth, b, b0 + j, ldb, WIDTH, add, c, c0 + j, ldc);
      }
    }
    if (whole < n) {
      packEdge(n - whole, depth, b, b0 + whole, ldb);
      column(rows, depth, packed, 0, WIDTH, n - whole, add, c, c0 + whole, ldc);
    }
  }

  /** Along the rows of C, which is most of the traffic where sums are short. */
  private void rowsOfTiles(
      int rows,
      int columns,
      int depth,
      double[] b,
      int b0,
      int ldb,
      boolean add,
      double[] c,
      int c0,
      int ldc) {
    int height;
    for (int i = 0; i < rows; i += height) {
      height = ProductTiles.height(rows - i);
      for (int j = 0; j < columns; j += WIDTH) {
        int from = c0 + i * ldc + j;
        product(i, height, depth, b, b0 + j, ldb, add, c, from, ldc);
      }
    }
  }

  /** One block of A times one panel of B. */
  private void column(
      int rows,
      int depth,
      double[] b,
      int b0,
      int ldb,
      int columns,
      boolean add,
      double[] c,
      int c0,
      int ldc) {
    if (left != null && columns <= LANES && rows >= RowTiles.HIGHER) {
      narrowColumn(rows, depth, columns, add, c, c0, ldc);
      return;
    }
    int height;
    for (int i = 0; i < rows; i += height) {
      height = ProductTiles.height(rows - i);
      int from = c0 + i * ldc;
      if (columns == WIDTH) {
        product(i, height, depth, b, b0, ldb, add, c, from, ldc);
      } else {
        product(i, height, depth, b, b0, ldb, false, tile, 0, WIDTH);
        copyTile(0, height, columns, add, c, from, ldc);
      }
    }
  }

  /** Rows of A where they lie times a packed panel of which one vector is used. */
  private void narrowColumn(
      int rows, int depth, int columns, boolean add, double[] c, int c0, int ldc) {
    for (int i = 0; i < rows; i += RowTiles.HIGHER) {
      // The last tile begins early enough to be whole; its first rows have been added.
      int first = Math.min(i, rows - RowTiles.HIGHER);
      int a0 = leftOffset + first * leftStride;
      RowTiles.product8(depth, left, a0, leftStride, packed, 0, tile);
      copyTile(i - first, RowTiles.HIGHER, columns, add, c, c0 + first * ldc, ldc);
    }
  }

  /** One tile, its rows of A from the i-th of the block on. */
  private void product(
      int i,
      int height,
      int depth,
      double[] b,
      int b0,
      int ldb,
      boolean add,
      double[] c,
      int c0,
      int ldc) {
    if (inPlace(height)) {
      int a0 = leftOffset + i * leftStride;
      RowTiles.product6(depth, left, a0, leftStride, b, b0, ldb, add, c, c0, ldc);
    } else {
      ProductTiles.product(height, depth, block, i * depth, b, b0, ldb, add, c, c0, ldc);
    }
  }

  private void copyTile(
      int first, int height, int columns, boolean add, double[] c, int from, int ldc) {
    for (int r = first; r < height; r++) {
      for (int j = 0; j < columns; j++) {
        double sum = tile[r * WIDTH + j];
        int at = from + r * ldc + j;
        c[at] = add ? c[at] + sum : sum;
      }
    }
  }

  private void dots(
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
      boolean add,
      double[] c,
      int cOffset,
      int ldc) {
    for (int p = 0; p < k; p += DOT_DEPTH) {
      int depth = Math.min(DOT_DEPTH, k - p);
      int height;
      for (int i = 0; i < m; i += height) {
        height = ProductTiles.height(m - i);
        int a0 = aOffset + i * lda + p;
        int c0 = cOffset + i * ldc;
        for (int j = 0; j < n; j += 2) {
          int columns = Math.min(2, n - j);
          int b0 = bOffset + j * ldb + p;
          int b1 = columns == 2 ? b0 + ldb : b0;
          DotTiles.dot(height, depth, a, a0, lda, b, b0, b1, lanes, tile);
          addDots(height, columns, alpha, add || p > 0, c, c0 + j, ldc);
        }
      }
    }
  }

  private void addDots(
      int height, int columns, double alpha, boolean add, double[] c, int from, int ldc) {
    for (int r = 0; r < height; r++) {
      for (int q = 0; q < columns; q++) {
        double sum = alpha * tile[2 * r + q];
        int at = from + r * ldc + q;
        c[at] = add ? c[at] + sum : sum;
      }
    }
  }

  private void packA(
      boolean transA, int rows, int depth, double alpha, double[] a, int a0, int lda) {
    int height;
    for (int i = 0; i < rows; i += height) {
      height = ProductTiles.height(rows - i);
      int to = i * depth;
      if (inPlace(height)) {
        continue;
      }
      if (transA && height == ProductTiles.HEIGHT) {
        packSixColumns(depth, alpha, a, a0 + i, lda, to);
      } else if (transA) {
        for (int p = 0; p < depth; p++) {
          int from = a0 + p * lda + i;
          for (int r = 0; r < height; r++) {
            block[to++] = alpha * a[from + r];
          }
        }
      } else if (height == ProductTiles.HEIGHT) {
        packSix(depth, alpha, a, a0 + i * lda, lda, to);
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

  private void packSixColumns(int depth, double alpha, double[] a, int a0, int lda, int to) {
    for (int p = 0; p < depth; p++) {
      int from = a0 + p * lda;
      block[to + 6 * p] = alpha * a[from];
      block[to + 6 * p + 1] = alpha * a[from + 1];
      block[to + 6 * p + 2] = alpha * a[from + 2];
      block[to + 6 * p + 3] = alpha * a[from + 3];
      block[to + 6 * p + 4] = alpha * a[from + 4];
      block[to + 6 * p + 5] = alpha * a[from + 5];
    }
  }

  private void packSix(int depth, double alpha, double[] a, int a0, int lda, int to) {
    int a1 = a0 + lda;
    int a2 = a1 + lda;
    int a3 = a2 + lda;
    int a4 = a3 + lda;
    int a5 = a4 + lda;
    for (int p = 0; p < depth; p++) {
      block[to + 6 * p] = alpha * a[a0 + p];
      block[to + 6 * p + 1] = alpha * a[a1 + p];
      block[to + 6 * p + 2] = alpha * a[a2 + p];
      block[to + 6 * p + 3] = alpha * a[a3 + p];
      block[to + 6 * p + 4] = alpha * a[a4 + p];
      block[to + 6 * p + 5] = alpha * a[a5 + p];
    }
  }

  /** Several panels at once, because a row of one is only a line or two of memory. */
  private void packPanels(int panels, int depth, double[] b, int from, int ldb) {
    for (int p = 0; p < depth; p++) {
      for (int q = 0; q < panels; q++) {
        System.arraycopy(b, from + p * ldb + q * WIDTH, packed, (q * depth + p) * WIDTH, WIDTH);
      }
    }
  }

  private void packEdge(int columns, int depth, double[] b, int from, int ldb) {
    for (int p = 0; p < depth; p++) {
      System.arraycopy(b, from + p * ldb, packed, p * WIDTH, columns);
      Arrays.fill(packed, p * WIDTH + columns, (p + 1) * WIDTH, 0);
    }
  }

  /** Four columns at a time: each line of B and of the panel is visited few times. */
  private void packTransposed(int columns, int depth, double[] b, int from, int ldb) {
    if (columns < WIDTH) {
      Arrays.fill(packed, 0, depth * WIDTH, 0);
    }
    int j = 0;
    for (; j + 4 <= columns; j += 4) {
      int b0 = from + j * ldb;
      int b1 = b0 + ldb;
      int b2 = b1 + ldb;
      int b3 = b2 + ldb;
      for (int p = 0; p < depth; p++) {
        packed[p * WIDTH + j] = b[b0 + p];
        packed[p * WIDTH + j + 1] = b[b1 + p];
        packed[p * WIDTH + j + 2] = b[b2 + p];
        packed[p * WIDTH + j + 3] = b[b3 + p];
      }
    }
    for (; j < columns; j++) {
      int b0 = from + j * ldb;
      for (int p = 0; p < depth; p++) {
        packed[p * WIDTH + j] = b[b0 + p];
      }
    }
  }
}
