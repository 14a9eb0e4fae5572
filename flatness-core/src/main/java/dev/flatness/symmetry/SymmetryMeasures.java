package dev.flatness.symmetry;

import dev.flatness.measure.Measure;
import dev.flatness.measure.MeasureProvider;
import java.util.List;

/**
 * The measures that need no more than a network's symmetry: the path norms.
 *
 * <p>They average plainly over an average pooling's window for every p, as the published code and
 * our reference values do: a forward pass of |θ|^p through the unchanged network. {@link
 * PathNorm#withPlainAveragePooling} has the other reading, where a path's value includes its 1/k.
 */
public final class SymmetryMeasures implements MeasureProvider {
  /** For the service loader. */
  public SymmetryMeasures() {}

  @Override
  public List<Measure> measures() {
    PathNorm plain = PathNorm.withDefaults().withPlainAveragePooling(true);
    return List.of(plain.withExponent(1), plain);
  }
}
