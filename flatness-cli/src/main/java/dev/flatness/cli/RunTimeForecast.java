package dev.flatness.cli;

import dev.flatness.cost.MachineSpeed;
import dev.flatness.cost.Pass;
import dev.flatness.cost.PassCosts;
import dev.flatness.cost.Work;
import dev.flatness.network.Network;
import dev.flatness.surface.SurfaceOptions;
import java.io.PrintWriter;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Says of a run that will take long how long, before it starts. */
final class RunTimeForecast {
  /** Below, the machine is not even timed: no kernel here is that slow. */
  private static final double FEW_OPERATIONS = 5e11;

  private static final double LONG_SECONDS = 60;

  private RunTimeForecast() {}

  /**
   * Foretells.
   *
   * @param remedy what shortens it
   * @return a line, or empty for a run of less than a minute
   */
  static Optional<String> warning(
      Collection<Work> work, Network network, SurfaceOptions options, long samples, String remedy) {
    PassCosts costs = PassCosts.of(network, options.precision());
    boolean kept = costs.keptBytes() * samples <= options.activationBytes();
    List<Work> passes = work.stream().map(part -> kept ? withActivations(part) : part).toList();
    double operations =
        samples
            * passes.stream()
                .mapToDouble(part -> part.passes() * costs.operations(part.pass()))
                .sum();
    if (operations < FEW_OPERATIONS) {
      return Optional.empty();
    }
    double seconds = MachineSpeed.measure(options).seconds(passes, costs, samples);
    if (seconds < LONG_SECONDS) {
      return Optional.empty();
    }
    double count = passes.stream().mapToDouble(Work::passes).sum();
    return Optional.of(
        String.format(
            Locale.ROOT,
            "this will take about %s: some %.0f passes over %,d samples; %s shorten it",
            duration(seconds),
            count,
            samples,
            remedy));
  }

  static void print(PrintWriter err, String warning) {
    err.println("flatness: " + warning);
    err.flush();
  }

  private static Work withActivations(Work part) {
    return part.pass() == Pass.HESSIAN_PRODUCT
        ? new Work(part.name(), Pass.CACHED_PRODUCT, part.passes())
        : part;
  }

  private static String duration(double seconds) {
    if (seconds < 90) {
      return "a minute";
    }
    return seconds < 5400
        ? String.format(Locale.ROOT, "%.0f minutes", seconds / 60)
        : String.format(Locale.ROOT, "%.1f hours", seconds / 3600);
  }
}
