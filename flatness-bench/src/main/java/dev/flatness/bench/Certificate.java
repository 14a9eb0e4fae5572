package dev.flatness.bench;

import dev.flatness.data.DataSource;
import dev.flatness.data.Dataset;
import dev.flatness.data.Datasets;
import dev.flatness.data.FileDataset;
import dev.flatness.data.Preprocessing;
import dev.flatness.loss.BinaryCrossEntropy;
import dev.flatness.loss.Loss;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.measure.Monitor;
import dev.flatness.network.Activation;
import dev.flatness.network.Network;
import dev.flatness.pacbayes.Bound;
import dev.flatness.pacbayes.BoundEstimator;
import dev.flatness.pacbayes.BoundResult;
import dev.flatness.pacbayes.Posterior;
import dev.flatness.pacbayes.PosteriorOptimizer;
import dev.flatness.pacbayes.Prior;
import dev.flatness.pacbayes.Surrogate;
import dev.flatness.pacbayes.TrainingBound;
import dev.flatness.random.Seed;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.SurfaceOptions;
import dev.flatness.tensor.Precision;
import dev.flatness.tensor.Shape;
import dev.flatness.training.Architectures;
import dev.flatness.training.Initialization;
import dev.flatness.training.SgdTrainer;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Certificates of stochastic networks on MNIST: {@code binary}, digits 0 to 4 against 5 to 9 with a
 * prior around random weights, and {@code ten}, all classes with a prior trained on a half.
 */
final class Certificate {
  private static final Seed SEED = Seed.of(1);

  private Certificate() {}

  public static void main(String[] arguments) {
    if (arguments.length < 3
        || arguments.length > 4
        || !List.of("binary", "ten").contains(arguments[0])) {
      System.err.println("bench: certificate takes binary or ten, images, labels and epochs");
      System.exit(2);
    }
    boolean binary = arguments[0].equals("binary");
    DataSource source = DataSource.of(Path.of(arguments[1])).withLabels(Path.of(arguments[2]));
    int epochs = arguments.length == 4 ? Integer.parseInt(arguments[3]) : binary ? 16 : 5;
    try (FileDataset images = Datasets.open(source, Shape.of(784), Preprocessing.withDefaults())) {
      certify(binary, images, epochs);
    }
  }

  private static void certify(boolean binary, Dataset images, int epochs) {
    long started = System.nanoTime();
    Network network =
        Initialization.KAIMING.draw(
            Architectures.perceptron(
                images.inputShape(), List.of(600), binary ? 1 : 10, Activation.RELU),
            SEED);
    SurfaceOptions options = SurfaceOptions.withDefaults().withPrecision(Precision.FLOAT32);
    Loss loss = binary ? BinaryCrossEntropy.onLogits() : SoftmaxCrossEntropy.onLogits();
    PosteriorOptimizer optimizer = PosteriorOptimizer.withDefaults().withEpochs(epochs);
    Prior prior;
    if (binary) {
      optimizer = optimizer.withSurrogate(Surrogate.ERROR).withMeanRate(3e-3).withScaleRate(3e-2);
      prior = Prior.around(network);
    } else {
      optimizer = optimizer.withMeanRate(3e-4).withScaleRate(1e-2).withBound(TrainingBound.SEEGER);
      prior =
          Prior.split(0.5)
              .withTrainer(
                  SgdTrainer.withDefaults().withBatchSize(100).withLearningRate(0.1).withEpochs(8));
    }
    BoundResult result =
        BoundEstimator.withDefaults()
            .withBounds(List.of(Bound.SEEGER))
            .withPrior(prior)
            .withPosterior(Posterior.optimised(optimizer))
            .withDraws(1_000_000)
            .bound(
                NetworkSurface.of(network, binary ? new Halves(images) : images, loss, options),
                new Progress(),
                Seed.of(0))
            .get(0);
    System.out.printf(
        Locale.ROOT,
        "%s: certificate %.4f, risk %.4f, KL %.0f nats, %d epochs, %.0f s%n%s%n",
        binary ? "binary" : "ten",
        result.value(),
        result.terms().get("empiricalRisk"),
        result.terms().get("kl"),
        epochs,
        (System.nanoTime() - started) / 1e9,
        result.says());
  }

  /** Says on standard error when a step begins. */
  private static final class Progress implements Monitor {
    private String last = "";

    @Override
    public void update(String task, long done, long total) {
      if (!task.equals(last)) {
        System.err.println("bench: " + task);
        last = task;
      }
    }
  }

  /** The digits from 5 on against the others. */
  private record Halves(Dataset digits) implements Dataset {
    @Override
    public int size() {
      return digits.size();
    }

    @Override
    public Shape inputShape() {
      return digits.inputShape();
    }

    @Override
    public TargetKind targetKind() {
      return TargetKind.LABELS;
    }

    @Override
    public int targetSize() {
      return 1;
    }

    @Override
    public void read(int first, int count, double[] inputs, double[] targets) {
      digits.read(first, count, inputs, targets);
      for (int i = 0; i < count; i++) {
        targets[i] = targets[i] >= 5 ? 1 : 0;
      }
    }

    @Override
    public String name() {
      return digits.name() + ", digits from 5 on against the others";
    }
  }
}
