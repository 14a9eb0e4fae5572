package dev.flatness.cli;

import dev.flatness.cost.Pass;
import dev.flatness.cost.Work;
import dev.flatness.data.Dataset;
import dev.flatness.data.Datasets;
import dev.flatness.data.FileDataset;
import dev.flatness.internal.report.Digits;
import dev.flatness.internal.text.Memory;
import dev.flatness.loss.Losses;
import dev.flatness.network.Activation;
import dev.flatness.network.Network;
import dev.flatness.onnx.OnnxWriter;
import dev.flatness.random.Seed;
import dev.flatness.surface.Evaluation;
import dev.flatness.tensor.Shape;
import dev.flatness.training.Architectures;
import dev.flatness.training.Initialization;
import dev.flatness.training.SgdTrainer;
import dev.flatness.training.Training;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Trains a network and writes it as an ONNX file. */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    versionProvider = FlatnessCommand.Version.class,
    sortOptions = false,
    description = "Trains a ReLU network by stochastic gradient descent with momentum.",
    footerHeading = "%nExample:%n",
    footer = "  flatness train --data train.npz --hidden 50,50,30 --epochs 30 --out mlp.onnx")
final class TrainCommand implements Callable<Integer> {
  private static final int MOST_LAYERS = 1000;

  /** Numbers for each parameter: weights, their copies, velocity, gradient and its sums. */
  private static final int COPIES = 12;

  @ParentCommand private FlatnessCommand parent;
  @Spec private CommandSpec spec;
  @Mixin private DataOptions data;

  @ArgGroup(exclusive = true, multiplicity = "1")
  private Architecture architecture;

  /** Either of two architectures. */
  static final class Architecture {
    @Option(
        names = "--hidden",
        paramLabel = "W,W,…",
        converter = Quantities.SizesConverter.class,
        description = "A perceptron with hidden layers of these widths.")
    private Quantities.Sizes hidden;

    @Option(names = "--lenet", description = "LeNet-5 with ReLUs and max-pooling, for images.")
    private boolean lenet;

    /** LeNet reads feature maps: an image of one channel gets the axis that says so. */
    FileDataset open(DataOptions data) {
      FileDataset stored = Datasets.open(data.source(), data.preprocessing());
      Shape shape = stored.inputShape();
      if (!lenet || shape.rank() != 2) {
        return stored;
      }
      stored.close();
      return Datasets.open(
          data.source(), Shape.of(1, shape.extent(0), shape.extent(1)), data.preprocessing());
    }

    Network build(Dataset data, int outputs) {
      if (lenet) {
        return Architectures.lenet5(data.inputShape(), outputs);
      }
      List<Integer> widths = new ArrayList<>();
      for (int width : hidden.values()) {
        widths.add(width);
      }
      requireRoom(data.inputShape().size(), widths, outputs, Runtime.getRuntime().maxMemory());
      return Architectures.perceptron(data.inputShape(), widths, outputs, Activation.RELU);
    }
  }

