package dev.flatness.cli;

import dev.flatness.BoundReport;
import dev.flatness.BoundRequest;
import dev.flatness.Flatness;
import dev.flatness.basispath.PsiMeasures;
import dev.flatness.data.Dataset;
import dev.flatness.measure.Settings;
import dev.flatness.pacbayes.Posterior;
import dev.flatness.pacbayes.PosteriorOptimizer;
import dev.flatness.pacbayes.Prior;
import dev.flatness.pacbayes.Risk;
import dev.flatness.report.Report;
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

/** Bounds the loss of a network with random weights on new samples. */
@Command(
    name = "bound",
    mixinStandardHelpOptions = true,
    versionProvider = FlatnessCommand.Version.class,
    sortOptions = false,
    description = {
      "PAC-Bayes bounds: how often a network with weights drawn around its own will be wrong on new"
          + " samples at most, with which probability, and what the bound is made of."
    },
    footerHeading = "%nExample:%n",
    footer =
        "  flatness bound --model mlp.onnx --data train.npz --prior split=0.5 --json bound.json")
final class BoundCommand implements Callable<Integer> {
  private static final String SPLIT = "split=";
  private static final String CLIPPED = "clipped=";

  @ParentCommand private FlatnessCommand parent;
  private final SettingOptions settings = new SettingOptions();
  private CommandSpec spec;

  @Mixin private ModelOptions model;
  @Mixin private DataOptions data;

  @Option(
      names = "--bounds",
      paramLabel = "ID",
      split = ",",
      description = {
        "Which bounds, separated by commas: yi-mcallester-bound, maurer-bound, seeger-bound,"
            + " quadratic-bound, lambda-bound, catoni-bound. Default: all."
      })
  private List<String> bounds = new ArrayList<>();

  @Option(
      names = "--coordinates",
      paramLabel = "NAME",
      defaultValue = "weights",
      description = {
        "What prior and posterior are Gaussian in: weights or basis-paths. Default: weights."
      })
  private String coordinates;

