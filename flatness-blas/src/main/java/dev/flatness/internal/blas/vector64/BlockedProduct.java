package dev.flatness.internal.blas.vector64;

import java.util.Arrays;

/**
 * Blocking and packing around the register tiles, in one precision.
 *
 * <p>A is copied block by block into columns of the tiles' height, times alpha, and stays in the
 * second-level cache; but for the last few, its rows are read where they lie if C has few columns.
 * B is read where it lies when its rows run along C's; it is copied panel by panel when it is
 * transposed, when a panel is cut off by the edge, and when this many rows of A use a panel that
 * the copy pays. With B transposed and few rows in A nothing is copied: the tiles are inner
 * products.
 */
public final class BlockedProduct {
  private static final int DEPTH = 256;

  /** Rows of A at a time: half a megabyte of the second-level cache. */
  private static final int ROWS = (480 << 10) / DEPTH / Double.BYTES;

  private static final int DOT_DEPTH = 1024;
  private static final int LANES = ProductTiles.LANES;
  private static final int WIDTH = ProductTiles.WIDTH;

  /** Columns of the widest panel of B. */
  private static final int WIDEST = LargeTiles.FIT ? LargeTiles.WIDTH : WIDTH;

  /** From this number of rows on, tiles are high and not wide where transposed B is copied. */
  private static final int ROWS_FOR_HIGH = 24;

  /**
   * From this number of rows on, a panel of B is copied: rows far apart cost address translations.
   */
  private static final int ROWS_TO_PACK = 48;

  /** Panels of B copied at a time. */
  private static final int PANELS = 8;

  /** Up to this depth C is walked along its rows. */
  private static final int SHALLOW = 64;

  /** Up to this number of rows, transposed B is met by inner products. */
  private static final int ROWS_TO_DOT = 12;

  /** Up to this number of rows, transposed B is not copied but A. */
  private static final int ROWS_TO_SWAP = 48;

  private static final int SWAPPED_DEPTH = 1024;

  /**
   * Up to this number of columns of C, rows of A are read where they lie: a copied entry is read a
   * twentieth faster, but only so often.
   */
  private static final int COLUMNS_IN_PLACE = 96;

  /**
   * Terms up to which a tile is added to C one by one; sums of more are rounded on their own first,
   * so that errors grow with the depth of a block and not of the whole product.
   */
  private static final int CHAIN = 128;

  private static final ThreadLocal<BlockedProduct> SCRATCH =
      ThreadLocal.withInitial(BlockedProduct::new);

  private final double[] block = new double[ROWS * DEPTH];
  private final double[] packed = new double[PANELS * DEPTH * WIDTH];
  private final double[] lanes = new double[2 * ProductTiles.HEIGHT * LANES];
  private final double[] tile = new double[LargeTiles.HEIGHT * WIDTH];

  /** Rows of the highest tile and columns of a panel of B in the current block. */
  private int tallest;

  private int panel;

  /** The current block of A as the tiles read it. */
  private double[] tiles = block;

  private int tilesFrom;

  /** A, where its rows are read in place by the current product, else null. */
  private double[] left;

  private int leftOffset;
  private int leftStride;

