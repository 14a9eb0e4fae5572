package dev.flatness;

import dev.flatness.measure.Estimate;
import dev.flatness.measure.Scope;
import dev.flatness.measure.Settings;
import dev.flatness.random.Seed;
import dev.flatness.surface.Evaluation;
import dev.flatness.surface.NetworkSurface;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a run of measures found.
 *
 * @param surface the network, data and loss
 * @param evaluation the loss at the measured point
 * @param gradientNorm ‖∇L(θ)‖₂
 * @param estimates every number, in the catalog's order
 * @param settings the settings of the run
 * @param seed the root of all randomness
 */
public record FlatnessReport(
    NetworkSurface surface,
    Evaluation evaluation,
    double gradientNorm,
    List<Estimate> estimates,
    Settings settings,
    Seed seed) {
  /**
   * Copies the list.
   *
   * @param surface the network, data and loss
   * @param evaluation the loss at the measured point
   * @param gradientNorm ‖∇L(θ)‖₂
   * @param estimates every number, in the catalog's order
   * @param settings the settings of the run
   * @param seed the root of all randomness
   */
  public FlatnessReport {
    estimates = List.copyOf(estimates);
  }

  /**
   * Returns the network-wide number of a measure.
   *
   * @param id the measure's id
   * @return its estimate
   * @throws IllegalArgumentException if it was not measured
   */
  public Estimate network(String id) {
    return find(id, Scope.NETWORK, null);
  }

  /**
   * Returns the number of a measure for a layer.
   *
   * @param id the measure's id
   * @param layer the layer's name
   * @return its estimate
   * @throws IllegalArgumentException if it was not measured
   */
  public Estimate layer(String id, String layer) {
    return find(id, Scope.LAYER, layer);
  }

  /**
   * Returns the list of a measure for the neurons of a layer.
   *
   * @param id the measure's id
   * @param layer the layer's name
   * @return its estimate
   * @throws IllegalArgumentException if it was not measured
   */
  public Estimate neurons(String id, String layer) {
    return find(id, Scope.NEURON, layer);
  }

  private Estimate find(String id, Scope scope, @Nullable String layer) {
    return estimates.stream()
        .filter(
            e ->
                e.id().equals(id)
                    && e.scope() == scope
                    && e.layer().equals(Optional.ofNullable(layer)))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "the report has no "
                        + scope.id()
                        + " value of \""
                        + id
                        + "\""
                        + (layer == null ? "" : " for layer \"" + layer + "\"")
                        + "; it has "
                        + estimates.stream().map(Estimate::id).distinct().toList()));
  }

  /**
   * Tells whether every number met its tolerance.
   *
   * @return false where an estimate's status is not acceptable
   */
  public boolean acceptable() {
    return estimates.stream().allMatch(estimate -> estimate.status().acceptable());
  }

  /**
   * Lists what reproduces the numbers, the settings of all installed measures among it.
   *
   * @return values by report name
   */
  public Map<String, Object> recordedSettings() {
    Map<String, Object> recorded = RunSettings.of(surface, seed);
    recorded.putAll(settings.recorded(MeasureCatalog.installed().settings()));
    return recorded;
  }

  /** Says loss and numbers, a line each. */
  @Override
  public String toString() {
    return surface.loss().id()
        + " = "
        + evaluation.loss()
        + ", gradient norm "
        + gradientNorm
        + estimates.stream().map(each -> "\n" + each).collect(Collectors.joining());
  }
}
