package dev.flatness.internal.blas.vector64;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Register tiles of inner products: up to six rows of A by two rows of B, vectors along the common
 * dimension, so that neither matrix is copied.
 *
 * <p>Each entry is summed by lanes, then across them, whatever the height of its tile.
 */
final class DotTiles {
  private static final VectorSpecies<Double> SPECIES = ProductTiles.SPECIES;
  private static final int LANES = ProductTiles.LANES;

  private DotTiles() {}

  /**
   * tile[2r + q] <- inner product of row r of A and row q of B; k is at least LANES. Accumulators
   * are put down in {@code lanes}, which has room for all of them, before they are summed.
   */
  static void dot(
      int height,
      int k,
      double[] a,
      int a0,
      int lda,
      double[] b,
      int b0,
      int b1,
      double[] lanes,
      double[] tile) {
    switch (height) {
      case 6 -> dot6(k, a, a0, lda, b, b0, b1, lanes, tile);
      case 4 -> dot4(k, a, a0, lda, b, b0, b1, lanes, tile);
      case 2 -> dot2(k, a, a0, lda, b, b0, b1, lanes, tile);
      default -> dot1(k, a, a0, b, b0, b1, lanes, tile);
    }
  }

  /** 6 rows of A against two rows of B. */
  private static void dot6(
      int k,
      double[] a,
      int a0,
      int lda,
      double[] b,
      int b0,
      int b1,
      double[] lanes,
      double[] tile) {
    int a1 = a0 + lda;
    int a2 = a1 + lda;
    int a3 = a2 + lda;
    int a4 = a3 + lda;
    int a5 = a4 + lda;
    DoubleVector y0 = DoubleVector.fromArray(SPECIES, b, b0);
    DoubleVector y1 = DoubleVector.fromArray(SPECIES, b, b1);
    DoubleVector x0 = DoubleVector.fromArray(SPECIES, a, a0);
    DoubleVector s0 = x0.mul(y0);
    DoubleVector t0 = x0.mul(y1);
    DoubleVector x1 = DoubleVector.fromArray(SPECIES, a, a1);
    DoubleVector s1 = x1.mul(y0);
    DoubleVector t1 = x1.mul(y1);
    DoubleVector x2 = DoubleVector.fromArray(SPECIES, a, a2);
    DoubleVector s2 = x2.mul(y0);
    DoubleVector t2 = x2.mul(y1);
    DoubleVector x3 = DoubleVector.fromArray(SPECIES, a, a3);
    DoubleVector s3 = x3.mul(y0);
    DoubleVector t3 = x3.mul(y1);
    DoubleVector x4 = DoubleVector.fromArray(SPECIES, a, a4);
    DoubleVector s4 = x4.mul(y0);
    DoubleVector t4 = x4.mul(y1);
    DoubleVector x5 = DoubleVector.fromArray(SPECIES, a, a5);
    DoubleVector s5 = x5.mul(y0);
    DoubleVector t5 = x5.mul(y1);
    int p = LANES;
    for (; p + LANES <= k; p += LANES) {
      y0 = DoubleVector.fromArray(SPECIES, b, b0 + p);
      y1 = DoubleVector.fromArray(SPECIES, b, b1 + p);
      x0 = DoubleVector.fromArray(SPECIES, a, a0 + p);
      s0 = x0.fma(y0, s0);
      t0 = x0.fma(y1, t0);
      x1 = DoubleVector.fromArray(SPECIES, a, a1 + p);
      s1 = x1.fma(y0, s1);
      t1 = x1.fma(y1, t1);
      x2 = DoubleVector.fromArray(SPECIES, a, a2 + p);
      s2 = x2.fma(y0, s2);
      t2 = x2.fma(y1, t2);
      x3 = DoubleVector.fromArray(SPECIES, a, a3 + p);
      s3 = x3.fma(y0, s3);
      t3 = x3.fma(y1, t3);
      x4 = DoubleVector.fromArray(SPECIES, a, a4 + p);
      s4 = x4.fma(y0, s4);
      t4 = x4.fma(y1, t4);
      x5 = DoubleVector.fromArray(SPECIES, a, a5 + p);
      s5 = x5.fma(y0, s5);
      t5 = x5.fma(y1, t5);
    }
    s0.intoArray(lanes, 0);
    t0.intoArray(lanes, LANES);
    s1.intoArray(lanes, 2 * LANES);
    t1.intoArray(lanes, 3 * LANES);
    s2.intoArray(lanes, 4 * LANES);
    t2.intoArray(lanes, 5 * LANES);
    s3.intoArray(lanes, 6 * LANES);
    t3.intoArray(lanes, 7 * LANES);
    s4.intoArray(lanes, 8 * LANES);
    t4.intoArray(lanes, 9 * LANES);
    s5.intoArray(lanes, 10 * LANES);
    t5.intoArray(lanes, 11 * LANES);
    Lanes.sums(12, lanes, tile);
    for (; p < k; p++) {
      tile[0] += a[a0 + p] * b[b0 + p];
      tile[1] += a[a0 + p] * b[b1 + p];
      tile[2] += a[a1 + p] * b[b0 + p];
      tile[3] += a[a1 + p] * b[b1 + p];
      tile[4] += a[a2 + p] * b[b0 + p];
      tile[5] += a[a2 + p] * b[b1 + p];
      tile[6] += a[a3 + p] * b[b0 + p];
      tile[7] += a[a3 + p] * b[b1 + p];
      tile[8] += a[a4 + p] * b[b0 + p];
      tile[9] += a[a4 + p] * b[b1 + p];
      tile[10] += a[a5 + p] * b[b0 + p];
      tile[11] += a[a5 + p] * b[b1 + p];
    }
  }

