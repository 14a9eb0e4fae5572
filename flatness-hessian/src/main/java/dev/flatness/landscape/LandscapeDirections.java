package dev.flatness.landscape;

import dev.flatness.coordinates.AffineMap;
import dev.flatness.coordinates.Coordinates;
import dev.flatness.internal.linalg.Vectors;
import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.measure.Monitor;
import dev.flatness.network.Network;
import dev.flatness.network.Parameter;
import dev.flatness.random.Seed;
import dev.flatness.spectral.Eigenpairs;
import dev.flatness.spectral.RitzPair;
import dev.flatness.spectral.ThickRestartLanczos;
import dev.flatness.surface.LossSurface;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.PassStoppedException;
import dev.flatness.tensor.Precision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * How the directions of a slice are chosen.
 *
 * <p>Directions are vectors in the coordinates of the slice. Random ones are drawn from the seed
 * alone, so that networks of one architecture get the same. Immutable.
 *
 * <p>Source: Li et al. 2018 (filter-normalised); Yi et al. 2019, §6 (Gaussian);
 * docs/mathematics.md#landscapes.
 */
public final class LandscapeDirections {
  /** The standard deviation of Gaussian directions where none is named: Yi et al. */
  public static final double STANDARD_DEVIATION = 0.05;

  private final String id;
  private final Map<String, Object> settings;
  private final Choice choice;
  private final List<String> targets;

  private LandscapeDirections(
      String id, Map<String, Object> settings, List<String> targets, Choice choice) {
    this.id = id;
    this.settings = settings;
    this.targets = targets;
    this.choice = choice;
  }

  /** Chooses directions at a point. */
  @FunctionalInterface
  private interface Choice {
    double[][] at(Center center, int count);
  }

  /** Where the directions start, and what randomness they have. */
  record Center(
      LossSurface surface,
      double[] theta,
      Coordinates coordinates,
      double[] eta,
      LossSurface pulled,
      Seed seed,
      Monitor monitor) {
    /** The network at the point of the coordinates, for directions that need its filters. */
    Network network(String directions) {
      if (!(surface instanceof NetworkSurface own)) {
        throw new IllegalArgumentException(
            "directions "
                + directions
                + " are made of the weights of filters, which a loss surface of your own does not"
                + " have; choose other directions");
      }
      if (!(coordinates instanceof AffineMap map)) {
        throw new IllegalArgumentException(
            "directions "
                + directions
                + " are made of the weights of filters, which these coordinates do not have;"
                + " choose the coordinates weights or canonical, or other directions");
      }
      if (map.diagonal().isEmpty()) {
        throw new IllegalArgumentException(
            "directions " + directions + " need coordinates that keep the filters apart");
      }
      return own.network();
    }
  }

  /**
   * Draws every entry from N(0, σ²).
   *
   * @param standardDeviation σ, positive and finite
   * @return {@code gaussian}
   * @throws IllegalArgumentException if σ is not positive and finite
   */
  public static LandscapeDirections gaussian(double standardDeviation) {
    if (!(standardDeviation > 0) || Double.isInfinite(standardDeviation)) {
      throw new IllegalArgumentException(
          "the standard deviation of the directions is "
              + standardDeviation
              + ", expected a positive finite number");
    }
    return new LandscapeDirections(
        "gaussian",
        Map.of("standardDeviation", standardDeviation),
        List.of(),
        (center, count) -> {
          double[][] directions = drawn(center, count);
          for (double[] direction : directions) {
            for (int i = 0; i < direction.length; i++) {
              direction[i] *= standardDeviation;
            }
          }
          return directions;
        });
  }

  /**
   * Draws every entry from N(0, 1) and gives every filter of a direction the norm of the network's.
   *
   * <p>Formula: d_f ← d_f ‖w_f‖ / ‖d_f‖ for the weights w_f into one unit or channel; biases and
   * the scales and shifts of normalizations do not move. Source: Li et al. 2018, §4.
   *
   * @return {@code filter}; only for coordinates that are weights
   */
  public static LandscapeDirections filterNormalized() {
    return normalized("filter", true);
  }

  /**
   * Draws every entry from N(0, 1) and gives every weight tensor of a direction the norm of the
   * network's; else as {@link #filterNormalized}.
   *
   * @return {@code layer}; only for coordinates that are weights
   */
  public static LandscapeDirections layerNormalized() {
    return normalized("layer", false);
  }

  private static LandscapeDirections normalized(String id, boolean filters) {
    return new LandscapeDirections(
        id,
        Map.of(),
        List.of(),
        (center, count) -> {
          Network network = center.network(id);
          double[][] directions = drawn(center, count);
          for (double[] direction : directions) {
            for (Parameter parameter : network.parameters()) {
              scale(direction, center.eta(), parameter, filters);
            }
          }
          return directions;
        });
  }

