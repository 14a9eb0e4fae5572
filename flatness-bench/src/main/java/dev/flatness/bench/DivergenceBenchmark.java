package dev.flatness.bench;

import dev.flatness.network.Activation;
import dev.flatness.network.Network;
import dev.flatness.pacbayes.DiagonalGaussian;
import dev.flatness.pacbayes.OrbitDivergence;
import dev.flatness.random.Seed;
import dev.flatness.tensor.Shape;
import dev.flatness.training.Architectures;
import dev.flatness.training.Initialization;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
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
 * The divergence of two diagonal Gaussians over the parameters of a perceptron, and its minimum.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class DivergenceBenchmark {
  /** The units of each of two hidden layers, between 784 inputs and 10 outputs. */
  @Param({"50", "256"})
  public int hidden;

  private Network network;
  private DiagonalGaussian posterior;
  private DiagonalGaussian prior;
  private DiagonalGaussian elsewhere;

  /** Draws the network and the standard deviations. */
  @Setup
  public void build() {
    network =
        Initialization.KAIMING.draw(
            Architectures.perceptron(Shape.of(784), List.of(hidden, hidden), 10, Activation.RELU),
            Seed.of(1));
    RandomGenerator random = Seed.of(2).generator();
    double[] w = network.parameterVector();
    double[] sigma = new double[w.length];
    Arrays.setAll(sigma, i -> 0.01 * Math.exp(random.nextGaussian()));
    posterior = DiagonalGaussian.of(w, sigma);
    prior = DiagonalGaussian.isotropic(new double[w.length], 0.1);
    double[] start = w.clone();
    Arrays.setAll(start, i -> w[i] + 0.05 * random.nextGaussian());
    elsewhere = DiagonalGaussian.isotropic(start, 0.1);
  }

  /** The divergence, one pass over the coordinates. */
  @Benchmark
  public double divergence() {
    return posterior.divergenceFrom(prior);
  }

  /** The smallest one on the rescaling orbit, for a prior of mean 0. */
  @Benchmark
  public double rescaled() {
    return OrbitDivergence.minimize(network, posterior, prior).after();
  }

  /** The smallest one found for a prior around other weights. */
  @Benchmark
  public double rescaledFromElsewhere() {
    return OrbitDivergence.minimize(network, posterior, elsewhere).after();
  }
}
