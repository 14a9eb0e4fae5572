package dev.flatness.cli;

import dev.flatness.basispath.BasisPathSettings;
import dev.flatness.measure.MeasureSettings;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What is measured. */
final class MeasureOptions {
  @Option(
      names = "--measures",
      paramLabel = "ID",
      split = ",",
      description = {
        "Ids and groups, separated by commas. Groups: default, classical, invariant, psi, all."
            + " An id that does not apply is an error; one of a group is reported without a value."
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
      converter = Quantities.PositiveConverter.class,
      description = {
        "The radius of the sharpness measures. Default: 1e-3, in basis-path coordinates at most a"
            + " tenth of the chart's radius."
      })
  private Double epsilon;

  @Option(
      names = "--sigma",
      paramLabel = "S",
      defaultValue = "1e-3",
      converter = Quantities.PositiveConverter.class,
      description = "The standard deviation of the noise of expected-sharpness. Default: 1e-3.")
  private double sigma;

  @Mixin private SkeletonOptions skeleton;

  @Option(
      names = "--theorem-epsilon",
      paramLabel = "E",
      defaultValue = "1e-6",
      converter = Quantities.PositiveConverter.class,
      description = "The perturbation that theorem-5.1-bound bounds. Default: 1e-6.")
  private double theoremEpsilon;

  @Option(
      names = "--loss-lipschitz",
      paramLabel = "C",
      converter = Quantities.PositiveConverter.class,
      description = {
        "The Lipschitz constant of the loss in the outputs, for theorem-5.1-bound. Default: that of"
            + " the loss, where it has one."
      })
  private Double lossLipschitz;

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

  SkeletonOptions skeleton() {
    return skeleton;
  }

  MeasureSettings settings() {
    BasisPathSettings paths =
        BasisPathSettings.withDefaults()
            .withSkeleton(skeleton.rule())
            .withTheoremEpsilon(theoremEpsilon);
    MeasureSettings settings =
        MeasureSettings.withDefaults()
            .withSigma(sigma)
            .withNormalizeTrace(normalizeTrace)
            .withLayers(layers)
            .with(
                BasisPathSettings.class,
                lossLipschitz == null ? paths : paths.withLossLipschitz(lossLipschitz));
    settings = epsilon == null ? settings : settings.withEpsilon(epsilon);
    return timeLimit == null ? settings : settings.withTimeLimit(timeLimit);
  }

  /** Adds what the measures' settings do not show of themselves. */
  void record(Map<String, Object> settings) {
    skeleton.record(settings);
    settings.put("theoremEpsilon", theoremEpsilon);
    if (lossLipschitz != null) {
      settings.put("lossLipschitz", lossLipschitz);
    }
  }
}
