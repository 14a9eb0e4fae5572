package dev.flatness.coordinates;

import dev.flatness.internal.linalg.Vectors;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.network.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Weight normalization: every row of a weight matrix is a length times a direction.
 *
 * <p>Formula: w = s v/‖v‖ for the weights into each output unit of each dense and convolutional
 * layer; all other parameters are coordinates themselves. Many v give one w: {@link #coordinatesOf}
 * takes the v with ‖v‖ = 1 and s = ‖w‖, but every v other than 0 is in the domain. The Hessian in v
 * is homogeneous of degree −2 in v.
 *
 * <p>Shapes: η holds v in place of w at the positions of θ, then s of all rows in their order; p
 * parameters and R rows have p + R coordinates. A weight that several layers use counts once. Cost:
 * O(p). Errors: a row of zeros has no direction.
 *
 * <p>Source: Salimans and Kingma 2016; Dinh et al. 2017, §5.1;
 * docs/mathematics.md#weight-normalization. Immutable.
 */
public final class WeightNormalization implements Coordinates {
  /** A row of a weight matrix in θ. */
  private record Row(Parameter weight, int index, int start, int length) {
    @Override
    public String toString() {
      return "row " + index + " of " + weight.name();
    }
  }

  private final List<Row> rows = new ArrayList<>();
  private final int parameters;

  private WeightNormalization(Network network) {
    parameters = network.parameterCount();
    TreeSet<Integer> weights = new TreeSet<>();
    for (Node node : network.weightLayers()) {
      weights.add(node.weight());
    }
    for (int i : weights) {
      Parameter weight = network.parameters().get(i);
      int outputs = weight.shape().extent(0);
      int length = weight.size() / outputs;
      for (int s = 0; s < outputs; s++) {
        rows.add(new Row(weight, s, weight.offset() + s * length, length));
      }
    }
  }

  /**
   * Makes the coordinates of a network's graph.
   *
   * @param network any network of the graph
   * @return the coordinates
   */
  public static WeightNormalization of(Network network) {
    return new WeightNormalization(network);
  }

  /**
   * Multiplies every direction v by a number, which changes no parameter.
   *
   * @param eta η
   * @param factor t, finite and not 0
   * @return η with t v in place of v, a new array
   * @throws IllegalArgumentException if the factor is 0 or not finite, or η has another length
   */
  public double[] withDirectionsTimes(double[] eta, double factor) {
    Lengths.require(eta.length, dimension(), "coordinates");
    if (factor == 0 || !Double.isFinite(factor)) {
      throw new IllegalArgumentException(
          "the factor of the directions is " + factor + ", expected a finite number other than 0");
    }
    double[] scaled = eta.clone();
    for (Row row : rows) {
      for (int i = row.start; i < row.start + row.length; i++) {
        scaled[i] *= factor;
      }
    }
    return scaled;
  }

  @Override
  public int dimension() {
    return parameters + rows.size();
  }

  @Override
  public int parameters() {
    return parameters;
  }

  @Override
  public boolean contains(double[] eta) {
    Lengths.require(eta.length, dimension(), "coordinates");
    return Lengths.finite(eta)
        && rows.stream().noneMatch(row -> norm(eta, row) == 0 || Double.isInfinite(norm(eta, row)));
  }

  @Override
  public double[] parametersAt(double[] eta) {
    Lengths.require(eta.length, dimension(), "coordinates");
    Lengths.requireFinite(eta, "coordinate");
    double[] theta = new double[parameters];
    System.arraycopy(eta, 0, theta, 0, parameters);
    for (int k = 0; k < rows.size(); k++) {
      double norm = requireDirection(rows.get(k), norm(eta, rows.get(k)), "the direction of ");
      for (int i = rows.get(k).start; i < rows.get(k).start + rows.get(k).length; i++) {
        theta[i] = eta[parameters + k] * (eta[i] / norm);
      }
    }
    return theta;
  }

  @Override
  public double[] coordinatesOf(double[] theta) {
    Lengths.require(theta.length, parameters, "parameters");
    Lengths.requireFinite(theta, "parameter");
    double[] eta = new double[dimension()];
    System.arraycopy(theta, 0, eta, 0, parameters);
    for (int k = 0; k < rows.size(); k++) {
      double norm = requireDirection(rows.get(k), norm(theta, rows.get(k)), "");
      for (int i = rows.get(k).start; i < rows.get(k).start + rows.get(k).length; i++) {
        eta[i] /= norm;
      }
      eta[parameters + k] = norm;
    }
    return eta;
  }

  @Override
  public Derivative derivativeAt(double[] eta) {
    parametersAt(eta);
    double[] at = eta.clone();
    double[] norms = rows.stream().mapToDouble(row -> norm(at, row)).toArray();
    for (int k = 0; k < norms.length; k++) {
      for (int i = rows.get(k).start; i < rows.get(k).start + rows.get(k).length; i++) {
        at[i] /= norms[k];
      }
    }
    return new At(at, norms);
  }

  /** The derivative; in {@code at} every v has length 1, and u stands for it below. */
  private final class At implements Derivative {
    private final double[] at;
    private final double[] norms;

    At(double[] at, double[] norms) {
      this.at = at;
      this.norms = norms;
    }

    @Override
    public void push(double[] direction, double[] result) {
      System.arraycopy(direction, 0, result, 0, parameters);
      for (int k = 0; k < norms.length; k++) {
        Row row = rows.get(k);
        int end = row.start + row.length;
        double along = Vectors.dot(at, direction, row.start, end);
        double scale = at[parameters + k] / norms[k];
        double slope = direction[parameters + k] - scale * along;
        for (int i = row.start; i < end; i++) {
          result[i] = scale * direction[i] + slope * at[i];
        }
      }
    }

    @Override
    public void pull(double[] covector, double[] result) {
      System.arraycopy(covector, 0, result, 0, parameters);
      for (int k = 0; k < norms.length; k++) {
        Row row = rows.get(k);
        int end = row.start + row.length;
        double along = Vectors.dot(at, covector, row.start, end);
        double scale = at[parameters + k] / norms[k];
        result[parameters + k] = along;
        for (int i = row.start; i < end; i++) {
          result[i] = scale * (covector[i] - along * at[i]);
        }
      }
    }

    /**
     * Of φ(v) = γ·v/‖v‖: ∇φ = c/‖v‖ with c = γ − (γ·u) u, and ∇²φ d = −(u (c·d) + c (u·d) + (γ·u)
     * (d − u (u·d)))/‖v‖².
     */
    @Override
    public void addSecond(double[] covector, double[] direction, double[] result) {
      for (int k = 0; k < norms.length; k++) {
        Row row = rows.get(k);
        int end = row.start + row.length;
        double norm = norms[k];
        double gu = Vectors.dot(at, covector, row.start, end);
        double du = Vectors.dot(at, direction, row.start, end);
        double cd = Vectors.dot(covector, direction, row.start, end) - gu * du;
        double length = at[parameters + k] / norm / norm;
        double change = direction[parameters + k] / norm - length * du;
        result[parameters + k] += cd / norm;
        for (int i = row.start; i < end; i++) {
          double c = covector[i] - gu * at[i];
          result[i] += change * c - length * (at[i] * cd + gu * (direction[i] - du * at[i]));
        }
      }
    }
  }

  private static double norm(double[] point, Row row) {
    double square = Vectors.dot(point, point, row.start, row.start + row.length);
    return square > 1e-280 && square < 1e300
        ? Math.sqrt(square)
        : Vectors.norm(java.util.Arrays.copyOfRange(point, row.start, row.start + row.length));
  }

  private static double requireDirection(Row row, double norm, String what) {
    if (norm == 0 || Double.isInfinite(norm)) {
      throw new IllegalArgumentException(
          what
              + row
              + " has the length "
              + norm
              + ", expected a positive finite number: a row of zeros has no direction; remove dead"
              + " units first");
    }
    return norm;
  }
}
