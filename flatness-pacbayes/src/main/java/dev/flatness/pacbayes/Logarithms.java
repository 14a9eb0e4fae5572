package dev.flatness.pacbayes;

/** Differences of logarithms that cancel. */
final class Logarithms {
  private static final double SMALL = 0.1;
  private static final int TERMS = 18;

  private Logarithms() {}

  /** Returns x − ln (1 + x) for x > −1, to full relative precision also near 0. */
  static double excess(double x) {
    if (Math.abs(x) >= SMALL) {
      return x - Math.log1p(x);
    }
    // x² (1/2 − x/3 + x²/4 − …), the last term below 0.1^17.
    double sum = 0;
    for (int k = TERMS; k >= 2; k--) {
      sum = 1.0 / k - x * sum;
    }
    return x * x * sum;
  }
}
