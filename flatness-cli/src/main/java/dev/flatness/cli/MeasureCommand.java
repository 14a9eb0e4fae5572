package dev.flatness.cli;

import dev.flatness.Flatness;
import dev.flatness.FlatnessReport;
import dev.flatness.MeasureCatalog;
import dev.flatness.MeasureSelection;
import dev.flatness.report.Report;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Measures a network on data. */
@Command(
    name = "measure",
    mixinStandardHelpOptions = true,
    versionProvider = FlatnessCommand.Version.class,
    sortOptions = false,
    description = "Measures the flatness of a network on data.",
    footerHeading = "%nExample:%n",
    footer = {
      "  flatness measure --model mlp.onnx --data test.npz --measures default,rho-rows --json"
          + " report.json"
    })
final class MeasureCommand implements Callable<Integer> {
  @ParentCommand private FlatnessCommand parent;
  @Spec private CommandSpec spec;
  @Mixin private ModelOptions model;
  @Mixin private DataOptions data;
  @Mixin private MeasureOptions measures;
  @Mixin private BatchOptions evaluation;
  @Mixin private TableOutputOptions output;

  @Override
  public Integer call() throws IOException {
    List<Path> inputs = new ArrayList<>(data.files());
    inputs.addAll(model.files());
    inputs.addAll(measures.files());
    output.check(inputs);
    MeasureSelection selection = MeasureCatalog.installed().select(measures.measures());
    Report report;
    try (Session session = Session.open(model, data, evaluation)) {
      measures.check(session.network());
      report = measure(session, selection);
    }
    output.show(report, parent.terminal(), spec.commandLine().getOut());
    output.write(report);
    return report.acceptable() ? Failures.OK : Failures.MISSED_TOLERANCE;
  }

  private Report measure(Session session, MeasureSelection selection) {
    Flatness.Measuring measuring =
        Flatness.of(session.network())
            .on(session.data(), session.loss())
            .with(evaluation.surface())
            .measure(selection)
            .with(measures.settings())
            .seed(evaluation.seed());
    session.announce(
        measures.settings(),
        () -> measuring.work(),
        "--limit, --time-limit, fewer --measures or --precision float32",
        output.quiet() ? null : spec.commandLine().getErr());
    FlatnessReport measured;
    try (ProgressView progress = ProgressView.of(parent.terminal(), output.quiet())) {
      measured = measuring.monitor(progress).report();
    }
    return session.described(Report.of(measured), measured.evaluation());
  }
}
