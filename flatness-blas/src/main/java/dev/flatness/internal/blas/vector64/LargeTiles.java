package dev.flatness.internal.blas.vector64;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Register tiles of 24 accumulators, for processors with 32 vector registers: twelve rows by two
 * vectors of C, or six by four.
 *
 * <p>A load serves more multiply-adds than in {@link ProductTiles}: up to a third faster where
 * loads limit the tile. Twelve rows go with a panel of B that stays in the first-level cache, six
 * with one that does not, or few rows. Each entry is summed by the same operations in the same
 * order.
 */
final class LargeTiles {
  private static final VectorSpecies<Double> SPECIES = ProductTiles.SPECIES;
  private static final int LANES = ProductTiles.LANES;

  /** Whether the accumulators and their operands fit the registers. */
  static final boolean FIT = SPECIES.vectorShape() == VectorShape.S_512_BIT;

  /** Rows of a high tile, of {@link ProductTiles#WIDTH} columns. */
  static final int HEIGHT = 12;

  /** Rows of a lower one. */
  static final int LOWER = 8;

  /** Columns of a wide tile, of {@link ProductTiles#HEIGHT} rows. */
  static final int WIDTH = 4 * LANES;

  private LargeTiles() {}

  /** The height of the next tile when this many rows are left: low tiles are few. */
  static int height(int tallest, int rows) {
    if (tallest == ProductTiles.HEIGHT || rows == 10) {
      return ProductTiles.height(rows);
    }
    if (rows >= HEIGHT && rows != 14) {
      return HEIGHT;
    }
    return rows >= LOWER ? LOWER : ProductTiles.height(rows);
  }

