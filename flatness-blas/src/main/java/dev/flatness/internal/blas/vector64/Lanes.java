package dev.flatness.internal.blas.vector64;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorShuffle;

/**
 * Sums across the lanes of a vector in an order of their own. That of {@code reduceLanes} is free:
 * on JDK 25 it changes when the JIT compiles a loop, and the bits of a result with it.
 */
public final class Lanes {
  private static final int LANES = ProductTiles.LANES;
  private static final VectorShuffle<Double> BY_8 = rotation(8);
  private static final VectorShuffle<Double> BY_4 = rotation(4);
  private static final VectorShuffle<Double> BY_2 = rotation(2);
  private static final VectorShuffle<Double> BY_1 = rotation(1);

  private Lanes() {}

  private static VectorShuffle<Double> rotation(int by) {
    return VectorShuffle.fromOp(ProductTiles.SPECIES, i -> (i + by) % LANES);
  }

  /** The sum of a vector's lanes: halves are added until one lane is left. */
  public static double sum(DoubleVector v) {
    if (LANES > 8) {
      v = v.add(v.rearrange(BY_8));
    }
    if (LANES > 4) {
      v = v.add(v.rearrange(BY_4));
    }
    if (LANES > 2) {
      v = v.add(v.rearrange(BY_2));
    }
    if (LANES > 1) {
      v = v.add(v.rearrange(BY_1));
    }
    return v.lane(0);
  }

  /** The sums of a number of vectors' lanes, the vectors one after the other. */
  static void sums(int count, double[] lanes, double[] sums) {
    for (int i = 0; i < count; i++) {
      int at = i * LANES;
      double even = lanes[at];
      double odd = 0;
      for (int l = 1; l < LANES; l += 2) {
        odd += lanes[at + l];
      }
      for (int l = 2; l < LANES; l += 2) {
        even += lanes[at + l];
      }
      sums[i] = even + odd;
    }
  }
}
