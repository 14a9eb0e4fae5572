package dev.flatness.cli;

import dev.flatness.AuditReport;
import dev.flatness.AuditRequest;
import dev.flatness.Flatness;
import dev.flatness.MeasureCatalog;
import dev.flatness.MeasureSelection;
import dev.flatness.audit.Audit;
import dev.flatness.audit.TransformationFamily;
import dev.flatness.report.Report;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Tries on a network what measures claim not to change under. */
@Command(
    name = "audit",
    mixinStandardHelpOptions = true,
    versionProvider = FlatnessCommand.Version.class,
    sortOptions = false,
    description = {
      "Measures a network and its images under transformations that do not change what it"
          + " computes, and tells which numbers stayed. Exit code 1 if one moved that claims not"
          + " to."
    },
    footerHeading = "%nExample:%n",
    footer = "  flatness audit --model mlp.onnx --data test.npz --trials 5 --json audit.json")
final class AuditCommand implements Callable<Integer> {
  @ParentCommand private FlatnessCommand parent;
  @Spec private CommandSpec spec;
  @Mixin private ModelOptions model;
  @Mixin private DataOptions data;
  @Mixin private MeasureOptions measures;

  @Option(
      names = "--trials",
      paramLabel = "N",
      defaultValue = "20",
      converter = Quantities.CountConverter.class,
      description = "Transformations of each family. Default: 20.")
  private int trials;

  @Option(
      names = "--spread",
      paramLabel = "S",
      defaultValue = "1000",
      converter = Quantities.NumberConverter.class,
      description = "Factors of rescalings lie between 1/S and S. Default: 1000.")
  private double spread;

  @Option(
      names = "--transformations",
      paramLabel = "FAMILY",
      split = ",",
      description = {
        "Families, separated by commas: neuron-wise, except-inputs, layer-wise, alpha, k-layer,"
            + " bias, permutation, adversarial. Default: all that the network has."
      })
  private List<String> transformations = new ArrayList<>();

  @Mixin private BatchOptions evaluation;
  @Mixin private TableOutputOptions output;

  @Override
  public Integer call() throws IOException {
    List<Path> inputs = new ArrayList<>(data.files());
    inputs.addAll(model.network().files());
    inputs.addAll(measures.files());
    output.check(inputs);
    MeasureSelection selection = MeasureCatalog.installed().select(measures.measures());
    TransformationFamily[] families = families();
    AuditReport audited;
    Report report;
    try (Session session = Session.open(model.network(), data, evaluation)) {
      measures.check(session.network());
      AuditRequest request = request(session, selection, families);
      session.announce(
          measures.settings(),
          () -> request.work(),
          "--limit, --time-limit, fewer --trials, --measures or --transformations, or"
              + " --precision float32",
          output.quiet() ? null : spec.commandLine().getErr());
      try (ProgressView progress = ProgressView.of(parent.terminal(), output.quiet())) {
        audited = request.monitor(progress).report();
      }
      report = session.described(Report.of(audited), audited.evaluation());
    }
    output.show(report, parent.terminal(), spec.commandLine().getOut());
    output.write(report);
    if (!audited.holds()) {
      spec.commandLine()
          .getErr()
          .println("flatness: a number that claims not to change moved, see above");
      return Failures.CLAIM_FAILED;
    }
    return report.acceptable() ? Failures.OK : Failures.MISSED_TOLERANCE;
  }

  private TransformationFamily[] families() {
    return transformations.isEmpty()
        ? Audit.withDefaults().families().toArray(TransformationFamily[]::new)
        : transformations.stream()
            .map(TransformationFamily::of)
            .toArray(TransformationFamily[]::new);
  }

  private AuditRequest request(
      Session session, MeasureSelection selection, TransformationFamily[] families) {
    return Flatness.of(session.network())
        .on(session.data(), session.loss())
        .with(evaluation.surface())
        .audit(selection)
        .trials(trials)
        .spread(spread)
        .transformations(families)
        .with(measures.settings())
        .seed(evaluation.seed());
  }
}
