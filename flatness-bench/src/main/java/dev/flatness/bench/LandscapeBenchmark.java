package dev.flatness.bench;

import dev.flatness.CoordinateSystem;
import dev.flatness.basispath.SkeletonRule;
import dev.flatness.coordinates.Coordinates;
import dev.flatness.landscape.Landscape;
import dev.flatness.landscape.LandscapeDirections;
import dev.flatness.landscape.LandscapeEvaluator;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.measure.Monitor;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.SurfaceOptions;
import dev.flatness.tensor.Precision;
import dev.flatness.tensor.Shape;
import dev.flatness.training.Architectures;
import dev.flatness.training.Initialization;
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
 * A plane of 21 × 21 points through LeNet-5 over images of 28×28, the evaluations of the loss alone
 * that it needs, and one point's way from coordinates to parameters.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
@Warmup(iterations = 2, time = 5)
@Measurement(iterations = 3, time = 5)
public class LandscapeBenchmark {
  private static final int SIDE = 21;

  /** What the plane is straight in. */
  @Param({"weights", "canonical", "basis-paths"})
  public String coordinates;

  /** The number of images. */
  @Param({"1000"})
  public int images;

  /** The arithmetic. */
  @Param({"FLOAT64"})
  public Precision precision;

  /** The number of threads. */
  @Param({"1"})
  public int threads;

  private NetworkSurface surface;
  private double[] theta;
  private Coordinates system;
  private double[] eta;

  /** Builds network and data. */
  @Setup
  public void build() {
    Network network =
        Initialization.KAIMING.draw(Architectures.lenet5(Shape.of(1, 28, 28), 10), Seed.of(1));
    SurfaceOptions options =
        SurfaceOptions.withDefaults().withPrecision(precision).withThreads(threads);
    surface =
        NetworkSurface.of(
            network,
            new RandomImages(network.inputShape(), images, 10),
            SoftmaxCrossEntropy.onLogits(),
            options);
    theta = network.parameterVector();
    system =
        switch (coordinates) {
          case "weights" -> CoordinateSystem.weights().of().apply(network);
          case "canonical" ->
              CoordinateSystem.canonical(SkeletonRule.balanced()).of().apply(network);
          default -> CoordinateSystem.basisPaths(SkeletonRule.balanced()).of().apply(network);
        };
    eta = system.coordinatesOf(theta);
  }

  /** The plane, with directions, center and curvatures. */
  @Benchmark
  public Landscape plane() {
    return LandscapeEvaluator.withDefaults()
        .withPoints(SIDE, SIDE)
        .evaluate(
            surface, theta, system, LandscapeDirections.gaussian(1e-6), Seed.of(1), Monitor.NONE);
  }

  /** As many evaluations of the loss. */
  @Benchmark
  public double evaluations() {
    double sum = 0;
    double[] at = theta.clone();
    for (int i = 0; i < SIDE * SIDE; i++) {
      at[0] = theta[0] + 1e-6 * i;
      sum += surface.evaluate(at).loss();
    }
    return sum;
  }

  /**
   * What a point of the plane costs beside its loss: whether it is in the chart, and its weights.
   */
  @Benchmark
  public double[] point() {
    return system.contains(eta) ? system.parametersBeyond(eta) : eta;
  }
}
