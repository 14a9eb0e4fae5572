package dev.flatness.cli;

import dev.flatness.CoordinateSystem;
import dev.flatness.Documents;
import dev.flatness.Flatness;
import dev.flatness.SpectrumReport;
import dev.flatness.SpectrumRequest;
import dev.flatness.cost.Pass;
import dev.flatness.cost.Work;
import dev.flatness.measure.MeasureSettings;
import dev.flatness.random.Seed;
import dev.flatness.report.Report;
import dev.flatness.report.ReportText;
import dev.flatness.surface.Curvature;
import dev.flatness.surface.SurfaceOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Finds the spectrum of a curvature matrix. */
@Command(
    name = "spectrum",
    mixinStandardHelpOptions = true,
    versionProvider = FlatnessCommand.Version.class,
    sortOptions = false,
    description =
        "Finds the largest eigenvalues and the spectral density of a network's curvature on data.",
    footerHeading = "%nExample:%n",
    footer = {"  flatness spectrum --model mlp.onnx --data test.npz --top 10 --json spectrum.json"})
final class SpectrumCommand implements Callable<Integer> {
  @ParentCommand private FlatnessCommand parent;
  @Spec private CommandSpec spec;
  @Mixin private ModelOptions model;
  @Mixin private DataOptions data;

  @Option(
      names = "--top",
      paramLabel = "K",
      defaultValue = "10",
      converter = Quantities.IndexConverter.class,
      description = "How many of the largest eigenvalues, 0 for none. Default: 10.")
  private int top;

  @Option(
      names = "--bottom",
      paramLabel = "K",
      defaultValue = "0",
      converter = Quantities.IndexConverter.class,
      description = "How many of the smallest eigenvalues. Default: 0.")
  private int bottom;

