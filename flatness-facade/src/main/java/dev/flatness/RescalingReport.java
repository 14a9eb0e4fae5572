package dev.flatness;

import dev.flatness.network.Network;
import dev.flatness.surface.Evaluation;
import dev.flatness.surface.NetworkSurface;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What a rescaling did.
 *
 * @param original the network before
 * @param network the equivalent network, with parameters that its file format holds exactly
 * @param surface the original network on the data; empty without data
 * @param evaluation the loss at the original network; empty without data
 * @param gauge the name of the representative that was chosen; empty for other rescalings
 * @param attack the name of the attack; empty for other rescalings
 * @param functionResidual the largest change of an output, relative to the largest output
 * @param before numbers at the original network by id, NaN where there is none
 * @param after the same numbers at the equivalent network
 * @param predicted what a theorem says of the number of an attack
 * @param acceptable whether every number met its tolerance
 * @param notes what a reader of the numbers should know
 * @param recordedSettings what reproduces the numbers, by report name
 */
public record RescalingReport(
    Network original,
    Network network,
    Optional<NetworkSurface> surface,
    Optional<Evaluation> evaluation,
    Optional<String> gauge,
    Optional<String> attack,
    double functionResidual,
    Map<String, Double> before,
    Map<String, Double> after,
    OptionalDouble predicted,
    boolean acceptable,
    List<String> notes,
    Map<String, Object> recordedSettings) {
  /**
   * Copies the lists and maps.
   *
   * @param original the network before
   * @param network the equivalent network, with parameters that its file format holds exactly
   * @param surface the original network on the data; empty without data
   * @param evaluation the loss at the original network; empty without data
   * @param gauge the name of the representative that was chosen; empty for other rescalings
   * @param attack the name of the attack; empty for other rescalings
   * @param functionResidual the largest change of an output, relative to the largest output
   * @param before numbers at the original network by id, NaN where there is none
   * @param after the same numbers at the equivalent network
   * @param predicted what a theorem says of the number of an attack
   * @param acceptable whether every number met its tolerance
   * @param notes what a reader of the numbers should know
   * @param recordedSettings what reproduces the numbers, by report name
   */
  public RescalingReport {
    before = Collections.unmodifiableMap(new LinkedHashMap<>(before));
    after = Collections.unmodifiableMap(new LinkedHashMap<>(after));
    notes = List.copyOf(notes);
    recordedSettings = Collections.unmodifiableMap(new LinkedHashMap<>(recordedSettings));
  }
}
