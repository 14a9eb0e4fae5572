package dev.flatness.robustness;

import dev.flatness.internal.engine.GramFactor;
import dev.flatness.linalg.Gemm;
import dev.flatness.linalg.Gemms;
import dev.flatness.random.Seed;
import org.jspecify.annotations.Nullable;

/**
 * W A φ for Haar-random orthogonal A, one a draw, and of its own for each group of a convolution.
 *
 * <p>With W = L Q, the k = min(d, m) rows of Q orthonormal, W A = L (Q A), and Q A are the first k
 * rows of a Haar-random matrix.
 */
final class HaarDirections implements Directions {
  private static final int BLOCK_NUMBERS = 1 << 22;
  private static final int MOST_DRAWS = 512;

  private final LayerWeight weight;
  private final Seed seed;

  /** r of each draw, A = r O; null for 1. */
  private final @Nullable RadialLaw law;

  /** L of each group, transposed: k×d. */
  private final double[][] factors;

  private final int groupRows;
  private final int rank;
  private int first;
  private double[][] matrices = {};

  HaarDirections(LayerWeight weight, Seed seed, @Nullable RadialLaw law) {
    this.weight = weight;
    this.seed = seed;
    this.law = law;
    this.groupRows = weight.rows() / weight.groups();
    int m = weight.columns();
    this.rank = GramFactor.rows(groupRows, m);
    this.factors = new double[weight.groups()][];
    for (int group = 0; group < factors.length; group++) {
      double[] own = new double[groupRows * m];
      System.arraycopy(weight.values(), group * own.length, own, 0, own.length);
      factors[group] = GramFactor.of(own, groupRows, m);
    }
  }

  @Override
  public int block() {
    return Math.max(1, Math.min(MOST_DRAWS, BLOCK_NUMBERS / weight.values().length));
  }

  @Override
  public void prepare(int from, int count, Workers workers) {
    double[][] made = new double[count][];
    workers.run(count, i -> made[i] = matrix(from + i));
    first = from;
    matrices = made;
  }

  /** W A of a draw, in the layout of the weight. */
  double[] matrix(int draw) {
    Gemm gemm = Gemms.byId("plain");
    int m = weight.columns();
    double[] product = new double[weight.values().length];
    double radius = law == null ? 1 : law.draw(seed.split("radius").split(draw).generator());
    for (int group = 0; group < factors.length; group++) {
      double[][] rows = Orthonormal.rows(rank, m, seed.split(draw).split(group));
      double[] flat = new double[rank * m];
      for (int i = 0; i < rank; i++) {
        System.arraycopy(rows[i], 0, flat, i * m, m);
      }
      gemm.multiply(
          true,
          false,
          groupRows,
          m,
          rank,
          radius,
          factors[group],
          0,
          groupRows,
          flat,
          0,
          m,
          0,
          product,
          group * groupRows * m,
          m);
    }
    return product;
  }

  @Override
  public double[] of(ChangePass.Chunk chunk, int draw) {
    return chunk.product(matrices[draw - first]);
  }
}
