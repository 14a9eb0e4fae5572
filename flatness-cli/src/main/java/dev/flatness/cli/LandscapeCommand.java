package dev.flatness.cli;

import dev.flatness.CoordinateSystem;
import dev.flatness.Flatness;
import dev.flatness.LandscapeReport;
import dev.flatness.LandscapeRequest;
import dev.flatness.basispath.PsiMeasures;
import dev.flatness.basispath.SkeletonRule;
import dev.flatness.landscape.LandscapeDirections;
import dev.flatness.loss.Losses;
import dev.flatness.measure.Settings;
import dev.flatness.network.Network;
import dev.flatness.report.Report;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Evaluates the loss on a line or a plane through a network. */
@Command(
    name = "landscape",
    mixinStandardHelpOptions = true,
    versionProvider = FlatnessCommand.Version.class,
    sortOptions = false,
    description =
        "Evaluates the loss on a line or a plane through a network, in weights or in other"
            + " coordinates.",
    footerHeading = "%nExample:%n",
    footer = {
      "  flatness landscape --model mlp.onnx --data test.npz --coordinates basis-paths --json"
          + " landscape.json"
    })
final class LandscapeCommand implements Callable<Integer> {
  private static final List<String> COORDINATES =
      List.of("weights", "basis-paths", "log-magnitude", "canonical");
  private static final List<String> DIRECTIONS =
      List.of("gaussian", "filter", "layer", "eigenvectors", "gradient");

  @ParentCommand private FlatnessCommand parent;
  private final SettingOptions settings = new SettingOptions();
  private CommandSpec spec;

  /** Adds the options of the settings. */
  @Spec
  void setSpec(CommandSpec command) {
    spec = command;
    settings.addTo(command, List.of(PsiMeasures.SKELETON, Settings.TIME_LIMIT), Map.of());
  }

  @Mixin private ModelOptions model;
  @Mixin private DataOptions data;

  @Option(
      names = "--coordinates",
      paramLabel = "NAME",
      defaultValue = "weights",
      description = {
        "What the slice is straight in: weights, basis-paths, log-magnitude or canonical (weights of"
            + " the canonical network). Default: weights."
      })
  private String coordinates;

  @Option(
      names = "--directions",
      paramLabel = "HOW",
      defaultValue = "gaussian",
      description = {
        "gaussian; filter or layer, drawn and given the norms of the network's filters or layers;"
            + " eigenvectors; gradient; or FILE.onnx[,FILE.onnx], towards other networks, which are"
            + " at 1. Default: gaussian."
      })
  private String directions;

  @Option(
      names = "--standard-deviation",
      paramLabel = "S",
      converter = Quantities.PositiveConverter.class,
      description = "Of every entry of a gaussian direction. Default: 0.05.")
  private @Nullable Double standardDeviation;

  @Option(
      names = "--range",
      paramLabel = "A,B",
      converter = Quantities.NumbersConverter.class,
      description = "The first and the last step of the axes. Default: -1,1.")
  private Quantities.@Nullable Numbers range;

  @Option(
      names = "--points",
      paramLabel = "N[,M]",
      converter = Quantities.SizesConverter.class,
      description = {
        "The steps along the axes; one number for a line. Default: 51,51, towards one network 51."
      })
  private Quantities.@Nullable Sizes points;

  @Option(
      names = "--top-eigenvalue",
      description = "Also find the largest eigenvalue of the Hessian along a line.")
  private boolean topEigenvalue;

  @Option(
      names = "--compare",
      paramLabel = "FILE.onnx",
      arity = "1..*",
      description = {
        "Further networks, with directions chosen in the same way and the same steps, on one scale of"
            + " heights. Drawn directions are the same; others are each network's own."
      })
  private List<Path> compare = new ArrayList<>();

  @Option(
      names = "--resume",
      paramLabel = "FILE",
      description = {
        "Keep the points in this file; where it exists, go on from it to the same bits. Further"
            + " networks have FILE.1, FILE.2."
      })
  private @Nullable Path resume;

  @Mixin private BatchOptions evaluation;
  @Mixin private TableOutputOptions output;

  @Override
  public Integer call() throws IOException {
    requireSense();
    List<Path> targets = targets();
    List<Path> inputs = new ArrayList<>(data.files());
    inputs.addAll(model.network().files());
    inputs.addAll(targets);
    inputs.addAll(compare);
    inputs.addAll(SkeletonFiles.of(settings.settings()));
    output.check(inputs);
    if (resume != null) {
      output.checkState("--resume", resume, inputs);
      for (int i = 1; i <= compare.size(); i++) {
        output.checkState(
            "--resume", resume.resolveSibling(resume.getFileName() + "." + i), inputs);
      }
    }
    Report report;
    try (Session session = Session.open(model.network(), data, evaluation)) {
      report = evaluate(session, targets);
    }
    output.show(report, parent.terminal(), spec.commandLine().getOut());
    output.write(report);
    return report.acceptable() ? Failures.OK : Failures.MISSED_TOLERANCE;
  }

