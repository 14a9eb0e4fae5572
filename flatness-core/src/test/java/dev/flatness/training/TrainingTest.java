package dev.flatness.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.data.Dataset;
import dev.flatness.data.Datasets;
import dev.flatness.data.synthetic.GaussianClusters;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.loss.SquaredError;
import dev.flatness.network.Activation;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.surface.SurfaceOptions;
import dev.flatness.tensor.Shape;
import dev.flatness.tensor.Tensor;
import dev.flatness.training.Training.Stop;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrainingTest {
  private static final SoftmaxCrossEntropy LOSS = SoftmaxCrossEntropy.onLogits();
  private static final Dataset CLUSTERS =
      GaussianClusters.withDefaults()
          .withClasses(3)
          .withDimension(4)
          .withSeparation(12)
          .generate(150, Seed.of(1));

  private static Network start() {
    Network shape = Architectures.perceptron(Shape.of(4), List.of(8), 3, Activation.RELU);
    return Initialization.KAIMING.draw(shape, Seed.of(2));
  }

  private static SgdTrainer trainer() {
    return SgdTrainer.withDefaults().withOptions(SurfaceOptions.withDefaults().withGemm("plain"));
  }

  @Test
  void learnsSeparatedClusters() {
    // Twelve standard deviations apart: no sample lies on a wrong side.
    Training training = trainer().train(start(), CLUSTERS, LOSS, Seed.of(3));
    assertThat(training.stop()).isEqualTo(Stop.EPOCHS);
    assertThat(training.history()).hasSize(21);
    assertThat(training.last().loss()).isLessThan(0.01);
    assertThat(training.last().accuracy()).isEqualTo(1);
    assertThat(training.history().get(0).loss()).isGreaterThan(0.3);
  }

  @Test
  void threadsChangeNoBit() {
    List<double[]> ends = new ArrayList<>();
    for (int threads : new int[] {1, 3}) {
      SurfaceOptions options = SurfaceOptions.withDefaults().withGemm("plain").withThreads(threads);
      Training training =
          trainer().withOptions(options).withEpochs(3).train(start(), CLUSTERS, LOSS, Seed.of(3));
      ends.add(training.network().parameterVector());
    }
    assertThat(ends.get(1)).containsExactly(ends.get(0));
    Training other = trainer().withEpochs(3).train(start(), CLUSTERS, LOSS, Seed.of(4));
    assertThat(other.network().parameterVector()).isNotEqualTo(ends.get(0));
  }

  /** f = w x with one weight: every step can be done by hand. */
  private static Network line(double weight) {
    return Network.sequential(1).dense("w", Tensor.of(new double[] {weight}, 1, 1), null).build();
  }

  private static Dataset points(double... targets) {
    double[] ones = new double[targets.length];
    Arrays.fill(ones, 1);
    return Datasets.of(Tensor.of(ones, targets.length, 1), Tensor.of(targets, targets.length, 1));
  }

  @Test
  void stepsFollowTheFormulaOfMomentum() {
    // L = (w − 3)², ∇L = 2(w − 3); u ← μu + ∇L, w ← w − ηu from w = 1.
    SgdTrainer trainer = trainer().withLearningRate(0.125).withMomentum(0.5).withEpochs(3);
    double w = 1;
    double u = 0;
    List<Double> losses = new ArrayList<>();
    losses.add(4.0);
    for (int step = 0; step < 3; step++) {
      u = 0.5 * u + 2 * (w - 3);
      w -= 0.125 * u;
      losses.add((w - 3) * (w - 3));
    }
    Training training = trainer.train(line(1), points(3), SquaredError.summed(), Seed.of(1));
    assertThat(training.network().parameterVector()).containsExactly(w);
    assertThat(training.history()).extracting("loss").containsExactlyElementsOf(losses);
  }

  @Test
  void theLastBatchOfAnEpochMayBeShorter() {
    // Batches of 2 and 1 of equal samples: two steps of the same gradient rule.
    SgdTrainer trainer =
        trainer().withBatchSize(2).withLearningRate(0.125).withMomentum(0).withEpochs(1);
    Training training = trainer.train(line(1), points(3, 3, 3), SquaredError.summed(), Seed.of(1));
    assertThat(training.network().parameterVector()).containsExactly(3 - 2 * 0.75 * 0.75);
    // Different samples, all in one batch and one more: the order of the epoch decides, and each
    // is read once. Steps of 1/2 on single samples end on the last target.
    Training single =
        trainer
            .withBatchSize(1)
            .withLearningRate(0.5)
            .train(line(1), points(3, 5, 9), SquaredError.summed(), Seed.of(1));
    assertThat(single.network().parameterVector()[0]).isIn(3.0, 5.0, 9.0);
  }

  @Test
  void everySampleIsReadOnceAnEpoch() {
    // With a small rate the epoch's displacement is the sum of all gradients to first order.
    double rate = 1e-9;
    SgdTrainer trainer =
        trainer().withBatchSize(1).withLearningRate(rate).withMomentum(0).withEpochs(1);
    Training training =
        trainer.train(line(0), points(1, 10, 100, 1000), SquaredError.summed(), Seed.of(5));
    double expected = 2 * 1111 * rate;
    assertThat(training.network().parameterVector()[0])
        .isCloseTo(expected, within(10 * rate * expected));
  }

  @Test
  void stopsAtTheTargetLoss() {
    Training training =
        trainer().withTargetLoss(0.2).withEpochs(50).train(start(), CLUSTERS, LOSS, Seed.of(3));
    assertThat(training.stop()).isEqualTo(Stop.TARGET_LOSS);
    int epochs = training.history().size() - 1;
    assertThat(training.last().loss()).isLessThanOrEqualTo(0.2);
    assertThat(training.history().get(epochs - 1).loss()).isGreaterThan(0.2);
  }

  @Test
  void stopsWhenItDivergesAndKeepsTheLastNetworkThatWorked() {
    Training training =
        trainer()
            .withLearningRate(1e3)
            .withEpochs(500)
            .train(line(1), points(3), SquaredError.summed(), Seed.of(3));
    assertThat(training.stop()).isEqualTo(Stop.DIVERGED);
    // One sample is one step an epoch. The factor of w - 3 per step is below -1000, so that its
    // square is beyond 1.8e308 after about 50 of them.
    int epoch = training.history().size();
    assertThat(epoch).isBetween(30, 60);
    assertThat(training.reason())
        .matches(
            "the training diverged: the loss was Infinity (in step 1 of|at the end of) epoch "
                + epoch
                + "; lower the learning rate \\(it is 1000.0\\)");
    assertThat(training.last().loss()).isFinite();
    double w = training.network().parameterVector()[0];
    assertThat((w - 3) * (w - 3)).isEqualTo(training.last().loss());
  }

  @Test
  void endsInTheStepWhereAWeightIsNotFinite() {
    List<Integer> heard = new ArrayList<>();
    Training training =
        trainer()
            .withBatchSize(1)
            .withLearningRate(1e308)
            .withListener((epoch, network, now) -> heard.add(epoch))
            .train(line(1e3), points(0, 0, 0), SquaredError.summed(), Seed.of(3));
    assertThat(training.stop()).isEqualTo(Stop.DIVERGED);
    assertThat(training.reason())
        .isEqualTo(
            "the training diverged: a weight was not finite in step 1 of epoch 1; lower the"
                + " learning rate (it is 1.0E308)");
    assertThat(training.network().parameterVector()).containsExactly(1e3);
    assertThat(heard).containsExactly(0);
  }

  @Test
  void aLossThatIsNotFiniteAtTheStartIsNoMatterOfTheLearningRate() {
    Training training =
        trainer().train(line(1e200), points(0, 1), SquaredError.summed(), Seed.of(3));
    assertThat(training.stop()).isEqualTo(Stop.DIVERGED);
    assertThat(training.reason())
        .isEqualTo(
            "the loss is Infinity before the first step; check the data and how the inputs are"
                + " scaled");
  }

  @Test
  void noEpochsLeaveTheNetworkAsItIs() {
    Training training = trainer().withEpochs(0).train(start(), CLUSTERS, LOSS, Seed.of(3));
    assertThat(training.network().parameterVector()).containsExactly(start().parameterVector());
    assertThat(training.history()).hasSize(1);
  }

  @Test
  void rejectsSettingsOutOfRange() {
    assertRefused(() -> trainer().withBatchSize(0), "the batch size is 0, expected at least 1");
    assertRefused(
        () -> trainer().withLearningRate(Double.NaN),
        "the learning rate is NaN, expected a positive number");
    assertRefused(
        () -> trainer().withLearningRate(0),
        "the learning rate is 0.0, expected a positive number");
    assertRefused(
        () -> trainer().withMomentum(1), "the momentum is 1.0, expected at least 0 and below 1");
    assertRefused(
        () -> trainer().withEpochs(-1), "the number of epochs is -1, expected at least 0");
    assertRefused(
        () -> trainer().withTargetLoss(-0.1), "the target loss is -0.1, expected at least 0");
  }

  private static void assertRefused(Runnable call, String message) {
    assertThatThrownBy(call::run).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }
}
