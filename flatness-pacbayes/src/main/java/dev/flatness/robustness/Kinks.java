package dev.flatness.robustness;

import dev.flatness.network.Activation;

/** Where the slope of an activation jumps, and differences of its values that do not cancel. */
final class Kinks {
  /** Changes beyond which the difference of two values of a smooth function loses few digits. */
  private static final double SMALL = 0.01;

  private static final double TINY = 1e-4;
  private static final double TWO_NODES = Math.sqrt(1.0 / 3);
  private static final double THREE_NODES = Math.sqrt(0.6);

  /** Nodes and weights of Gauss and Legendre on [0, 1], exact to degree 9. */
  static final double[] NODES = {
    0.046910077030668004, 0.23076534494715845, 0.5, 0.7692346550528415, 0.953089922969332
  };

  static final double[] WEIGHTS = {
    0.11846344252809454,
    0.23931433524968324,
    0.28444444444444444,
    0.23931433524968324,
    0.11846344252809454
  };

  private static final double[] NONE = {};
  private static final double[] ZERO = {0};
  private static final double[] HARD_SWISH = {-3, 3};

  private Kinks() {}

  /** The arguments where the slope jumps, ascending. */
  static double[] of(Activation function) {
    return switch (function.kind()) {
      case RELU, LEAKY_RELU -> ZERO;
      case ELU, SELU ->
          function.derivative(0) == function.derivative(Double.MIN_VALUE) ? NONE : ZERO;
      case CELU, IDENTITY, TANH, SIGMOID, SOFTPLUS, GELU, GELU_TANH, SILU, MISH, SOFTSIGN -> NONE;
      case HARD_SWISH -> HARD_SWISH;
      case HARD_SIGMOID ->
          sorted(
              -function.parameters().get(1) / function.parameters().get(0),
              (1 - function.parameters().get(1)) / function.parameters().get(0));
      case CLIP -> sorted(function.parameters().get(0), function.parameters().get(1));
      case THRESHOLDED_RELU -> new double[] {function.parameters().get(0)};
    };
  }

  private static double[] sorted(double a, double b) {
    return a <= b ? new double[] {a, b} : new double[] {b, a};
  }

  /** Whether z and z + change lie on different sides of a kink; a kink belongs to its left. */
  static boolean crossed(double[] kinks, double z, double change) {
    for (double kink : kinks) {
      if (z > kink ? change <= kink - z : change > kink - z) {
        return true;
      }
    }
    return false;
  }

  /** The smallest distance to a kink. */
  static double distance(double[] kinks, double z) {
    double least = Double.POSITIVE_INFINITY;
    for (double kink : kinks) {
      least = Math.min(least, Math.abs(z - kink));
    }
    return least;
  }

  /** σ(z + change) − σ(z). */
  static double change(Activation function, double[] kinks, double z, double change) {
    switch (function.kind()) {
      case RELU:
        return z > 0 ? Math.max(change, -z) : Math.max(z + change, 0);
      case LEAKY_RELU:
        double slope = function.derivative(-1);
        double positive = z > 0 ? Math.max(change, -z) : Math.max(z + change, 0);
        return positive + slope * (change - positive);
      case IDENTITY:
        return change;
      default:
        break;
    }
    if (crossed(kinks, z, change) || steepness(function) * Math.abs(change) > SMALL) {
      return function.value(z + change) - function.value(z);
    }
    boolean breaks =
        switch (function.kind()) {
          case ELU, CELU, SELU, SOFTSIGN -> true;
          default -> false;
        };
    if (breaks && z > 0 != z + change > 0) {
      // The second derivative jumps at 0, and no rule is exact across a jump.
      return integral(function, z, -z) + integral(function, 0, z + change);
    }
    return integral(function, z, change);
  }

  /** How much faster σ bends than a function of its kind of unit scale. */
  private static double steepness(Activation function) {
    return switch (function.kind()) {
      case SILU -> Math.max(1, Math.abs(function.parameters().get(0)));
      case CELU -> Math.max(1, 1 / Math.abs(function.parameters().get(0)));
      default -> 1;
    };
  }

  /** The integral of σ′ from z over a small change, along which σ is smooth. */
  private static double integral(Activation function, double z, double change) {
    double half = change / 2;
    // Gauss and Legendre with two or three nodes: the error is below rounding on both ranges.
    if (steepness(function) * Math.abs(change) <= TINY) {
      double to = half * TWO_NODES;
      return half * (function.derivative(z + half - to) + function.derivative(z + half + to));
    }
    double to = half * THREE_NODES;
    double outer = function.derivative(z + half - to) + function.derivative(z + half + to);
    return change / 18 * (8 * function.derivative(z + half) + 5 * outer);
  }
}
