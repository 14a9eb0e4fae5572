package dev.flatness.measure;

/**
 * Student's t: what a share of the law, half of it on either side, lies outside of.
 *
 * <p>Source: Hill 1970, Algorithm 396, whose relative error is below 1e-5 from 3 degrees of freedom
 * on, and 1 % at 1.5; closed forms for 1 and 2. The normal quantile is Acklam's, to 1.2e-9.
 */
final class Student {
  /** What lies outside a 95 % interval. */
  private static final double OUTSIDE = 0.05;

  private static final double NORMAL = -1.959963984540054;

  private Student() {}

  static double quantile(double n) {
    return quantile(n, OUTSIDE);
  }

  /** At least n = 1 degrees of freedom; the share outside is at most 5 %. */
  static double quantile(double n, double outside) {
    if (n == 1) {
      return 1 / StrictMath.tan(outside * Math.PI / 2);
    }
    if (n == 2) {
      return Math.sqrt(2 / (outside * (2 - outside)) - 2);
    }
    double a = 1 / (n - 0.5);
    double b = 48 / (a * a);
    double c = ((20700 * a / b - 98) * a - 16) * a + 96.36;
    double d = ((94.5 / (b + c) - 3) / b + 1) * Math.sqrt(a * Math.PI / 2) * n;
    double y = StrictMath.pow(d * outside, 2 / n);
    if (y <= 0.05 + a) {
      y =
          ((1 / (((n + 6) / (n * y) - 0.089 * d - 0.822) * (n + 2) * 3) + 0.5 / (n + 4)) * y - 1)
                  * (n + 1)
                  / (n + 2)
              + 1 / y;
      return Math.sqrt(n * y);
    }
    double x = normal(outside / 2);
    y = x * x;
    if (n < 5) {
      c += 0.3 * (n - 4.5) * (x + 0.6);
    }
    c = (((0.05 * d * x - 5) * x - 7) * x - 2) * x + b + c;
    y = (((((0.4 * y + 6.3) * y + 36) * y + 94.5) / c - y - 3) / b + 1) * x;
    return Math.sqrt(n * StrictMath.expm1(a * y * y));
  }

  /** Where a share of the normal law lies below, the share less than 2.4 % or 2.5 %. */
  private static double normal(double share) {
    if (share == OUTSIDE / 2) {
      return NORMAL;
    }
    double q = Math.sqrt(-2 * StrictMath.log(share));
    double above =
        ((((-7.784894002430293e-03 * q - 3.223964580411365e-01) * q - 2.400758277161838) * q
                            - 2.549732539343734)
                        * q
                    + 4.374664141464968)
                * q
            + 2.938163982698783;
    double below =
        (((7.784695709041462e-03 * q + 3.224671290700398e-01) * q + 2.445134137142996) * q
                    + 3.754408661907416)
                * q
            + 1;
    return above / below;
  }
}