  /** Twelve rows of two vectors; A is stored by columns of twelve. */
  static void high12(
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
    o0 += ldo;
    DoubleVector s6 = DoubleVector.fromArray(SPECIES, old, o0);
    DoubleVector t6 = DoubleVector.fromArray(SPECIES, old, o0 + LANES);
    o0 += ldo;
    DoubleVector s7 = DoubleVector.fromArray(SPECIES, old, o0);
    DoubleVector t7 = DoubleVector.fromArray(SPECIES, old, o0 + LANES);
    o0 += ldo;
    DoubleVector s8 = DoubleVector.fromArray(SPECIES, old, o0);
    DoubleVector t8 = DoubleVector.fromArray(SPECIES, old, o0 + LANES);
    o0 += ldo;
    DoubleVector s9 = DoubleVector.fromArray(SPECIES, old, o0);
    DoubleVector t9 = DoubleVector.fromArray(SPECIES, old, o0 + LANES);
    o0 += ldo;
    DoubleVector s10 = DoubleVector.fromArray(SPECIES, old, o0);
    DoubleVector t10 = DoubleVector.fromArray(SPECIES, old, o0 + LANES);
    o0 += ldo;
    DoubleVector s11 = DoubleVector.fromArray(SPECIES, old, o0);
    DoubleVector t11 = DoubleVector.fromArray(SPECIES, old, o0 + LANES);
    for (int p = 0; p < depth; p++) {
      DoubleVector y0 = DoubleVector.fromArray(SPECIES, b, b0);
      DoubleVector y1 = DoubleVector.fromArray(SPECIES, b, b0 + LANES);
      b0 += ldb;
      DoubleVector x0 = DoubleVector.broadcast(SPECIES, a[a0 + 12 * p]);
      s0 = x0.fma(y0, s0);
      t0 = x0.fma(y1, t0);
      DoubleVector x1 = DoubleVector.broadcast(SPECIES, a[a0 + 12 * p + 1]);
      s1 = x1.fma(y0, s1);
      t1 = x1.fma(y1, t1);
      DoubleVector x2 = DoubleVector.broadcast(SPECIES, a[a0 + 12 * p + 2]);
      s2 = x2.fma(y0, s2);
      t2 = x2.fma(y1, t2);
      DoubleVector x3 = DoubleVector.broadcast(SPECIES, a[a0 + 12 * p + 3]);
      s3 = x3.fma(y0, s3);
      t3 = x3.fma(y1, t3);
      DoubleVector x4 = DoubleVector.broadcast(SPECIES, a[a0 + 12 * p + 4]);
      s4 = x4.fma(y0, s4);
      t4 = x4.fma(y1, t4);
      DoubleVector x5 = DoubleVector.broadcast(SPECIES, a[a0 + 12 * p + 5]);
      s5 = x5.fma(y0, s5);
      t5 = x5.fma(y1, t5);
      DoubleVector x6 = DoubleVector.broadcast(SPECIES, a[a0 + 12 * p + 6]);
      s6 = x6.fma(y0, s6);
      t6 = x6.fma(y1, t6);
      DoubleVector x7 = DoubleVector.broadcast(SPECIES, a[a0 + 12 * p + 7]);
      s7 = x7.fma(y0, s7);
      t7 = x7.fma(y1, t7);
      DoubleVector x8 = DoubleVector.broadcast(SPECIES, a[a0 + 12 * p + 8]);
      s8 = x8.fma(y0, s8);
      t8 = x8.fma(y1, t8);
      DoubleVector x9 = DoubleVector.broadcast(SPECIES, a[a0 + 12 * p + 9]);
      s9 = x9.fma(y0, s9);
      t9 = x9.fma(y1, t9);
      DoubleVector x10 = DoubleVector.broadcast(SPECIES, a[a0 + 12 * p + 10]);
      s10 = x10.fma(y0, s10);
      t10 = x10.fma(y1, t10);
      DoubleVector x11 = DoubleVector.broadcast(SPECIES, a[a0 + 12 * p + 11]);
      s11 = x11.fma(y0, s11);
      t11 = x11.fma(y1, t11);
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
    c0 += ldc;
    s6.intoArray(c, c0);
    t6.intoArray(c, c0 + LANES);
    c0 += ldc;
    s7.intoArray(c, c0);
    t7.intoArray(c, c0 + LANES);
    c0 += ldc;
    s8.intoArray(c, c0);
    t8.intoArray(c, c0 + LANES);
    c0 += ldc;
    s9.intoArray(c, c0);
    t9.intoArray(c, c0 + LANES);
    c0 += ldc;
    s10.intoArray(c, c0);
    t10.intoArray(c, c0 + LANES);
    c0 += ldc;
    s11.intoArray(c, c0);
    t11.intoArray(c, c0 + LANES);
  }

  /** Eight rows of two vectors; A is stored by columns of eight. */
  static void high8(
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
    o0 += ldo;
    DoubleVector s6 = DoubleVector.fromArray(SPECIES, old, o0);
    DoubleVector t6 = DoubleVector.fromArray(SPECIES, old, o0 + LANES);
    o0 += ldo;
    DoubleVector s7 = DoubleVector.fromArray(SPECIES, old, o0);
    DoubleVector t7 = DoubleVector.fromArray(SPECIES, old, o0 + LANES);
    for (int p = 0; p < depth; p++) {
      DoubleVector y0 = DoubleVector.fromArray(SPECIES, b, b0);
      DoubleVector y1 = DoubleVector.fromArray(SPECIES, b, b0 + LANES);
      b0 += ldb;
      DoubleVector x0 = DoubleVector.broadcast(SPECIES, a[a0 + 8 * p]);
      s0 = x0.fma(y0, s0);
      t0 = x0.fma(y1, t0);
      DoubleVector x1 = DoubleVector.broadcast(SPECIES, a[a0 + 8 * p + 1]);
      s1 = x1.fma(y0, s1);
      t1 = x1.fma(y1, t1);
      DoubleVector x2 = DoubleVector.broadcast(SPECIES, a[a0 + 8 * p + 2]);
      s2 = x2.fma(y0, s2);
      t2 = x2.fma(y1, t2);
      DoubleVector x3 = DoubleVector.broadcast(SPECIES, a[a0 + 8 * p + 3]);
      s3 = x3.fma(y0, s3);
      t3 = x3.fma(y1, t3);
      DoubleVector x4 = DoubleVector.broadcast(SPECIES, a[a0 + 8 * p + 4]);
      s4 = x4.fma(y0, s4);
      t4 = x4.fma(y1, t4);
      DoubleVector x5 = DoubleVector.broadcast(SPECIES, a[a0 + 8 * p + 5]);
      s5 = x5.fma(y0, s5);
      t5 = x5.fma(y1, t5);
      DoubleVector x6 = DoubleVector.broadcast(SPECIES, a[a0 + 8 * p + 6]);
      s6 = x6.fma(y0, s6);
      t6 = x6.fma(y1, t6);
      DoubleVector x7 = DoubleVector.broadcast(SPECIES, a[a0 + 8 * p + 7]);
      s7 = x7.fma(y0, s7);
      t7 = x7.fma(y1, t7);
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
    c0 += ldc;
    s6.intoArray(c, c0);
    t6.intoArray(c, c0 + LANES);
    c0 += ldc;
    s7.intoArray(c, c0);
    t7.intoArray(c, c0 + LANES);
  }

  /** Six rows of four vectors; A is stored by columns of six. */
  static void wide6(
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
    DoubleVector u0 = DoubleVector.fromArray(SPECIES, old, o0 + 2 * LANES);
    DoubleVector w0 = DoubleVector.fromArray(SPECIES, old, o0 + 3 * LANES);
    o0 += ldo;
    DoubleVector s1 = DoubleVector.fromArray(SPECIES, old, o0);
    DoubleVector t1 = DoubleVector.fromArray(SPECIES, old, o0 + LANES);
    DoubleVector u1 = DoubleVector.fromArray(SPECIES, old, o0 + 2 * LANES);
    DoubleVector w1 = DoubleVector.fromArray(SPECIES, old, o0 + 3 * LANES);
    o0 += ldo;
    DoubleVector s2 = DoubleVector.fromArray(SPECIES, old, o0);
    DoubleVector t2 = DoubleVector.fromArray(SPECIES, old, o0 + LANES);
    DoubleVector u2 = DoubleVector.fromArray(SPECIES, old, o0 + 2 * LANES);
    DoubleVector w2 = DoubleVector.fromArray(SPECIES, old, o0 + 3 * LANES);
    o0 += ldo;
    DoubleVector s3 = DoubleVector.fromArray(SPECIES, old, o0);
    DoubleVector t3 = DoubleVector.fromArray(SPECIES, old, o0 + LANES);
    DoubleVector u3 = DoubleVector.fromArray(SPECIES, old, o0 + 2 * LANES);
    DoubleVector w3 = DoubleVector.fromArray(SPECIES, old, o0 + 3 * LANES);
    o0 += ldo;
    DoubleVector s4 = DoubleVector.fromArray(SPECIES, old, o0);
    DoubleVector t4 = DoubleVector.fromArray(SPECIES, old, o0 + LANES);
    DoubleVector u4 = DoubleVector.fromArray(SPECIES, old, o0 + 2 * LANES);
    DoubleVector w4 = DoubleVector.fromArray(SPECIES, old, o0 + 3 * LANES);
    o0 += ldo;
    DoubleVector s5 = DoubleVector.fromArray(SPECIES, old, o0);
    DoubleVector t5 = DoubleVector.fromArray(SPECIES, old, o0 + LANES);
    DoubleVector u5 = DoubleVector.fromArray(SPECIES, old, o0 + 2 * LANES);
    DoubleVector w5 = DoubleVector.fromArray(SPECIES, old, o0 + 3 * LANES);
    for (int p = 0; p < depth; p++) {
      DoubleVector y0 = DoubleVector.fromArray(SPECIES, b, b0);
      DoubleVector y1 = DoubleVector.fromArray(SPECIES, b, b0 + LANES);
      DoubleVector y2 = DoubleVector.fromArray(SPECIES, b, b0 + 2 * LANES);
      DoubleVector y3 = DoubleVector.fromArray(SPECIES, b, b0 + 3 * LANES);
      b0 += ldb;
      DoubleVector x0 = DoubleVector.broadcast(SPECIES, a[a0 + 6 * p]);
      s0 = x0.fma(y0, s0);
      t0 = x0.fma(y1, t0);
      u0 = x0.fma(y2, u0);
      w0 = x0.fma(y3, w0);
      DoubleVector x1 = DoubleVector.broadcast(SPECIES, a[a0 + 6 * p + 1]);
      s1 = x1.fma(y0, s1);
      t1 = x1.fma(y1, t1);
      u1 = x1.fma(y2, u1);
      w1 = x1.fma(y3, w1);
      DoubleVector x2 = DoubleVector.broadcast(SPECIES, a[a0 + 6 * p + 2]);
      s2 = x2.fma(y0, s2);
      t2 = x2.fma(y1, t2);
      u2 = x2.fma(y2, u2);
      w2 = x2.fma(y3, w2);
      DoubleVector x3 = DoubleVector.broadcast(SPECIES, a[a0 + 6 * p + 3]);
      s3 = x3.fma(y0, s3);
      t3 = x3.fma(y1, t3);
      u3 = x3.fma(y2, u3);
      w3 = x3.fma(y3, w3);
      DoubleVector x4 = DoubleVector.broadcast(SPECIES, a[a0 + 6 * p + 4]);
      s4 = x4.fma(y0, s4);
      t4 = x4.fma(y1, t4);
      u4 = x4.fma(y2, u4);
      w4 = x4.fma(y3, w4);
      DoubleVector x5 = DoubleVector.broadcast(SPECIES, a[a0 + 6 * p + 5]);
      s5 = x5.fma(y0, s5);
      t5 = x5.fma(y1, t5);
      u5 = x5.fma(y2, u5);
      w5 = x5.fma(y3, w5);
    }
    s0.intoArray(c, c0);
    t0.intoArray(c, c0 + LANES);
    u0.intoArray(c, c0 + 2 * LANES);
    w0.intoArray(c, c0 + 3 * LANES);
    c0 += ldc;
    s1.intoArray(c, c0);
    t1.intoArray(c, c0 + LANES);
    u1.intoArray(c, c0 + 2 * LANES);
    w1.intoArray(c, c0 + 3 * LANES);
    c0 += ldc;
    s2.intoArray(c, c0);
    t2.intoArray(c, c0 + LANES);
    u2.intoArray(c, c0 + 2 * LANES);
    w2.intoArray(c, c0 + 3 * LANES);
    c0 += ldc;
    s3.intoArray(c, c0);
    t3.intoArray(c, c0 + LANES);
    u3.intoArray(c, c0 + 2 * LANES);
    w3.intoArray(c, c0 + 3 * LANES);
    c0 += ldc;
    s4.intoArray(c, c0);
    t4.intoArray(c, c0 + LANES);
    u4.intoArray(c, c0 + 2 * LANES);
    w4.intoArray(c, c0 + 3 * LANES);
    c0 += ldc;
    s5.intoArray(c, c0);
    t5.intoArray(c, c0 + LANES);
    u5.intoArray(c, c0 + 2 * LANES);
    w5.intoArray(c, c0 + 3 * LANES);
  }

  /** Six rows of four vectors, rows of A read where they lie, {@code lda} apart. */
  static void wideRows6(
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
    DoubleVector u0 = DoubleVector.fromArray(SPECIES, old, o0 + 2 * LANES);
    DoubleVector w0 = DoubleVector.fromArray(SPECIES, old, o0 + 3 * LANES);
    o0 += ldo;
    DoubleVector s1 = DoubleVector.fromArray(SPECIES, old, o0);
    DoubleVector t1 = DoubleVector.fromArray(SPECIES, old, o0 + LANES);
    DoubleVector u1 = DoubleVector.fromArray(SPECIES, old, o0 + 2 * LANES);
    DoubleVector w1 = DoubleVector.fromArray(SPECIES, old, o0 + 3 * LANES);
    o0 += ldo;
    DoubleVector s2 = DoubleVector.fromArray(SPECIES, old, o0);
    DoubleVector t2 = DoubleVector.fromArray(SPECIES, old, o0 + LANES);
    DoubleVector u2 = DoubleVector.fromArray(SPECIES, old, o0 + 2 * LANES);
    DoubleVector w2 = DoubleVector.fromArray(SPECIES, old, o0 + 3 * LANES);
    o0 += ldo;
    DoubleVector s3 = DoubleVector.fromArray(SPECIES, old, o0);
    DoubleVector t3 = DoubleVector.fromArray(SPECIES, old, o0 + LANES);
    DoubleVector u3 = DoubleVector.fromArray(SPECIES, old, o0 + 2 * LANES);
    DoubleVector w3 = DoubleVector.fromArray(SPECIES, old, o0 + 3 * LANES);
    o0 += ldo;
    DoubleVector s4 = DoubleVector.fromArray(SPECIES, old, o0);
    DoubleVector t4 = DoubleVector.fromArray(SPECIES, old, o0 + LANES);
    DoubleVector u4 = DoubleVector.fromArray(SPECIES, old, o0 + 2 * LANES);
    DoubleVector w4 = DoubleVector.fromArray(SPECIES, old, o0 + 3 * LANES);
    o0 += ldo;
    DoubleVector s5 = DoubleVector.fromArray(SPECIES, old, o0);
    DoubleVector t5 = DoubleVector.fromArray(SPECIES, old, o0 + LANES);
    DoubleVector u5 = DoubleVector.fromArray(SPECIES, old, o0 + 2 * LANES);
    DoubleVector w5 = DoubleVector.fromArray(SPECIES, old, o0 + 3 * LANES);
    for (int p = 0; p < depth; p++) {
      DoubleVector y0 = DoubleVector.fromArray(SPECIES, b, b0);
      DoubleVector y1 = DoubleVector.fromArray(SPECIES, b, b0 + LANES);
      DoubleVector y2 = DoubleVector.fromArray(SPECIES, b, b0 + 2 * LANES);
      DoubleVector y3 = DoubleVector.fromArray(SPECIES, b, b0 + 3 * LANES);
      b0 += ldb;
      DoubleVector x0 = DoubleVector.broadcast(SPECIES, a[a0 + p]);
      s0 = x0.fma(y0, s0);
      t0 = x0.fma(y1, t0);
      u0 = x0.fma(y2, u0);
      w0 = x0.fma(y3, w0);
      DoubleVector x1 = DoubleVector.broadcast(SPECIES, a[a1 + p]);
      s1 = x1.fma(y0, s1);
      t1 = x1.fma(y1, t1);
      u1 = x1.fma(y2, u1);
      w1 = x1.fma(y3, w1);
      DoubleVector x2 = DoubleVector.broadcast(SPECIES, a[a2 + p]);
      s2 = x2.fma(y0, s2);
      t2 = x2.fma(y1, t2);
      u2 = x2.fma(y2, u2);
      w2 = x2.fma(y3, w2);
      DoubleVector x3 = DoubleVector.broadcast(SPECIES, a[a3 + p]);
      s3 = x3.fma(y0, s3);
      t3 = x3.fma(y1, t3);
      u3 = x3.fma(y2, u3);
      w3 = x3.fma(y3, w3);
      DoubleVector x4 = DoubleVector.broadcast(SPECIES, a[a4 + p]);
      s4 = x4.fma(y0, s4);
      t4 = x4.fma(y1, t4);
      u4 = x4.fma(y2, u4);
      w4 = x4.fma(y3, w4);
      DoubleVector x5 = DoubleVector.broadcast(SPECIES, a[a5 + p]);
      s5 = x5.fma(y0, s5);
      t5 = x5.fma(y1, t5);
      u5 = x5.fma(y2, u5);
      w5 = x5.fma(y3, w5);
    }
    s0.intoArray(c, c0);
    t0.intoArray(c, c0 + LANES);
    u0.intoArray(c, c0 + 2 * LANES);
    w0.intoArray(c, c0 + 3 * LANES);
    c0 += ldc;
    s1.intoArray(c, c0);
    t1.intoArray(c, c0 + LANES);
    u1.intoArray(c, c0 + 2 * LANES);
    w1.intoArray(c, c0 + 3 * LANES);
    c0 += ldc;
    s2.intoArray(c, c0);
    t2.intoArray(c, c0 + LANES);
    u2.intoArray(c, c0 + 2 * LANES);
    w2.intoArray(c, c0 + 3 * LANES);
    c0 += ldc;
    s3.intoArray(c, c0);
    t3.intoArray(c, c0 + LANES);
    u3.intoArray(c, c0 + 2 * LANES);
    w3.intoArray(c, c0 + 3 * LANES);
    c0 += ldc;
    s4.intoArray(c, c0);
    t4.intoArray(c, c0 + LANES);
    u4.intoArray(c, c0 + 2 * LANES);
    w4.intoArray(c, c0 + 3 * LANES);
    c0 += ldc;
    s5.intoArray(c, c0);
    t5.intoArray(c, c0 + LANES);
    u5.intoArray(c, c0 + 2 * LANES);
    w5.intoArray(c, c0 + 3 * LANES);
  }
}
