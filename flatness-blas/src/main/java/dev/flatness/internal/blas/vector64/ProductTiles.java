package dev.flatness.internal.blas.vector64;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Register tiles of the product: up to six rows by two vectors of C, held in registers over the
 * whole depth.
 *
 * <p>Each entry is added up over p in ascending order whatever the height of its tile, beginning
 * with what was there; deep tiles, those cut off by the edge, those of one vector and those of
 * transposed products begin with zeros and are added afterwards. Twelve accumulators, two vectors
 * of B and one of A fit sixteen registers. They start from what is loaded, C or a row of zeros, not
 * from a constant vector: one as a loop's initial value keeps the JIT from holding it in a
 * register, and costs a factor of thirty. Nothing but stores follows the loop: with an addition
 * before each, the text of 24 accumulators exceeded, on some runs, what JDK 17 inlines, and the
 * last of them went to the heap.
 */
final class ProductTiles {
  static final VectorSpecies<Double> SPECIES = DoubleVector.SPECIES_PREFERRED;
  static final int LANES = SPECIES.length();

  /** Columns of a tile. */
  static final int WIDTH = 2 * LANES;

  /** A row of zeros as long as the widest tile. */
  static final double[] ZEROS = new double[4 * LANES];

  /** Rows of the highest tile. */
  static final int HEIGHT = 6;

  private ProductTiles() {}

  /**
   * The height of the next tile when this many rows are left: never a low tile that can be avoided.
   */
  static int height(int rows) {
    if (rows >= HEIGHT && rows != 8 && rows != 9) {
      return HEIGHT;
    }
    return rows >= 4 ? 4 : rows >= 2 ? 2 : 1;
  }

  /**
   * C <- old + A B on one tile; A is stored by columns of the tile's height, rows of B are {@code
   * ldb} apart, those of old, which may be C or {@link #ZEROS}, {@code ldo}.
   */
  static void product(
      int height,
      int depth,
      double[] a,
      int a0,
      double[] b,
      int b0,
      int ldb,
      double[] old,
      int o0,
      int ldo,
      double[] c,
      int c0,
      int ldc) {
    switch (height) {
      case 6 -> product6(depth, a, a0, b, b0, ldb, old, o0, ldo, c, c0, ldc);
      case 4 -> product4(depth, a, a0, b, b0, ldb, old, o0, ldo, c, c0, ldc);
      case 2 -> product2(depth, a, a0, b, b0, ldb, old, o0, ldo, c, c0, ldc);
      default -> product1(depth, a, a0, b, b0, ldb, old, o0, ldo, c, c0, ldc);
    }
  }

