package dev.flatness.network;

import java.util.List;

/**
 * An element-wise activation function σ with its first two derivatives.
 *
 * <p>Formula: that of its {@link Kind}, with the parameters a, b of the function. At a kink the
 * derivative of max(0, ·) is 0, and min(b, x) = b − max(0, b − x): outside and at the ends of a
 * clipped range the derivative is 0. Second derivatives at a kink are those from the left.
 *
 * <p>Shapes: one function for all entries, or, for leaky ReLU, one per channel (the first axis);
 * then {@link #at} gives the function of a channel. Cost: constant a call. Errors: {@link
 * IllegalArgumentException} for parameters that do not fit the kind. Source: the derivative
 * convention is docs/mathematics.md#kinks.
 *
 * @param kind which function
 * @param parameters its numbers a, b; constants of the network
 */
public record Activation(Kind kind, List<Double> parameters) {
  /** The functions. */
  public enum Kind {
    /** max(0, x). */
    RELU(0),
    /** x for x &gt; 0, else a·x; one a, or one per channel. */
    LEAKY_RELU(1),
    /** x. */
    IDENTITY(0),
    /** Hyperbolic tangent. */
    TANH(0),
    /** 1/(1 + e⁻ˣ). */
    SIGMOID(0),
    /** ln(1 + eˣ). */
    SOFTPLUS(0),
    /** x·Φ(x) with the normal distribution function Φ. */
    GELU(0),
    /** ½x(1 + tanh(√(2/π)(x + 0.044715x³))). */
    GELU_TANH(0),
    /** x for x &gt; 0, else a(eˣ − 1). */
    ELU(1),
    /** x for x &gt; 0, else a(eˣᐟᵃ − 1). */
    CELU(1),
    /** b times x for x &gt; 0, else b·a(eˣ − 1). */
    SELU(2),
    /** x/(1 + e⁻ᵃˣ). */
    SILU(1),
    /** x·tanh(ln(1 + eˣ)). */
    MISH(0),
    /** x/(1 + |x|). */
    SOFTSIGN(0),
    /** x·min(1, max(0, x/6 + ½)). */
    HARD_SWISH(0),
    /** min(1, max(0, ax + b)). */
    HARD_SIGMOID(2),
    /** min(b, max(a, x)); a and b may be infinite. */
    CLIP(2),
    /** x for x &gt; a, else 0. */
    THRESHOLDED_RELU(1);

    private final int parameters;

    Kind(int parameters) {
      this.parameters = parameters;
    }
  }

  /** max(0, x). */
  public static final Activation RELU = new Activation(Kind.RELU);

  /** x. */
  public static final Activation IDENTITY = new Activation(Kind.IDENTITY);

  /** Hyperbolic tangent. */
  public static final Activation TANH = new Activation(Kind.TANH);

  /** 1/(1 + e⁻ˣ). */
  public static final Activation SIGMOID = new Activation(Kind.SIGMOID);

  /** ln(1 + eˣ). */
  public static final Activation SOFTPLUS = new Activation(Kind.SOFTPLUS);

  /** x·Φ(x). */
  public static final Activation GELU = new Activation(Kind.GELU);

  /** The tanh approximation of GELU. */
  public static final Activation GELU_TANH = new Activation(Kind.GELU_TANH);

  /** x/(1 + e⁻ˣ), also called Swish. */
  public static final Activation SILU = silu(1);

  /** x·tanh(ln(1 + eˣ)). */
  public static final Activation MISH = new Activation(Kind.MISH);

  /** x/(1 + |x|). */
  public static final Activation SOFTSIGN = new Activation(Kind.SOFTSIGN);

  /** x·min(1, max(0, x/6 + ½)). */
  public static final Activation HARD_SWISH = new Activation(Kind.HARD_SWISH);

