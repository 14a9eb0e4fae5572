package dev.flatness.internal.report.chart;

import dev.flatness.internal.report.Digits;

/** Numbers in charts and in their tables. */
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
   * Writes a cell of a table.
   *
   * @param value a number
   * @return text that is read back to the same double; empty for what is no finite number
   */
  public static String cell(double value) {
    return Double.isFinite(value) ? Double.toString(value) : "";
  }
}
