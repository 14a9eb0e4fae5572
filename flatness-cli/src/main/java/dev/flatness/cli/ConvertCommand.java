package dev.flatness.cli;

import dev.flatness.internal.report.TextWrap;
import dev.flatness.network.Network;
import dev.flatness.network.NetworkReader;
import dev.flatness.network.NetworkReader.Imported;
import dev.flatness.onnx.OnnxReader;
import dev.flatness.onnx.OnnxWriter;
import dev.flatness.random.Seed;
import dev.flatness.report.Report;
import dev.flatness.tensor.Shape;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Writes a model of another framework as an ONNX file. */
@Command(
    name = "convert",
    mixinStandardHelpOptions = true,
    versionProvider = FlatnessCommand.Version.class,
    sortOptions = false,
    description = {
      "Writes a model of DL4J as an ONNX file, with batch normalization folded into the layers"
          + " beside it, and compares the outputs of both on random inputs.",
      "It needs an installation with DL4J: FLATNESS_DL4J=yes ./flatness install DIR"
    },
    footerHeading = "%nExample:%n",
    footer = "  flatness convert model.zip model.onnx")
final class ConvertCommand implements Callable<Integer> {
  private static final int COMPARED = 8;

  /**
   * Frameworks count in float32, of unit 6e-8, which layers one after another amplify; what was
   * read wrongly differs by a tenth or more.
   */
  private static final double LARGEST_DIFFERENCE = 1e-3;

  @ParentCommand private FlatnessCommand parent;
  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "FILE.zip",
      description = "The model, as ModelSerializer of DL4J writes it.")
  private Path source;

  @Parameters(index = "1", paramLabel = "FILE.onnx", description = "Where the network goes.")
  private Path target;

  @Option(
      names = "--input-shape",
      paramLabel = "D,D,D",
      converter = Quantities.SizesConverter.class,
      description = "The shape of one input, channels first, where the file leaves it open.")
  private Quantities.@Nullable Sizes inputShape;

  @Option(names = "--force", description = "Overwrite an existing file.")
  private boolean force;

  @Option(names = "--quiet", description = "Show nothing.")
  private boolean quiet;

  @Override
  public Integer call() throws IOException {
    OutputOptions.check("FILE.onnx", target, force, List.of(source));
    Imported imported =
        reader().importFrom(source, inputShape == null ? null : Shape.of(inputShape.values()));
    Network network = OnnxReader.withDefaults().folded(imported.network());
    if (imported.original() != null) {
      requireAlike(source, network, imported.original());
    }
    OnnxWriter.withDefaults().withReplacing(force).write(network, target);
    if (!quiet) {
      show(imported, network);
    }
    return Failures.OK;
  }

  /** The reader of the file's format, if it is installed. */
  private NetworkReader reader() {
    String name = source.toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".onnx")) {
      throw new IllegalArgumentException(
          source + " is an ONNX file, which needs no conversion; name a model of DL4J (.zip)");
    }
    for (NetworkReader reader : ServiceLoader.load(NetworkReader.class)) {
      if (reader.reads(source)) {
        return reader;
      }
    }
    throw new IllegalArgumentException(
        name.endsWith(".zip")
            ? "this installation cannot read "
                + source
                + ", because it was made without DL4J; FLATNESS_DL4J=yes ./flatness install DIR, in"
                + " a checkout, makes one that can"
            : source + " is of no format that can be converted; name a model of DL4J (.zip)");
  }

  private void show(Imported imported, Network network) {
    Terminal terminal = parent.terminal();
    PrintWriter out = spec.commandLine().getOut();
    out.print(
        Report.of(network)
            .withModelFile(source.toString())
            .text(terminal.columns(), new OutputOptions().palette(terminal)));
    if (!imported.loss().isEmpty()) {
      out.println(TextWrap.paragraph("loss  " + imported.loss(), terminal.columns(), 6));
    }
    UnaryOperator<double[][]> original = imported.original();
    if (original != null) {
      out.printf(
          Locale.ROOT,
          "the outputs of both differ by at most %.1e of the largest, on %d random inputs%n",
          residual(OnnxReader.withDefaults().read(target).network(), original),
          COMPARED);
    }
    out.println("the network is in " + target);
    out.flush();
  }

  /** Refuses a network whose outputs are not those of the model that it was made of. */
  static void requireAlike(Path source, Network network, UnaryOperator<double[][]> original) {
    double residual = residual(network, original);
    if (!(residual <= LARGEST_DIFFERENCE)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "the outputs of %s and of the network made of it differ by %.1e of the largest, on %d"
                  + " random inputs, expected at most %.0e; nothing was written. Check that the"
                  + " model's own outputs are finite, then report it with the model",
              source,
              residual,
              COMPARED,
              LARGEST_DIFFERENCE));
    }
  }

  /** max |f − g| / max |g| of a network f and the framework's own g. */
  private static double residual(Network network, UnaryOperator<double[][]> original) {
    RandomGenerator random = Seed.of(0).generator();
    double[][] inputs = new double[COMPARED][network.inputShape().size()];
    for (double[] input : inputs) {
      for (int i = 0; i < input.length; i++) {
        input[i] = (float) random.nextGaussian();
      }
    }
    double[][] own = original.apply(inputs);
    double[][] found = network.outputs(inputs);
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < own.length; i++) {
      for (int k = 0; k < own[i].length; k++) {
        largest = Math.max(largest, Math.abs(own[i][k]));
        difference = Math.max(difference, Math.abs(own[i][k] - found[i][k]));
      }
    }
    return largest == 0 ? difference : difference / largest;
  }
}