  private static final double SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);
  private static final double CUBIC = 0.044715;

  /**
   * Checks the parameters.
   *
   * @param kind which function
   * @param parameters its numbers a, b; constants of the network
   */
  public Activation {
    parameters = List.copyOf(parameters);
    boolean perChannel = kind == Kind.LEAKY_RELU && !parameters.isEmpty();
    if (!perChannel && parameters.size() != kind.parameters) {
      throw new IllegalArgumentException(
          "activation "
              + kind
              + " has "
              + parameters.size()
              + " parameters, expected "
              + kind.parameters);
    }
    for (double parameter : parameters) {
      if (Double.isNaN(parameter) || kind != Kind.CLIP && Double.isInfinite(parameter)) {
        throw new IllegalArgumentException(
            "activation " + kind + " has the parameter " + parameter + ", expected a number");
      }
    }
    if (kind == Kind.CLIP && parameters.get(0) > parameters.get(1)) {
      throw new IllegalArgumentException(
          "activation CLIP has the range " + parameters + ", expected the lower bound first");
    }
    if (kind == Kind.CELU && !(parameters.get(0) > 0)) {
      throw new IllegalArgumentException(
          "activation CELU has the parameter "
              + parameters.get(0)
              + ", expected a positive number");
    }
  }

  private Activation(Kind kind, Double... parameters) {
    this(kind, List.of(parameters));
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
   * Makes a leaky ReLU with a slope of its own for each channel.
   *
   * @param slopes the slopes for negative arguments, one per channel
   * @return the activation
   */
  public static Activation leakyRelu(List<Double> slopes) {
    return new Activation(Kind.LEAKY_RELU, slopes);
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
   * Makes a CELU.
   *
   * @param scale the number a, positive
   * @return the activation
   */
  public static Activation celu(double scale) {
    return new Activation(Kind.CELU, scale);
  }

  /**
   * Makes a SELU.
   *
   * @param alpha the factor a of eˣ − 1
   * @param gamma the factor b of both sides
   * @return the activation
   */
  public static Activation selu(double alpha, double gamma) {
    return new Activation(Kind.SELU, alpha, gamma);
  }

  /**
   * Makes a SiLU whose sigmoid is of a·x.
   *
   * @param factor the factor a; 1 is the usual SiLU
   * @return the activation
   */
  public static Activation silu(double factor) {
    return new Activation(Kind.SILU, factor);
  }

  /**
   * Makes a hard sigmoid.
   *
   * @param alpha the factor a of x
   * @param beta the summand b
   * @return the activation
   */
  public static Activation hardSigmoid(double alpha, double beta) {
    return new Activation(Kind.HARD_SIGMOID, alpha, beta);
  }

  /**
   * Makes a clipping to a range; ReLU6 is clip(0, 6). A range from 0 without an end is a ReLU, one
   * without any end the identity.
   *
   * @param low the smallest value, perhaps −∞
   * @param high the largest value, perhaps ∞
   * @return the activation
   */
  public static Activation clip(double low, double high) {
    if (high == Double.POSITIVE_INFINITY && low == 0) {
      return RELU;
    } else if (high == Double.POSITIVE_INFINITY && low == Double.NEGATIVE_INFINITY) {
      return IDENTITY;
    }
    return new Activation(Kind.CLIP, low, high);
  }

  /**
   * Makes a thresholded ReLU; a ReLU if the threshold is 0.
   *
   * @param threshold the largest argument whose value is 0
   * @return the activation
   */
  public static Activation thresholdedRelu(double threshold) {
    return threshold == 0 ? RELU : new Activation(Kind.THRESHOLDED_RELU, threshold);
  }

  /**
   * Tells whether the function differs between channels.
   *
   * @return true for a leaky ReLU with several slopes
   */
  public boolean perChannel() {
    return kind == Kind.LEAKY_RELU && parameters.size() > 1;
  }

  /**
   * Returns the function of one channel.
   *
   * @param channel the channel
   * @return this activation if all channels have the same
   */
  public Activation at(int channel) {
    return perChannel() ? leakyRelu(parameters.get(channel)) : this;
  }

  /**
   * Tells whether σ is piecewise linear.
   *
   * @return true for ReLU, leaky ReLU, identity, clip, hard sigmoid and thresholded ReLU
   */
  public boolean piecewiseLinear() {
    return positivelyHomogeneous()
        || kind == Kind.CLIP
        || kind == Kind.HARD_SIGMOID
        || kind == Kind.THRESHOLDED_RELU;
  }

  /**
   * Tells whether σ(c·x) = c·σ(x) for every c &gt; 0.
   *
   * @return true for ReLU, leaky ReLU and identity
   */
  public boolean positivelyHomogeneous() {
    return kind == Kind.RELU || kind == Kind.LEAKY_RELU || kind == Kind.IDENTITY;
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
      case LEAKY_RELU -> x > 0 ? x : slope() * x;
      case IDENTITY -> x;
      case TANH -> Math.tanh(x);
      case SIGMOID -> sigmoid(x);
      case SOFTPLUS -> softplus(x);
      case GELU -> x * NormalDistribution.cumulative(x);
      // ½(1 + tanh u) is the sigmoid of 2u, which does not cancel in the left tail.
      case GELU_TANH -> x * sigmoid(2 * SQRT_2_OVER_PI * (x + CUBIC * x * x * x));
      case ELU -> x > 0 ? x : a() * Math.expm1(x);
      case CELU -> x > 0 ? x : a() * Math.expm1(x / a());
      case SELU -> b() * (x > 0 ? x : a() * Math.expm1(x));
      case SILU -> x * sigmoid(a() * x);
      case MISH -> x * Math.tanh(softplus(x));
      case SOFTSIGN -> x / (1 + Math.abs(x));
      case HARD_SWISH -> x * clipped(x / 6 + 0.5, 0, 1);
      case HARD_SIGMOID -> clipped(a() * x + b(), 0, 1);
      case CLIP -> clipped(x, a(), b());
      case THRESHOLDED_RELU -> x > a() ? x : 0;
    };
  }

  /**
   * Evaluates σ′(x).
   *
   * @param x the argument
   * @return σ′(x)
   */
  public double derivative(double x) {
    return switch (kind) {
      case RELU -> x > 0 ? 1 : 0;
      case LEAKY_RELU -> x > 0 ? 1 : slope();
      case IDENTITY -> 1;
      case TANH -> sechSquared(x);
      case SIGMOID -> sigmoid(x) * sigmoid(-x);
      case SOFTPLUS -> sigmoid(x);
      case GELU -> NormalDistribution.cumulative(x) + x * NormalDistribution.density(x);
      case GELU_TANH -> {
        double u = SQRT_2_OVER_PI * (x + CUBIC * x * x * x);
        double du = SQRT_2_OVER_PI * (1 + 3 * CUBIC * x * x);
        double s = sechSquared(u);
        yield sigmoid(2 * u) + (s == 0 ? 0 : 0.5 * x * s * du);
      }
      case ELU -> x > 0 ? 1 : a() * Math.exp(x);
      case CELU -> x > 0 ? 1 : Math.exp(x / a());
      case SELU -> b() * (x > 0 ? 1 : a() * Math.exp(x));
      case SILU -> {
        double u = a() * x;
        yield sigmoid(u) * (1 + u * sigmoid(-u));
      }
      case MISH -> {
        double u = softplus(x);
        yield Math.tanh(u) + x * sechSquared(u) * sigmoid(x);
      }
      case SOFTSIGN -> 1 / (1 + Math.abs(x)) / (1 + Math.abs(x));
      case HARD_SWISH -> x <= -3 ? 0 : x < 3 ? x / 3 + 0.5 : 1;
      case HARD_SIGMOID -> inside(a() * x + b(), 0, 1) ? a() : 0;
      case CLIP -> inside(x, a(), b()) ? 1 : 0;
      case THRESHOLDED_RELU -> x > a() ? 1 : 0;
    };
  }

  /**
   * Evaluates σ″(x); at a kink the left derivative of σ′.
   *
   * @param x the argument
   * @return σ″(x)
   */
  public double secondDerivative(double x) {
    return switch (kind) {
      case RELU, LEAKY_RELU, IDENTITY, HARD_SIGMOID, CLIP, THRESHOLDED_RELU -> 0;
      case TANH -> -2 * Math.tanh(x) * sechSquared(x);
      case SIGMOID -> sigmoid(x) * sigmoid(-x) * (sigmoid(-x) - sigmoid(x));
      case SOFTPLUS -> sigmoid(x) * sigmoid(-x);
      case GELU -> {
        double density = NormalDistribution.density(x);
        yield density == 0 ? 0 : density * (2 - x * x);
      }
      case GELU_TANH -> {
        double u = SQRT_2_OVER_PI * (x + CUBIC * x * x * x);
        double du = SQRT_2_OVER_PI * (1 + 3 * CUBIC * x * x);
        double ddu = SQRT_2_OVER_PI * 6 * CUBIC * x;
        double s = sechSquared(u);
        yield s == 0 ? 0 : s * du + 0.5 * x * s * (ddu - 2 * Math.tanh(u) * du * du);
      }
      case ELU -> x > 0 ? 0 : a() * Math.exp(x);
      case CELU -> x > 0 ? 0 : Math.exp(x / a()) / a();
      case SELU -> x > 0 ? 0 : b() * a() * Math.exp(x);
      case SILU -> {
        double u = a() * x;
        double p = sigmoid(u);
        double q = sigmoid(-u);
        yield a() * p * q * (2 + u * (q - p));
      }
      case MISH -> {
        double u = softplus(x);
        double p = sigmoid(x);
        double slope = sechSquared(u) * p;
        yield slope * (2 + x * (sigmoid(-x) - 2 * Math.tanh(u) * p));
      }
      case SOFTSIGN -> -2 * Math.signum(x) / Math.pow(1 + Math.abs(x), 3);
      case HARD_SWISH -> x > -3 && x <= 3 ? 1.0 / 3 : 0;
    };
  }

  private double a() {
    return parameters.get(0);
  }

  private double b() {
    return parameters.get(1);
  }

  private double slope() {
    if (perChannel()) {
      throw new IllegalStateException("activation differs by channel; evaluate at(channel)");
    }
    return a();
  }

  private static double clipped(double x, double low, double high) {
    return Math.min(high, Math.max(low, x));
  }

  private static boolean inside(double x, double low, double high) {
    return x > low && x < high;
  }

  private static double softplus(double x) {
    return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
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
