package dev.flatness.cli;

import dev.flatness.measure.MeasureSettings;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Option;

/** What is measured. */
final class MeasureOptions {
  @Option(
      names = "--measures",
      paramLabel = "ID",
      split = ",",
      description = {
        "Ids and groups, separated by commas. Groups: default, classical, invariant, all. An id"
            + " that does not apply is an error; one of a group is reported without a value."
      })
  private List<String> measures = List.of("default");

  @Option(
      names = "--layers",
      paramLabel = "NAME",
      split = ",",
      description = "Only these layers, separated by commas.")
  private Set<String> layers = new LinkedHashSet<>();

  @Option(
      names = "--normalize-trace",
      description = "Divide the traces of layers by the layer's number of weights.")
  private boolean normalizeTrace;

  @Option(
      names = "--epsilon",
      paramLabel = "E",
      defaultValue = "1e-3",
      converter = Quantities.PositiveConverter.class,
      description = "The radius of the sharpness measures. Default: 1e-3.")
  private double epsilon;

  @Option(
      names = "--sigma",
      paramLabel = "S",
      defaultValue = "1e-3",
      converter = Quantities.PositiveConverter.class,
      description = "The standard deviation of the noise of expected-sharpness. Default: 1e-3.")
  private double sigma;

  @Option(
      names = "--time-limit",
      paramLabel = "DURATION",
      converter = Quantities.DurationConverter.class,
      description = {
        "Stop iterations after this time, for instance 90s or 10m; numbers that are not done are"
            + " marked, and the exit code is 3."
      })
  private Duration timeLimit;

  List<String> measures() {
    return measures;
  }

  MeasureSettings settings() {
    MeasureSettings settings =
        MeasureSettings.withDefaults()
            .withEpsilon(epsilon)
            .withSigma(sigma)
            .withNormalizeTrace(normalizeTrace)
            .withLayers(layers);
    return timeLimit == null ? settings : settings.withTimeLimit(timeLimit);
  }
}