  private void requireSense() {
    if (!COORDINATES.contains(coordinates)) {
      throw new IllegalArgumentException(
          "--coordinates names \""
              + coordinates
              + "\", expected "
              + String.join(", ", COORDINATES.subList(0, 3))
              + " or canonical");
    }
    SkeletonRule skeleton = settings.settings().get(PsiMeasures.SKELETON);
    if (!skeleton.id().equals(SkeletonRule.auto().id())
        && !List.of("basis-paths", "canonical").contains(coordinates)) {
      throw new IllegalArgumentException(
          "--skeleton is given, but --coordinates is \""
              + coordinates
              + "\"; add --coordinates basis-paths or canonical, or leave --skeleton out");
    }
    if (standardDeviation != null && !directions.equals("gaussian")) {
      throw new IllegalArgumentException(
          "--standard-deviation is for gaussian directions, but --directions is \""
              + directions
              + "\"; leave it out, or change --range");
    }
    if (range != null && range.values().length != 2) {
      throw new IllegalArgumentException(
          "--range has "
              + range.values().length
              + " numbers, expected the first and the last step, as -1,1");
    }
  }

  /** The networks that the directions point to; none for other directions. */
  private List<Path> targets() {
    if (DIRECTIONS.contains(directions)) {
      return List.of();
    }
    List<Path> targets = new ArrayList<>();
    for (String name : directions.split(",", -1)) {
      if (!name.toLowerCase(Locale.ROOT).endsWith(".onnx")) {
        throw new IllegalArgumentException(
            "--directions names \""
                + directions
                + "\", expected "
                + String.join(", ", DIRECTIONS)
                + " or one or two files FILE.onnx,FILE.onnx");
      }
      targets.add(Path.of(name));
    }
    if (targets.size() > 2) {
      throw new IllegalArgumentException(
          "--directions names "
              + targets.size()
              + " networks, expected one (a line) or two (a plane)");
    }
    return targets;
  }

  private Report evaluate(Session session, List<Path> targets) {
    LandscapeRequest request = request(session, targets);
    session.announce(
        settings.settings(),
        () -> request.work(),
        "--limit, --time-limit, fewer --points or --precision float32",
        output.quiet() ? null : spec.commandLine().getErr());
    LandscapeReport found;
    try (ProgressView progress = ProgressView.of(parent.terminal(), output.quiet())) {
      found = request.monitor(progress).report();
    }
    return session.described(Report.of(found), found.evaluation());
  }

  private LandscapeRequest request(Session session, List<Path> targets) {
    LandscapeRequest request =
        Flatness.of(session.network())
            .on(session.data(), session.loss())
            .with(evaluation.surface())
            .landscape()
            .coordinates(system())
            .directions(directions(session, targets))
            .with(settings.settings())
            .seed(evaluation.seed());
    if (range != null) {
      request = request.range(range.values()[0], range.values()[1]);
    }
    int[] steps =
        points != null
            ? points.values()
            : targets.size() == 1 ? new int[] {51} : new int[] {51, 51};
    if (steps.length > 2) {
      throw new IllegalArgumentException(
          "--points has " + steps.length + " numbers, expected one (a line) or two (a plane)");
    }
    request = steps.length == 1 ? request.line(steps[0]) : request.grid(steps[0], steps[1]);
    if (topEigenvalue) {
      request = request.topEigenvalues();
    }
    if (resume != null) {
      request = request.resume(resume);
    }
    return request.compare(networks(session, compare));
  }

  private CoordinateSystem system() {
    SkeletonRule skeleton = settings.settings().get(PsiMeasures.SKELETON);
    return switch (coordinates) {
      case "basis-paths" -> CoordinateSystem.basisPaths(skeleton);
      case "canonical" -> CoordinateSystem.canonical(skeleton);
      case "log-magnitude" -> CoordinateSystem.logMagnitude();
      default -> CoordinateSystem.weights();
    };
  }

  private LandscapeDirections directions(Session session, List<Path> targets) {
    return switch (directions) {
      case "gaussian" ->
          LandscapeDirections.gaussian(
              standardDeviation == null
                  ? LandscapeDirections.STANDARD_DEVIATION
                  : standardDeviation);
      case "filter" -> LandscapeDirections.filterNormalized();
      case "layer" -> LandscapeDirections.layerNormalized();
      case "eigenvectors" -> LandscapeDirections.eigenvectors();
      case "gradient" -> LandscapeDirections.gradient();
      default -> {
        Map<String, double[]> ends = new LinkedHashMap<>();
        networks(session, targets)
            .forEach((name, network) -> ends.put(name, network.parameterVector()));
        if (ends.size() < targets.size()) {
          throw new IllegalArgumentException(
              "--directions names " + targets.get(0) + " twice; name two networks");
        }
        yield LandscapeDirections.towards(ends);
      }
    };
  }

  /** Networks of other files under the loss of the session, by file. */
  private Map<String, Network> networks(Session session, List<Path> files) {
    Map<String, Network> networks = new LinkedHashMap<>();
    for (Path file : files) {
      networks.put(
          file.toString(),
          Losses.fit(model.network().read(file, data.inputShape()), session.loss()));
    }
    return networks;
  }
}
