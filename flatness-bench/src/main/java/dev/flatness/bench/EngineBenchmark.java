package dev.flatness.bench;

import dev.flatness.data.Dataset;
import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.network.Activation;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.surface.Curvature;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.ParameterSet;
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
 * Whole passes of the engine: the perceptron 784-50-50-50-30-10 on 2,000 samples and LeNet-5 on 512
 * images of 3×32×32. Run with {@code -prof gc} for the allocation per pass.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class EngineBenchmark {
  /** The network. */
  @Param({"mlp", "lenet5"})
  public String network;

  /** The arithmetic. */
  @Param({"FLOAT32", "FLOAT64"})
  public Precision precision;

  /** The number of threads. */
  @Param({"1", "2"})
  public int threads;

  /** The provider of matrix products. */
  @Param({"auto"})
  public String gemm;

  private NetworkSurface surface;
  private double[] theta;
  private double[] gradient;
  private SymmetricOperator hessian;
  private SymmetricOperator gaussNewton;
  private double[][] vectors;
  private double[][] products;

  /** Builds network and data. */
  @Setup
  public void build() {
    boolean mlp = network.equals("mlp");
    Network built =
        mlp
            ? Architectures.perceptron(Shape.of(784), List.of(50, 50, 50, 30), 10, Activation.RELU)
            : Architectures.lenet5(Shape.of(3, 32, 32), 10);
    built = Initialization.KAIMING.draw(built, Seed.of(1));
    Dataset data = new RandomImages(built.inputShape(), mlp ? 2000 : 512, 10);
    SurfaceOptions options =
        SurfaceOptions.withDefaults().withPrecision(precision).withThreads(threads).withGemm(gemm);
    surface = NetworkSurface.of(built, data, SoftmaxCrossEntropy.onLogits(), options);
    theta = built.parameterVector();
    gradient = new double[theta.length];
    hessian = surface.hessian(theta);
    gaussNewton = surface.curvature(Curvature.GAUSS_NEWTON, theta, ParameterSet.all(theta.length));
    vectors = new double[8][];
    for (int i = 0; i < 8; i++) {
      vectors[i] = Seed.of(i).generator().doubles(theta.length).toArray();
    }
    products = new double[8][theta.length];
  }

  /** Loss and accuracy. */
  @Benchmark
  public double value() {
    return surface.value(theta);
  }

  /** Loss and gradient. */
  @Benchmark
  public double gradient() {
    return surface.valueAndGradient(theta, gradient);
  }

  /** One Hessian product. */
  @Benchmark
  public double[] hessianProduct() {
    hessian.apply(new double[][] {vectors[0]}, new double[][] {products[0]});
    return products[0];
  }

  /** A block of eight Hessian products. */
  @Benchmark
  public double[][] hessianProduct8() {
    hessian.apply(vectors, products);
    return products;
  }

  /** One Gauss–Newton product. */
  @Benchmark
  public double[] gaussNewtonProduct() {
    gaussNewton.apply(new double[][] {vectors[0]}, new double[][] {products[0]});
    return products[0];
  }

  /** The closed forms of all layers. */
  @Benchmark
  public Object closedForms() {
    return surface.closedForms(theta);
  }
}