  @Option(
      names = "--sigma",
      paramLabel = "S",
      defaultValue = "search",
      description = {
        "The posterior's standard deviation: a number, search, per-layer or optimised. Default:"
            + " search."
      })
  private String sigma;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      converter = Quantities.EpochsConverter.class,
      description = "How many passes over the samples optimise a posterior. Default: 20.")
  private @Nullable Integer epochs;

  @Option(
      names = "--resume",
      paramLabel = "FILE",
      description = {
        "Keep the state of an optimised posterior in this file; where it exists, go on from it to the"
            + " same bits."
      })
  private @Nullable Path resume;

  @Option(
      names = "--prior",
      paramLabel = "P",
      defaultValue = "zero",
      description = {
        "Where the prior is centered: zero; FILE.onnx, a network that has not seen the samples;"
            + " split=F, a network trained on the share F of them, the bound on the rest. Default:"
            + " zero."
      })
  private String prior;

  @Option(
      names = "--prior-sigma",
      paramLabel = "S",
      defaultValue = "grid",
      description = {
        "The prior's standard deviation: a number chosen before the samples were seen, or grid,"
            + " which is paid for. Default: grid."
      })
  private String priorSigma;

  @Option(
      names = "--catoni",
      paramLabel = "C",
      defaultValue = "grid",
      description = "C of catoni-bound: a number chosen beforehand, or grid. Default: grid.")
  private String catoni;

  @Option(
      names = "--confidence",
      paramLabel = "C",
      defaultValue = "0.95",
      converter = Quantities.NumberConverter.class,
      description = "The probability with which each bound holds. Default: 0.95.")
  private double confidence;

  @Option(
      names = "--draws",
      paramLabel = "N",
      defaultValue = "1000",
      converter = Quantities.CountConverter.class,
      description = {
        "How often the risk of the posterior is drawn at least; networks of dense layers draw every"
            + " sample. Default: 1000."
      })
  private int draws;

  @Option(
      names = "--risk",
      paramLabel = "LOSS",
      defaultValue = "0-1",
      description = {
        "The loss that is bounded: 0-1, wrong labels; or clipped=B, the loss cut at B. Default: 0-1."
      })
  private String risk;

  @Mixin private TestDataOptions test;
  @Mixin private BatchOptions evaluation;
  @Mixin private TableOutputOptions output;

  /** Adds the options of settings. */
  @Spec
  void setSpec(CommandSpec command) {
    spec = command;
    settings.addTo(command, List.of(PsiMeasures.SKELETON, Settings.TIME_LIMIT));
  }

  @Override
  public Integer call() throws IOException {
    List<Path> inputs = new ArrayList<>(data.files());
    inputs.addAll(model.network().files());
    inputs.addAll(test.files());
    inputs.addAll(SkeletonFiles.of(settings.settings()));
    output.check(inputs);
    if (resume != null) {
      output.checkState("--resume", resume, inputs);
    }
    Posterior posterior = posterior();
    boolean basisPaths = basisPaths();
    Risk bounded = risk();
    requireUsed(basisPaths);
    BoundReport found;
    Report report;
    try (Session session = Session.open(model.network(), data, evaluation);
        TestDataOptions.Opened opened = test.open(data, evaluation, session)) {
      BoundRequest request =
          Flatness.of(session.network())
              .on(session.data(), session.loss())
              .with(evaluation.surface())
              .bound(bounds.toArray(String[]::new))
              .posterior(posterior)
              .prior(prior())
              .risk(bounded)
              .confidence(confidence)
              .draws(draws)
              .with(settings.settings())
              .seed(evaluation.seed());
      request = basisPaths ? request.inBasisPaths() : request;
      request = catoni.equals("grid") ? request : request.catoni(number("--catoni", catoni));
      Dataset samples = opened.data();
      request = samples == null ? request : request.test(samples);
      BoundRequest ready = request;
      session.announce(
          settings.settings(),
          ready::work,
          "--limit, --time-limit, fewer --draws or --precision float32",
          output.quiet() ? null : spec.commandLine().getErr());
      try (ProgressView progress = ProgressView.of(parent.terminal(), output.quiet())) {
        found = ready.monitor(progress).report();
      }
      report = session.described(Report.of(found), found.evaluation()).withSettings(asked());
    }
    output.show(report, parent.terminal(), spec.commandLine().getOut());
    output.write(report);
    return report.acceptable() ? Failures.OK : Failures.MISSED_TOLERANCE;
  }

  private void requireUsed(boolean basisPaths) {
    if (!basisPaths && settings.settings().given(PsiMeasures.SKELETON).isPresent()) {
      throw new IllegalArgumentException(
          "--skeleton belongs to --coordinates basis-paths; leave it out, or name them");
    }
    if (!sigma.equals("optimised") && (epochs != null || resume != null)) {
      throw new IllegalArgumentException(
          (epochs != null ? "--epochs" : "--resume")
              + " belongs to --sigma optimised; leave it out, or optimise the posterior");
    }
    if (!catoni.equals("grid") && !bounds.isEmpty() && !bounds.contains("catoni-bound")) {
      throw new IllegalArgumentException(
          "--catoni belongs to catoni-bound, which --bounds leaves out; name it, or leave --catoni"
              + " out");
    }
  }

  private boolean basisPaths() {
    return switch (coordinates) {
      case "weights" -> false;
      case "basis-paths" -> true;
      default ->
          throw new IllegalArgumentException(
              "--coordinates is " + coordinates + ", expected weights or basis-paths");
    };
  }

  private Posterior posterior() {
    return switch (sigma) {
      case "search" -> Posterior.searched();
      case "per-layer" -> Posterior.perLayer();
      case "optimised" -> Posterior.optimised(optimizer());
      default -> Posterior.isotropic(number("--sigma", sigma));
    };
  }

  private PosteriorOptimizer optimizer() {
    PosteriorOptimizer optimizer = PosteriorOptimizer.withDefaults();
    optimizer = epochs == null ? optimizer : optimizer.withEpochs(epochs);
    return resume == null ? optimizer : optimizer.withFile(resume);
  }

  private Prior prior() {
    Prior center;
    if (prior.equals("zero")) {
      center = Prior.zero();
    } else if (prior.startsWith(SPLIT)) {
      center = Prior.split(number("--prior split", prior.substring(SPLIT.length())));
    } else {
      center = Prior.around(model.network().read(Path.of(prior), data.inputShape()));
    }
    return priorSigma.equals("grid")
        ? center
        : center.withSigma(number("--prior-sigma", priorSigma));
  }

  private Risk risk() {
    if (risk.equals("0-1")) {
      return Risk.zeroOne();
    }
    if (risk.startsWith(CLIPPED)) {
      return Risk.clipped(number("--risk clipped", risk.substring(CLIPPED.length())));
    }
    throw new IllegalArgumentException(
        "--risk is " + risk + ", expected 0-1 or clipped=B with a number B");
  }

  private static double number(String option, String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException notANumber) {
      throw new IllegalArgumentException(
          option + " is " + text + ", expected a number or one of the words in --help");
    }
  }

  /** The files that were named, which the request does not know. */
  private Map<String, Object> asked() {
    Map<String, Object> asked = new LinkedHashMap<>();
    asked.put("prior", prior);
    if (epochs != null) {
      asked.put("epochs", epochs);
    }
    test.record(asked);
    return asked;
  }
}
