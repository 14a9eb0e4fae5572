package dev.flatness.internal.blas.vector64;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Register tiles of a product whose left factor is read where it lies, row by row: six rows by two
 * vectors, or eight by one.
 *
 * <p>Slower by a twentieth than {@link ProductTiles} on a packed factor, those of one vector by a
 * fifth, and faster than packing it where each of its entries meets few columns. Each entry is
 * summed over p in ascending order, those of two vectors as in those tiles, those of one from zero.
 */
final class RowTiles {
  private static final VectorSpecies<Double> SPECIES = ProductTiles.SPECIES;
  private static final int LANES = ProductTiles.LANES;
  private static final int WIDTH = ProductTiles.WIDTH;
  private static final double[] ZEROS = ProductTiles.ZEROS;

  /** Rows of a tile of one vector; one of two has as many as {@link ProductTiles#HEIGHT}. */
  static final int HIGHER = 8;

  private RowTiles() {}

  /** Six rows of two vectors. */
  static void product6(
      int depth,
      double[] a,
      int a0,
      int lda,
      double[] b,
      int b0,
      int ldb,
      double[] old,
      int o0,
      int ldo,
      double[] c,
      int c0,
      int ldc) {
    int a1 = a0 + lda;
    int a2 = a1 + lda;
    int a3 = a2 + lda;
    int a4 = a3 + lda;
    int a5 = a4 + lda;
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
      DoubleVector x0 = DoubleVector.broadcast(SPECIES, a[a0 + p]);
      s0 = x0.fma(y0, s0);
      t0 = x0.fma(y1, t0);
      DoubleVector x1 = DoubleVector.broadcast(SPECIES, a[a1 + p]);
      s1 = x1.fma(y0, s1);
      t1 = x1.fma(y1, t1);
      DoubleVector x2 = DoubleVector.broadcast(SPECIES, a[a2 + p]);
      s2 = x2.fma(y0, s2);
      t2 = x2.fma(y1, t2);
      DoubleVector x3 = DoubleVector.broadcast(SPECIES, a[a3 + p]);
      s3 = x3.fma(y0, s3);
      t3 = x3.fma(y1, t3);
      DoubleVector x4 = DoubleVector.broadcast(SPECIES, a[a4 + p]);
      s4 = x4.fma(y0, s4);
      t4 = x4.fma(y1, t4);
      DoubleVector x5 = DoubleVector.broadcast(SPECIES, a[a5 + p]);
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

  /** tile <- A B on eight rows of one vector; rows of B and of the tile are {@code WIDTH} apart. */
  static void product8(int depth, double[] a, int a0, int lda, double[] b, int b0, double[] tile) {
    int a1 = a0 + lda;
    int a2 = a1 + lda;
    int a3 = a2 + lda;
    int a4 = a3 + lda;
    int a5 = a4 + lda;
    int a6 = a5 + lda;
    int a7 = a6 + lda;
    DoubleVector zero = DoubleVector.fromArray(SPECIES, ZEROS, 0);
    DoubleVector s0 = zero;
    DoubleVector s1 = zero;
    DoubleVector s2 = zero;
    DoubleVector s3 = zero;
    DoubleVector s4 = zero;
    DoubleVector s5 = zero;
    DoubleVector s6 = zero;
    DoubleVector s7 = zero;
    for (int p = 0; p < depth; p++) {
      DoubleVector y0 = DoubleVector.fromArray(SPECIES, b, b0);
      b0 += WIDTH;
      DoubleVector x0 = DoubleVector.broadcast(SPECIES, a[a0 + p]);
      s0 = x0.fma(y0, s0);
      DoubleVector x1 = DoubleVector.broadcast(SPECIES, a[a1 + p]);
      s1 = x1.fma(y0, s1);
      DoubleVector x2 = DoubleVector.broadcast(SPECIES, a[a2 + p]);
      s2 = x2.fma(y0, s2);
      DoubleVector x3 = DoubleVector.broadcast(SPECIES, a[a3 + p]);
      s3 = x3.fma(y0, s3);
      DoubleVector x4 = DoubleVector.broadcast(SPECIES, a[a4 + p]);
      s4 = x4.fma(y0, s4);
      DoubleVector x5 = DoubleVector.broadcast(SPECIES, a[a5 + p]);
      s5 = x5.fma(y0, s5);
      DoubleVector x6 = DoubleVector.broadcast(SPECIES, a[a6 + p]);
      s6 = x6.fma(y0, s6);
      DoubleVector x7 = DoubleVector.broadcast(SPECIES, a[a7 + p]);
      s7 = x7.fma(y0, s7);
    }
    s0.intoArray(tile, 0);
    s1.intoArray(tile, WIDTH);
    s2.intoArray(tile, 2 * WIDTH);
    s3.intoArray(tile, 3 * WIDTH);
    s4.intoArray(tile, 4 * WIDTH);
    s5.intoArray(tile, 5 * WIDTH);
    s6.intoArray(tile, 6 * WIDTH);
    s7.intoArray(tile, 7 * WIDTH);
  }
}
