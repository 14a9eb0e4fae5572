package dev.flatness.internal.report.chart;

import dev.flatness.internal.report.Digits;

/** Numbers and names in charts and in their tables. */
public final class Numbers {
  private Numbers() {}

  /**
   * Writes six digits.
   *
   * @param value a number
   * @return the text
   */
  public static String six(double value) {
    return Digits.six(value);
  }

  /**
   * Leaves out the middle of a name that is too long.
   *
   * @param name a name
   * @param most how many characters there is room for
   * @return the name, or its ends
   */
  static String shortened(String name, int most) {
    int half = (most - 1) / 2;
    return name.length() <= most
        ? name
        : name.substring(0, half) + "…" + name.substring(name.length() - (most - 1 - half));
  }

  /**
   * Writes a cell of a table.
   *
   * @param value a number
   * @return text that is read back to the same double, as in JSON; empty for what is no finite
   *     number
   */
  public static String cell(double value) {
    return Double.isFinite(value) ? Digits.exact(value) : "";
  }
}
