package dev.flatness.internal.report.chart;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Where values stand on an axis between 0 and 1, with its ticks.
 *
 * @param low the value at 0
 * @param high the value at 1, above low
 * @param logarithmic whether equal ratios have equal distances; low is then positive
 */
public record Scale(double low, double high, boolean logarithmic) {
  private static final int TICKS = 5;

  /**
   * Makes a linear scale that holds values.
   *
   * @param values at least one finite number; others are left out
   * @return the scale, with room where all values are one
   */
  public static Scale linear(double... values) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (double value : values) {
      if (Double.isFinite(value)) {
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }
    if (!(low <= high)) {
      return new Scale(0, 1, false);
    }
    if (low == high) {
      double room = Math.abs(low) / 2;
      return low == 0 ? new Scale(0, 1, false) : new Scale(low - room, high + room, false);
    }
    return new Scale(low, high, false);
  }

  /**
   * Makes a logarithmic scale from a power of ten to another that holds the positive values.
   *
   * @param values numbers; those that are not positive and finite are left out
   * @return the scale
   */
  public static Scale logarithmic(double... values) {
    double low = Double.POSITIVE_INFINITY;
    double high = 0;
    for (double value : values) {
      if (value > 0 && Double.isFinite(value)) {
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }
    if (!(low <= high)) {
      return new Scale(0.1, 1, true);
    }
    double from = Math.floor(StrictMath.log10(low) + 1e-12);
    double to = Math.ceil(StrictMath.log10(high) - 1e-12);
    return new Scale(StrictMath.pow(10, from), StrictMath.pow(10, to > from ? to : from + 1), true);
  }

  /**
   * Chooses a logarithmic scale for positive values that span more than two powers of ten, else a
   * linear one.
   *
   * @param values numbers
   * @return the scale
   */
  public static Scale fitting(double... values) {
    double low = Double.POSITIVE_INFINITY;
    double high = 0;
    for (double value : values) {
      if (Double.isFinite(value)) {
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }
    return low > 0 && high / low > 100 ? logarithmic(values) : linear(values);
  }

  /**
   * Returns this scale with 0 on it, and round ends.
   *
   * @return a scale from 0 or below to 0 or above
   */
  public Scale withZero() {
    return logarithmic ? this : new Scale(Math.min(0, low), Math.max(0, high), false).rounded();
  }

  /**
   * Returns this scale with its ends at ticks.
   *
   * @return the wider scale
   */
  public Scale rounded() {
    if (logarithmic) {
      return this;
    }
    double step = step();
    return new Scale(Math.floor(low / step) * step, Math.ceil(high / step) * step, false);
  }

  /**
   * Returns where a value stands.
   *
   * @param value a number
   * @return 0 at the low end, 1 at the high end, clamped; NaN of a number that has no place
   */
  public double at(double value) {
    double share =
        logarithmic
            ? StrictMath.log(value / low) / StrictMath.log(high / low)
            : (value - low) / (high - low);
    return Double.isNaN(share) ? Double.NaN : Math.max(0, Math.min(1, share));
  }

  private double step() {
    double raw = (high - low) / TICKS;
    double power = StrictMath.pow(10, Math.floor(StrictMath.log10(raw)));
    double digit = raw / power;
    return power * (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10);
  }

  /**
   * Returns the ticks.
   *
   * @return values on the scale, ascending: steps of 1, 2 or 5, or powers of ten
   */
  public List<Double> ticks() {
    List<Double> ticks = new ArrayList<>();
    if (logarithmic) {
      int from = (int) Math.round(StrictMath.log10(low));
      int to = (int) Math.round(StrictMath.log10(high));
      int stride = Math.max(1, (to - from + TICKS) / (TICKS + 1));
      for (int power = from; power <= to; power += stride) {
        ticks.add(StrictMath.pow(10, power));
      }
      return ticks;
    }
    double step = step();
    long first = (long) Math.ceil(low / step - 1e-9);
    long last = (long) Math.floor(high / step + 1e-9);
    for (long k = first; k <= last; k++) {
      ticks.add(k * step);
    }
    return ticks;
  }

  /**
   * Writes a tick.
   *
   * @param tick one of the ticks
   * @return the shortest text that tells it from its neighbors
   */
  public String label(double tick) {
    if (logarithmic) {
      int power = (int) Math.round(StrictMath.log10(tick));
      return power >= -2 && power <= 3
          ? plain(tick, Math.max(0, -power))
          : String.format(Locale.ROOT, "1e%d", power);
    }
    double step = step();
    double size = Math.max(Math.abs(low), Math.abs(high));
    int decimals = (int) Math.max(0, -Math.floor(StrictMath.log10(step) + 1e-9));
    return tick == 0
        ? "0"
        : size >= 1e5 || size < 1e-3 ? exponent(tick, step) : plain(tick, decimals);
  }

  private static String plain(double value, int decimals) {
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }

  private static String exponent(double value, double step) {
    int digits =
        (int)
            Math.max(
                0,
                Math.floor(StrictMath.log10(Math.abs(value)) + 1e-9)
                    - Math.floor(StrictMath.log10(step) + 1e-9));
    String text = String.format(Locale.ROOT, "%." + digits + "e", value);
    return text.replaceFirst("e\\+?(-?)0*(\\d)", "e$1$2");
  }
}
