package dev.flatness.hessian;

import dev.flatness.cost.Work;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Measure;
import dev.flatness.measure.Settings;
import java.util.List;
import java.util.Optional;

/**
 * A measure that needs no more than a loss surface at a point: its number of the whole network is
 * defined in any coordinates.
 *
 * <p>Formula: that of the measure, with l(η) = L(g(η)) for L. Source: Dinh et al. 2017, §5.
 */
public interface SurfaceMeasure extends Measure {
  /**
   * Measures a surface at a point.
   *
   * @param point the surface and the point
   * @return the number, of scope network
   */
  Estimate at(SurfacePoint point);

  /**
   * Tells why the measure is not defined at a point.
   *
   * @param point the surface and the point
   * @return the reason, empty where it is defined
   */
  default Optional<String> inapplicable(SurfacePoint point) {
    return Optional.empty();
  }

  /**
   * Tells what passes over the samples it takes in other coordinates.
   *
   * @param dimension the number of coordinates
   * @param settings the settings of the run
   * @return the parts
   */
  List<Work> workAt(int dimension, Settings settings);
}
