package dev.flatness.testkit;

import dev.flatness.network.Activation;

/**
 * σ(x), σ′(x) and σ″(x) from their definitions, without the library's own functions.
 *
 * @param value σ(x)
 * @param first σ′(x); at a kink the left derivative
 * @param second σ″(x)
 */
record ScalarActivation(double value, double first, double second) {
  static ScalarActivation at(Activation function, double x) {
    double a = number(function, 0);
    double b = number(function, 1);
    return switch (function.kind()) {
      case IDENTITY -> new ScalarActivation(x, 1, 0);
      case RELU -> x > 0 ? new ScalarActivation(x, 1, 0) : new ScalarActivation(0, 0, 0);
      case LEAKY_RELU -> x > 0 ? new ScalarActivation(x, 1, 0) : new ScalarActivation(a * x, a, 0);
      case ELU ->
          x > 0
              ? new ScalarActivation(x, 1, 0)
              : new ScalarActivation(a * Math.expm1(x), a * Math.exp(x), a * Math.exp(x));
      case TANH -> {
        double t = Math.tanh(x);
        yield new ScalarActivation(t, 1 - t * t, -2 * t * (1 - t * t));
      }
      case SIGMOID -> {
        double s = 1 / (1 + Math.exp(-x));
        yield new ScalarActivation(s, s * (1 - s), s * (1 - s) * (1 - 2 * s));
      }
      case SOFTPLUS -> {
        double s = 1 / (1 + Math.exp(-x));
        yield new ScalarActivation(Math.log1p(Math.exp(x)), s, s * (1 - s));
      }
      case GELU -> {
        double density = Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
        double cumulative = cumulative(x, density);
        yield new ScalarActivation(x * cumulative, cumulative + x * density, density * (2 - x * x));
      }
      case GELU_TANH -> {
        double c = Math.sqrt(2 / Math.PI);
        double t = Math.tanh(c * (x + 0.044715 * x * x * x));
        double u = c * (1 + 3 * 0.044715 * x * x);
        double t1 = (1 - t * t) * u;
        double t2 = (1 - t * t) * c * 6 * 0.044715 * x - 2 * t * (1 - t * t) * u * u;
        yield new ScalarActivation(x * (1 + t) / 2, (1 + t) / 2 + x * t1 / 2, t1 + x * t2 / 2);
      }
      case CELU ->
          x > 0
              ? new ScalarActivation(x, 1, 0)
              : new ScalarActivation(a * Math.expm1(x / a), Math.exp(x / a), Math.exp(x / a) / a);
      case SELU ->
          x > 0
              ? new ScalarActivation(b * x, b, 0)
              : new ScalarActivation(
                  a * b * Math.expm1(x), a * b * Math.exp(x), a * b * Math.exp(x));
      case SILU -> {
        double s = 1 / (1 + Math.exp(-a * x));
        double s1 = a * s * (1 - s);
        yield new ScalarActivation(x * s, s + x * s1, 2 * s1 + x * a * s1 * (1 - 2 * s));
      }
      case MISH -> {
        double s = 1 / (1 + Math.exp(-x));
        double t = Math.tanh(Math.log1p(Math.exp(x)));
        double t1 = (1 - t * t) * s;
        double t2 = (1 - t * t) * s * (1 - s) - 2 * t * t1 * s;
        yield new ScalarActivation(x * t, t + x * t1, 2 * t1 + x * t2);
      }
      case SOFTSIGN -> {
        double d = 1 + Math.abs(x);
        yield new ScalarActivation(x / d, 1 / (d * d), -2 * Math.signum(x) / (d * d * d));
      }
      case HARD_SWISH ->
          Math.abs(x) >= 3
              ? new ScalarActivation(x > 0 ? x : 0, x > 0 ? 1 : 0, 0)
              : new ScalarActivation(x * (x + 3) / 6, (2 * x + 3) / 6, 1.0 / 3);
      case HARD_SIGMOID -> limited(a * x + b, 0, 1, a);
      case CLIP -> limited(x, a, b, 1);
      case THRESHOLDED_RELU ->
          x > a ? new ScalarActivation(x, 1, 0) : new ScalarActivation(0, 0, 0);
    };
  }

  private static double number(Activation function, int index) {
    return index < function.parameters().size() ? function.parameters().get(index) : 0;
  }

  private static ScalarActivation limited(double z, double low, double high, double slope) {
    boolean inside = z > low && z < high;
    return new ScalarActivation(Math.min(high, Math.max(low, z)), inside ? slope : 0, 0);
  }

  /** ½ + φ(x) Σ x^{2n+1} / (2n+1)!!, whose terms have one sign. */
  private static double cumulative(double x, double density) {
    double term = x;
    double sum = x;
    for (int n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
      term *= x * x / (2 * n + 1);
      sum += term;
    }
    return 0.5 + density * sum;
  }
}
