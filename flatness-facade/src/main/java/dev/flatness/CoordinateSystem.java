package dev.flatness;

import dev.flatness.basispath.BasisPaths;
import dev.flatness.basispath.PsiMeasures;
import dev.flatness.basispath.SkeletonRule;
import dev.flatness.coordinates.AffineMap;
import dev.flatness.coordinates.Coordinates;
import dev.flatness.coordinates.LogMagnitude;
import dev.flatness.coordinates.RadialCoordinates;
import dev.flatness.coordinates.WeightNormalization;
import dev.flatness.network.Network;
import dev.flatness.symmetry.Rescaling;
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
   * Returns the parameters themselves.
   *
   * @return {@code weights}
   */
  public static CoordinateSystem weights() {
    return new CoordinateSystem(
        WEIGHTS, Map.of(), network -> AffineMap.identity(network.parameterCount()));
  }

  /**
   * Returns the parameters of a rescaled network.
   *
   * @param rescaling of the network's graph
   * @return {@code rescaled}
   */
  public static CoordinateSystem rescaled(Rescaling rescaling) {
    Objects.requireNonNull(rescaling, "rescaling");
    return new CoordinateSystem("rescaled", Map.of(), network -> AffineMap.rescaled(rescaling));
  }

  /**
   * Returns lengths and directions of the weights into every unit, at directions of length 1.
   *
   * @return {@code weight-normalization}
   */
  public static CoordinateSystem weightNormalization() {
    return new CoordinateSystem("weight-normalization", Map.of(), WeightNormalization::of);
  }

  /**
   * Returns coordinates that scale a ball around the network and keep what is outside a larger one.
   *
   * @param outer δ, positive
   * @param inner r̂, between 0 and δ
   * @param image ρ, between 0 and δ: the Hessian is (r̂/ρ)² H
   * @return {@code radial}
   * @throws IllegalArgumentException if a radius is out of its range
   */
  public static CoordinateSystem radial(double outer, double inner, double image) {
    RadialCoordinates.shell(new double[1], outer, inner, image);
    return new CoordinateSystem(
        "radial",
        Map.of("outerRadius", outer, "innerRadius", inner, "imageRadius", image),
        network -> RadialCoordinates.shell(network.parameterVector(), outer, inner, image));
  }

  /**
   * Changes the variables once more, by coordinates of your own or of the library.
   *
   * @param name what reports call the result
   * @param inner makes coordinates at the network's point in this system; they map to its
   *     coordinates
   * @return θ = g(k(ζ)), g of this system
   */
  public CoordinateSystem compose(String name, Function<double[], Coordinates> inner) {
    Objects.requireNonNull(inner, "inner");
    return new CoordinateSystem(
        name,
        settings,
        network -> {
          Coordinates outer = of.apply(network);
          return outer.compose(inner.apply(outer.coordinatesOf(network.parameterVector())));
        });
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
   * Returns the parameters of the canonical network of the same function, whose free edges have
   * magnitude 1.
   *
   * @param rule how the skeleton is chosen
   * @return {@code canonical}
   */
  public static CoordinateSystem canonical(SkeletonRule rule) {
    return new CoordinateSystem(
        "canonical",
        Map.of(PsiMeasures.SKELETON.reportName(), rule.id()),
        network -> AffineMap.rescaled(BasisPaths.of(rule.choose(network)).canonicalRescaling()));
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