  /** Refuses a perceptron that the heap cannot train, before any of it is allocated. */
  static void requireRoom(int inputs, List<Integer> widths, int outputs, long heap) {
    if (widths.size() > MOST_LAYERS) {
      throw new IllegalArgumentException(
          "--hidden names "
              + widths.size()
              + " layers, expected at most "
              + MOST_LAYERS
              + "; name fewer");
    }
    double parameters = 0;
    double at = inputs;
    for (double width : widths) {
      parameters += (at + 1) * width;
      at = width;
    }
    parameters += (at + 1) * outputs;
    double bytes = COPIES * Double.BYTES * parameters;
    if (bytes > heap) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "a perceptron of %,.0f parameters takes about %s to train, but the Java heap ends at"
                  + " %s; name smaller widths (--hidden), or %s",
              parameters,
              Memory.needed(bytes),
              Memory.available(heap),
              Memory.MORE_HEAP));
    }
  }

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      defaultValue = "32",
      converter = Quantities.CountConverter.class,
      description = "Samples per step. Default: 32.")
  private int batchSize;

  @Option(
      names = "--learning-rate",
      paramLabel = "R",
      defaultValue = "0.05",
      converter = Quantities.PositiveConverter.class,
      description = "Default: 0.05.")
  private double learningRate;

  @Option(
      names = "--momentum",
      paramLabel = "M",
      defaultValue = "0.9",
      description = "From 0 to below 1. Default: 0.9.")
  private double momentum;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      defaultValue = "20",
      converter = Quantities.EpochsConverter.class,
      description = "Passes over the data, at most 1000000. Default: 20.")
  private int epochs;

  @Option(
      names = "--init",
      paramLabel = "INIT",
      defaultValue = "kaiming",
      converter = InitializationConverter.class,
      description = "xavier, kaiming, uniform or normal. Default: kaiming.")
  private Initialization initialization;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE.onnx",
      description = {
        "Where the network goes. With --checkpoint-every, {epoch} in the name stands for the epoch,"
            + " and every checkpoint stays."
      })
  private Path out;

  @Mixin private EvaluationOptions evaluation;

  @Option(
      names = "--checkpoint-every",
      paramLabel = "N",
      converter = Quantities.CountConverter.class,
      description = {
        "Write the network to --out after every N epochs, so that an interruption leaves the last"
            + " one. Default: at the end only."
      })
  private Integer checkpointEvery;

  @Option(names = "--force", description = "Overwrite an existing file.")
  private boolean force;

  @Option(names = "--quiet", description = "Show neither the history nor the progress.")
  private boolean quiet;

  @Override
  public Integer call() throws IOException {
    Checkpoints checkpoints = new Checkpoints();
    checkpoints.check();
    PrintWriter err = spec.commandLine().getErr();
    Training training;
    try (FileDataset samples = architecture.open(data);
        ProgressView progress = ProgressView.of(parent.terminal(), quiet)) {
      Losses.Choice choice = Losses.choose(evaluation.loss(), samples);
      if (!quiet) {
        samples.notes().forEach(note -> err.println("note: " + note));
        choice.notes().forEach(note -> err.println("note: " + note));
      }
      Thread interrupted = onInterruption(progress, checkpoints);
      try {
        training = train(choice, progress, checkpoints);
        if (training.stop() != Training.Stop.DIVERGED) {
          checkpoints.write(training.network(), training.history().size() - 1);
        }
      } finally {
        forget(interrupted);
      }
    }
    if (training.stop() == Training.Stop.DIVERGED) {
      err.println("flatness: " + training.reason() + "; " + checkpoints.left());
      return Failures.MISSED_TOLERANCE;
    }
    if (!quiet) {
      spec.commandLine().getOut().println(training.reason() + "; " + checkpoints.where());
    }
    return Failures.OK;
  }

  /** Says what is left when the process is asked to end, which the machine does with code 130. */
  private Thread onInterruption(ProgressView progress, Checkpoints checkpoints) {
    PrintWriter err = spec.commandLine().getErr();
    Thread last =
        new Thread(
            () -> {
              progress.clear();
              err.println("flatness: interrupted; " + checkpoints.left() + checkpoints.hint());
              err.flush();
            });
    Runtime.getRuntime().addShutdownHook(last);
    return last;
  }

  private static void forget(Thread last) {
    try {
      Runtime.getRuntime().removeShutdownHook(last);
    } catch (IllegalStateException ending) {
      // Too late: it says what it has to say.
      assert ending != null;
    }
  }

  private Training train(Losses.Choice choice, ProgressView progress, Checkpoints checkpoints) {
    Seed seed = Seed.of(evaluation.seed());
    Network start =
        initialization.draw(
            architecture.build(choice.data(), choice.outputs()), seed.split("initialization"));
    RunTimeForecast.warning(
            List.of(
                new Work("training", Pass.GRADIENT, epochs),
                new Work("history", Pass.VALUE, epochs + 1.0)),
            start,
            evaluation.surface(),
            choice.data().size(),
            "fewer --epochs, smaller --hidden, --limit or --precision float32")
        .filter(line -> !quiet)
        .ifPresent(line -> RunTimeForecast.print(spec.commandLine().getErr(), line));
    return SgdTrainer.withDefaults()
        .withBatchSize(batchSize)
        .withLearningRate(learningRate)
        .withMomentum(momentum)
        .withEpochs(epochs)
        .withOptions(evaluation.surface())
        .withMonitor(progress)
        .withListener(
            (epoch, network, now) -> {
              if (!quiet) {
                progress.above(() -> print(epoch, now));
              }
              if (checkpointEvery != null && epoch > 0 && epoch % checkpointEvery == 0) {
                checkpoints.write(network, epoch);
              }
            })
        .train(start, choice.data(), choice.loss(), seed.split("training"));
  }

  private void print(int epoch, Evaluation now) {
    String accuracy =
        Double.isNaN(now.accuracy()) ? "" : "  accuracy " + Digits.six(100 * now.accuracy()) + " %";
    PrintWriter writer = spec.commandLine().getOut();
    writer.println("epoch " + epoch + "  loss " + Digits.six(now.loss()) + accuracy);
    writer.flush();
  }

  /** Writes the network again and again, into one file or one for each epoch. */
  private final class Checkpoints {
    private static final String EPOCH = "{epoch}";

    private volatile int written = -1;

    /** Refuses what could not be written, before any work. */
    void check() throws IOException {
      OutputOptions.check("--out", file(epochs), force, data.files());
      if (!several() || checkpointEvery == null) {
        return;
      }
      for (long epoch = checkpointEvery; epoch < epochs; epoch += checkpointEvery) {
        OutputOptions.check("--out", file((int) epoch), force, data.files());
      }
    }

    private boolean several() {
      return out.toString().contains(EPOCH);
    }

    private Path file(int epoch) {
      return several() ? Path.of(out.toString().replace(EPOCH, Integer.toString(epoch))) : out;
    }

    void write(Network network, int epoch) {
      if (written == epoch) {
        return;
      }
      // What stands in one file after the first time is our own.
      boolean own = written >= 0 && !several();
      OnnxWriter writer = OnnxWriter.withDefaults().withReplacing(force || own);
      Network stored = network.withStoredPrecision(evaluation.surface().precision());
      writer.write(stored, file(epoch));
      written = epoch;
    }

    String where() {
      return "the network is in " + file(written);
    }

    String left() {
      return written >= 0
          ? file(written) + " holds the network after epoch " + written
          : "no network was written";
    }

    /** What to do the next time, where nothing is left. */
    String hint() {
      return written >= 0 || checkpointEvery != null
          ? ""
          : "; --checkpoint-every N leaves the last one";
    }
  }

  private static final class InitializationConverter implements ITypeConverter<Initialization> {
    @Override
    public Initialization convert(String text) {
      for (Initialization known : Initialization.values()) {
        if (known.id().equals(text)) {
          return known;
        }
      }
      throw new TypeConversionException(
          "'" + text + "' is no initialization; write xavier, kaiming, uniform or normal");
    }
  }
}
