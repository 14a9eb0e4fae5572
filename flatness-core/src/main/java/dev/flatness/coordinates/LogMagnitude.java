package dev.flatness.coordinates;

/**
 * The logarithms of the parameters' magnitudes, in the orthant of the signs of a given point.
 *
 * <p>Formula: θ_i = s_i e^{η_i} for the parameters that are not 0 at the given point, s_i = ±1; the
 * others stay 0 and have no coordinate. J = diag(θ), ∂²θ_i/∂η_i² = θ_i.
 *
 * <p>Shapes: one coordinate a non-zero parameter, in their order. Cost: O(parameters). Errors: a
 * point of another orthant has no coordinates.
 *
 * <p>Source: docs/mathematics.md#log-magnitude; at the given point the trace of JᵀHJ is {@code
 * log-weight-trace}. Immutable.
 */
public final class LogMagnitude implements Coordinates {
  private final double[] signs;
  private final int dimension;

  /**
   * Makes the coordinates of a point's orthant.
   *
   * @param theta the point
   * @throws IllegalArgumentException if an entry is not finite, or all are 0
   */
  public LogMagnitude(double[] theta) {
    signs = new double[theta.length];
    int count = 0;
    for (int i = 0; i < theta.length; i++) {
      if (!Double.isFinite(theta[i])) {
        throw new IllegalArgumentException(
            "parameter " + i + " is " + theta[i] + ", expected a finite number");
      }
      signs[i] = Math.signum(theta[i]);
      count += signs[i] == 0 ? 0 : 1;
    }
    if (count == 0) {
      throw new IllegalArgumentException(
          "all " + theta.length + " parameters are 0 and have no magnitude to vary");
    }
    dimension = count;
  }

  @Override
  public int dimension() {
    return dimension;
  }

  @Override
  public int parameters() {
    return signs.length;
  }

  @Override
  public boolean contains(double[] eta) {
    Lengths.require(eta.length, dimension, "coordinates");
    for (double x : eta) {
      if (!Double.isFinite(Math.exp(x)) || Math.exp(x) == 0) {
        return false;
      }
    }
    return true;
  }

  @Override
  public double[] parametersAt(double[] eta) {
    Lengths.require(eta.length, dimension, "coordinates");
    double[] theta = new double[signs.length];
    for (int i = 0, j = 0; i < signs.length; i++) {
      if (signs[i] != 0) {
        double magnitude = Math.exp(eta[j]);
        if (!Double.isFinite(magnitude) || magnitude == 0) {
          throw new IllegalArgumentException(
              "coordinate "
                  + j
                  + " is "
                  + eta[j]
                  + ", expected a logarithm of a positive double; stay nearer to the point");
        }
        theta[i] = signs[i] * magnitude;
        j++;
      }
    }
    return theta;
  }

  @Override
  public double[] coordinatesOf(double[] theta) {
    Lengths.require(theta.length, signs.length, "parameters");
    double[] eta = new double[dimension];
    for (int i = 0, j = 0; i < signs.length; i++) {
      if (Math.signum(theta[i]) != signs[i]) {
        throw new IllegalArgumentException(
            "parameter "
                + i
                + " is "
                + theta[i]
                + ", expected "
                + (signs[i] > 0 ? "a positive number" : signs[i] < 0 ? "a negative number" : "0")
                + "; make the coordinates at a point of the same signs");
      }
      if (signs[i] != 0) {
        eta[j++] = Math.log(Math.abs(theta[i]));
      }
    }
    return eta;
  }

  @Override
  public Derivative derivativeAt(double[] eta) {
    double[] theta = parametersAt(eta);
    return new Derivative() {
      @Override
      public void push(double[] direction, double[] result) {
        for (int i = 0, j = 0; i < theta.length; i++) {
          result[i] = theta[i] == 0 ? 0 : theta[i] * direction[j++];
        }
      }

      @Override
      public void pull(double[] covector, double[] result) {
        for (int i = 0, j = 0; i < theta.length; i++) {
          if (theta[i] != 0) {
            result[j++] = theta[i] * covector[i];
          }
        }
      }

      @Override
      public void addSecond(double[] covector, double[] direction, double[] result) {
        for (int i = 0, j = 0; i < theta.length; i++) {
          if (theta[i] != 0) {
            result[j] += covector[i] * theta[i] * direction[j];
            j++;
          }
        }
      }
    };
  }
}
