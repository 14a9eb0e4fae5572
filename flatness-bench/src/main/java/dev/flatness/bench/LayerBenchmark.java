package dev.flatness.bench;

import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.network.Activation;
import dev.flatness.network.GraphBuilder;
import dev.flatness.network.Network;
import dev.flatness.network.Window;
import dev.flatness.random.Seed;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.SurfaceOptions;
import dev.flatness.tensor.Precision;
import dev.flatness.tensor.Tensor;
import dev.flatness.training.Initialization;
import java.util.Arrays;
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
 * One kind of layer between a scaling of its inputs, so that every part of a product is made, and a
 * global average with ten outputs: 64 samples, one thread.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class LayerBenchmark {
  private static final int SAMPLES = 64;

  /** The layer. */
  @Param({
    "dense-256-256",
    "conv1x1-64-64",
    "conv3x3-16-16",
    "conv3x3-64-64",
    "conv3x3-64-64-stride2",
    "conv5x5-6-16",
    "depthwise3x3-64",
    "maxpool-64",
    "averagepool-64",
    "relu-64",
    "gelu-64"
  })
  public String layer;

  /** The arithmetic. */
  @Param({"FLOAT32", "FLOAT64"})
  public Precision precision;

  private NetworkSurface surface;
  private double[] theta;
  private double[] gradient;
  private double[][] vector;
  private double[][] product;
  private SymmetricOperator hessian;

  /** Builds network and data. */
  @Setup
  public void build() {
    Network network = Initialization.KAIMING.draw(network(), Seed.of(1));
    surface =
        NetworkSurface.of(
            network,
            new RandomImages(network.inputShape(), SAMPLES, 10),
            SoftmaxCrossEntropy.onLogits(),
            SurfaceOptions.withDefaults().withPrecision(precision).withThreads(1));
    theta = network.parameterVector();
    gradient = new double[theta.length];
    vector = new double[][] {Seed.of(2).generator().doubles(theta.length).toArray()};
    product = new double[1][theta.length];
    hessian = surface.hessian(theta);
  }

  private Network network() {
    String[] parts = layer.split("-");
    if (parts[0].equals("dense")) {
      GraphBuilder graph = Network.builder(256);
      int at = graph.affine("in", graph.input(), ones(256), zeros(256));
      at = graph.dense("layer", at, zeros(256, 256), null);
      return graph.build(graph.dense("out", at, zeros(10, 256), null));
    }
    int channels = Integer.parseInt(parts[1]);
    GraphBuilder graph = Network.builder(channels, 32, 32);
    int at = graph.affine("in", graph.input(), ones(channels), zeros(channels));
    int outputs = parts.length > 2 ? Integer.parseInt(parts[2]) : channels;
    int stride = layer.endsWith("stride2") ? 2 : 1;
    at =
        switch (parts[0]) {
          case "conv1x1" -> convolution(graph, at, channels, outputs, 1, 1, 1);
          case "conv3x3" -> convolution(graph, at, channels, outputs, 3, stride, 1);
          case "conv5x5" -> convolution(graph, at, channels, outputs, 5, 1, 1);
          case "depthwise3x3" -> convolution(graph, at, channels, channels, 3, 1, channels);
          case "maxpool" -> graph.maxPool("layer", at, window(2, 2, 0));
          case "averagepool" -> graph.averagePool("layer", at, window(2, 2, 0), false);
          case "relu" -> graph.activate("layer", at, Activation.RELU);
          case "gelu" -> graph.activate("layer", at, Activation.GELU);
          default -> throw new IllegalArgumentException("no layer " + layer);
        };
    int average = graph.flatten("flatten", graph.globalAveragePool("average", at));
    return graph.build(graph.dense("out", average, zeros(10, outputs), null));
  }

  private static int convolution(
      GraphBuilder graph, int at, int channels, int outputs, int kernel, int stride, int groups) {
    Tensor weight = zeros(outputs, channels / groups, kernel, kernel);
    return graph.convolution("layer", at, weight, null, window(kernel, stride, kernel / 2), groups);
  }

  private static Tensor zeros(int... shape) {
    return Tensor.of(new double[Arrays.stream(shape).reduce(1, (a, b) -> a * b)], shape);
  }

  private static Tensor ones(int channels) {
    double[] values = new double[channels];
    Arrays.fill(values, 1);
    return Tensor.of(values, channels);
  }

  private static Window window(int kernel, int stride, int pad) {
    return new Window(kernel, kernel, stride, stride, pad, pad, pad, pad, 1, 1);
  }

  /** The loss. */
  @Benchmark
  public double value() {
    return surface.value(theta);
  }

  /** The loss and its gradient. */
  @Benchmark
  public double gradient() {
    return surface.valueAndGradient(theta, gradient);
  }

  /** One Hessian product. */
  @Benchmark
  public double[] product() {
    hessian.apply(vector, product);
    return product[0];
  }
}
