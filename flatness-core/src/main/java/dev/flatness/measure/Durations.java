package dev.flatness.measure;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads durations such as {@code 90s}, {@code 10m} or {@code 1h30m}. */
final class Durations {
  private static final Pattern PART = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*(ms|s|min|m|h|d)");
  private static final Map<String, Long> MILLISECONDS =
      Map.of("ms", 1L, "s", 1000L, "min", 60_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);

  private Durations() {}

  static Duration parse(String text) {
    Matcher part = PART.matcher(text.toLowerCase(Locale.ROOT));
    BigDecimal milliseconds = BigDecimal.ZERO;
    int end = 0;
    while (part.find() && part.start() == end) {
      BigDecimal unit = BigDecimal.valueOf(MILLISECONDS.getOrDefault(part.group(2), 0L));
      milliseconds = milliseconds.add(new BigDecimal(part.group(1)).multiply(unit));
      end = part.end();
    }
    boolean whole = end == text.length();
    boolean fits = milliseconds.compareTo(BigDecimal.valueOf(Long.MAX_VALUE / 1_000_000)) <= 0;
    if (!whole || !fits || milliseconds.signum() <= 0) {
      throw new IllegalArgumentException(
          "'" + text + "' is no duration above 0; write one such as 90s, 10m or 1h30m");
    }
    return Duration.ofMillis(Math.max(1, milliseconds.longValue()));
  }
}