  private static void scale(
      double[] direction, double[] point, Parameter parameter, boolean filters) {
    int parts =
        parameter.role() != Parameter.Role.WEIGHT ? 0 : filters ? parameter.shape().extent(0) : 1;
    if (parts == 0) {
      int end = parameter.offset() + parameter.size();
      Arrays.fill(direction, parameter.offset(), end, 0);
      return;
    }
    int width = parameter.size() / parts;
    for (int part = 0; part < parts; part++) {
      int from = parameter.offset() + part * width;
      double drawn = norm(direction, from, width);
      double factor = drawn == 0 ? 0 : norm(point, from, width) / drawn;
      for (int i = from; i < from + width; i++) {
        direction[i] *= factor;
      }
    }
  }

  private static double norm(double[] x, int from, int length) {
    return Vectors.scaledNorm(Arrays.copyOfRange(x, from, from + length));
  }

  /**
   * Takes the eigenvectors of the largest eigenvalues of the Hessian in the coordinates, of norm 1;
   * the entry of largest magnitude is positive.
   *
   * @return {@code eigenvectors}
   */
  public static LandscapeDirections eigenvectors() {
    return new LandscapeDirections(
        "eigenvectors",
        Map.of(),
        List.of(),
        (center, count) -> {
          SymmetricOperator hessian = center.pulled().hessian(center.eta().clone());
          if (hessian.dimension() < count) {
            throw new IllegalArgumentException(
                "the surface has "
                    + hessian.dimension()
                    + " dimensions, too few for "
                    + count
                    + " eigenvectors; choose a line (--points N)");
          }
          Eigenpairs pairs =
              largest(center.surface(), count)
                  .fitting(hessian.dimension())
                  .solve(hessian, center.seed().split("eigenvectors"), center.monitor());
          List<RitzPair> largest = pairs.largest();
          boolean found = pairs.status().acceptable() && largest.size() >= count;
          if (!found && center.monitor().stopped()) {
            throw new PassStoppedException(
                "the eigenvectors for the directions were not found: "
                    + pairs.reason()
                    + "; allow a longer time (--time-limit), or choose other directions");
          }
          if (!found) {
            throw new IllegalArgumentException(
                "the eigenvectors for the directions were not found: "
                    + pairs.reason()
                    + "; choose other directions, or more products (--max-products)");
          }
          double[][] directions = new double[count][];
          for (int i = 0; i < count; i++) {
            directions[i] = upright(largest.get(i).vector());
          }
          return directions;
        });
  }

  /** How eigenpairs are sought on a surface, to the tolerance of its precision. */
  static ThickRestartLanczos largest(LossSurface surface, int count) {
    Precision precision =
        surface instanceof NetworkSurface network
            ? network.options().precision()
            : Precision.FLOAT64;
    return ThickRestartLanczos.withDefaults(precision).withLargest(count);
  }

  private static double[] upright(double[] vector) {
    int largest = 0;
    for (int i = 1; i < vector.length; i++) {
      if (Math.abs(vector[i]) > Math.abs(vector[largest])) {
        largest = i;
      }
    }
    double[] turned = vector.clone();
    if (turned[largest] < 0) {
      for (int i = 0; i < turned.length; i++) {
        turned[i] = -turned[i];
      }
    }
    return turned;
  }

  /**
   * Takes the gradient of the loss in the coordinates, of norm 1; the second direction is drawn, at
   * a right angle to it and of norm 1.
   *
   * @return {@code gradient}
   */
  public static LandscapeDirections gradient() {
    return new LandscapeDirections(
        "gradient",
        Map.of(),
        List.of(),
        (center, count) -> {
          double[] gradient = new double[center.eta().length];
          center.pulled().valueAndGradient(center.eta().clone(), gradient);
          double norm = Vectors.scaledNorm(gradient);
          if (!(norm > 0) || Double.isInfinite(norm)) {
            throw new IllegalArgumentException(
                "the gradient has norm " + norm + " and is no direction; choose other directions");
          }
          Vectors.divide(gradient, norm);
          double[][] directions = drawn(center, count);
          directions[0] = gradient;
          for (int i = 1; i < count; i++) {
            Vectors.addMultiple(-Vectors.dot(directions[i], gradient), gradient, directions[i]);
            Vectors.divide(directions[i], Vectors.scaledNorm(directions[i]));
          }
          return directions;
        });
  }

