package dev.flatness;

import dev.flatness.landscape.Landscape;
import dev.flatness.landscape.LandscapeDirections;
import dev.flatness.surface.Evaluation;
import dev.flatness.surface.LossSurface;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a run found of landscapes.
 *
 * @param surface the network, data and loss, or a loss surface of your own
 * @param evaluation the loss at the network, or at the point; of 0 samples for a surface of your
 *     own
 * @param coordinates the coordinates of the slices by name
 * @param directions how the directions were chosen
 * @param slices that of the network first, then those of the networks it is compared with
 * @param seed the root of the directions
 * @param recordedSettings what reproduces the numbers, by report name
 */
public record LandscapeReport(
    LossSurface surface,
    Evaluation evaluation,
    CoordinateSystem coordinates,
    LandscapeDirections directions,
    List<Slice> slices,
    long seed,
    Map<String, Object> recordedSettings) {
  /**
   * Copies the lists.
   *
   * @param surface the network, data and loss, or a loss surface of your own
   * @param evaluation the loss at the network, or at the point; of 0 samples for a surface of your
   *     own
   * @param coordinates the coordinates of the slices by name
   * @param directions how the directions were chosen
   * @param slices that of the network first, then those of the networks it is compared with
   * @param seed the root of the directions
   * @param recordedSettings what reproduces the numbers, by report name
   */
  public LandscapeReport {
    slices = List.copyOf(slices);
    recordedSettings = Collections.unmodifiableMap(new LinkedHashMap<>(recordedSettings));
  }

  /**
   * The landscape of one network.
   *
   * @param model the network's name, empty for the network itself
   * @param landscape the losses
   * @param coordinateSettings what tells the coordinates apart, by report name, with the rule that
   *     was taken where one was chosen for the network
   * @param seconds how long it took
   */
  public record Slice(
      String model, Landscape landscape, Map<String, Object> coordinateSettings, double seconds) {
    /**
     * Copies the settings.
     *
     * @param model the network's name, empty for the network itself
     * @param landscape the losses
     * @param coordinateSettings what tells the coordinates apart, by report name, with the rule
     *     that was taken where one was chosen for the network
     * @param seconds how long it took
     */
    public Slice {
      coordinateSettings = Map.copyOf(coordinateSettings);
    }
  }

  /**
   * Returns the landscape of the network itself.
   *
   * @return the first slice
   */
  public Landscape landscape() {
    return slices.get(0).landscape();
  }

  /**
   * Tells whether every point of every slice was evaluated and every number met its tolerance.
   *
   * @return false where a status is not acceptable
   */
  public boolean acceptable() {
    return slices.stream().allMatch(slice -> slice.landscape().status().acceptable());
  }
}
