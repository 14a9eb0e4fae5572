package dev.flatness.testkit;

import dev.flatness.measure.Measure;
import dev.flatness.symmetry.PathNorm;

class PathNormContractTest extends MeasureContract {
  @Override
  protected Measure measure() {
    return PathNorm.withDefaults();
  }

  /** It is read from logarithms of sums. */
  @Override
  protected double roundingUnderPowersOfTwo() {
    return 1e-12;
  }
}
