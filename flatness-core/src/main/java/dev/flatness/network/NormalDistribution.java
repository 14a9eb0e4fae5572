package dev.flatness.network;

/** The standard normal distribution, for GELU. */
final class NormalDistribution {
  private static final double INV_SQRT_2PI = 1 / Math.sqrt(2 * Math.PI);

  private NormalDistribution() {}

  static double density(double x) {
    return INV_SQRT_2PI * Math.exp(-0.5 * x * x);
  }

  /**
   * Φ(x), to a few units in the last place: the series Φ(x) = ½ + φ(x)·Σ x^{2k+1}/(2k+1)!! near the
   * center, the continued fraction of Mills' ratio in the tails, where ½ − … would cancel.
   */
  static double cumulative(double x) {
    double a = Math.abs(x);
    if (a < 2) {
      double term = a;
      double sum = a;
      for (int k = 1; k < 200; k++) {
        term *= a * a / (2 * k + 1);
        sum += term;
        if (term < sum * 0x1p-56) {
          break;
        }
      }
      double half = density(a) * sum;
      return x >= 0 ? 0.5 + half : 0.5 - half;
    }
    double tail = 0;
    if (a < 40) {
      double fraction = 0;
      for (int k = 80; k >= 1; k--) {
        fraction = k / (a + fraction);
      }
      tail = density(a) / (a + fraction);
    }
    return x >= 0 ? 1 - tail : tail;
  }
}
