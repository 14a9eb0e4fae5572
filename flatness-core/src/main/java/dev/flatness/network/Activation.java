package dev.flatness.network;

/**
 * An element-wise activation function σ with its first two derivatives.
 *
 * <p>Formula: ReLU max(0, x); leaky ReLU max(0, x) + a·min(0, x); ELU x for x &gt; 0, else a(eˣ −
 * 1); GELU x·Φ(x) with the normal distribution function Φ, or its tanh approximation; softplus ln(1
 * + eˣ). At a kink the derivative of max(0, ·) is 0.
 *
 * <p>Cost: constant a call. Source: the derivative convention is docs/mathematics.md#kinks.
 *
 * @param kind which function
 * @param slope the slope a of leaky ReLU and ELU at the negative side; 0 for the others
 */
public record Activation(Kind kind, double slope) {
  /** The functions. */
  public enum Kind {
    /** max(0, x). */
    RELU,
    /** x for x &gt; 0, else a·x. */
    LEAKY_RELU,
    /** x. */
    IDENTITY,
    /** Hyperbolic tangent. */
    TANH,
    /** 1/(1 + e⁻ˣ). */
    SIGMOID,
    /** ln(1 + eˣ). */
    SOFTPLUS,
    /** x·Φ(x). */
    GELU,
    /** ½x(1 + tanh(√(2/π)(x + 0.044715x³))). */
    GELU_TANH,
    /** x for x &gt; 0, else a(eˣ − 1). */
    ELU
  }

  /** max(0, x). */
  public static final Activation RELU = new Activation(Kind.RELU, 0);

  /** x. */
  public static final Activation IDENTITY = new Activation(Kind.IDENTITY, 0);

  /** Hyperbolic tangent. */
  public static final Activation TANH = new Activation(Kind.TANH, 0);

  /** 1/(1 + e⁻ˣ). */
  public static final Activation SIGMOID = new Activation(Kind.SIGMOID, 0);

  /** ln(1 + eˣ). */
  public static final Activation SOFTPLUS = new Activation(Kind.SOFTPLUS, 0);

  /** x·Φ(x). */
  public static final Activation GELU = new Activation(Kind.GELU, 0);

  /** The tanh approximation of GELU. */
  public static final Activation GELU_TANH = new Activation(Kind.GELU_TANH, 0);

  private static final double SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);
  private static final double CUBIC = 0.044715;

  /**
   * Checks that the slope is finite.
   *
   * @param kind which function
   * @param slope the slope a of leaky ReLU and ELU at the negative side; 0 for the others
   */
  public Activation {
    if (!Double.isFinite(slope)) {
      throw new IllegalArgumentException(
          "slope of activation " + kind + " is " + slope + ", expected a finite number");
    }
  }

  /**
   * Makes a leaky ReLU.
   *
   * @param slope the slope for negative arguments
   * @return the activation
   */
  public static Activation leakyRelu(double slope) {
    return new Activation(Kind.LEAKY_RELU, slope);
  }

  /**
   * Makes an ELU.
   *
   * @param scale the factor a of eˣ − 1
   * @return the activation
   */
  public static Activation elu(double scale) {
    return new Activation(Kind.ELU, scale);
  }

  /**
   * Tells whether σ is piecewise linear.
   *
   * @return true for ReLU, leaky ReLU and identity
   */
  public boolean piecewiseLinear() {
    return kind == Kind.RELU || kind == Kind.LEAKY_RELU || kind == Kind.IDENTITY;
  }

  /**
   * Tells whether σ(c·x) = c·σ(x) for every c &gt; 0.
   *
   * @return true for the piecewise linear ones
   */
  public boolean positivelyHomogeneous() {
    return piecewiseLinear();
  }

  /**
   * Evaluates σ(x).
   *
   * @param x the argument
   * @return σ(x)
   */
  public double value(double x) {
    return switch (kind) {
      case RELU -> x > 0 ? x : 0;
      case LEAKY_RELU -> x > 0 ? x : slope * x;
      case IDENTITY -> x;
      case TANH -> Math.tanh(x);
      case SIGMOID -> sigmoid(x);
      case SOFTPLUS -> Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
      case GELU -> x * NormalDistribution.cumulative(x);
      // ½(1 + tanh u) is the sigmoid of 2u, which does not cancel in the left tail.
      case GELU_TANH -> x * sigmoid(2 * SQRT_2_OVER_PI * (x + CUBIC * x * x * x));
      case ELU -> x > 0 ? x : slope * Math.expm1(x);
    };
  }

  /**
   * Evaluates σ′(x); at a kink the left derivative.
   *
   * @param x the argument
   * @return σ′(x)
   */
  public double derivative(double x) {
    switch (kind) {
      case RELU:
        return x > 0 ? 1 : 0;
      case LEAKY_RELU:
        return x > 0 ? 1 : slope;
      case IDENTITY:
        return 1;
      case TANH:
        return sechSquared(x);
      case SIGMOID:
        return sigmoid(x) * sigmoid(-x);
      case SOFTPLUS:
        return sigmoid(x);
      case GELU:
        return NormalDistribution.cumulative(x) + x * NormalDistribution.density(x);
      case GELU_TANH:
        double u = SQRT_2_OVER_PI * (x + CUBIC * x * x * x);
        double du = SQRT_2_OVER_PI * (1 + 3 * CUBIC * x * x);
        return sigmoid(2 * u) + 0.5 * x * sechSquared(u) * du;
      case ELU:
        return x > 0 ? 1 : slope * Math.exp(x);
      default:
        throw new AssertionError(kind);
    }
  }

  /**
   * Evaluates σ″(x); at a kink the left derivative of σ′.
   *
   * @param x the argument
   * @return σ″(x)
   */
  public double secondDerivative(double x) {
    switch (kind) {
      case RELU, LEAKY_RELU, IDENTITY:
        return 0;
      case TANH:
        return -2 * Math.tanh(x) * sechSquared(x);
      case SIGMOID:
        return sigmoid(x) * sigmoid(-x) * (sigmoid(-x) - sigmoid(x));
      case SOFTPLUS:
        return sigmoid(x) * sigmoid(-x);
      case GELU:
        return NormalDistribution.density(x) * (2 - x * x);
      case GELU_TANH:
        double u = SQRT_2_OVER_PI * (x + CUBIC * x * x * x);
        double du = SQRT_2_OVER_PI * (1 + 3 * CUBIC * x * x);
        double ddu = SQRT_2_OVER_PI * 6 * CUBIC * x;
        double s = sechSquared(u);
        return s * du + 0.5 * x * s * (ddu - 2 * Math.tanh(u) * du * du);
      case ELU:
        return x > 0 ? 0 : slope * Math.exp(x);
      default:
        throw new AssertionError(kind);
    }
  }

  private static double sigmoid(double x) {
    if (x >= 0) {
      return 1 / (1 + Math.exp(-x));
    }
    double e = Math.exp(x);
    return e / (1 + e);
  }

  /** 1 − tanh² without cancellation. */
  private static double sechSquared(double x) {
    double c = Math.cosh(x);
    return 1 / c / c;
  }
}
