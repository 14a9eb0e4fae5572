package dev.flatness.internal.blas;

import dev.flatness.internal.blas.vector64.Lanes;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sums of floats in double, which the JIT of JDK 17 does not vectorize.
 *
 * <p>A whole vector of floats is loaded and its lower half widened, and the next begins at the
 * upper half: widening an upper half moves lanes, which JDK 17 is slow at, and vectors of half the
 * size would put the register tiles' accumulators on the heap, as two sizes of float vectors do.
 */
final class WideRows {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_PREFERRED;
  private static final int STEP = DOUBLES.length();

  private WideRows() {}

  /** How many of n numbers are taken here; the last ones, a vector of floats and more, are not. */
  static int whole(int n) {
    return Math.max(0, (n - FLOATS.length()) / (2 * STEP) * 2 * STEP);
  }

  /** Σ x; n is positive and as {@link #whole} says. */
  static double sum(int n, float[] x, int from) {
    DoubleVector s = widened(x, from);
    DoubleVector t = widened(x, from + STEP);
    for (int j = from + 2 * STEP; j < from + n; j += 2 * STEP) {
      s = s.add(widened(x, j));
      t = t.add(widened(x, j + STEP));
    }
    return Lanes.sum(s.add(t));
  }

  /** y += x; n is as {@link #whole} says. */
  static void add(int n, float[] x, int xAt, double[] y, int yAt) {
    for (int j = 0; j < n; j += STEP) {
      DoubleVector.fromArray(DOUBLES, y, yAt + j).add(widened(x, xAt + j)).intoArray(y, yAt + j);
    }
  }

  private static DoubleVector widened(float[] x, int from) {
    return (DoubleVector)
        FloatVector.fromArray(FLOATS, x, from).convertShape(VectorOperators.F2D, DOUBLES, 0);
  }
}
