package dev.flatness.symmetry;

import dev.flatness.measure.Measure;
import dev.flatness.measure.MeasureProvider;
import java.util.List;

/** The measures that need no more than a network's symmetry: the path norms. */
public final class SymmetryMeasures implements MeasureProvider {
  /** For the service loader. */
  public SymmetryMeasures() {}

  @Override
  public List<Measure> measures() {
    return List.of(PathNorm.withDefaults().withExponent(1), PathNorm.withDefaults());
  }
}
