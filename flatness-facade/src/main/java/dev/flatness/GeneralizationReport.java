package dev.flatness;

import dev.flatness.measure.Status;
import dev.flatness.robustness.Representative;
import dev.flatness.robustness.Robustness;
import dev.flatness.surface.Evaluation;
import dev.flatness.surface.NetworkSurface;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Feature robustness and representativeness of a layer.
 *
 * @param surface the network, data and loss
 * @param evaluation the loss at the parameters
 * @param layer the layer's name
 * @param robustness feature robustness, by perturbation and δ
 * @param representativeness representativeness and the generalization approximation, by δ
 * @param withoutKernels why there is no representativeness; empty where there is
 * @param complete whether nothing ended before it was begun
 * @param recordedSettings what reproduces the numbers, by report name
 */
public record GeneralizationReport(
    NetworkSurface surface,
    Evaluation evaluation,
    String layer,
    List<Robustness> robustness,
    List<Representative> representativeness,
    Optional<String> withoutKernels,
    boolean complete,
    Map<String, Object> recordedSettings) {
  /**
   * Copies the lists.
   *
   * @param surface the network, data and loss
   * @param evaluation the loss at the parameters
   * @param layer the layer's name
   * @param robustness feature robustness, by perturbation and δ
   * @param representativeness representativeness, by δ
   * @param withoutKernels why there is no representativeness
   * @param complete whether nothing ended before it was begun
   * @param recordedSettings what reproduces the numbers, by report name
   */
  public GeneralizationReport {
    Objects.requireNonNull(layer, "layer");
    Objects.requireNonNull(withoutKernels, "withoutKernels");
    robustness = List.copyOf(robustness);
    representativeness = List.copyOf(representativeness);
    recordedSettings = Collections.unmodifiableMap(new LinkedHashMap<>(recordedSettings));
  }

  /**
   * Tells whether all draws were made.
   *
   * @return false where the work ended early
   */
  public boolean acceptable() {
    return complete
        && robustness.stream().map(each -> each.value().status()).allMatch(Status::acceptable)
        && representativeness.stream()
            .map(each -> each.value().status())
            .allMatch(Status::acceptable);
  }
}
