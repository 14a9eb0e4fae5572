package dev.flatness.measure;

/**
 * Student's t: where 97.5 % of the law lie below.
 *
 * <p>Source: Hill 1970, Algorithm 396, of 1e-6 relative accuracy or better; closed forms for 1 and
 * 2 degrees of freedom.
 */
final class Student {
  /** What lies outside on both sides. */
  private static final double OUTSIDE = 0.05;

  private static final double NORMAL = -1.959963984540054;

  private Student() {}

  static double quantile(double n) {
    if (n == 1) {
      return 1 / StrictMath.tan(OUTSIDE * Math.PI / 2);
    }
    if (n == 2) {
      return Math.sqrt(2 / (OUTSIDE * (2 - OUTSIDE)) - 2);
    }
    double a = 1 / (n - 0.5);
    double b = 48 / (a * a);
    double c = ((20700 * a / b - 98) * a - 16) * a + 96.36;
    double d = ((94.5 / (b + c) - 3) / b + 1) * Math.sqrt(a * Math.PI / 2) * n;
    double y = StrictMath.pow(d * OUTSIDE, 2 / n);
    if (y <= 0.05 + a) {
      y =
          ((1 / (((n + 6) / (n * y) - 0.089 * d - 0.822) * (n + 2) * 3) + 0.5 / (n + 4)) * y - 1)
                  * (n + 1)
                  / (n + 2)
              + 1 / y;
      return Math.sqrt(n * y);
    }
    double x = NORMAL;
    y = x * x;
    if (n < 5) {
      c += 0.3 * (n - 4.5) * (x + 0.6);
    }
    c = (((0.05 * d * x - 5) * x - 7) * x - 2) * x + b + c;
    y = (((((0.4 * y + 6.3) * y + 36) * y + 94.5) / c - y - 3) / b + 1) * x;
    return Math.sqrt(n * StrictMath.expm1(a * y * y));
  }
}
