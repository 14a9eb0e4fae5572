package dev.flatness;

import dev.flatness.basispath.BasisPaths;
import dev.flatness.basispath.PsiMeasures;
import dev.flatness.basispath.SkeletonRule;
import dev.flatness.coordinates.Coordinates;
import dev.flatness.coordinates.LogMagnitude;
import dev.flatness.network.Network;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/**
 * Coordinates of a network's parameters by name, made at the network that is measured.
 *
 * @param name what reports call them
 * @param settings what else tells them apart, by report name
 * @param of makes the coordinates of a network
 */
public record CoordinateSystem(
    String name, Map<String, Object> settings, Function<Network, Coordinates> of) {
  /** The name of the parameters themselves. */
  static final String WEIGHTS = "weights";

  /**
   * Checks that nothing is missing, and copies the settings.
   *
   * @param name what reports call them
   * @param settings what else tells them apart, by report name
   * @param of makes the coordinates of a network
   */
  public CoordinateSystem {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(of, "of");
    settings = Map.copyOf(settings);
  }

  /**
   * Returns the values of basis paths.
   *
   * @param rule how the skeleton is chosen
   * @return {@code basis-paths}
   */
  public static CoordinateSystem basisPaths(SkeletonRule rule) {
    return new CoordinateSystem(
        "basis-paths",
        Map.of(PsiMeasures.SKELETON.reportName(), rule.id()),
        network -> BasisPaths.of(rule.choose(network)).coordinates());
  }

  /**
   * Returns the logarithms of the parameters' magnitudes.
   *
   * @return {@code log-magnitude}
   */
  public static CoordinateSystem logMagnitude() {
    return new CoordinateSystem(
        "log-magnitude", Map.of(), network -> new LogMagnitude(network.parameterVector()));
  }
}
