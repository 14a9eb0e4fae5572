package dev.flatness.internal.blas.vector64;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sums over a few runs of entries that stand a distance apart, patches of a feature map, and
 * products of rows entry by entry. Runs are a positive multiple of the lanes, or are taken as far
 * as whole vectors go.
 */
public final class RowRuns {
  private static final VectorSpecies<Double> SPECIES = ProductTiles.SPECIES;
  private static final int LANES = ProductTiles.LANES;

  private RowRuns() {}

  /** Whether runs of a length can be taken here. */
  public static boolean fits(int rows, int n) {
    return rows > 0 && n > 0 && n % LANES == 0;
  }

  /**
   * Returns Σ a ∘ b: in one loop over all runs, for sums that pass through nested loops are put on
   * the heap.
   */
  public static double dot(
      int rows, int n, double[] a, int a0, int lda, double[] b, int b0, int ldb) {
    return n % (2 * LANES) == 0
        ? byPairs(rows * (n / (2 * LANES)), n, a, a0, lda - n, b, b0, ldb - n)
        : bySingles(rows * (n / LANES), n, a, a0, lda - n, b, b0, ldb - n);
  }

  private static double byPairs(
      int steps, int n, double[] a, int a0, int gapA, double[] b, int b0, int gapB) {
    DoubleVector s =
        DoubleVector.fromArray(SPECIES, a, a0).mul(DoubleVector.fromArray(SPECIES, b, b0));
    DoubleVector t =
        DoubleVector.fromArray(SPECIES, a, a0 + LANES)
            .mul(DoubleVector.fromArray(SPECIES, b, b0 + LANES));
    int p = a0;
    int q = b0;
    int at = 0;
    for (int i = 1; i < steps; i++) {
      at += 2 * LANES;
      p += 2 * LANES;
      q += 2 * LANES;
      if (at == n) {
        at = 0;
        p += gapA;
        q += gapB;
      }
      s = DoubleVector.fromArray(SPECIES, a, p).fma(DoubleVector.fromArray(SPECIES, b, q), s);
      t =
          DoubleVector.fromArray(SPECIES, a, p + LANES)
              .fma(DoubleVector.fromArray(SPECIES, b, q + LANES), t);
    }
    return Lanes.sum(s.add(t));
  }

  private static double bySingles(
      int steps, int n, double[] a, int a0, int gapA, double[] b, int b0, int gapB) {
    DoubleVector s =
        DoubleVector.fromArray(SPECIES, a, a0).mul(DoubleVector.fromArray(SPECIES, b, b0));
    int p = a0;
    int q = b0;
    int at = 0;
    for (int i = 1; i < steps; i++) {
      at += LANES;
      p += LANES;
      q += LANES;
      if (at == n) {
        at = 0;
        p += gapA;
        q += gapB;
      }
      s = DoubleVector.fromArray(SPECIES, a, p).fma(DoubleVector.fromArray(SPECIES, b, q), s);
    }
    return Lanes.sum(s);
  }

  /** y += αx as far as whole vectors of a row go; returns how far that is. */
  public static int add(
      int rows, int n, double alpha, double[] x, int x0, int ldx, double[] y, int y0, int ldy) {
    int whole = n - n % LANES;
    DoubleVector by = DoubleVector.broadcast(SPECIES, alpha);
    for (int r = 0; r < rows; r++) {
      int p = x0 + r * ldx;
      int q = y0 + r * ldy;
      for (int j = 0; j < whole; j += LANES) {
        DoubleVector.fromArray(SPECIES, x, p + j)
            .fma(by, DoubleVector.fromArray(SPECIES, y, q + j))
            .intoArray(y, q + j);
      }
    }
    return whole;
  }

  /** y += αx + βz. */
  public static void add(
      int rows,
      int n,
      double alpha,
      double[] x,
      int x0,
      int ldx,
      double beta,
      double[] z,
      int z0,
      int ldz,
      double[] y,
      int y0,
      int ldy) {
    DoubleVector by = DoubleVector.broadcast(SPECIES, alpha);
    DoubleVector byToo = DoubleVector.broadcast(SPECIES, beta);
    for (int r = 0; r < rows; r++) {
      int p = x0 + r * ldx;
      int s = z0 + r * ldz;
      int q = y0 + r * ldy;
      for (int j = 0; j < n; j += LANES) {
        DoubleVector.fromArray(SPECIES, z, s + j)
            .fma(
                byToo,
                DoubleVector.fromArray(SPECIES, x, p + j)
                    .fma(by, DoubleVector.fromArray(SPECIES, y, q + j)))
            .intoArray(y, q + j);
      }
    }
  }

  /** y = max(x, z) as far as whole vectors go; returns how far that is. */
  public static int larger(int n, double[] x, int x0, double[] z, int z0, double[] y, int y0) {
    int whole = n - n % LANES;
    for (int j = 0; j < whole; j += LANES) {
      DoubleVector.fromArray(SPECIES, x, x0 + j)
          .max(DoubleVector.fromArray(SPECIES, z, z0 + j))
          .intoArray(y, y0 + j);
    }
    return whole;
  }

  /** y = x∘z or y += x∘z as far as whole vectors go; returns how far that is. */
  public static int multiply(
      int n, double[] x, int x0, double[] z, int z0, boolean add, double[] y, int y0) {
    int whole = n - n % LANES;
    if (add) {
      for (int j = 0; j < whole; j += LANES) {
        DoubleVector.fromArray(SPECIES, x, x0 + j)
            .fma(
                DoubleVector.fromArray(SPECIES, z, z0 + j),
                DoubleVector.fromArray(SPECIES, y, y0 + j))
            .intoArray(y, y0 + j);
      }
    } else {
      for (int j = 0; j < whole; j += LANES) {
        DoubleVector.fromArray(SPECIES, x, x0 + j)
            .mul(DoubleVector.fromArray(SPECIES, z, z0 + j))
            .intoArray(y, y0 + j);
      }
    }
    return whole;
  }
}
