package dev.flatness.cli;

import dev.flatness.RescalingReport;
import dev.flatness.RescalingRequest;
import dev.flatness.basispath.PsiMeasures;
import dev.flatness.hessian.EpsilonSharpness;
import dev.flatness.hessian.ExpectedSharpness;
import dev.flatness.measure.Settings;
import dev.flatness.network.Network;
import dev.flatness.onnx.OnnxWriter;
import dev.flatness.report.Report;
import dev.flatness.symmetry.RescalingFile;
import dev.flatness.symmetry.ScaleClasses;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** Writes an equivalent network: other weights, the same function. */
@Command(
    name = "rescale",
    mixinStandardHelpOptions = true,
    versionProvider = FlatnessCommand.Version.class,
    sortOptions = false,
    description = {
      "Rescales the hidden units of a network, which does not change what it computes, and writes"
          + " it: at random, by given factors, to a canonical representative, or so that a number"
          + " becomes what you want."
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  flatness rescale --model mlp.onnx --data test.npz --raise hessian-trace --to 1e6 --out"
          + " sharp.onnx"
    })
final class RescaleCommand implements Callable<Integer> {
  private static final String SHAPE = "--input-shape";
  private static final List<String> LOSS =
      List.of("--loss", "--label-smoothing", "--class-weights", "--ignore-index");

  @ParentCommand private FlatnessCommand parent;
  private final SettingOptions settings = new SettingOptions();
  private CommandSpec spec;

  @Mixin private ModelOptions model;
  @Mixin private DataOptions data;

  @ArgGroup(exclusive = true, multiplicity = "1")
  private Kind kind;

  /** Exactly one way to choose the factors. */
  static final class Kind {
    @Option(
        names = "--random",
        description = "Draw a factor for every free scale class, log-uniform in [1/S, S].")
    private boolean random;

    @Option(
        names = "--factors",
        paramLabel = "FILE",
        description = {
          "Lines class,factor; info --classes writes such a file. Classes that are not named keep"
              + " the factor 1."
        })
    private Path factors;

    @Option(
        names = "--gauge",
        paramLabel = "NAME",
        description = {
          "Go to a representative of the orbit: minimum-norm, minimal-trace (needs data), canonical"
              + " (basis paths) or unit-incoming (incoming weights and bias of norm 1)."
        })
    private String gauge;

    @ArgGroup(exclusive = false)
    private Raise raise;

    @Option(
        names = "--lower",
        paramLabel = "ID",
        description = {
          "Lower a number that is not invariant, the trace and the norm to their minimum; needs"
              + " data."
        })
    private String lower;
  }

  /** A number and its target. */
  static final class Raise {
    @Option(
        names = "--raise",
        paramLabel = "ID",
        required = true,
        description = {
          "Raise a number that is not invariant, as hessian-trace, or hessian-trace@LAYER for a"
              + " layer's; needs --to and data."
        })
    private String id;

    @Option(
        names = "--to",
        paramLabel = "VALUE",
        required = true,
        converter = Quantities.PositiveConverter.class,
        description = "The value that --raise reaches at least.")
    private double value;
  }

