package dev.flatness.cli;

import dev.flatness.CoordinateSystem;
import dev.flatness.Flatness;
import dev.flatness.SpectrumReport;
import dev.flatness.SpectrumRequest;
import dev.flatness.basispath.PsiMeasures;
import dev.flatness.basispath.Skeleton;
import dev.flatness.basispath.SkeletonRule;
import dev.flatness.measure.Settings;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.report.Report;
import dev.flatness.surface.Curvature;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
  private static final int DEFAULT_TOP = 10;
  private static final int DEFAULT_STEPS = 80;

  @ParentCommand private FlatnessCommand parent;
  private final SettingOptions settings = new SettingOptions();
  private CommandSpec spec;

  /** Adds the options of the settings. */
  @Spec
  void setSpec(CommandSpec command) {
    spec = command;
    settings.addTo(
        command,
        List.of(
            PsiMeasures.SKELETON,
            Settings.LAYERS,
            Settings.TIME_LIMIT,
            Settings.MAX_PRODUCTS,
            Settings.TOLERANCE),
        Map.of(
            Settings.LAYERS,
            "The spectra of these layers' own matrices instead of the network's."));
  }

  @Mixin private ModelOptions model;
  @Mixin private DataOptions data;

  @Option(
      names = "--top",
      paramLabel = "K",
      defaultValue = "" + DEFAULT_TOP,
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
      defaultValue = "" + DEFAULT_STEPS,
      converter = Quantities.CountConverter.class,
      description = "Products for each of them. Default: 80.")
  private int steps;

  @Option(
      names = "--per-batch",
      paramLabel = "N",
      defaultValue = "0",
      converter = Quantities.IndexConverter.class,
      description = {
        "Also find the largest eigenvalues of every mini-batch of N samples alone. Default: none."
      })
  private int perBatch;

  @Option(
      names = "--operator",
      paramLabel = "MATRIX",
      defaultValue = "hessian",
      description = {
        "hessian, gauss-newton, fisher (of the data's labels) or true-fisher (of one draw of labels"
            + " from the model; its expectation is gauss-newton). Default: hessian."
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

  @Option(
      names = "--parameters",
      paramLabel = "GLOB",
      split = ",",
      description = {
        "Restrict the matrix to the parameters whose names match, for instance 'fc*.weight'."
      })
  private List<String> parameters = new ArrayList<>();

  @Mixin private BatchOptions evaluation;
  @Mixin private TableOutputOptions output;

  @Override
  public Integer call() throws IOException {
    if (top == 0 && bottom == 0 && probes == 0) {
      throw new IllegalArgumentException(
          "--top, --bottom and --probes are all 0, which leaves nothing to find; give one of them");
    }
    SkeletonRule skeleton = settings.settings().get(PsiMeasures.SKELETON);
    if (!skeleton.id().equals(SkeletonRule.auto().id()) && !coordinates.equals("basis-paths")) {
      throw new IllegalArgumentException(
          "--skeleton is given, but --coordinates is \""
              + coordinates
              + "\"; add --coordinates basis-paths, or leave --skeleton out");
    }
    List<Path> inputs = new ArrayList<>(data.files());
    inputs.addAll(model.network().files());
    inputs.addAll(SkeletonFiles.of(settings.settings()));
    output.check(inputs);
    Report report;
    try (Session session = Session.open(model.network(), data, evaluation)) {
      report = find(session);
    }
    output.show(report, parent.terminal(), spec.commandLine().getOut());
    output.write(report);
    return report.acceptable() ? Failures.OK : Failures.MISSED_TOLERANCE;
  }

  private Report find(Session session) {
    SpectrumRequest request = request(session);
    session.announce(
        settings.settings(),
        () -> request.work(),
        "--limit, --time-limit, fewer --top, --bottom, --probes or --steps, or --precision"
            + " float32",
        output.quiet() ? null : spec.commandLine().getErr());
    SpectrumReport found;
    try (ProgressView progress = ProgressView.of(parent.terminal(), output.quiet())) {
      found = request.monitor(progress).report();
    }
    return session.described(Report.of(found), found.evaluation());
  }

  /** Says what was asked for beyond what a matrix of that many rows has. */
  private List<String> clamped(int rows) {
    List<String> notes = new ArrayList<>();
    clamp(notes, "--top", top == DEFAULT_TOP ? 0 : top, rows);
    clamp(notes, "--bottom", bottom, rows);
    clamp(notes, "--steps", probes == 0 || steps == DEFAULT_STEPS ? 0 : steps, rows);
    return notes;
  }

  private static void clamp(List<String> notes, String option, int asked, int rows) {
    if (asked > rows) {
      notes.add(option + " " + asked + " became " + rows + ", the number of parameters");
    }
  }

  /** The network with notes where the rule is another than one may expect, or a number. */
  private Network noted(Network network) {
    List<String> notes = clamped(network.parameterCount());
    if (coordinates.equals("basis-paths")) {
      Skeleton skeleton = settings.settings().get(PsiMeasures.SKELETON).choose(network);
      skeleton.note().ifPresent(notes::add);
    }
    return notes.isEmpty() ? network : network.withNotes(notes);
  }

  private SpectrumRequest request(Session session) {
    int most = session.network().parameterCount();
    SpectrumRequest request =
        Flatness.of(noted(session.network()))
            .on(session.data(), session.loss())
            .with(evaluation.surface())
            .spectrum()
            .with(settings.settings())
            .curvature(matrix())
            .ends(Math.min(top, most), Math.min(bottom, most))
            .density(probes, Math.min(steps, most))
            .perBatch(perBatch)
            .seed(evaluation.seed());
    if (!parameters.isEmpty()) {
      request = request.parameters(parameters.toArray(String[]::new));
    }
    return switch (coordinates) {
      case "weights" -> request;
      case "basis-paths" ->
          request.in(CoordinateSystem.basisPaths(settings.settings().get(PsiMeasures.SKELETON)));
      case "log-magnitude" -> request.in(CoordinateSystem.logMagnitude());
      default ->
          throw new IllegalArgumentException(
              "--coordinates names \""
                  + coordinates
                  + "\", expected weights, basis-paths or log-magnitude");
    };
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