  /** 4 rows of A against two rows of B. */
  private static void dot4(
      int k,
      double[] a,
      int a0,
      int lda,
      double[] b,
      int b0,
      int b1,
      double[] lanes,
      double[] tile) {
    int a1 = a0 + lda;
    int a2 = a1 + lda;
    int a3 = a2 + lda;
    DoubleVector y0 = DoubleVector.fromArray(SPECIES, b, b0);
    DoubleVector y1 = DoubleVector.fromArray(SPECIES, b, b1);
    DoubleVector x0 = DoubleVector.fromArray(SPECIES, a, a0);
    DoubleVector s0 = x0.mul(y0);
    DoubleVector t0 = x0.mul(y1);
    DoubleVector x1 = DoubleVector.fromArray(SPECIES, a, a1);
    DoubleVector s1 = x1.mul(y0);
    DoubleVector t1 = x1.mul(y1);
    DoubleVector x2 = DoubleVector.fromArray(SPECIES, a, a2);
    DoubleVector s2 = x2.mul(y0);
    DoubleVector t2 = x2.mul(y1);
    DoubleVector x3 = DoubleVector.fromArray(SPECIES, a, a3);
    DoubleVector s3 = x3.mul(y0);
    DoubleVector t3 = x3.mul(y1);
    int p = LANES;
    for (; p + LANES <= k; p += LANES) {
      y0 = DoubleVector.fromArray(SPECIES, b, b0 + p);
      y1 = DoubleVector.fromArray(SPECIES, b, b1 + p);
      x0 = DoubleVector.fromArray(SPECIES, a, a0 + p);
      s0 = x0.fma(y0, s0);
      t0 = x0.fma(y1, t0);
      x1 = DoubleVector.fromArray(SPECIES, a, a1 + p);
      s1 = x1.fma(y0, s1);
      t1 = x1.fma(y1, t1);
      x2 = DoubleVector.fromArray(SPECIES, a, a2 + p);
      s2 = x2.fma(y0, s2);
      t2 = x2.fma(y1, t2);
      x3 = DoubleVector.fromArray(SPECIES, a, a3 + p);
      s3 = x3.fma(y0, s3);
      t3 = x3.fma(y1, t3);
    }
    s0.intoArray(lanes, 0);
    t0.intoArray(lanes, LANES);
    s1.intoArray(lanes, 2 * LANES);
    t1.intoArray(lanes, 3 * LANES);
    s2.intoArray(lanes, 4 * LANES);
    t2.intoArray(lanes, 5 * LANES);
    s3.intoArray(lanes, 6 * LANES);
    t3.intoArray(lanes, 7 * LANES);
    Lanes.sums(8, lanes, tile);
    for (; p < k; p++) {
      tile[0] += a[a0 + p] * b[b0 + p];
      tile[1] += a[a0 + p] * b[b1 + p];
      tile[2] += a[a1 + p] * b[b0 + p];
      tile[3] += a[a1 + p] * b[b1 + p];
      tile[4] += a[a2 + p] * b[b0 + p];
      tile[5] += a[a2 + p] * b[b1 + p];
      tile[6] += a[a3 + p] * b[b0 + p];
      tile[7] += a[a3 + p] * b[b1 + p];
    }
  }

