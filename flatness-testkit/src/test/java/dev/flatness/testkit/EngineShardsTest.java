package dev.flatness.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.flatness.data.Dataset;
import dev.flatness.data.Datasets;
import dev.flatness.internal.engine.Engine;
import dev.flatness.internal.engine.EngineOptions;
import dev.flatness.internal.engine.InputSpread;
import dev.flatness.internal.engine.Mean;
import dev.flatness.internal.engine64.NetworkEngine;
import dev.flatness.linalg.Gemms;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.random.Seed;
import dev.flatness.surface.ClosedForms;
import dev.flatness.surface.Curvature;
import dev.flatness.surface.Evaluation;
import dev.flatness.surface.LayerForms;
import dev.flatness.tensor.Precision;
import dev.flatness.testkit.EngineTest.Case;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The answers of two engines that hold two parts of a dataset combine to those of one engine that
 * holds all of it, as the description of {@link Engine} says.
 */
class EngineShardsTest {
  /** Samples of the first shard; the second has more. */
  private static final int FIRST = 8;

  private static final double TOLERANCE = 1e-12;

  static Stream<Case> cases() {
    return EngineTest.cases();
  }

  static Stream<Case> piecewiseLinear() {
    return EngineTest.piecewiseLinear();
  }

  private static Engine engine(Case c, int skip, int samples) {
    Dataset data = Datasets.subset(c.data(), skip, samples);
    EngineOptions options =
        new EngineOptions(
            Precision.FLOAT64, 2, 5, 1 << 20, 1 << 20, Long.MAX_VALUE, Gemms.plain(), skip);
    return new NetworkEngine(c.network(), data, c.loss(), options);
  }

  private static Engine whole(Case c) {
    return engine(c, 0, c.data().size());
  }

  private static Engine first(Case c) {
    return engine(c, 0, FIRST);
  }

