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
import org.jspecify.annotations.Nullable;

/**
 * Coordinates of parameters by name, made at the network, or at the point of a surface of your own,
 * that is measured.
 *
 * @param name what reports call them
 * @param settings what else tells them apart, by report name
 * @param of makes the coordinates of a network
 * @param atPoint makes the coordinates of a parameter vector; null where they need a network
 */
public record CoordinateSystem(
    String name,
    Map<String, Object> settings,
    Function<Network, Coordinates> of,
    @Nullable Function<double[], Coordinates> atPoint) {
  /** The name of the parameters themselves. */
  static final String WEIGHTS = "weights";

  /**
   * Checks that nothing is missing, and copies the settings.
   *
   * @param name what reports call them
   * @param settings what else tells them apart, by report name
   * @param of makes the coordinates of a network
   * @param atPoint makes the coordinates of a parameter vector; null where they need a network
   */
  public CoordinateSystem {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(of, "of");
    settings = Map.copyOf(settings);
  }

  /**
   * Makes a system that needs a network.
   *
   * @param name what reports call them
   * @param settings what else tells them apart, by report name
   * @param of makes the coordinates of a network
   */
  public CoordinateSystem(
      String name, Map<String, Object> settings, Function<Network, Coordinates> of) {
    this(name, settings, of, null);
  }

  /**
   * Makes a system that needs no more than the parameter vector, so that it exists for surfaces of
   * your own too.
   *
   * @param name what reports call them
   * @param settings what else tells them apart, by report name
   * @param atPoint makes the coordinates at a parameter vector
   * @return the system
   */
  public static CoordinateSystem ofPoint(
      String name, Map<String, Object> settings, Function<double[], Coordinates> atPoint) {
    Objects.requireNonNull(atPoint, "atPoint");
    return new CoordinateSystem(
        name, settings, network -> atPoint.apply(network.parameterVector()), atPoint);
  }

  /** The coordinates at a parameter vector; refused where they need a network. */
  Coordinates at(double[] theta) {
    if (atPoint == null) {
      throw new IllegalArgumentException(
          "the coordinates "
              + name
              + " need a network, but a loss surface of your own has none; expected coordinates"
              + " of the parameters alone: weights, log-magnitude, radial, or"
              + " CoordinateSystem.ofPoint");
    }
    return atPoint.apply(theta);
  }

  /**
   * Returns the parameters themselves.
   *
   * @return {@code weights}
   */
  public static CoordinateSystem weights() {
    return ofPoint(WEIGHTS, Map.of(), theta -> AffineMap.identity(theta.length));
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
    return ofPoint(
        "radial",
        Map.of("outerRadius", outer, "innerRadius", inner, "imageRadius", image),
        theta -> RadialCoordinates.shell(theta, outer, inner, image));
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
    Function<double[], Coordinates> points = atPoint;
    return new CoordinateSystem(
        name,
        settings,
        network -> composed(of.apply(network), inner, network.parameterVector()),
        points == null ? null : theta -> composed(points.apply(theta), inner, theta));
  }

  private static Coordinates composed(
      Coordinates outer, Function<double[], Coordinates> inner, double[] theta) {
    return outer.compose(inner.apply(outer.coordinatesOf(theta)));
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
    return ofPoint("log-magnitude", Map.of(), LogMagnitude::new);
  }
}
