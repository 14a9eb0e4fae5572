package dev.flatness.internal.report;

import java.util.Locale;

/** Numbers as people read them. */
public final class Digits {
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
      int decimals = Math.max(0, 5 - (int) Math.floor(Math.log10(magnitude)));
      return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }
    return String.format(Locale.ROOT, "%.5e", value);
  }
}
