package dev.flatness.cli;

import dev.flatness.cost.Forecast;
import dev.flatness.cost.Work;
import dev.flatness.network.Network;
import dev.flatness.surface.SurfaceOptions;
import java.io.PrintWriter;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Says of a run that will take long how long, before it starts. */
final class RunTimeForecast {
  private static final double LONG_SECONDS = 60;
  private static final double DAY = 86_400;
  private static final double ENDLESS_SECONDS = 30 * DAY;

  private RunTimeForecast() {}

  /**
   * Returns a warning if the run will take a minute or more; refuses one of more than 30 days.
   *
   * @param remedy what shortens it
   * @return a line, or empty for a run of less than a minute
   */
  static Optional<String> warning(
      Collection<Work> work, Network network, SurfaceOptions options, long samples, String remedy) {
    return Forecast.of(work, network, options, samples)
        .map(forecast -> ending(forecast, remedy))
        .filter(forecast -> forecast.seconds() >= LONG_SECONDS)
        .map(
            forecast ->
                String.format(
                    Locale.ROOT,
                    "this will take about %s: some %.0f passes over %,d samples; %s shorten it",
                    duration(forecast.seconds()),
                    forecast.passes(),
                    samples,
                    remedy));
  }

  private static Forecast ending(Forecast forecast, String remedy) {
    if (!(forecast.seconds() < ENDLESS_SECONDS)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "this would take about %s: some %.3g passes over %,d samples, and no run of more than"
                  + " 30 days is started%s; %s shorten it",
              duration(forecast.seconds()),
              forecast.passes(),
              forecast.samples(),
              remedy.contains("--time-limit") ? " without a --time-limit" : "",
              remedy));
    }
    return forecast;
  }

  static void print(PrintWriter err, String warning) {
    err.println("flatness: " + warning);
    err.flush();
  }

  private static String duration(double seconds) {
    if (seconds < 90) {
      return "a minute";
    }
    return seconds < 5400
        ? String.format(Locale.ROOT, "%.0f minutes", seconds / 60)
        : seconds < ENDLESS_SECONDS
            ? String.format(Locale.ROOT, "%.1f hours", seconds / 3600)
            : String.format(Locale.ROOT, "%,.0f days", seconds / DAY);
  }
}
