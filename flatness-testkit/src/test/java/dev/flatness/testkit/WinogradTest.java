package dev.flatness.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.data.Dataset;
import dev.flatness.internal.engine.MinimalFiltering;
import dev.flatness.linalg.GemmProvider;
import dev.flatness.linalg.Gemms;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.network.Activation;
import dev.flatness.network.GraphBuilder;
import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.network.Window;
import dev.flatness.random.Seed;
import dev.flatness.surface.Curvature;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.ParameterSet;
import dev.flatness.surface.SurfaceOptions;
import dev.flatness.tensor.Precision;
import dev.flatness.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Convolutions by minimal filtering against the same convolutions written with a ring of zeros
 * around each kernel, 5 × 5, which the engine makes of patches.
 */
class WinogradTest {
  private static final int SAMPLES = 5;
  private static final int[][] PADS = {
    {0, 0, 0, 0}, {1, 1, 1, 1}, {1, 0, 2, 1}, {0, 2, 1, 0}, {3, 1, 2, 31}
  };

  /** The last of them reaches so far to the right that tiles begin beyond the map. */
  private static final int WIDE = PADS.length - 1;

  static Stream<Arguments> cases() {
    List<Arguments> cases = new ArrayList<>();
    int[][] sizes = {{8, 9}, {9, 7}, {12, 14}};
    for (int i = 0; i < sizes.length; i++) {
      for (int pad = 0; pad < WIDE; pad++) {
        cases.add(Arguments.of(sizes[i][0], sizes[i][1], pad, (i + pad) % 2 == 0));
      }
    }
    return cases.stream();
  }

  /** Three convolutions of 16 → 17 → 17 → 16 channels; with a ring of zeros or not. */
  private static Network network(
      int height, int width, int pad, boolean residual, Activation second, boolean ring) {
    RandomGenerator random = Seed.of(17).split(height).split(width).split(pad).generator();
    GraphBuilder g = Network.builder(16, height, width);
    int[] p = PADS[pad];
    int more = ring ? 1 : 0;
    Window first =
        (ring ? Window.of(5, 5) : Window.of(3, 3))
            .withPadding(p[0] + more, p[1] + more, p[2] + more, p[3] + more);
    Window same = (ring ? Window.of(5, 5) : Window.of(3, 3)).withPadding(1 + more);
    int x = g.convolution("a", 0, kernel(random, 17, 16, ring), bias(random, 17), first, 1);
    int before = g.activate("s", x, Activation.RELU);
    x = g.convolution("b", before, kernel(random, 17, 17, ring), null, same, 1);
    if (residual) {
      x = g.add("add", x, before);
    }
    x = g.activate("t", x, second);
    x = g.convolution("c", x, kernel(random, 16, 17, ring), bias(random, 16), same, 1);
    x = g.globalAveragePool("gap", x);
    x = g.flatten("f", x);
    x = g.dense("d", x, Tensor.of(numbers(random, 48, 1), 3, 16), null);
    return g.build(x);
  }

  private static boolean filtered(Node node) {
    return node.layer() instanceof Layer.Convolution layer
        && MinimalFiltering.fits(layer, node.shape());
  }

  private static Tensor kernel(RandomGenerator random, int d, int c, boolean ring) {
    double[] small = numbers(random, d * c * 9, 1 / Math.sqrt(3.0 * c));
    if (!ring) {
      return Tensor.of(small, d, c, 3, 3);
    }
    double[] large = new double[d * c * 25];
    for (int k = 0; k < small.length; k++) {
      large[k / 9 * 25 + (1 + k % 9 / 3) * 5 + 1 + k % 3] = small[k];
    }
    return Tensor.of(large, d, c, 5, 5);
  }

  private static Tensor bias(RandomGenerator random, int d) {
    return Tensor.of(numbers(random, d, 0.3), d);
  }

  private static double[] numbers(RandomGenerator random, int n, double scale) {
    return random.doubles(n).map(u -> (2 * u - 1) * scale).toArray();
  }

