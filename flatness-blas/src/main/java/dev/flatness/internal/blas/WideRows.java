package dev.flatness.internal.blas;

import dev.flatness.internal.blas.vector64.Lanes;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sums of floats in double, which the JIT of JDK 17 does not vectorise; as far as whole vectors go.
 *
 * <p>Floats come by whole vectors and are widened half by half. Vectors of half the size would do
 * without halves, but once the JIT has met two sizes of float vectors it puts the register tiles'
 * accumulators on the heap.
 */
final class WideRows {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_PREFERRED;

  /** Numbers of a step. */
  static final int STEP = FLOATS.length();

  private static final int HALF = DOUBLES.length();

  private WideRows() {}

  /** Σ x; n is a positive multiple of a step. */
  static double sum(int n, float[] x, int from) {
    FloatVector first = FloatVector.fromArray(FLOATS, x, from);
    DoubleVector s = (DoubleVector) first.convert(VectorOperators.F2D, 0);
    DoubleVector t = (DoubleVector) first.convert(VectorOperators.F2D, 1);
    for (int j = from + STEP; j < from + n; j += STEP) {
      FloatVector next = FloatVector.fromArray(FLOATS, x, j);
      s = s.add((DoubleVector) next.convert(VectorOperators.F2D, 0));
      t = t.add((DoubleVector) next.convert(VectorOperators.F2D, 1));
    }
    return Lanes.sum(s.add(t));
  }

  /** y += x; n is a multiple of a step. */
  static void add(int n, float[] x, int xAt, double[] y, int yAt) {
    for (int j = 0; j < n; j += STEP) {
      FloatVector next = FloatVector.fromArray(FLOATS, x, xAt + j);
      int low = yAt + j;
      int high = low + HALF;
      DoubleVector.fromArray(DOUBLES, y, low)
          .add((DoubleVector) next.convert(VectorOperators.F2D, 0))
          .intoArray(y, low);
      DoubleVector.fromArray(DOUBLES, y, high)
          .add((DoubleVector) next.convert(VectorOperators.F2D, 1))
          .intoArray(y, high);
    }
  }
}