  /** 6 rows of C. */
  private static void product6(
      int depth,
      double[] a,
      int a0,
      double[] b,
      int b0,
      int ldb,
      double[] old,
      int o0,
      int ldo,
      double[] c,
      int c0,
      int ldc) {
    DoubleVector s0 = DoubleVector.fromArray(SPECIES, old, o0);
    DoubleVector t0 = DoubleVector.fromArray(SPECIES, old, o0 + LANES);
    o0 += ldo;
    DoubleVector s1 = DoubleVector.fromArray(SPECIES, old, o0);
    DoubleVector t1 = DoubleVector.fromArray(SPECIES, old, o0 + LANES);
    o0 += ldo;
    DoubleVector s2 = DoubleVector.fromArray(SPECIES, old, o0);
    DoubleVector t2 = DoubleVector.fromArray(SPECIES, old, o0 + LANES);
    o0 += ldo;
    DoubleVector s3 = DoubleVector.fromArray(SPECIES, old, o0);
    DoubleVector t3 = DoubleVector.fromArray(SPECIES, old, o0 + LANES);
    o0 += ldo;
    DoubleVector s4 = DoubleVector.fromArray(SPECIES, old, o0);
    DoubleVector t4 = DoubleVector.fromArray(SPECIES, old, o0 + LANES);
    o0 += ldo;
    DoubleVector s5 = DoubleVector.fromArray(SPECIES, old, o0);
    DoubleVector t5 = DoubleVector.fromArray(SPECIES, old, o0 + LANES);
    for (int p = 0; p < depth; p++) {
      DoubleVector y0 = DoubleVector.fromArray(SPECIES, b, b0);
      DoubleVector y1 = DoubleVector.fromArray(SPECIES, b, b0 + LANES);
      b0 += ldb;
      DoubleVector x0 = DoubleVector.broadcast(SPECIES, a[a0 + 6 * p]);
      s0 = x0.fma(y0, s0);
      t0 = x0.fma(y1, t0);
      DoubleVector x1 = DoubleVector.broadcast(SPECIES, a[a0 + 6 * p + 1]);
      s1 = x1.fma(y0, s1);
      t1 = x1.fma(y1, t1);
      DoubleVector x2 = DoubleVector.broadcast(SPECIES, a[a0 + 6 * p + 2]);
      s2 = x2.fma(y0, s2);
      t2 = x2.fma(y1, t2);
      DoubleVector x3 = DoubleVector.broadcast(SPECIES, a[a0 + 6 * p + 3]);
      s3 = x3.fma(y0, s3);
      t3 = x3.fma(y1, t3);
      DoubleVector x4 = DoubleVector.broadcast(SPECIES, a[a0 + 6 * p + 4]);
      s4 = x4.fma(y0, s4);
      t4 = x4.fma(y1, t4);
      DoubleVector x5 = DoubleVector.broadcast(SPECIES, a[a0 + 6 * p + 5]);
      s5 = x5.fma(y0, s5);
      t5 = x5.fma(y1, t5);
    }
    s0.intoArray(c, c0);
    t0.intoArray(c, c0 + LANES);
    c0 += ldc;
    s1.intoArray(c, c0);
    t1.intoArray(c, c0 + LANES);
    c0 += ldc;
    s2.intoArray(c, c0);
    t2.intoArray(c, c0 + LANES);
    c0 += ldc;
    s3.intoArray(c, c0);
    t3.intoArray(c, c0 + LANES);
    c0 += ldc;
    s4.intoArray(c, c0);
    t4.intoArray(c, c0 + LANES);
    c0 += ldc;
    s5.intoArray(c, c0);
    t5.intoArray(c, c0 + LANES);
  }

  /** 4 rows of C. */
  private static void product4(
      int depth,
      double[] a,
      int a0,
      double[] b,
      int b0,
      int ldb,
      double[] old,
      int o0,
      int ldo,
      double[] c,
      int c0,
      int ldc) {
    DoubleVector s0 = DoubleVector.fromArray(SPECIES, old, o0);
    DoubleVector t0 = DoubleVector.fromArray(SPECIES, old, o0 + LANES);
    o0 += ldo;
    DoubleVector s1 = DoubleVector.fromArray(SPECIES, old, o0);
    DoubleVector t1 = DoubleVector.fromArray(SPECIES, old, o0 + LANES);
    o0 += ldo;
    DoubleVector s2 = DoubleVector.fromArray(SPECIES, old, o0);
    DoubleVector t2 = DoubleVector.fromArray(SPECIES, old, o0 + LANES);
    o0 += ldo;
    DoubleVector s3 = DoubleVector.fromArray(SPECIES, old, o0);
    DoubleVector t3 = DoubleVector.fromArray(SPECIES, old, o0 + LANES);
    for (int p = 0; p < depth; p++) {
      DoubleVector y0 = DoubleVector.fromArray(SPECIES, b, b0);
      DoubleVector y1 = DoubleVector.fromArray(SPECIES, b, b0 + LANES);
      b0 += ldb;
      DoubleVector x0 = DoubleVector.broadcast(SPECIES, a[a0 + 4 * p]);
      s0 = x0.fma(y0, s0);
      t0 = x0.fma(y1, t0);
      DoubleVector x1 = DoubleVector.broadcast(SPECIES, a[a0 + 4 * p + 1]);
      s1 = x1.fma(y0, s1);
      t1 = x1.fma(y1, t1);
      DoubleVector x2 = DoubleVector.broadcast(SPECIES, a[a0 + 4 * p + 2]);
      s2 = x2.fma(y0, s2);
      t2 = x2.fma(y1, t2);
      DoubleVector x3 = DoubleVector.broadcast(SPECIES, a[a0 + 4 * p + 3]);
      s3 = x3.fma(y0, s3);
      t3 = x3.fma(y1, t3);
    }
    s0.intoArray(c, c0);
    t0.intoArray(c, c0 + LANES);
    c0 += ldc;
    s1.intoArray(c, c0);
    t1.intoArray(c, c0 + LANES);
    c0 += ldc;
    s2.intoArray(c, c0);
    t2.intoArray(c, c0 + LANES);
    c0 += ldc;
    s3.intoArray(c, c0);
    t3.intoArray(c, c0 + LANES);
  }

