package dev.flatness.basispath;

import dev.flatness.coordinates.Coordinates;

/**
 * The values of basis paths as coordinates of a network's weights.
 *
 * <p>Formula: w_e = v_e · out(a) / (v_{r(a)} · out(b)) for the edge e from a to b, where r(a) is
 * the nearest in-edge before a that is not free, and v_r = 1 where a is anchored. Free edges stay
 * at the network's own weights, so at the network's own values w is its θ to the last bit.
 * Derivatives: ∂w_e/∂v_e = k_e/v_r, ∂w_e/∂v_r = −w_e/v_r, ∂²w_e/∂v_e∂v_r = −k_e/v_r², ∂²w_e/∂v_r² =
 * 2 w_e/v_r² with k_e = out(a)/out(b).
 *
 * <p>Shapes: η = v has m − H entries in the order of their edges in θ. Weights of dead units stay
 * and have no coordinate. Domain: the orthant of the signs of the v_r; the ball of radius R = min
 * |v_r| around the network's values is the largest one inside. Cost: O(parameters) for every
 * method, 24 bytes a parameter. Errors: points outside the orthant, and weights with other signs on
 * the skeleton, are refused by name. Immutable.
 *
 * <p>Source: Yi et al. 2019, eqs. 19–21; docs/mathematics.md#basis-path-coordinates.
 */
public final class BasisPathCoordinates implements Coordinates {
  private final BasisPaths paths;
  private final double[] theta;
  private final double[] values;
  private final int[] position;
  private final int[] divisor;
  private final double[] factor;