  /** 2 rows of A against two rows of B. */
  private static void dot2(
      int k,
      double[] a,
      int a0,
      int lda,
      double[] b,
      int b0,
      int b1,
      double[] lanes,
      double[] tile) {
    int a1 = a0 + lda;
    DoubleVector y0 = DoubleVector.fromArray(SPECIES, b, b0);
    DoubleVector y1 = DoubleVector.fromArray(SPECIES, b, b1);
    DoubleVector x0 = DoubleVector.fromArray(SPECIES, a, a0);
    DoubleVector s0 = x0.mul(y0);
    DoubleVector t0 = x0.mul(y1);
    DoubleVector x1 = DoubleVector.fromArray(SPECIES, a, a1);
    DoubleVector s1 = x1.mul(y0);
    DoubleVector t1 = x1.mul(y1);
    int p = LANES;
    for (; p + LANES <= k; p += LANES) {
      y0 = DoubleVector.fromArray(SPECIES, b, b0 + p);
      y1 = DoubleVector.fromArray(SPECIES, b, b1 + p);
      x0 = DoubleVector.fromArray(SPECIES, a, a0 + p);
      s0 = x0.fma(y0, s0);
      t0 = x0.fma(y1, t0);
      x1 = DoubleVector.fromArray(SPECIES, a, a1 + p);
      s1 = x1.fma(y0, s1);
      t1 = x1.fma(y1, t1);
    }
    s0.intoArray(lanes, 0);
    t0.intoArray(lanes, LANES);
    s1.intoArray(lanes, 2 * LANES);
    t1.intoArray(lanes, 3 * LANES);
    Lanes.sums(4, lanes, tile);
    for (; p < k; p++) {
      tile[0] += a[a0 + p] * b[b0 + p];
      tile[1] += a[a0 + p] * b[b1 + p];
      tile[2] += a[a1 + p] * b[b0 + p];
      tile[3] += a[a1 + p] * b[b1 + p];
    }
  }

  /** 1 row of A against two rows of B. */
  private static void dot1(
      int k, double[] a, int a0, double[] b, int b0, int b1, double[] lanes, double[] tile) {
    DoubleVector y0 = DoubleVector.fromArray(SPECIES, b, b0);
    DoubleVector y1 = DoubleVector.fromArray(SPECIES, b, b1);
    DoubleVector x0 = DoubleVector.fromArray(SPECIES, a, a0);
    DoubleVector s0 = x0.mul(y0);
    DoubleVector t0 = x0.mul(y1);
    int p = LANES;
    for (; p + LANES <= k; p += LANES) {
      y0 = DoubleVector.fromArray(SPECIES, b, b0 + p);
      y1 = DoubleVector.fromArray(SPECIES, b, b1 + p);
      x0 = DoubleVector.fromArray(SPECIES, a, a0 + p);
      s0 = x0.fma(y0, s0);
      t0 = x0.fma(y1, t0);
    }
    s0.intoArray(lanes, 0);
    t0.intoArray(lanes, LANES);
    Lanes.sums(2, lanes, tile);
    for (; p < k; p++) {
      tile[0] += a[a0 + p] * b[b0 + p];
      tile[1] += a[a0 + p] * b[b1 + p];
    }
  }
}
