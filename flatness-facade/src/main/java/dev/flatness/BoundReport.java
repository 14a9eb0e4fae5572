package dev.flatness;

import dev.flatness.pacbayes.BoundResult;
import dev.flatness.surface.Evaluation;
import dev.flatness.surface.NetworkSurface;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * PAC-Bayes bounds of a network on data.
 *
 * @param surface the network, data and loss
 * @param evaluation the loss at the network's parameters
 * @param bounds the bounds in the order asked for
 * @param recordedSettings what reproduces the numbers, by report name
 */
public record BoundReport(
    NetworkSurface surface,
    Evaluation evaluation,
    List<BoundResult> bounds,
    Map<String, Object> recordedSettings) {
  /**
   * Copies the collections.
   *
   * @param surface the network, data and loss
   * @param evaluation the loss at the network's parameters
   * @param bounds the bounds in the order asked for
   * @param recordedSettings what reproduces the numbers, by report name
   */
  public BoundReport {
    bounds = List.copyOf(bounds);
    recordedSettings = Collections.unmodifiableMap(new LinkedHashMap<>(recordedSettings));
  }

  /**
   * Returns a bound by its id.
   *
   * @param id for instance {@code seeger-bound}
   * @return the bound
   * @throws IllegalArgumentException if it was not asked for
   */
  public BoundResult bound(String id) {
    return bounds.stream()
        .filter(result -> result.bound().id().equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "the report has no bound \""
                        + id
                        + "\", only "
                        + bounds.stream().map(result -> result.bound().id()).toList()));
  }

  /**
   * Tells whether all draws were made.
   *
   * @return false where the work ended early
   */
  public boolean acceptable() {
    return bounds.stream().allMatch(result -> result.status().acceptable());
  }
}