  @Option(
      names = "--spread",
      paramLabel = "S",
      defaultValue = "1000",
      converter = Quantities.PositiveConverter.class,
      description = {
        "The largest factor of --random, and of --lower where a number has no minimum. Default:"
            + " 1000."
      })
  private double spread;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE.onnx",
      description = "Where the equivalent network goes.")
  private Path out;

  @Mixin private BatchOptions evaluation;

  @Mixin private OutputOptions output;

  /** Adds the options of settings, and makes the data optional. */
  @Spec
  void setSpec(CommandSpec command) {
    spec = command;
    OptionSpec file = command.findOption("--data");
    command.remove(file);
    command.addOption(OptionSpec.builder(file).required(false).build());
    settings.addTo(
        command,
        List.of(
            EpsilonSharpness.EPSILON,
            ExpectedSharpness.SIGMA,
            PsiMeasures.SKELETON,
            Settings.TIME_LIMIT,
            Settings.MAX_PRODUCTS,
            Settings.TOLERANCE));
  }

  /** Refuses options that would be ignored. */
  private void requireUsed() {
    ParseResult parsed = spec.commandLine().getParseResult();
    if (!data.given()) {
      List<OptionSpec> idle =
          new ArrayList<>(CommandSpec.forAnnotatedObject(new DataOptions()).options());
      LOSS.forEach(name -> idle.add(spec.findOption(name)));
      for (OptionSpec option : idle) {
        if (parsed.hasMatchedOption(option.longestName()) && !option.longestName().equals(SHAPE)) {
          throw new IllegalArgumentException(
              option.longestName()
                  + " says how data are used, but none are named; name them"
                  + " (--data) or leave it out");
        }
      }
    }
    if (parsed.hasMatchedOption("--spread") && !kind.random && kind.lower == null) {
      throw new IllegalArgumentException(
          "--spread belongs to --random and --lower; leave it out, or ask for one of them");
    }
  }

  /** The number that is computed before and after. */
  private String moved() {
    return kind.raise != null ? kind.raise.id : kind.lower != null ? kind.lower : "hessian-trace";
  }

  @Override
  public Integer call() throws IOException {
    requireUsed();
    List<Path> inputs = new ArrayList<>(SkeletonFiles.of(settings.settings()));
    inputs.addAll(model.network().files());
    if (data.given()) {
      inputs.addAll(data.files());
    }
    if (kind.factors != null) {
      inputs.add(kind.factors);
    }
    output.check(inputs);
    output.check("--out", out, inputs);
    RescalingReport found;
    Report report;
    if (data.given()) {
      try (Session session = Session.open(model.network(), data, evaluation)) {
        RescalingRequest request = request(session.stored()).on(session.data(), session.loss());
        session.announce(
            settings.settings(),
            () -> request.work(moved()),
            "--limit, --time-limit or --precision float32",
            output.quiet() ? null : spec.commandLine().getErr());
        try (ProgressView progress = ProgressView.of(parent.terminal(), output.quiet())) {
          found = rescaled(request.monitor(progress), session.stored());
        }
        report = session.described(Report.of(found), found.evaluation().orElseThrow());
      }
    } else {
      Network network = model.network().read(data.inputShape());
      found = rescaled(request(network), network);
      report = model.network().described(Report.of(found));
    }
    OnnxWriter.withDefaults().withReplacing(output.force()).write(found.network(), out);
    report = report.withSettings(asked());
    PrintWriter writer = spec.commandLine().getOut();
    output.show(report, parent.terminal(), writer);
    if (!output.quiet()) {
      writer.println();
      writer.println("the equivalent network is in " + out);
      writer.flush();
    }
    output.write(report);
    return report.acceptable() ? Failures.OK : Failures.MISSED_TOLERANCE;
  }

  private RescalingRequest request(Network network) {
    return RescalingRequest.of(network)
        .with(evaluation.surface())
        .with(settings.settings())
        .seed(evaluation.seed());
  }

  private RescalingReport rescaled(RescalingRequest request, Network network) {
    if (kind.raise != null) {
      return request.raise(kind.raise.id, kind.raise.value);
    }
    if (kind.lower != null) {
      return request.lower(kind.lower, spread);
    }
    if (kind.gauge != null) {
      return request.gauge(kind.gauge);
    }
    return kind.factors != null
        ? request.factors(RescalingFile.read(kind.factors, ScaleClasses.of(network)))
        : request.random(spread);
  }

  /** What was asked for, by the names of the options. */
  private Map<String, Object> asked() {
    Map<String, Object> asked = new LinkedHashMap<>();
    if (kind.random) {
      asked.put("random", true);
    }
    put(asked, "factors", kind.factors == null ? null : kind.factors.toString());
    put(asked, "gauge", kind.gauge);
    put(asked, "raise", kind.raise == null ? null : kind.raise.id);
    put(asked, "to", kind.raise == null ? null : kind.raise.value);
    put(asked, "lower", kind.lower);
    if (kind.random || kind.lower != null) {
      asked.put("spread", spread);
    }
    return asked;
  }

  private static void put(Map<String, Object> asked, String name, @Nullable Object value) {
    if (value != null) {
      asked.put(name, value);
    }
  }
}
