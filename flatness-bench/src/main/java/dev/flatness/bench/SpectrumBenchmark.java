package dev.flatness.bench;

import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.network.Activation;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.spectral.Lanczos;
import dev.flatness.spectral.StochasticLanczos;
import dev.flatness.spectral.TraceEstimator;
import dev.flatness.surface.NetworkSurface;
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

/** Whole iterations on the Hessian of the perceptron 784-50-50-50-30-10 over 2,000 samples. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class SpectrumBenchmark {
  /** The arithmetic. */
  @Param({"FLOAT32", "FLOAT64"})
  public Precision precision;

  private SymmetricOperator hessian;

  /** Builds network and data. */
  @Setup
  public void build() {
    Network network =
        Initialization.KAIMING.draw(
            Architectures.perceptron(Shape.of(784), List.of(50, 50, 50, 30), 10, Activation.RELU),
            Seed.of(1));
    hessian =
        NetworkSurface.of(
                network,
                new RandomImages(network.inputShape(), 2000, 10),
                SoftmaxCrossEntropy.onLogits(),
                SurfaceOptions.withDefaults().withPrecision(precision))
            .hessian(network.parameterVector());
  }

  /** The largest eigenvalue to the tolerance of the precision. */
  @Benchmark
  public Object lanczos() {
    return Lanczos.withDefaults(precision).withEnds(Lanczos.End.LARGEST).run(hessian, Seed.of(1));
  }

  /** A spectral density of 5 probes and 20 steps. */
  @Benchmark
  public Object density() {
    return StochasticLanczos.withDefaults().withSteps(20).density(hessian, Seed.of(1));
  }

  /** A trace from 48 products. */
  @Benchmark
  public Object trace() {
    return TraceEstimator.xTrace().withBudget(48).estimate(hessian, Seed.of(1));
  }
}