  /** Where each parameter of the small network stands in the one with rings. */
  private static int[] places(Network small, Network large) {
    int[] places = new int[small.parameterCount()];
    for (int i = 0; i < small.parameters().size(); i++) {
      int from = small.parameters().get(i).offset();
      int to = large.parameters().get(i).offset();
      boolean kernel = small.parameters().get(i).shape().rank() == 4;
      for (int k = 0; k < small.parameters().get(i).size(); k++) {
        places[from + k] = to + (kernel ? k / 9 * 25 + (1 + k % 9 / 3) * 5 + 1 + k % 3 : k);
      }
    }
    return places;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everyPassAgreesInFloat64(int height, int width, int pad, boolean residual) {
    compare(height, width, pad, residual, Precision.FLOAT64, 1e-12);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everyPassAgreesInFloat32(int height, int width, int pad, boolean residual) {
    compare(height, width, pad, residual, Precision.FLOAT32, 1e-5);
  }

  static Stream<Arguments> manySegments() {
    return Gemms.candidates().stream()
        .filter(candidate -> candidate.outcome() instanceof GemmProvider.Loaded)
        .map(Gemms.Candidate::id)
        .flatMap(
            id ->
                Stream.of(
                    Arguments.of(id, 21, 22, 1, 16, 21),
                    Arguments.of(id, 9, 41, 1, 64, 70),
                    Arguments.of(id, 9, 10, WIDE, 64, 70),
                    Arguments.of(id, 3, 3, 1, 4, 5)));
  }

  /**
   * Several rows of tiles, pieces of rows, pieces beside the map, maps smaller than a tile; layers
   * by cotangents, which need ReLUs.
   */
  @ParameterizedTest
  @MethodSource("manySegments")
  void everyPassAgreesOverManySegments(
      String gemm, int height, int width, int pad, int batch, int samples) {
    Network small = network(height, width, pad, true, Activation.RELU, false);
    Network large = network(height, width, pad, true, Activation.RELU, true);
    SurfaceOptions options =
        SurfaceOptions.withDefaults().withThreads(1).withBatchSize(batch).withGemm(gemm);
    compare(small, large, samples, options, 1e-12);
    NetworkSurface one = surface(small, samples, options);
    NetworkSurface two = surface(large, samples, options);
    List<Node> layers = small.weightLayers();
    double[] a = small.parameterVector();
    double[] b = large.parameterVector();
    int[] places = places(small, large);
    double[] v = numbers(Seed.of(5).generator(), a.length, 1);
    double[] w = new double[b.length];
    for (int e = 0; e < a.length; e++) {
      w[places[e]] = v[e];
    }
    double[][] found = vectors(one, layers, v);
    double[][] expected = vectors(two, large.weightLayers(), w);
    double[][] rows = zeros(found);
    double[][] expectedRows = zeros(expected);
    one.rowProducts(a, layers, found, rows);
    two.rowProducts(b, large.weightLayers(), expected, expectedRows);
    assertLayersClose(one, two, rows, expectedRows, places, 1e-12);
  }

  private static void compare(
      int height, int width, int pad, boolean residual, Precision precision, double tolerance) {
    compare(
        network(height, width, pad, residual, Activation.TANH, false),
        network(height, width, pad, residual, Activation.TANH, true),
        SAMPLES,
        SurfaceOptions.withDefaults()
            .withPrecision(precision)
            .withThreads(1)
            .withBatchSize(4)
            .withGemm("plain"),
        tolerance);
  }

  private static void compare(
      Network small, Network large, int samples, SurfaceOptions options, double tolerance) {
    int[] places = places(small, large);
    assertThat(small.weightLayers().stream().filter(WinogradTest::filtered)).hasSize(3);
    assertThat(large.weightLayers().stream().filter(WinogradTest::filtered)).isEmpty();
    NetworkSurface one = surface(small, samples, options);
    NetworkSurface kept = surface(small, samples, options.withActivationBytes(1 << 28));
    NetworkSurface two = surface(large, samples, options);
    double[] a = small.parameterVector();
    double[] b = large.parameterVector();
    assertClose(one.outputs(a, 0, samples), two.outputs(b, 0, samples), tolerance);
    double[] ga = new double[a.length];
    double[] gb = new double[b.length];
    one.valueAndGradient(a, ga);
    two.valueAndGradient(b, gb);
    assertClose(ga, at(gb, places), tolerance);
    double[][] v = new double[3][];
    double[][] w = new double[3][b.length];
    for (int i = 0; i < 3; i++) {
      v[i] = numbers(Seed.of(i).generator(), a.length, 1);
      for (int e = 0; e < a.length; e++) {
        w[i][places[e]] = v[i][e];
      }
    }
    for (Curvature kind : Curvature.all(Seed.of(9))) {
      double[][] hb = products(two, kind, b, w);
      double[][] ha = products(one, kind, a, v);
      for (int i = 0; i < 3; i++) {
        assertClose(ha[i], at(hb[i], places), tolerance);
      }
      for (int round = 0; round < 3; round++) {
        assertThat(products(kept, kind, a, v)).isDeepEqualTo(ha);
      }
    }
    layers(one, two, a, b, v, w, places, tolerance);
    assertClose(one.gaussNewtonDiagonal(a), at(two.gaussNewtonDiagonal(b), places), tolerance);
  }

  /** Each layer's own block: tangents that start in the middle, cotangents that end there. */
  private static void layers(
      NetworkSurface one,
      NetworkSurface two,
      double[] a,
      double[] b,
      double[][] v,
      double[][] w,
      int[] places,
      double tolerance) {
    List<Node> small = one.network().weightLayers();
    List<Node> large = two.network().weightLayers();
    double[][] found = vectors(one, small, v[0]);
    double[][] expected = vectors(two, large, w[0]);
    double[][] products = zeros(found);
    double[][] expectedProducts = zeros(expected);
    one.layerProducts(a, small, found, products);
    two.layerProducts(b, large, expected, expectedProducts);
    assertLayersClose(one, two, products, expectedProducts, places, tolerance);
  }

  private static void assertLayersClose(
      NetworkSurface one,
      NetworkSurface two,
      double[][] found,
      double[][] expected,
      int[] places,
      double tolerance) {
    List<Node> small = one.network().weightLayers();
    List<Node> large = two.network().weightLayers();
    for (int l = 0; l < found.length; l++) {
      int from = one.network().weight(small.get(l)).offset();
      int to = two.network().weight(large.get(l)).offset();
      int layer = l;
      double[] inside =
          java.util.stream.IntStream.range(0, found[l].length)
              .mapToDouble(e -> expected[layer][places[from + e] - to])
              .toArray();
      assertClose(found[l], inside, tolerance);
    }
  }

  /** Each layer's part of a vector. */
  private static double[][] vectors(NetworkSurface surface, List<Node> layers, double[] v) {
    double[][] vectors = new double[layers.size()][];
    for (int l = 0; l < vectors.length; l++) {
      var weight = surface.network().weight(layers.get(l));
      vectors[l] = Arrays.copyOfRange(v, weight.offset(), weight.offset() + weight.size());
    }
    return vectors;
  }

  private static double[][] zeros(double[][] like) {
    return Arrays.stream(like).map(v -> new double[v.length]).toArray(double[][]::new);
  }

  private static double[][] products(
      NetworkSurface surface, Curvature kind, double[] theta, double[][] v) {
    double[][] products = new double[v.length][theta.length];
    surface.curvature(kind, theta, ParameterSet.all(theta.length)).apply(v, products);
    return products;
  }

  private static NetworkSurface surface(Network network, int samples, SurfaceOptions options) {
    Dataset data = RandomDatasets.labelled(network, samples, Seed.of(2));
    return NetworkSurface.of(network, data, SoftmaxCrossEntropy.onLogits(), options);
  }

  private static double[] at(double[] values, int[] places) {
    return Arrays.stream(places).mapToDouble(place -> values[place]).toArray();
  }

  /** Relative to the largest entry: transforms add and subtract neighbours, and round with them. */
  private static void assertClose(double[] found, double[] expected, double tolerance) {
    double size = Arrays.stream(expected).map(Math::abs).max().orElse(0);
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < found.length; i++) {
      assertThat(found[i]).as("entry %d", i).isCloseTo(expected[i], within(tolerance * size));
    }
  }
}
