package dev.flatness.cli;

import dev.flatness.Flatness;
import dev.flatness.FlatnessReport;
import dev.flatness.MeasureCatalog;
import dev.flatness.MeasureSelection;
import dev.flatness.cost.Work;
import dev.flatness.measure.Monitor;
import dev.flatness.report.Report;
import dev.flatness.report.ReportComparison;
import dev.flatness.report.ReportDocument;
import dev.flatness.tensor.Shape;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Measures a network on data, or several one after the other. */
@Command(
    name = "measure",
    mixinStandardHelpOptions = true,
    versionProvider = FlatnessCommand.Version.class,
    sortOptions = false,
    description = "Measures the flatness of networks on data.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  flatness measure --model mlp.onnx --data test.npz --measures default,rho-rows --json"
          + " report.json",
      "  flatness measure --model 'epoch-*.onnx' --data test.npz --json reports --html training.html"
    })
final class MeasureCommand implements Callable<Integer> {
  @ParentCommand private FlatnessCommand parent;
  @Spec private CommandSpec spec;
  @Mixin private ModelsOptions models;
  @Mixin private DataOptions data;
  @Mixin private MeasureOptions measures;
  @Mixin private BatchOptions evaluation;
  @Mixin private TableOutputOptions output;

  @Override
  public Integer call() throws IOException {
    List<NetworkFile> networks = models.networks();
    List<Path> inputs = new ArrayList<>(data.files());
    networks.forEach(network -> inputs.addAll(network.files()));
    inputs.addAll(measures.files());
    MeasureSelection selection = MeasureCatalog.installed().select(measures.measures());
    return networks.size() == 1
        ? one(networks.get(0), selection, inputs)
        : several(networks, selection, inputs);
  }

  private int one(NetworkFile network, MeasureSelection selection, List<Path> inputs)
      throws IOException {
    List<String> names = FilePatterns.names(List.of(network.own()));
    if (models.byPattern()) {
      output.checkSeveral(names, inputs);
    } else {
      output.check(inputs);
    }
    Report report = measure(network, selection, 1, 1);
    if (models.byPattern()) {
      output.intoFolder(names.get(0));
    }
    output.show(report, parent.terminal(), spec.commandLine().getOut());
    output.write(report);
    return code(report.acceptable());
  }

  private int several(List<NetworkFile> networks, MeasureSelection selection, List<Path> inputs)
      throws IOException {
    List<String> names = FilePatterns.names(networks.stream().map(NetworkFile::own).toList());
    output.checkSeveral(names, inputs);
    requireReadable(networks);
    List<ReportDocument> documents = new ArrayList<>();
    boolean acceptable = true;
    for (int i = 0; i < networks.size(); i++) {
      Report report = measure(networks.get(i), selection, i + 1, networks.size());
      output.writeOneOfSeveral(report, names.get(i));
      documents.add(ReportDocument.of(report, names.get(i)));
      acceptable &= report.acceptable();
    }
    ReportComparison comparison = ReportComparison.of(documents);
    output.show(comparison, parent.terminal(), spec.commandLine().getOut());
    output.write(comparison);
    return code(acceptable);
  }

  /** What cannot be read, or does not fit the data, is found before a network is measured. */
  private void requireReadable(List<NetworkFile> networks) {
    Set<Shape> fitting = new HashSet<>();
    for (NetworkFile network : networks) {
      Shape shape = network.read(data.inputShape()).inputShape();
      if (fitting.contains(shape)) {
        continue;
      }
      try (Session session = Session.open(network, data, evaluation)) {
        fitting.add(shape);
        measures.check(session.network());
      } catch (IllegalArgumentException refused) {
        throw new IllegalArgumentException(network.own() + ": " + refused.getMessage(), refused);
      }
    }
  }

  private static int code(boolean acceptable) {
    return acceptable ? Failures.OK : Failures.MISSED_TOLERANCE;
  }

  private Report measure(NetworkFile file, MeasureSelection selection, int number, int count) {
    try (Session session = Session.open(file, data, evaluation)) {
      measures.check(session.network());
      Flatness.Measuring measuring =
          Flatness.of(session.network())
              .on(session.data(), session.loss())
              .with(evaluation.surface())
              .measure(selection)
              .with(measures.settings())
              .seed(evaluation.seed());
      if (number == 1) {
        @Nullable PrintWriter err = output.quiet() ? null : spec.commandLine().getErr();
        session.announce(
            measures.settings(),
            () -> times(count, measuring.work()),
            "--limit, --time-limit, fewer --measures or --precision float32",
            err);
      }
      FlatnessReport measured;
      try (ProgressView progress = ProgressView.of(parent.terminal(), output.quiet())) {
        Monitor shown = count == 1 ? progress : numbered(progress, number + "/" + count + " ");
        measured = measuring.monitor(shown).report();
      }
      return session.described(Report.of(measured), measured.evaluation());
    }
  }

  private static List<Work> times(int count, List<Work> one) {
    return Collections.nCopies(count, one).stream().flatMap(List::stream).toList();
  }

  private static Monitor numbered(Monitor monitor, String number) {
    return (task, done, total) -> monitor.update(number + task, done, total);
  }
}
