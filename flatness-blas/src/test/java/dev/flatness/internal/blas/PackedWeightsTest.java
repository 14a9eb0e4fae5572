package dev.flatness.internal.blas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.flatness.data.Dataset;
import dev.flatness.linalg.GemmProvider;
import dev.flatness.linalg.Gemms;
import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.network.Activation;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.random.Seed;
import dev.flatness.surface.Curvature;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.ParameterSet;
import dev.flatness.surface.SurfaceOptions;
import dev.flatness.tensor.Precision;
import dev.flatness.tensor.Shape;
import dev.flatness.testkit.RandomDatasets;
import dev.flatness.training.Architectures;
import dev.flatness.training.Initialization;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Packed weights change no bit by what came before: four chunks of 20 samples and a last one of 3,
 * whose products are so small that unpacked ones would go to other kernels. The network has so many
 * parameters that all workers copy them.
 */
class PackedWeightsTest {
  private static final Network NETWORK =
      Initialization.KAIMING.draw(
          Architectures.perceptron(Shape.of(70), List.of(220, 64), 10, Activation.RELU),
          Seed.of(1));
  private static final Dataset DATA = RandomDatasets.labelled(NETWORK, 83, Seed.of(3));

  /** With biases that are not 0: adding to 0, all kernels give the same bits. */
  private final double[] theta = withNoise(NETWORK.parameterVector());

  private final double[] elsewhere = Arrays.stream(theta).map(x -> 1.01 * x).toArray();

  private static double[] withNoise(double[] at) {
    RandomGenerator random = Seed.of(4).generator();
    return Arrays.stream(at).map(x -> x + 0.05 * random.nextGaussian()).toArray();
  }

  @BeforeEach
  void needVectors() {
    assumeTrue(
        Gemms.candidates().stream()
            .anyMatch(
                candidate ->
                    candidate.id().equals("vector")
                        && candidate.outcome() instanceof GemmProvider.Loaded));
  }

  private static NetworkSurface surface(
      String provider, Precision precision, int threads, long activationBytes) {
    return NetworkSurface.of(
        NETWORK,
        DATA,
        SoftmaxCrossEntropy.onLogits(),
        SurfaceOptions.withDefaults()
            .withGemm(provider)
            .withPrecision(precision)
            .withThreads(threads)
            .withBatchSize(20)
            .withActivationBytes(activationBytes));
  }

  private double[][] product(NetworkSurface surface, double[] at, int block) {
    double[][] vectors = new double[block][];
    for (int i = 0; i < block; i++) {
      vectors[i] = Seed.of(10 + i).generator().doubles(theta.length, -1, 1).toArray();
    }
    double[][] products = new double[block][theta.length];
    surface.hessian(at).apply(vectors, products);
    return products;
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void productsAreThoseOfThePlainProvider(Precision precision) {
    double unit = precision == Precision.FLOAT32 ? 0x1p-24 : 0x1p-53;
    for (int block : new int[] {1, 3}) {
      double[][] expected = product(surface("plain", Precision.FLOAT64, 1, 0), theta, block);
      double[][] found = product(surface("vector", precision, 2, 0), theta, block);
      for (int i = 0; i < block; i++) {
        double size = Arrays.stream(expected[i]).map(Math::abs).max().orElseThrow();
        assertThat(found[i]).containsExactly(expected[i], within(1000 * unit * size));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void threadsBudgetsAndEarlierPassesChangeNoBit(Precision precision) {
    double[][] expected = product(surface("vector", precision, 1, 0), theta, 1);
    assertThat(product(surface("vector", precision, 3, 0), theta, 1)).isDeepEqualTo(expected);
    NetworkSurface surface = surface("vector", precision, 2, 1 << 24);
    product(surface, elsewhere, 3);
    surface.quadraticForms(theta, new int[][] {{0, 5000}}, new double[][] {{1, -2}});
    surface.quadraticForms(theta, new int[][] {{7}}, new double[][] {{1}});
    layerProducts(surface);
    surface.value(theta);
    surface.closedForms(theta);
    surface.valueAndGradient(theta, new double[theta.length]);
    for (int i = 0; i < 3; i++) {
      assertThat(product(surface, theta, 1)).isDeepEqualTo(expected);
    }
    product(surface, elsewhere, 1);
    assertThat(product(surface, theta, 1)).isDeepEqualTo(expected);
  }

  private void layerProducts(NetworkSurface surface) {
    List<Node> layers = NETWORK.nodes().stream().filter(node -> node.weight() >= 0).toList();
    double[][] vectors =
        layers.stream()
            .map(node -> new double[NETWORK.weight(node).size()])
            .toArray(double[][]::new);
    double[][] products =
        layers.stream()
            .map(node -> new double[NETWORK.weight(node).size()])
            .toArray(double[][]::new);
    for (double[] vector : vectors) {
      Arrays.setAll(vector, i -> Math.cos(i));
    }
    surface.layerProducts(theta, layers, vectors, products);
  }

  @Test
  void curvaturesTakeTurns() {
    NetworkSurface surface = surface("vector", Precision.FLOAT64, 2, 1 << 24);
    double[][] whole = product(surface("vector", Precision.FLOAT64, 1, 0), theta, 1);
    SymmetricOperator gaussNewton =
        surface.curvature(Curvature.GAUSS_NEWTON, theta, ParameterSet.all(theta.length));
    double[] x = IntStream.range(0, theta.length).mapToDouble(i -> Math.sin(i)).toArray();
    double[] first = gaussNewton.apply(x);
    assertThat(product(surface, theta, 1)).isDeepEqualTo(whole);
    assertThat(gaussNewton.apply(x)).containsExactly(first);
    assertThat(product(surface, theta, 1)).isDeepEqualTo(whole);
  }

  @Test
  void aPartOfTheParametersAndThenAll() {
    double[] x = IntStream.range(0, theta.length).mapToDouble(i -> Math.sin(i)).toArray();
    double[][] whole = product(surface("vector", Precision.FLOAT64, 1, 0), theta, 1);
    NetworkSurface surface = surface("vector", Precision.FLOAT64, 2, 1 << 24);
    ParameterSet last = ParameterSet.matching(NETWORK, NETWORK.parameters().get(4).name());
    SymmetricOperator part = surface.curvature(Curvature.HESSIAN, theta, last);
    double[] head = Arrays.copyOf(x, part.dimension());
    double[] first = part.apply(head);
    part.apply(head);
    product(surface, theta, 3);
    assertThat(product(surface, theta, 1)).isDeepEqualTo(whole);
    assertThat(part.apply(head)).containsExactly(first);
    surface.layerProducts(theta, List.of(), new double[0][], new double[0][]);
  }
}
