package dev.flatness.cli;

import dev.flatness.AuditReport;
import dev.flatness.AuditRequest;
import dev.flatness.Flatness;
import dev.flatness.audit.TransformationFamily;
import dev.flatness.data.Dataset;
import dev.flatness.internal.files.OutputFile;
import dev.flatness.internal.files.Reason;
import dev.flatness.internal.report.Digits;
import dev.flatness.internal.report.TextWrap;
import dev.flatness.loss.Loss;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.network.Activation;
import dev.flatness.network.Network;
import dev.flatness.onnx.OnnxWriter;
import dev.flatness.random.Seed;
import dev.flatness.report.AuditText;
import dev.flatness.report.Palette;
import dev.flatness.report.Report;
import dev.flatness.report.ReportDocument;
import dev.flatness.symmetry.ScaleClasses;
import dev.flatness.training.Architectures;
import dev.flatness.training.Initialization;
import dev.flatness.training.SgdTrainer;
import dev.flatness.training.Training;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Shows on a small network which numbers change under a rescaling and which do not. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    versionProvider = FlatnessCommand.Version.class,
    sortOptions = false,
    description = {
      "Trains a small ReLU network on synthetic data, measures it, rescales its hidden units at"
          + " random without changing what it computes, and measures it again."
    },
    footerHeading = "%nExample:%n",
    footer = "  flatness demo --save demo")
final class DemoCommand implements Callable<Integer> {
  /** Factors of the rescaling lie in [1/SPREAD, SPREAD]. */
  private static final int SPREAD = 10;

  private static final List<Integer> HIDDEN = List.of(16, 12);
  private static final int EPOCHS = 40;

  @ParentCommand private FlatnessCommand parent;
  @Spec private CommandSpec spec;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "7",
      description = "The root of all randomness. Default: 7.")
  private long root;

  @Option(
      names = "--save",
      paramLabel = "DIR",
      description = "Write both networks and the data into DIR, and show what to try next.")
  private Path folder;

  @Option(
      names = "--figures",
      paramLabel = "DIR",
      description =
          "Write a picture of what moved and what stayed, as SVG and PNG, with its numbers.")
  private Path figures;

  @Option(names = "--force", description = "Overwrite existing files.")
  private boolean force;

  @Option(names = "--no-color", description = "Use no colors.")
  private boolean noColor;

  @Override
  public Integer call() throws IOException {
    if (folder != null) {
      makeFolder();
      for (String name : List.of("network.onnx", "rescaled.onnx", "data.csv")) {
        OutputFile.check(folder.resolve(name), force);
      }
    }
    OutputOptions.checkFolder("--figures", figures);
    Seed seed = Seed.of(root);
    PrintWriter out = spec.commandLine().getOut();
    Dataset data = DemoData.clusters(seed.split("data"));
    Loss loss = SoftmaxCrossEntropy.onLogits();
    Network network = train(data, loss, seed, out);
    AuditRequest request =
        Flatness.of(network)
            .on(data, loss)
            .audit("default")
            .trials(1)
            .spread(SPREAD)
            .transformations(TransformationFamily.NEURON_WISE)
            .seed(root);
    AuditReport audited = request.report();
    Network rescaled = request.transformed(TransformationFamily.NEURON_WISE, 0);
    say(
        out,
        "rescaled the "
            + ScaleClasses.of(network).freeCount()
            + " hidden units by random factors from 1/"
            + SPREAD
            + " to "
            + SPREAD
            + "; the outputs changed by at most "
            + String.format(Locale.ROOT, "%.1e", audited.findings().functionResidual())
            + " of the largest");
    Terminal terminal = parent.terminal();
    boolean colors = terminal.output() && terminal.colors() && !noColor;
    out.print(
        AuditText.of(
            audited.findings(), terminal.columns(), colors ? Palette.ANSI : Palette.PLAIN));
    if (figures != null) {
      ReportDocument.of(Report.of(audited)).writeFigures(figures, force);
    }
    OutputOptions.noteFonts(figures, spec);
    if (folder != null) {
      save(network, rescaled, data, out);
    }
    out.flush();
    if (!audited.holds()) {
      spec.commandLine()
          .getErr()
          .println("flatness: a number that claims to be invariant moved, see above");
      return Failures.CLAIM_FAILED;
    }
    return audited.acceptable() ? Failures.OK : Failures.MISSED_TOLERANCE;
  }

  private void makeFolder() throws IOException {
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new IllegalArgumentException(
          "--save names " + folder + ", which is a file; name a folder");
    }
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new IOException(
          "--save names "
              + folder
              + ", which cannot be made: "
              + Reason.of(e)
              + "; name another folder",
          e);
    }
  }

  private Network train(Dataset data, Loss loss, Seed seed, PrintWriter out) {
    Network start =
        Initialization.KAIMING.draw(
            Architectures.perceptron(data.inputShape(), HIDDEN, DemoData.CLASSES, Activation.RELU),
            seed.split("initialization"));
    Training training =
        SgdTrainer.withDefaults()
            .withEpochs(EPOCHS)
            .train(start, data, loss, seed.split("training"));
    say(
        out,
        "trained a ReLU network of "
            + start.parameterCount()
            + " parameters on "
            + data.size()
            + " points in "
            + DemoData.CLASSES
            + " clusters: loss "
            + Digits.six(training.last().loss())
            + ", accuracy "
            + Digits.six(100 * training.last().accuracy())
            + " %");
    return training.network();
  }

  private void say(PrintWriter out, String sentence) {
    out.println(TextWrap.paragraph(sentence, parent.terminal().columns(), 2));
  }

  private void save(Network network, Network rescaled, Dataset data, PrintWriter out)
      throws IOException {
    Path before = folder.resolve("network.onnx");
    Path after = folder.resolve("rescaled.onnx");
    Path samples = folder.resolve("data.csv");
    OnnxWriter onnx = OnnxWriter.withDefaults().withReplacing(force);
    onnx.write(network, before);
    onnx.write(rescaled, after);
    DemoData.write(data, samples, force);
    out.println();
    out.println("Try next:");
    out.println("  " + Invocation.of("info", "--model", before));
    out.println("  " + Invocation.of("measure", "--model", before, "--data", samples));
    out.println("  " + Invocation.of("audit", "--model", before, "--data", samples));
    out.println(
        "  "
            + Invocation.of(
                "measure",
                "--model",
                after,
                "--data",
                samples,
                "--measures",
                "comparable",
                "--json",
                folder.resolve("rescaled.json")));
  }
}