  private static Engine second(Case c) {
    return engine(c, FIRST, c.data().size() - FIRST);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void evaluationsCombine(Case c) {
    double[] theta = c.network().parameterVector();
    Evaluation one = first(c).evaluate(theta);
    Evaluation two = second(c).evaluate(theta);
    Evaluation all = whole(c).evaluate(theta);
    assertThat(one.samples() + two.samples()).isEqualTo(all.samples());
    assertThat(one.correct() + two.correct()).isEqualTo(Double.valueOf(all.correct()));
    assertClose(mean(one.loss(), one.samples(), two.loss(), two.samples()), all.loss());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void outputsAreThoseOfTheShardThatHoldsTheSample(Case c) {
    double[] theta = c.network().parameterVector();
    assertClose(second(c).outputs(theta, 2, 4), whole(c).outputs(theta, FIRST + 2, 4));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void gradientsCombine(Case c) {
    double[] theta = c.network().parameterVector();
    double[][] gradients = new double[3][theta.length];
    Mean<Double> one = first(c).gradient(theta, gradients[0]);
    Mean<Double> two = second(c).gradient(theta, gradients[1]);
    Mean<Double> all = whole(c).gradient(theta, gradients[2]);
    assertThat(one.samples() + two.samples()).isEqualTo(all.samples());
    assertClose(mean(one.value(), one.samples(), two.value(), two.samples()), all.value());
    assertClose(mean(gradients[0], one.samples(), gradients[1], two.samples()), gradients[2]);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void productsOfEveryCurvatureCombine(Case c) {
    double[] theta = c.network().parameterVector();
    boolean[] active = new boolean[c.network().parameters().size()];
    Arrays.fill(active, true);
    double[][] vectors = {gaussian(theta.length, 1), gaussian(theta.length, 2)};
    for (Curvature kind : Curvature.all(Seed.of(3))) {
      if (kind.draws() > 0 && !(c.loss() instanceof SoftmaxCrossEntropy)) {
        continue;
      }
      double[][] one = new double[2][theta.length];
      double[][] two = new double[2][theta.length];
      double[][] all = new double[2][theta.length];
      int samplesOfOne = first(c).products(kind, theta, active, vectors, one);
      int samplesOfTwo = second(c).products(kind, theta, active, vectors, two);
      assertThat(whole(c).products(kind, theta, active, vectors, all))
          .isEqualTo(samplesOfOne + samplesOfTwo);
      for (int i = 0; i < vectors.length; i++) {
        assertClose(mean(one[i], samplesOfOne, two[i], samplesOfTwo), all[i]);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void layerProductsCombine(Case c) {
    assertLayerProductsCombine(c, false);
  }

  @ParameterizedTest
  @MethodSource("piecewiseLinear")
  void rowProductsCombine(Case c) {
    assertLayerProductsCombine(c, true);
  }

  private static void assertLayerProductsCombine(Case c, boolean rows) {
    Network network = c.network();
    double[] theta = network.parameterVector();
    List<Node> layers = network.weightLayers();
    double[][] vectors = perLayer(network, layers);
    for (int l = 0; l < vectors.length; l++) {
      vectors[l] = gaussian(vectors[l].length, l);
    }
    double[][] one = perLayer(network, layers);
    double[][] two = perLayer(network, layers);
    double[][] all = perLayer(network, layers);
    int samplesOfOne = first(c).layerProducts(theta, layers, vectors, one, rows);
    int samplesOfTwo = second(c).layerProducts(theta, layers, vectors, two, rows);
    assertThat(whole(c).layerProducts(theta, layers, vectors, all, rows))
        .isEqualTo(samplesOfOne + samplesOfTwo);
    for (int l = 0; l < vectors.length; l++) {
      assertClose(mean(one[l], samplesOfOne, two[l], samplesOfTwo), all[l]);
    }
  }

  private static double[][] perLayer(Network network, List<Node> layers) {
    return layers.stream()
        .map(node -> new double[network.weight(node).size()])
        .toArray(double[][]::new);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void quadraticFormsCombine(Case c) {
    double[] theta = c.network().parameterVector();
    int[][] positions = {{0}, {1, theta.length / 2}, {3, 4, theta.length - 1}};
    double[][] values = {{1}, {-1, 2}, {0.5, 1, -3}};
    for (boolean residual : new boolean[] {false, true}) {
      Mean<double[]> one = first(c).quadraticForms(theta, positions, values, residual);
      Mean<double[]> two = second(c).quadraticForms(theta, positions, values, residual);
      Mean<double[]> all = whole(c).quadraticForms(theta, positions, values, residual);
      assertThat(one.samples() + two.samples()).isEqualTo(all.samples());
      assertClose(mean(one.value(), one.samples(), two.value(), two.samples()), all.value());
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void spreadsCombine(Case c) {
    double[] theta = c.network().parameterVector();
    List<Node> layers = c.network().weightLayers();
    InputSpread one = first(c).inputSpread(theta, layers);
    InputSpread joined = one.with(second(c).inputSpread(theta, layers));
    InputSpread all = whole(c).inputSpread(theta, layers);
    for (Node layer : layers) {
      if (all.scale(layer) == null) {
        assertThat(joined.scale(layer)).isNull();
        continue;
      }
      int positions =
          layer.layer() instanceof Layer.Convolution
              ? c.network().node(layer.input()).shape().positions()
              : 1;
      assertThat(one.moments(layer).count()).isEqualTo(FIRST * positions);
      assertThat(joined.moments(layer).count()).isEqualTo(c.data().size() * positions);
      assertClose(joined.scale(layer), all.scale(layer));
      assertThat(joined.constant(layer)).isEqualTo(all.constant(layer));
      assertThat(joined.dropped(layer)).isEqualTo(all.dropped(layer));
    }
  }

  @ParameterizedTest
  @MethodSource("piecewiseLinear")
  void closedFormsCombineWhereAllShardsNormalizeByTheCombinedSpread(Case c) {
    Engine one = first(c);
    Engine two = second(c);
    double[] theta = c.network().parameterVector();
    List<Node> layers = weightNodes(c);
    InputSpread spread = one.inputSpread(theta, layers).with(two.inputSpread(theta, layers));
    Engine all = whole(c);
    assertFormsCombine(
        one.closedForms(theta, layers, spread),
        two.closedForms(theta, layers, spread),
        all.closedForms(theta, layers, all.inputSpread(theta, layers)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void gaussNewtonFormsCombine(Case c) {
    assumeThat(c.network().sharesParameters()).isFalse();
    double[] theta = c.network().parameterVector();
    List<Node> layers = weightNodes(c);
    InputSpread none = InputSpread.none();
    assertFormsCombine(
        first(c).closedForms(theta, layers, none),
        second(c).closedForms(theta, layers, none),
        whole(c).closedForms(theta, layers, none));
  }

  private static List<Node> weightNodes(Case c) {
    return c.network().nodes().stream().filter(node -> node.weight() >= 0).toList();
  }

  private static void assertFormsCombine(
      Mean<ClosedForms> one, Mean<ClosedForms> two, Mean<ClosedForms> all) {
    int n = one.samples();
    int m = two.samples();
    assertThat(n + m).isEqualTo(all.samples());
    assertClose(mean(one.value().diagonal(), n, two.value().diagonal(), m), all.value().diagonal());
    for (int l = 0; l < all.value().layers().size(); l++) {
      LayerForms a = one.value().layers().get(l);
      LayerForms b = two.value().layers().get(l);
      LayerForms expected = all.value().layers().get(l);
      assertClose(mean(a.weightTrace(), n, b.weightTrace(), m), expected.weightTrace());
      assertClose(mean(a.biasTrace(), n, b.biasTrace(), m), expected.biasTrace());
      assertClose(mean(a.rhoColumns(), n, b.rhoColumns(), m), expected.rhoColumns());
      assertClose(mean(a.rhoRows(), n, b.rhoRows(), m), expected.rhoRows());
      assertClose(
          mean(a.relativeFlatness(), n, b.relativeFlatness(), m), expected.relativeFlatness());
      assertClose(
          mean(a.relativeFlatnessNormalized(), n, b.relativeFlatnessNormalized(), m),
          expected.relativeFlatnessNormalized());
      assertThat(a.constantFeatures()).isEqualTo(expected.constantFeatures());
      assertThat(b.constantFeatures()).isEqualTo(expected.constantFeatures());
      assertThat(a.droppedFeatures()).isEqualTo(expected.droppedFeatures());
      assertThat(b.droppedFeatures()).isEqualTo(expected.droppedFeatures());
    }
  }

  @Test
  void spreadsOfOtherLayersDoNotCombine() {
    Case c = cases().findFirst().orElseThrow();
    double[] theta = c.network().parameterVector();
    List<Node> layers = c.network().weightLayers();
    InputSpread all = whole(c).inputSpread(theta, layers);
    InputSpread last = whole(c).inputSpread(theta, layers.subList(2, 3));
    assertThatThrownBy(() -> all.with(last))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "spreads of the layers [1, 3, 5] and [5] do not combine, expected the same layers");
  }

  private static double[] gaussian(int length, int seed) {
    RandomGenerator random = Seed.of(seed).generator();
    double[] values = new double[length];
    Arrays.setAll(values, i -> random.nextGaussian());
    return values;
  }

  private static double mean(double one, int n, double two, int m) {
    return (n * one + m * two) / (n + m);
  }

  private static double[] mean(double[] one, int n, double[] two, int m) {
    double[] mean = new double[one.length];
    Arrays.setAll(mean, i -> mean(one[i], n, two[i], m));
    return mean;
  }

  private static void assertClose(double found, double expected) {
    assertClose(new double[] {found}, new double[] {expected});
  }

  /** Relative to the largest entry; what is no number must be none in both. */
  private static void assertClose(double[] found, double[] expected) {
    assertThat(found).hasSameSizeAs(expected);
    double size = Arrays.stream(expected).map(Math::abs).max().orElse(0);
    for (int i = 0; i < expected.length; i++) {
      if (Double.isNaN(expected[i])) {
        assertThat(found[i]).isNaN();
      } else {
        assertThat(Math.abs(found[i] - expected[i])).isLessThanOrEqualTo(TOLERANCE * size);
      }
    }
  }
}
