package dev.flatness.pacbayes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.flatness.data.Dataset;
import dev.flatness.data.synthetic.GaussianClusters;
import dev.flatness.loss.BinaryCrossEntropy;
import dev.flatness.loss.Loss;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.measure.Monitor;
import dev.flatness.network.Activation;
import dev.flatness.network.Network;
import dev.flatness.pacbayes.OptimizedPosterior.Stop;
import dev.flatness.random.Seed;
import dev.flatness.surface.SurfaceOptions;
import dev.flatness.tensor.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PosteriorOptimizerTest {
  private static final Loss CLASSES = SoftmaxCrossEntropy.onLogits();
  private static final PosteriorOptimizer SHORT =
      PosteriorOptimizer.withDefaults()
          .withEpochs(4)
          .withBatchSize(64)
          .withMeanRate(0.02)
          .withScaleRate(0.05);

  /** Two classes far apart: from a vacuous start to a certificate below 0.1. */
  @ParameterizedTest
  @EnumSource(TrainingBound.class)
  void aSmallTaskGetsABoundWorthHaving(TrainingBound bound) {
    PosteriorProblem problem = binary(4000);
    PosteriorOptimizer how = SHORT.withEpochs(10).withBound(bound).withSurrogate(Surrogate.ERROR);
    double before = certificate(problem, problem.prior());
    OptimizedPosterior result = how.optimize(problem, problem.prior(), Seed.of(3));
    assertThat(result.stop()).isEqualTo(Stop.EPOCHS);
    assertThat(result.history()).hasSize(10);
    assertThat(before).isGreaterThan(0.3);
    assertThat(certificate(problem, result.posterior())).isLessThan(0.1);
    assertThat(result.posterior().divergenceFrom(problem.prior()))
        .isEqualTo(result.history().get(9).divergence());
  }

  private static double certificate(PosteriorProblem problem, DiagonalGaussian posterior) {
    var drawn =
        LocalReparameterization.draw(
            problem.network(),
            posterior,
            problem.data(),
            problem.loss(),
            1e-5,
            5,
            Seed.of(9),
            SurfaceOptions.withDefaults(),
            Monitor.NONE);
    double risk =
        BinaryDivergence.upperInverse(
            (double) drawn.wrong() / drawn.draws(), Math.log(2 / 0.01) / drawn.draws());
    return BinaryDivergence.upperInverse(
        risk, problem.epsilon(posterior.divergenceFrom(problem.prior())));
  }

  @Test
  void aConvolutionIsTrainedByOneDrawAMinibatch() {
    Network network = Networks.convolution(Seed.of(1), 2);
    Dataset flat = GaussianClusters.withDefaults().withDimension(9).generate(600, Seed.of(2));
    PosteriorProblem problem =
        new PosteriorProblem(
            network,
            DiagonalGaussian.isotropic(network.parameterVector(), 0.1),
            new Reshaped(flat, network.inputShape()),
            CLASSES,
            0.04);
    OptimizedPosterior one =
        SHORT.withOptions(threads(1)).optimize(problem, problem.prior(), Seed.of(3));
    OptimizedPosterior three =
        SHORT.withOptions(threads(3)).optimize(problem, problem.prior(), Seed.of(3));
    assertThat(three).isEqualTo(one);
    assertThat(one.history().get(3).bound()).isLessThan(one.history().get(0).bound());
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void isTheSameOnAnyNumberOfThreads(Precision precision) {
    PosteriorProblem problem = classes();
    PosteriorOptimizer how = SHORT.withBatchSize(300);
    OptimizedPosterior one =
        how.withOptions(threads(1).withPrecision(precision))
            .optimize(problem, problem.prior(), Seed.of(3));
    OptimizedPosterior three =
        how.withOptions(threads(3).withPrecision(precision).withCacheBytes(0))
            .optimize(problem, problem.prior(), Seed.of(3));
    assertThat(three).isEqualTo(one);
    assertThat(how.optimize(problem, problem.prior(), Seed.of(4))).isNotEqualTo(one);
  }

  @Test
  void aStoppedRunGoesOnWithTheSameBits(@TempDir Path folder) {
    PosteriorProblem problem = classes();
    OptimizedPosterior whole = SHORT.optimize(problem, problem.prior(), Seed.of(3));
    Path file = folder.resolve("posterior.state");
    PosteriorOptimizer kept = SHORT.withFile(file);
    AtomicInteger steps = new AtomicInteger();
    OptimizedPosterior part =
        kept.withMonitor(stopping(steps, 35)).optimize(problem, problem.prior(), Seed.of(3));
    assertThat(part.stop()).isEqualTo(Stop.STOPPED);
    assertThat(part.history()).hasSizeBetween(1, 3);
    assertThat(kept.optimize(problem, problem.prior(), Seed.of(3))).isEqualTo(whole);
    // All epochs are in the file now.
    assertThat(kept.optimize(problem, problem.prior(), Seed.of(3))).isEqualTo(whole);
  }

  private static Monitor stopping(AtomicInteger steps, int most) {
    return new Monitor() {
      @Override
      public void update(String task, long done, long total) {
        steps.incrementAndGet();
      }

      @Override
      public boolean stopped() {
        return steps.get() > most;
      }
    };
  }

  @Test
  void refusesTheFileOfAnotherRun(@TempDir Path folder) {
    PosteriorProblem problem = classes();
    Path file = folder.resolve("posterior.state");
    PosteriorOptimizer kept = SHORT.withEpochs(1).withFile(file);
    kept.optimize(problem, problem.prior(), Seed.of(3));
    refused(kept, problem, 4, "has \"seed=3\", this run \"seed=4\"");
    refused(kept.withMeanRate(0.5), problem, 3, "has \"rate of the means=0.02\"");
    refused(kept.withBound(TrainingBound.SEEGER), problem, 3, "this run \"bound=seeger\"");
    PosteriorProblem other =
        new PosteriorProblem(
            problem.network(), problem.prior(), problem.data(), problem.loss(), 0.1);
    refused(kept, other, 3, "has \"delta=0.04\", this run \"delta=0.1\"");
    Dataset data = GaussianClusters.withDefaults().withClasses(3).generate(600, Seed.of(5));
    refused(
        kept,
        new PosteriorProblem(problem.network(), problem.prior(), data, problem.loss(), 0.04),
        3,
        "has \"data=");
  }

  @Test
  void refusesADamagedFile(@TempDir Path folder) throws IOException {
    PosteriorProblem problem = classes();
    Path file = folder.resolve("posterior.state");
    PosteriorOptimizer kept = SHORT.withEpochs(1).withFile(file);
    kept.optimize(problem, problem.prior(), Seed.of(3));
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length += Math.max(1, whole.length / 97)) {
      Files.write(file, Arrays.copyOf(whole, length));
      refused(kept, problem, 3, "name another file, or remove it to start anew");
      byte[] changed = whole.clone();
      changed[length] ^= 0x10;
      Files.write(file, changed);
      refused(kept, problem, 3, "name another file, or remove it to start anew");
    }
  }

  private static void refused(
      PosteriorOptimizer how, PosteriorProblem problem, int seed, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> how.optimize(problem, problem.prior(), Seed.of(seed)))
        .withMessageContaining(message);
  }

  @Test
  void aRateThatIsTooLargeEndsTheRun() {
    PosteriorProblem problem = classes();
    OptimizedPosterior result =
        SHORT
            .withMeanRate(1e300)
            .withSurrogate(Surrogate.LOGISTIC)
            .optimize(problem, problem.prior(), Seed.of(3));
    assertThat(result.stop()).isEqualTo(Stop.DIVERGED);
    assertThat(result.posterior()).isEqualTo(problem.prior());
    assertThat(result.reason()).contains("lower the rate of the means (it is 1.0E300)");
  }

  @Test
  void refusesWhatDoesNotFit() {
    PosteriorProblem problem = classes();
    refused(SHORT.withSurrogate(Surrogate.ERROR), problem, 1, "needs one logit");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> SHORT.optimize(problem, DiagonalGaussian.isotropic(new double[2], 1), Seed.of(1)))
        .withMessageContaining("the start has 2 coordinates");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new PosteriorProblem(
                    problem.network(), problem.prior(), problem.data(), CLASSES, 1))
        .withMessage("δ is 1.0, expected a probability between 0 and 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SHORT.withScaleRate(0.5))
        .withMessage("the rate of the scales is 0.5, expected from 0 to 0.25");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SHORT.withMomentum(1))
        .withMessage("the momentum is 1.0, expected at least 0 and below 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SHORT.withMinimumProbability(0))
        .withMessageContaining("the smallest probability is 0.0");
  }

  private static SurfaceOptions threads(int count) {
    return SurfaceOptions.withDefaults().withThreads(count).withPrecision(Precision.FLOAT32);
  }

  private static PosteriorProblem binary(int samples) {
    Network network = Networks.dense(Seed.of(1), Activation.RELU, true, 2, 20, 1);
    Dataset data = GaussianClusters.withDefaults().withSeparation(6).generate(samples, Seed.of(2));
    return new PosteriorProblem(
        network,
        DiagonalGaussian.isotropic(network.parameterVector(), 0.3),
        data,
        BinaryCrossEntropy.onLogits(),
        0.04);
  }

  private static PosteriorProblem classes() {
    Network network = Networks.dense(Seed.of(1), Activation.RELU, true, 2, 10, 3);
    Dataset data = GaussianClusters.withDefaults().withClasses(3).generate(600, Seed.of(2));
    return new PosteriorProblem(
        network, DiagonalGaussian.isotropic(network.parameterVector(), 0.2), data, CLASSES, 0.04);
  }
}