  BasisPathCoordinates(BasisPaths paths) {
    if (paths.count() == 0) {
      throw new IllegalArgumentException(
          "no living weight lies on a path, so there is nothing to vary: all ways from the input to"
              + " the output meet a weight of 0");
    }
    this.paths = paths;
    PathGraph graph = paths.graph();
    this.theta = graph.theta();
    this.values = paths.values();
    this.position = new int[values.length];
    this.divisor = new int[values.length];
    this.factor = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      int e = paths.position(i);
      position[i] = e;
      divisor[i] = paths.divisor(i);
      factor[i] =
          values[i] == 0
              ? paths.outOf(graph.from(e)) / paths.outOf(graph.to(e))
              : theta[e] / values[i] * (divisor[i] < 0 ? 1 : values[divisor[i]]);
      if (!Double.isFinite(factor[i])) {
        throw new IllegalArgumentException(
            "the weight "
                + PathEdge.of(graph.network(), e)
                + " = "
                + theta[e]
                + " and its basis path's value "
                + values[i]
                + " differ beyond the range of doubles; use the balanced rule, or rescale the"
                + " network");
      }
    }
  }

  /**
   * Returns the basis paths.
   *
   * @return the paths whose values are the coordinates
   */
  public BasisPaths paths() {
    return paths;
  }

  @Override
  public int dimension() {
    return values.length;
  }

  @Override
  public int parameters() {
    return theta.length;
  }

  @Override
  public boolean contains(double[] eta) {
    requireLength(eta.length, values.length, "coordinates");
    return outside(eta) < 0;
  }

  /** The first coordinate that takes a point out of the orthant, −1 if none does. */
  private int outside(double[] eta) {
    for (int i = 0; i < eta.length; i++) {
      int r = divisor[i];
      if (r >= 0 && !(eta[r] * Math.signum(values[r]) > 0 && Double.isFinite(eta[r]))) {
        return r;
      }
      if (!Double.isFinite(eta[i])) {
        return i;
      }
    }
    return -1;
  }

  @Override
  public double[] parametersAt(double[] eta) {
    requireInside(eta);
    return parametersBeyond(eta);
  }

  @Override
  public double[] parametersBeyond(double[] eta) {
    requireLength(eta.length, values.length, "coordinates");
    double[] moved = theta.clone();
    for (int i = 0; i < eta.length; i++) {
      moved[position[i]] = weight(i, eta);
    }
    return moved;
  }

  /** Written as a ratio to the given weight, which is exact where v is the given value. */
  private double weight(int i, double[] eta) {
    int r = divisor[i];
    if (values[i] == 0) {
      return factor[i] * eta[i] / (r < 0 ? 1 : eta[r]);
    }
    double scaled = theta[position[i]] * (eta[i] / values[i]);
    return r < 0 ? scaled : scaled / (eta[r] / values[r]);
  }

  /**
   * Maps weights to the values of their basis paths.
   *
   * @param weights the weights of any network of the same graph with these signs on the skeleton
   * @return v; {@link #parametersAt} gives weights of the same function for it, in the gauge of
   *     this network
   * @throws IllegalArgumentException if the sign of a weight on the skeleton differs, naming it
   */
  @Override
  public double[] coordinatesOf(double[] weights) {
    requireLength(weights.length, theta.length, "parameters");
    Skeleton skeleton = paths.skeleton();
    for (int[] edges : new int[][] {skeleton.freeEdges(), skeleton.inEdges()}) {
      for (int e : edges) {
        if (!(weights[e] * Math.signum(theta[e]) > 0)) {
          throw new IllegalArgumentException(
              "the weight "
                  + PathEdge.of(paths.network(), e)
                  + " on the skeleton is "
                  + weights[e]
                  + ", expected the sign of "
                  + theta[e]
                  + "; make the coordinates at a network of the same signs");
        }
      }
    }
    return paths.valuesAt(weights);
  }

  @Override
  public Derivative derivativeAt(double[] eta) {
    requireInside(eta);
    double[] v = eta.clone();
    return new Derivative() {
      @Override
      public void push(double[] direction, double[] result) {
        java.util.Arrays.fill(result, 0);
        for (int i = 0; i < v.length; i++) {
          int r = divisor[i];
          result[position[i]] =
              r < 0
                  ? factor[i] * direction[i]
                  : (factor[i] * direction[i] - weight(i, v) * direction[r]) / v[r];
        }
      }

      @Override
      public void pull(double[] covector, double[] result) {
        java.util.Arrays.fill(result, 0);
        for (int i = 0; i < v.length; i++) {
          int r = divisor[i];
          double gamma = covector[position[i]];
          result[i] += gamma * factor[i] / (r < 0 ? 1 : v[r]);
          if (r >= 0) {
            result[r] -= gamma * weight(i, v) / v[r];
          }
        }
      }

      @Override
      public void addSecond(double[] covector, double[] direction, double[] result) {
        for (int i = 0; i < v.length; i++) {
          int r = divisor[i];
          if (r >= 0) {
            // Divided twice: the square of a small divisor leaves the range of doubles.
            double gamma = covector[position[i]] / v[r] / v[r];
            result[i] -= gamma * factor[i] * direction[r];
            result[r] += gamma * (2 * weight(i, v) * direction[r] - factor[i] * direction[i]);
          }
        }
      }
    };
  }

  /** The squared norm of each column ∂w/∂v_i outside the divisors: (∂w_i/∂v_i)². */
  double squaredScale(int coordinate) {
    int r = divisor[coordinate];
    double scale = factor[coordinate] / (r < 0 ? 1 : values[r]);
    return scale * scale;
  }

  /** The columns ∂w/∂v_r at the network for some coordinates, ascending. */
  Columns columns(int[] some) {
    int[] count = new int[some.length];
    int[] column = new int[values.length];
    java.util.Arrays.fill(column, -1);
    for (int c = 0; c < some.length; c++) {
      column[some[c]] = c;
    }
    for (int i = 0; i < values.length; i++) {
      count(column[i], count);
      count(divisor[i] < 0 ? -1 : column[divisor[i]], count);
    }
    int[][] positions = new int[some.length][];
    double[][] entries = new double[some.length][];
    for (int c = 0; c < some.length; c++) {
      positions[c] = new int[count[c]];
      entries[c] = new double[count[c]];
      count[c] = 0;
    }
    // Coordinates are in the order of their edges in θ, and so are the entries of each column.
    for (int i = 0; i < values.length; i++) {
      int r = divisor[i];
      add(column[i], i, factor[i] / (r < 0 ? 1 : values[r]), count, positions, entries);
      if (r >= 0) {
        add(column[r], i, -theta[position[i]] / values[r], count, positions, entries);
      }
    }
    return new Columns(positions, entries);
  }

  private static void count(int column, int[] count) {
    if (column >= 0) {
      count[column]++;
    }
  }

  private void add(
      int column, int i, double entry, int[] count, int[][] positions, double[][] entries) {
    if (column >= 0) {
      positions[column][count[column]] = position[i];
      entries[column][count[column]++] = entry;
    }
  }

  private void requireInside(double[] eta) {
    requireLength(eta.length, values.length, "coordinates");
    int i = outside(eta);
    if (i >= 0) {
      throw new IllegalArgumentException(
          "coordinate "
              + i
              + ", of the basis path "
              + paths.path(i)
              + ", is "
              + eta[i]
              + ", expected "
              + (Double.isFinite(eta[i])
                  ? "the sign of "
                      + values[i]
                      + "; stay within the chart's radius "
                      + paths.radius()
                  : "a finite number"));
    }
  }

  private static void requireLength(int length, int expected, String what) {
    if (length != expected) {
      throw new IllegalArgumentException(
          "the point has " + length + " " + what + ", expected " + expected);
    }
  }
}
