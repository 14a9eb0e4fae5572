package dev.flatness;

import dev.flatness.measure.Estimate;
import dev.flatness.surface.LossSurface;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a run of measures found on a loss surface of your own.
 *
 * @param surface the surface
 * @param loss L at the point
 * @param gradientNorm the 2-norm of the gradient, in the coordinates of the measures
 * @param estimates every number, in the catalog's order; none claims an invariance
 * @param recordedSettings what reproduces the numbers, by report name; with {@code productError},
 *     the bound of {@code dev.flatness.linalg.SymmetricOperator#error}, where products are
 *     differences of gradients
 */
public record SurfaceReport(
    LossSurface surface,
    double loss,
    double gradientNorm,
    List<Estimate> estimates,
    Map<String, Object> recordedSettings) {
  /**
   * Copies the lists.
   *
   * @param surface the surface
   * @param loss L at the point
   * @param gradientNorm the 2-norm of the gradient, in the coordinates of the measures
   * @param estimates every number, in the catalog's order; none claims an invariance
   * @param recordedSettings what reproduces the numbers, by report name
   */
  public SurfaceReport {
    estimates = List.copyOf(estimates);
    recordedSettings = Collections.unmodifiableMap(new LinkedHashMap<>(recordedSettings));
  }

  /**
   * Returns the number of a measure.
   *
   * @param id the measure's id
   * @return its estimate
   * @throws IllegalArgumentException if it was not measured
   */
  public Estimate estimate(String id) {
    return estimates.stream()
        .filter(each -> each.id().equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "the report has no value of \""
                        + id
                        + "\"; it has "
                        + estimates.stream().map(Estimate::id).toList()));
  }

  /**
   * Tells whether every number met its tolerance.
   *
   * @return false where an estimate's status is not acceptable
   */
  public boolean acceptable() {
    return estimates.stream().allMatch(estimate -> estimate.status().acceptable());
  }

  /** Says loss and numbers, a line each. */
  @Override
  public String toString() {
    return "loss = "
        + loss
        + ", gradient norm "
        + gradientNorm
        + estimates.stream().map(each -> "\n" + each).collect(Collectors.joining());
  }
}
