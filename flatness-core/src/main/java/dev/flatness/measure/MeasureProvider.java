package dev.flatness.measure;

import java.util.List;
import java.util.Map;

/** The measures of one module, found by {@link java.util.ServiceLoader}. */
public interface MeasureProvider {
  /**
   * Returns the module's measures with their defaults.
   *
   * @return in the order in which reports list them
   */
  List<Measure> measures();

  /**
   * Returns measures that are found by their id, or by a group that the module declares, and belong
   * to no other group, because they are expensive.
   *
   * @return none by default
   */
  default List<Measure> onRequest() {
    return List.of();
  }

  /**
   * Returns the settings that the module's measures read, beyond those that every measure knows.
   *
   * @return in the order in which reports and help list them, none by default
   */
  default List<Setting<?>> settings() {
    return List.of();
  }

  /**
   * Returns the groups that the module adds to.
   *
   * @return ids of measures, also of those on request, by the name of their group, none by default
   */
  default Map<String, List<String>> groups() {
    return Map.of();
  }
}