  /** 2 rows of C. */
  private static void product2(
      int depth,
      double[] a,
      int a0,
      double[] b,
      int b0,
      int ldb,
      double[] old,
      int o0,
      int ldo,
      double[] c,
      int c0,
      int ldc) {
    DoubleVector s0 = DoubleVector.fromArray(SPECIES, old, o0);
    DoubleVector t0 = DoubleVector.fromArray(SPECIES, old, o0 + LANES);
    o0 += ldo;
    DoubleVector s1 = DoubleVector.fromArray(SPECIES, old, o0);
    DoubleVector t1 = DoubleVector.fromArray(SPECIES, old, o0 + LANES);
    for (int p = 0; p < depth; p++) {
      DoubleVector y0 = DoubleVector.fromArray(SPECIES, b, b0);
      DoubleVector y1 = DoubleVector.fromArray(SPECIES, b, b0 + LANES);
      b0 += ldb;
      DoubleVector x0 = DoubleVector.broadcast(SPECIES, a[a0 + 2 * p]);
      s0 = x0.fma(y0, s0);
      t0 = x0.fma(y1, t0);
      DoubleVector x1 = DoubleVector.broadcast(SPECIES, a[a0 + 2 * p + 1]);
      s1 = x1.fma(y0, s1);
      t1 = x1.fma(y1, t1);
    }
    s0.intoArray(c, c0);
    t0.intoArray(c, c0 + LANES);
    c0 += ldc;
    s1.intoArray(c, c0);
    t1.intoArray(c, c0 + LANES);
  }

  /** 1 row of C. */
  private static void product1(
      int depth,
      double[] a,
      int a0,
      double[] b,
      int b0,
      int ldb,
      double[] old,
      int o0,
      int ldo,
      double[] c,
      int c0,
      int ldc) {
    DoubleVector s0 = DoubleVector.fromArray(SPECIES, old, o0);
    DoubleVector t0 = DoubleVector.fromArray(SPECIES, old, o0 + LANES);
    for (int p = 0; p < depth; p++) {
      DoubleVector y0 = DoubleVector.fromArray(SPECIES, b, b0);
      DoubleVector y1 = DoubleVector.fromArray(SPECIES, b, b0 + LANES);
      b0 += ldb;
      DoubleVector x0 = DoubleVector.broadcast(SPECIES, a[a0 + p]);
      s0 = x0.fma(y0, s0);
      t0 = x0.fma(y1, t0);
    }
    s0.intoArray(c, c0);
    t0.intoArray(c, c0 + LANES);
  }

  /** C <- C + tile. */
  static void add(int height, int width, double[] tile, double[] c, int c0, int ldc) {
    for (int r = 0; r < height; r++) {
      for (int j = 0; j < width; j += LANES) {
        int at = c0 + r * ldc + j;
        DoubleVector.fromArray(SPECIES, c, at)
            .add(DoubleVector.fromArray(SPECIES, tile, r * width + j))
            .intoArray(c, at);
      }
    }
  }
}
