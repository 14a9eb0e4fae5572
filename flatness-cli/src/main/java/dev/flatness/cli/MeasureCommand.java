package dev.flatness.cli;

import dev.flatness.Documents;
import dev.flatness.Flatness;
import dev.flatness.FlatnessReport;
import dev.flatness.MeasureCatalog;
import dev.flatness.MeasureSelection;
import dev.flatness.cost.Work;
import dev.flatness.report.Report;
import dev.flatness.report.ReportText;
import dev.flatness.surface.SurfaceOptions;
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
    List<Path> inputs = new ArrayList<>(data.files());
    inputs.add(model.file());
    inputs.addAll(measures.skeleton().files());
    output.check(inputs);
    MeasureSelection selection = MeasureCatalog.installed().select(measures.measures());
    Report report;
    try (Session session = Session.open(model, data, evaluation)) {
      measures.skeleton().check(session.network());
      announce(session, selection);
      report = measure(session, selection);
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

  private void announce(Session session, MeasureSelection selection) {
    if (output.quiet() || measures.settings().timeLimit().isPresent()) {
      return;
    }
    List<Work> work = new ArrayList<>();
    selection.work(session.network(), measures.settings()).values().forEach(work::addAll);
    RunTimeForecast.warning(
            Work.together(work),
            session.network(),
            evaluation.surface(),
            session.data().size(),
            "--limit, --time-limit, fewer --measures or --precision float32")
        .ifPresent(line -> RunTimeForecast.print(spec.commandLine().getErr(), line));
  }

  private Report measure(Session session, MeasureSelection selection) {
    SurfaceOptions options = evaluation.surface();
    FlatnessReport measured;
    try (ProgressView progress = ProgressView.of(parent.terminal(), output.quiet())) {
      measured =
          Flatness.of(session.network())
              .on(session.data(), session.loss())
              .with(batchSize == null ? options : options.withBatchSize(batchSize))
              .measure(selection)
              .with(measures.settings())
              .progress(progress)
              .seed(evaluation.seed())
              .report();
    }
    Map<String, Object> settings = Documents.settings(measured, evaluation.loss());
    measures.record(settings);
    data.record(settings);
    return Documents.of(
        measured,
        model.file().toString(),
        data.file().toString(),
        session.notes(measured.evaluation().accuracy()),
        settings);
  }
}