  /**
   * Takes directions of your own.
   *
   * @param own one vector for a line, two for a plane, in the coordinates of the slice; copied
   * @return {@code given}
   * @throws IllegalArgumentException if there are none, or more than two
   */
  public static LandscapeDirections given(double[]... own) {
    if (own.length < 1 || own.length > 2) {
      throw new IllegalArgumentException(
          own.length + " directions are given, expected one (a line) or two (a plane)");
    }
    double[][] copies = Arrays.stream(own).map(double[]::clone).toArray(double[][]::new);
    return new LandscapeDirections(
        "given",
        Map.of(),
        List.of(),
        (center, count) -> {
          if (count != copies.length) {
            throw new IllegalArgumentException(
                copies.length
                    + (copies.length == 1 ? " direction is" : " directions are")
                    + " given, but the slice has "
                    + count
                    + (count == 1 ? " axis" : " axes")
                    + "; change the number of points");
          }
          for (double[] direction : copies) {
            if (direction.length != center.eta().length) {
              throw new IllegalArgumentException(
                  "a given direction has "
                      + direction.length
                      + " entries, expected one for each of the "
                      + center.eta().length
                      + " coordinates");
            }
          }
          return Arrays.stream(copies).map(double[]::clone).toArray(double[][]::new);
        });
  }

  /**
   * Points to other parameters: 1 on an axis is the other network.
   *
   * <p>Formula: d_i = η_i − η with the coordinates η_i of the others. In weights the line at t has
   * the parameters (1 − t) θ + t θ_1.
   *
   * @param targets by name; one for a line, two for the plane through three networks
   * @return {@code towards}
   * @throws IllegalArgumentException if there are none, or more than two
   */
  public static LandscapeDirections towards(Map<String, double[]> targets) {
    Map<String, double[]> copies = new LinkedHashMap<>();
    targets.forEach((name, theta) -> copies.put(name, theta.clone()));
    if (copies.isEmpty() || copies.size() > 2) {
      throw new IllegalArgumentException(
          "directions towards "
              + copies.size()
              + " networks, expected one (a line) or two (a plane)");
    }
    List<String> names = List.copyOf(copies.keySet());
    return new LandscapeDirections(
        "towards",
        Map.of("targets", names),
        names,
        (center, count) -> {
          if (count != copies.size()) {
            throw new IllegalArgumentException(
                "directions towards "
                    + String.join(", ", names)
                    + " are "
                    + copies.size()
                    + ", but the slice has "
                    + count
                    + (count == 1 ? " axis" : " axes")
                    + "; name "
                    + (count == 1 ? "one network" : "two networks")
                    + " or change the number of points");
          }
          List<double[]> directions = new ArrayList<>();
          copies.forEach((name, theta) -> directions.add(difference(center, name, theta)));
          return directions.toArray(double[][]::new);
        });
  }

  private static double[] difference(Center center, String name, double[] theta) {
    if (theta.length != center.theta().length) {
      throw new IllegalArgumentException(
          name
              + " has "
              + theta.length
              + " parameters, expected the "
              + center.theta().length
              + " of the network at the center; a line joins networks of one architecture");
    }
    double[] eta;
    try {
      eta = center.coordinates().coordinatesOf(theta);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          name + " has no place in the coordinates of the center: " + e.getMessage(), e);
    }
    for (int i = 0; i < eta.length; i++) {
      eta[i] -= center.eta()[i];
    }
    if (Vectors.scaledNorm(eta) == 0) {
      throw new IllegalArgumentException(
          name + " is the network at the center in these coordinates, so it gives no direction");
    }
    return eta;
  }

  /** Standard normal directions, from a seed of each. */
  private static double[][] drawn(Center center, int count) {
    double[][] directions = new double[count][];
    for (int i = 0; i < count; i++) {
      directions[i] = Vectors.gaussian(center.eta().length, center.seed().split("axis").split(i));
    }
    return directions;
  }

  /**
   * Returns the name used in reports and on the command line.
   *
   * @return for instance {@code gaussian}
   */
  public String id() {
    return id;
  }

  /**
   * Returns what else decides the directions.
   *
   * @return values by report name
   */
  public Map<String, Object> settings() {
    return settings;
  }

  /**
   * Returns the names of the networks that the directions point to.
   *
   * @return one or two, in the order of the axes; empty for other directions
   */
  public List<String> targets() {
    return targets;
  }

  double[][] at(Center center, int count) {
    double[][] directions = Objects.requireNonNull(choice).at(center, count);
    for (double[] direction : directions) {
      double norm = Vectors.scaledNorm(direction);
      if (!(norm > 0) || Double.isInfinite(norm)) {
        throw new IllegalArgumentException(
            "a direction "
                + id
                + " has norm "
                + norm
                + ", expected a positive finite number; choose other directions or coordinates");
      }
    }
    return directions;
  }

  @Override
  public String toString() {
    return id + (settings.isEmpty() ? "" : " " + settings);
  }
}
