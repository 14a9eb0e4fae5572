package dev.flatness.internal.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/** Numbers as people read them. */
public final class Digits {
  private static final MathContext ALL = new MathContext(17, RoundingMode.HALF_EVEN);

  private Digits() {}

  /**
   * Formats a number with six significant digits.
   *
   * @param value any number
   * @return for instance {@code 0.123457} or {@code 1.23457e-07}
   */
  public static String six(double value) {
    if (Double.isNaN(value)) {
      return "–";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "∞" : "-∞";
    }
    if (value == 0) {
      return "0";
    }
    double magnitude = Math.abs(value);
    if (magnitude >= 1e-4 && magnitude < 1e6) {
      int decimals = Math.max(0, 5 - (int) Math.floor(StrictMath.log10(magnitude)));
      return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }
    return String.format(Locale.ROOT, "%.5e", value);
  }

  /**
   * Writes a number with 17 significant digits, trailing zeros dropped: enough to read the double
   * back bit by bit, and the same text on every JDK.
   *
   * @param value a finite number
   * @return for instance {@code 0.5} or {@code 1.2345E-7}
   */
  public static String exact(double value) {
    BigDecimal rounded = new BigDecimal(value).round(ALL);
    if (rounded.signum() == 0) {
      return "0.0";
    }
    rounded = rounded.stripTrailingZeros();
    int exponent = rounded.precision() - rounded.scale() - 1;
    if (exponent < -5 || exponent > 16) {
      return rounded.toString();
    }
    return rounded.scale() <= 0 ? rounded.toPlainString() + ".0" : rounded.toPlainString();
  }
}