  @Option(
      names = "--probes",
      paramLabel = "N",
      defaultValue = "5",
      converter = Quantities.IndexConverter.class,
      description = "Random vectors of the density, 0 for no density. Default: 5.")
  private int probes;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "80",
      converter = Quantities.CountConverter.class,
      description = "Products for each of them. Default: 80.")
  private int steps;

  @Option(
      names = "--operator",
      paramLabel = "MATRIX",
      defaultValue = "hessian",
      description = {
        "hessian, gauss-newton, fisher (of the data's labels) or true-fisher (of labels drawn from"
            + " the model). Default: hessian."
      })
  private String operator;

  @Option(
      names = "--coordinates",
      paramLabel = "NAME",
      defaultValue = "weights",
      description = {
        "weights, basis-paths or log-magnitude, in which derivatives are taken. Default: weights."
      })
  private String coordinates;

  @Mixin private SkeletonOptions skeleton;

  @Option(
      names = "--layers",
      paramLabel = "NAME",
      split = ",",
      description = "The spectra of these layers' own matrices instead of the network's.")
  private Set<String> layers = new LinkedHashSet<>();

  @Option(
      names = "--parameters",
      paramLabel = "GLOB",
      split = ",",
      description = {
        "Restrict the matrix to the parameters whose names match, for instance 'fc*.weight'."
      })
  private List<String> parameters = new ArrayList<>();

  @Option(
      names = "--time-limit",
      paramLabel = "DURATION",
      converter = Quantities.DurationConverter.class,
      description = {
        "Stop iterations after this time, for instance 90s or 10m; numbers that are not done are"
            + " marked, and the exit code is 3."
      })
  private Duration timeLimit;

  @Mixin private EvaluationOptions evaluation;
  @Mixin private TableOutputOptions output;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      converter = Quantities.CountConverter.class,
      description = "Samples evaluated at once; changes no number beyond rounding.")
  private Integer batchSize;

  @Override
  public Integer call() throws IOException {
    if (top + bottom == 0 && probes == 0) {
      throw new IllegalArgumentException(
          "--top, --bottom and --probes are all 0, which leaves nothing to find; give one of them");
    }
    if (skeleton.chosen() && !coordinates.equals("basis-paths")) {
      throw new IllegalArgumentException(
          "--skeleton is given, but --coordinates is \""
              + coordinates
              + "\"; add --coordinates basis-paths, or leave --skeleton out");
    }
    List<Path> inputs = new ArrayList<>(data.files());
    inputs.add(model.file());
    inputs.addAll(skeleton.files());
    output.check(inputs);
    Report report;
    try (Session session = Session.open(model, data, evaluation)) {
      announce(session);
      report = find(session);
    }
    if (!output.quiet()) {
      Terminal terminal = parent.terminal();
      spec.commandLine()
          .getOut()
          .print(ReportText.render(report, terminal.columns(), output.palette(terminal)));
    }
    output.write(report);
    return report.acceptable() ? Failures.OK : Failures.MISSED_TOLERANCE;
  }

  private void announce(Session session) {
    if (output.quiet() || timeLimit != null) {
      return;
    }
    int matrices = Math.max(1, layers.size());
    Pass pass = matrix() == Curvature.HESSIAN ? Pass.HESSIAN_PRODUCT : Pass.GAUSS_NEWTON_PRODUCT;
    // Trained classifiers took 3 to 6 products for a pair, the check for missed ones included.
    RunTimeForecast.warning(
            List.of(
                new Work("pairs", pass, 5.0 * matrices * (top + bottom)),
                new Work("density", pass, (double) matrices * probes * steps)),
            session.network(),
            evaluation.surface(),
            session.data().size(),
            "--limit, --time-limit, fewer --steps or --precision float32")
        .ifPresent(line -> RunTimeForecast.print(spec.commandLine().getErr(), line));
  }

  private Report find(Session session) {
    SurfaceOptions options = evaluation.surface();
    MeasureSettings settings = MeasureSettings.withDefaults().withLayers(layers);
    CoordinateSystem chart =
        switch (coordinates) {
          case "weights" -> null;
          case "basis-paths" -> CoordinateSystem.basisPaths(skeleton.rule());
          case "log-magnitude" -> CoordinateSystem.logMagnitude();
          default ->
              throw new IllegalArgumentException(
                  "--coordinates names \""
                      + coordinates
                      + "\", expected weights, basis-paths or log-magnitude");
        };
    SpectrumReport found;
    try (ProgressView progress = ProgressView.of(parent.terminal(), output.quiet())) {
      SpectrumRequest request =
          Flatness.of(session.network())
              .on(session.data(), session.loss())
              .with(batchSize == null ? options : options.withBatchSize(batchSize))
              .spectrum();
      SpectrumRequest restricted =
          parameters.isEmpty() ? request : request.parameters(parameters.toArray(String[]::new));
      found =
          (chart == null ? restricted : restricted.in(chart))
              .with(timeLimit == null ? settings : settings.withTimeLimit(timeLimit))
              .progress(progress)
              .curvature(matrix())
              .ends(top, bottom)
              .density(probes, steps)
              .seed(evaluation.seed())
              .report();
    }
    Map<String, Object> recorded = Documents.settings(found, evaluation.loss());
    recorded.put("operator", operator);
    recorded.put("coordinates", coordinates);
    if (coordinates.equals("basis-paths")) {
      skeleton.record(recorded);
    }
    recorded.put("top", top);
    recorded.put("bottom", bottom);
    recorded.put("probes", probes);
    recorded.put("steps", steps);
    if (!layers.isEmpty()) {
      recorded.put("layers", List.copyOf(layers));
    }
    if (!parameters.isEmpty()) {
      recorded.put("parameters", parameters);
    }
    if (timeLimit != null) {
      recorded.put("timeLimitSeconds", timeLimit.toMillis() / 1000.0);
    }
    data.record(recorded);
    return Documents.of(
        found,
        model.file().toString(),
        data.file().toString(),
        session.notes(found.evaluation().accuracy()),
        recorded);
  }

  private Curvature matrix() {
    return Curvature.all(Seed.of(evaluation.seed()).split("labels")).stream()
        .filter(curvature -> curvature.id().equals(operator))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "--operator names \""
                        + operator
                        + "\", expected hessian, gauss-newton, fisher or true-fisher"));
  }
}
