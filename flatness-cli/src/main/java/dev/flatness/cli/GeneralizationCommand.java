package dev.flatness.cli;

import dev.flatness.Flatness;
import dev.flatness.GeneralizationReport;
import dev.flatness.GeneralizationRequest;
import dev.flatness.data.Dataset;
import dev.flatness.data.MatrixFile;
import dev.flatness.measure.Settings;
import dev.flatness.report.Report;
import dev.flatness.robustness.RateConstants;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Computes what ties the flatness of a layer to generalization. */
@Command(
    name = "generalization",
    mixinStandardHelpOptions = true,
    versionProvider = FlatnessCommand.Version.class,
    sortOptions = false,
    description = {
      "Computes the feature robustness of a layer beside what its relative flatness predicts, how"
          + " representative the data are in its feature space, and the approximation of the"
          + " generalization gap that both make."
    },
    footerHeading = "%nExample:%n",
    footer =
        "  flatness generalization --model mlp.onnx --data train.npz --test-data test.npz"
            + " --layer fc2")
final class GeneralizationCommand implements Callable<Integer> {
  private static final String DELTAS = "1e-3,1e-2,1e-1";

  @ParentCommand private FlatnessCommand parent;
  private final SettingOptions settings = new SettingOptions();
  private CommandSpec spec;

  /** Adds the options of the settings. */
  @Spec
  void setSpec(CommandSpec command) {
    spec = command;
    settings.addTo(command, List.of(Settings.TIME_LIMIT));
  }

  @Mixin private ModelOptions model;
  @Mixin private DataOptions data;

  @Option(
      names = "--layer",
      paramLabel = "NAME",
      description = "A dense or convolutional layer. Default: the last one.")
  private @Nullable String layer;

  @Option(
      names = "--delta",
      paramLabel = "D,D,…",
      defaultValue = DELTAS,
      converter = Quantities.NumbersConverter.class,
      description = "How far features move, relative to their norm. Default: " + DELTAS + ".")
  private Quantities.Numbers delta;

  @Option(
      names = "--draws",
      paramLabel = "N",
      defaultValue = "200",
      converter = Quantities.CountConverter.class,
      description = "Random matrices and draws of noise, each in a pair of signs. Default: 200.")
  private int draws;

  @Option(
      names = "--splits",
      paramLabel = "N",
      converter = Quantities.CountConverter.class,
      description = "Random halves of the data. Default: 10.")
  private @Nullable Integer splits;

  @Option(
      names = "--kernel-width",
      paramLabel = "S",
      converter = Quantities.PositiveConverter.class,
      description = {
        "The standard deviation of a kernel's Gaussian over the radius it is cut at. Default: 1."
      })
  private @Nullable Double kernelWidth;

  @Option(
      names = "--matrix",
      paramLabel = "FILE",
      description =
          "Take the features to (I + delta A) features for the A in this .npy or .csv, too.")
  private @Nullable Path matrix;

  @Option(
      names = "--noise",
      paramLabel = "S",
      converter = Quantities.PositiveConverter.class,
      description = {
        "Inject Gaussian noise into the m features, too: of standard deviation S times their norm"
            + " over the root of m."
      })
  private @Nullable Double noise;

  @Option(
      names = "--constants",
      paramLabel = "C1,C2,D",
      converter = Quantities.NumbersConverter.class,
      description = "Give the rate of Theorem 6 with these constants.")
  private Quantities.@Nullable Numbers constants;

  @Mixin private TestDataOptions test;
  @Mixin private BatchOptions evaluation;
  @Mixin private TableOutputOptions output;

  @Override
  public Integer call() throws IOException {
    RateConstants rate = rate();
    List<Path> inputs = new ArrayList<>(data.files());
    inputs.addAll(model.network().files());
    inputs.addAll(test.files());
    if (matrix != null) {
      inputs.add(matrix);
    }
    output.check(inputs);
    Report report;
    try (Session session = Session.open(model.network(), data, evaluation);
        TestDataOptions.Opened opened = test.open(data, evaluation, session)) {
      GeneralizationRequest request = request(session, rate);
      Dataset samples = opened.data();
      report = report(session, samples == null ? request : request.test(samples));
    }
    output.show(report, parent.terminal(), spec.commandLine().getOut());
    output.write(report);
    return report.acceptable() ? Failures.OK : Failures.MISSED_TOLERANCE;
  }

  private @Nullable RateConstants rate() {
    if (constants == null) {
      return null;
    }
    double[] values = constants.values();
    if (values.length != 3) {
      throw new IllegalArgumentException(
          "--constants has " + values.length + " numbers, expected C1,C2,D such as 1,1,0.05");
    }
    return new RateConstants(values[0], values[1], values[2]);
  }

  private GeneralizationRequest request(Session session, @Nullable RateConstants rate) {
    Flatness.OnData on =
        Flatness.of(session.network())
            .on(session.data(), session.loss())
            .with(evaluation.surface());
    GeneralizationRequest request =
        (layer == null ? on.generalization() : on.generalization(layer))
            .delta(delta.values())
            .draws(draws)
            .with(settings.settings())
            .seed(evaluation.seed());
    if (splits != null) {
      request = request.splits(splits);
    }
    if (kernelWidth != null) {
      request = request.kernelWidth(kernelWidth);
    }
    if (matrix != null) {
      request = request.matrix(MatrixFile.read(matrix));
    }
    if (noise != null) {
      request = request.noise(noise);
    }
    return rate == null ? request : request.constants(rate);
  }

  private Report report(Session session, GeneralizationRequest request) {
    session.announce(
        settings.settings(),
        request::work,
        "--limit, --time-limit, fewer --draws or --delta",
        output.quiet() ? null : spec.commandLine().getErr());
    GeneralizationReport found;
    try (ProgressView progress = ProgressView.of(parent.terminal(), output.quiet())) {
      found = request.monitor(progress).report();
    }
    Map<String, Object> files = new LinkedHashMap<>();
    if (matrix != null) {
      files.put("matrix", matrix.toString());
    }
    test.record(files);
    return session.described(Report.of(found), found.evaluation()).withSettings(files);
  }
}
