package dev.flatness.measure;

import java.util.List;

/** The measures of one module, found by {@link java.util.ServiceLoader}. */
public interface MeasureProvider {
  /**
   * Returns the module's measures with their defaults.
   *
   * @return in the order in which reports list them
   */
  List<Measure> measures();

  /**
   * Returns measures that are found by their id alone and belong to no group, because few will want
   * to pay for them.
   *
   * @return none by default
   */
  default List<Measure> onRequest() {
    return List.of();
  }
}
