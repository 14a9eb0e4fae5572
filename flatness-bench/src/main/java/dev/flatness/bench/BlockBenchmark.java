package dev.flatness.bench;

import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.network.Activation;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
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

/**
 * How the cost of a product of the perceptron 784-50-50-50-30-10 grows with the width of a block
 * and with the samples.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class BlockBenchmark {
  /** The directions of a product. */
  @Param({"1", "2", "4", "8", "16", "32"})
  public int block;

  /** The samples. */
  @Param({"500", "2000", "8000"})
  public int samples;

  private SymmetricOperator hessian;
  private double[][] vectors;
  private double[][] products;

  /** Builds network and data. */
  @Setup
  public void build() {
    Network network =
        Initialization.KAIMING.draw(
            Architectures.perceptron(Shape.of(784), List.of(50, 50, 50, 30), 10, Activation.RELU),
            Seed.of(1));
    SurfaceOptions options = SurfaceOptions.withDefaults().withPrecision(Precision.FLOAT32);
    hessian =
        NetworkSurface.of(
                network,
                new RandomImages(network.inputShape(), samples, 10),
                SoftmaxCrossEntropy.onLogits(),
                options)
            .hessian(network.parameterVector());
    vectors = new double[block][];
    for (int i = 0; i < block; i++) {
      vectors[i] = Seed.of(i).generator().doubles(network.parameterCount()).toArray();
    }
    products = new double[block][network.parameterCount()];
  }

  /** Products with a block of vectors. */
  @Benchmark
  public double[][] product() {
    hessian.apply(vectors, products);
    return products;
  }
}