  private BlockedProduct() {}

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
    BlockedProduct product = SCRATCH.get();
    boolean add = beta != 0;
    if (!transA && transB && m <= ROWS_TO_DOT && k >= 4 * LANES) {
      product.dots(m, n, k, alpha, a, aOffset, lda, b, bOffset, ldb, add, c, cOffset, ldc);
      return;
    }
    if (!transA && transB && alpha == 1 && swaps(m, n, k)) {
      product.swapped(m, n, k, a, aOffset, lda, b, bOffset, ldb, add, c, cOffset, ldc);
      return;
    }
    boolean inPlace = !transA && alpha == 1 && n <= COLUMNS_IN_PLACE;
    int piece = piece(k);
    for (int i = 0; i < m; i += ROWS) {
      int rows = Math.min(ROWS, m - i);
      for (int p = 0; p < k; p += piece) {
        int depth = Math.min(piece, k - p);
        int a0 = transA ? aOffset + p * lda + i : aOffset + i * lda + p;
        product.takeLeft(inPlace ? a : null, a0, lda);
        product.chooseTiles(transB, rows);
        int skipped = inPlace ? ProductTiles.HEIGHT : 0;
        Packing.rows(
            transA, product.tallest, skipped, rows, depth, alpha, a, a0, lda, product.block, 0);
        product.takeTiles(product.block, 0);
        int b0 = transB ? bOffset + p : bOffset + p * ldb;
        product.panels(transB, rows, n, depth, b, b0, ldb, add || p > 0, c, cOffset + i * ldc, ldc);
      }
    }
    product.takeLeft(null, 0, 0);
  }

  /** Copies op(A) for {@link #multiplyPacked}, which takes the same m and k. */
  public static void pack(
      boolean transA,
      int m,
      int k,
      double[] a,
      int aOffset,
      int lda,
      double[] packed,
      int packedOffset) {
    BlockedProduct product = SCRATCH.get();
    product.takeLeft(null, 0, 0);
    int piece = piece(k);
    for (int i = 0; i < m; i += ROWS) {
      int rows = Math.min(ROWS, m - i);
      for (int p = 0; p < k; p += piece) {
        int depth = Math.min(piece, k - p);
        int a0 = transA ? aOffset + p * lda + i : aOffset + i * lda + p;
        int to = packedOffset + i * k + rows * p;
        product.chooseTiles(false, rows);
        Packing.rows(transA, product.tallest, 0, rows, depth, 1, a, a0, lda, packed, to);
      }
    }
  }

  /** C <- A B + beta C, beta 0 or 1, A packed; the arguments have been checked. */
  public static void multiplyPacked(
      int m,
      int n,
      int k,
      double[] a,
      int aOffset,
      double[] b,
      int bOffset,
      int ldb,
      double beta,
      double[] c,
      int cOffset,
      int ldc) {
    if (k == 0 && beta == 0) {
      scale(m, n, beta, c, cOffset, ldc);
    }
    BlockedProduct product = SCRATCH.get();
    product.takeLeft(null, 0, 0);
    int piece = piece(k);
    for (int i = 0; i < m; i += ROWS) {
      int rows = Math.min(ROWS, m - i);
      for (int p = 0; p < k; p += piece) {
        int depth = Math.min(piece, k - p);
        boolean add = beta != 0 || p > 0;
        product.chooseTiles(false, rows);
        product.takeTiles(a, aOffset + i * k + rows * p);
        int b0 = bOffset + p * ldb;
        product.panels(false, rows, n, depth, b, b0, ldb, add, c, cOffset + i * ldc, ldc);
      }
    }
    product.takeTiles(product.block, 0);
  }

  /**
   * Pieces of about the same depth: a shallow last one would be little but reading and writing C.
   */
  private static int piece(int k) {
    int pieces = (k + DEPTH - 1) / DEPTH;
    return (k + pieces - 1) / Math.max(1, pieces);
  }

  /** Whether a tile of this height reads A where it lies. */
  private boolean inPlace(int height) {
    return left != null && height == ProductTiles.HEIGHT;
  }

  /** High tiles for many rows, else wide ones; rows that are read in place go to wide ones. */
  private void chooseTiles(boolean transB, int rows) {
    boolean high =
        LargeTiles.FIT && left == null && (transB ? rows >= ROWS_FOR_HIGH : rows >= ROWS_TO_PACK);
    tallest = high ? LargeTiles.HEIGHT : ProductTiles.HEIGHT;
    panel = high ? WIDTH : WIDEST;
  }

  private void takeTiles(double[] packed, int from) {
    tiles = packed;
    tilesFrom = from;
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
        Packing.transposed(columns, WIDTH, depth, a, aOffset + j * lda + p, lda, packed);
        int height = narrow ? RowTiles.HIGHER : ProductTiles.HEIGHT;
        for (int i = 0; i < n; i += height) {
          // The last tile begins early enough to be whole; its first rows have been added.
          int first = Math.min(i, n - height);
          int b0 = bOffset + first * ldb + p;
          if (narrow) {
            RowTiles.product8(depth, b, b0, ldb, packed, 0, tile);
          } else {
            RowTiles.product6(
                depth, b, b0, ldb, packed, 0, WIDTH, ProductTiles.ZEROS, 0, 0, tile, 0, WIDTH);
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
    if (transB) {
      for (int j = 0; j < n; j += panel) {
        int columns = Math.min(panel, n - j);
        int width = width(columns);
        Packing.transposed(columns, width, depth, b, b0 + j * ldb, ldb, packed);
        column(rows, depth, packed, 0, width, columns, add, c, c0 + j, ldc);
      }
      return;
    }
    int whole = n - n % panel;
    if (depth <= SHALLOW) {
      whole = n - n % WIDTH;
      rowsOfTiles(rows, whole, depth, b, b0, ldb, add, c, c0, ldc);
    } else if (rows >= ROWS_TO_PACK) {
      for (int j = 0; j < whole; j += PANELS * WIDTH) {
        int panels = Math.min(PANELS * WIDTH, whole - j) / panel;
        Packing.panels(panels, panel, depth, b, b0 + j, ldb, packed);
        for (int q = 0; q < panels; q++) {
          int to = c0 + j + q * panel;
          column(rows, depth, packed, q * depth * panel, panel, panel, add, c, to, ldc);
        }
      }
    } else {
      for (int j = 0; j < whole; j += panel) {
        column(rows, depth, b, b0 + j, ldb, panel, add, c, c0 + j, ldc);
      }
    }
    if (whole < n) {
      int width = width(n - whole);
      Packing.edge(n - whole, width, depth, b, b0 + whole, ldb, packed);
      column(rows, depth, packed, 0, width, n - whole, add, c, c0 + whole, ldc);
    }
  }

  /**
   * Columns of the tiles, one panel or less, that this many columns of C, at most a panel, take.
   */
  private int width(int columns) {
    return columns <= WIDTH ? WIDTH : panel;
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
      height = LargeTiles.height(tallest, rows - i);
      int width;
      for (int j = 0; j < columns; j += width) {
        width = columns - j < panel ? WIDTH : panel;
        int from = c0 + i * ldc + j;
        product(i, height, width, depth, b, b0 + j, ldb, add, c, from, ldc);
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
    int width = width(columns);
    int height;
    for (int i = 0; i < rows; i += height) {
      height = LargeTiles.height(tallest, rows - i);
      int from = c0 + i * ldc;
      if (columns == width) {
        product(i, height, width, depth, b, b0, ldb, add, c, from, ldc);
      } else {
        product(i, height, width, depth, b, b0, ldb, false, tile, 0, width);
        copyTile(0, height, columns, width, add, c, from, ldc);
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
      copyTile(i - first, RowTiles.HIGHER, columns, WIDTH, add, c, c0 + first * ldc, ldc);
    }
  }

  /** One tile, its rows of A from the i-th of the block on. */
  private void product(
      int i,
      int height,
      int width,
      int depth,
      double[] b,
      int b0,
      int ldb,
      boolean add,
      double[] c,
      int c0,
      int ldc) {
    if (add && depth > CHAIN) {
      product(i, height, width, depth, b, b0, ldb, false, tile, 0, width);
      ProductTiles.add(height, width, tile, c, c0, ldc);
      return;
    }
    double[] old = add ? c : ProductTiles.ZEROS;
    int o0 = add ? c0 : 0;
    int ldo = add ? ldc : 0;
    boolean wide = width > WIDTH;
    if (inPlace(height)) {
      int a0 = leftOffset + i * leftStride;
      if (wide) {
        LargeTiles.wideRows6(depth, left, a0, leftStride, b, b0, ldb, old, o0, ldo, c, c0, ldc);
      } else {
        RowTiles.product6(depth, left, a0, leftStride, b, b0, ldb, old, o0, ldo, c, c0, ldc);
      }
      return;
    }
    int a0 = tilesFrom + i * depth;
    if (height == LargeTiles.HEIGHT) {
      LargeTiles.high12(depth, tiles, a0, b, b0, ldb, old, o0, ldo, c, c0, ldc);
    } else if (height == LargeTiles.LOWER) {
      LargeTiles.high8(depth, tiles, a0, b, b0, ldb, old, o0, ldo, c, c0, ldc);
    } else if (wide && height == ProductTiles.HEIGHT) {
      LargeTiles.wide6(depth, tiles, a0, b, b0, ldb, old, o0, ldo, c, c0, ldc);
    } else {
      for (int j = 0; j < width; j += WIDTH) {
        ProductTiles.product(
            height, depth, tiles, a0, b, b0 + j, ldb, old, o0 + j, ldo, c, c0 + j, ldc);
      }
    }
  }

  private void copyTile(
      int first, int height, int columns, int width, boolean add, double[] c, int from, int ldc) {
    for (int r = first; r < height; r++) {
      for (int j = 0; j < columns; j++) {
        double sum = tile[r * width + j];
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
}
