package dev.flatness.bench;

import dev.flatness.data.Dataset;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.measure.Monitor;
import dev.flatness.network.Activation;
import dev.flatness.network.Network;
import dev.flatness.pacbayes.DiagonalGaussian;
import dev.flatness.pacbayes.LocalReparameterization;
import dev.flatness.pacbayes.OptimizedPosterior;
import dev.flatness.pacbayes.PosteriorOptimizer;
import dev.flatness.pacbayes.PosteriorProblem;
import dev.flatness.random.Seed;
import dev.flatness.surface.SurfaceOptions;
import dev.flatness.tensor.Precision;
import dev.flatness.tensor.Shape;
import dev.flatness.training.Architectures;
import dev.flatness.training.Initialization;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The draws of a posterior's risk by local reparameterization, and an epoch of its optimisation:
 * 784-600-10 on 2,000 samples, one thread.
 *
 * <p>{@code draw} with one pass makes the products of the first layer, which further passes share:
 * what ten passes take beyond one is nine times the noise, the activations and the second layer.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class RiskBenchmark {
  private static final int SAMPLES = 2000;

  /** The arithmetic. */
  @Param({"FLOAT32", "FLOAT64"})
  public Precision precision;

  private Network network;
  private Dataset data;
  private SurfaceOptions options;
  private DiagonalGaussian posterior;
  private PosteriorProblem problem;

  /** Builds network and data. */
  @Setup
  public void build() {
    network =
        Initialization.KAIMING.draw(
            Architectures.perceptron(Shape.of(784), List.of(600), 10, Activation.RELU), Seed.of(1));
    data = new RandomImages(network.inputShape(), SAMPLES, 10);
    options = SurfaceOptions.withDefaults().withThreads(1).withPrecision(precision);
    posterior = DiagonalGaussian.isotropic(network.parameterVector(), 0.03);
    problem = new PosteriorProblem(network, posterior, data, SoftmaxCrossEntropy.onLogits(), 0.04);
  }

  /**
   * One draw a sample.
   *
   * @return the sums
   */
  @Benchmark
  public LocalReparameterization.Drawn draw() {
    return draws(1);
  }

  /**
   * Ten draws a sample.
   *
   * @return the sums
   */
  @Benchmark
  public LocalReparameterization.Drawn drawTen() {
    return draws(10);
  }

  private LocalReparameterization.Drawn draws(int passes) {
    return LocalReparameterization.draw(
        network, posterior, data, problem.loss(), 1e-5, passes, Seed.of(2), options, Monitor.NONE);
  }

  /**
   * One epoch.
   *
   * @return the posterior
   */
  @Benchmark
  public OptimizedPosterior epoch() {
    return PosteriorOptimizer.withDefaults()
        .withEpochs(1)
        .withOptions(options)
        .optimize(problem, posterior, Seed.of(2));
  }

  /**
   * The divergence from the prior.
   *
   * @return KL
   */
  @Benchmark
  public double divergence() {
    return posterior.divergenceFrom(problem.prior());
  }
}
