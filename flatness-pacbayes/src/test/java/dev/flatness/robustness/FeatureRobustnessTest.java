package dev.flatness.robustness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.data.Dataset;
import dev.flatness.data.Datasets;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.loss.SquaredError;
import dev.flatness.measure.Monitor;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Subject;
import dev.flatness.network.Activation;
import dev.flatness.network.GraphBuilder;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.network.Window;
import dev.flatness.random.Seed;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.SurfaceOptions;
import dev.flatness.tensor.Tensor;
import dev.flatness.testkit.RandomDatasets;
import dev.flatness.testkit.RandomNetworks;
import java.util.List;
import java.util.random.RandomGenerator;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class FeatureRobustnessTest {
  private static final Seed SEED = Seed.of(11);

  private static double[] numbers(int count, Seed seed) {
    RandomGenerator random = seed.generator();
    double[] numbers = new double[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = random.nextGaussian();
    }
    return numbers;
  }

  private static Tensor tensor(Seed seed, int... shape) {
    int size = 1;
    for (int extent : shape) {
      size *= extent;
    }
    return Tensor.of(numbers(size, seed), shape);
  }

  /** Two convolutions, the second of two groups, pooling, and two dense layers. */
  private static Network convolutional() {
    GraphBuilder graph = Network.builder(2, 7, 7);
    int x = graph.input();
    Window padded = Window.of(3, 3).withPadding(1);
    x = graph.convolution("c1", x, tensor(SEED.split(1), 4, 2, 3, 3), null, padded, 1);
    x = graph.activate("r1", x, Activation.RELU);
    x = graph.maxPool("p1", x, Window.of(2, 2).withStride(2));
    Tensor bias = tensor(SEED.split(4), 4);
    x = graph.convolution("c2", x, tensor(SEED.split(3), 4, 2, 2, 2), bias, Window.of(2, 2), 2);
    x = graph.activate("r2", x, Activation.leakyRelu(0.1));
    x = graph.flatten("flat", x);
    x = graph.dense("d1", x, tensor(SEED.split(5), 5, 16), tensor(SEED.split(6), 5));
    x = graph.activate("t", x, Activation.TANH);
    x = graph.dense("d2", x, tensor(SEED.split(7), 3, 5), null);
    return graph.build(x);
  }

  private static Network dense() {
    return Network.sequential(4)
        .dense("a", tensor(SEED.split(8), 6, 4), tensor(SEED.split(9), 6))
        .relu()
        .dense("b", tensor(SEED.split(10), 3, 6), null)
        .build();
  }

  private static Subject subject(Network network, int samples, SurfaceOptions options) {
    Dataset data = RandomDatasets.labelled(network, samples, SEED.split("data"));
    return Subject.of(
        NetworkSurface.of(network, data, SoftmaxCrossEntropy.onLogits(), options),
        Settings.withDefaults(),
        Monitor.NONE,
        Seed.of(3));
  }

  private static Subject subject(Network network, int samples) {
    return subject(network, samples, SurfaceOptions.withDefaults());
  }

  private static Node layer(Subject subject, String name) {
    return subject.network().weightLayers().stream()
        .filter(node -> node.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** L(W + δWA) − L(W) by two losses. */
  private static double difference(Subject subject, Node layer, double[][] a, double delta) {
    LayerWeight weight = LayerWeight.of(subject.network(), layer);
    double[] theta = subject.theta();
    int offset = subject.network().weight(layer).offset();
    int m = weight.columns();
    for (int s = 0; s < weight.rows(); s++) {
      for (int t = 0; t < m; t++) {
        for (int u = 0; u < m; u++) {
          theta[offset + s * m + t] += delta * weight.values()[s * m + u] * a[u][t];
        }
      }
    }
    return subject.surface().value(theta) - subject.surface().value(subject.theta());
  }

  private static double[][] matrix(int m, Seed seed) {
    double[][] a = new double[m][];
    for (int i = 0; i < m; i++) {
      a[i] = numbers(m, seed.split(i));
    }
    return a;
  }

  @Test
  void givenMatrixIsTheDifferenceOfTwoLossesForEveryLayer() {
    Subject subject = subject(convolutional(), 90);
    for (Node layer : subject.network().weightLayers()) {
      int m = LayerWeight.of(subject.network(), layer).columns();
      double[][] a = matrix(m, SEED.split(layer.name()));
      List<Robustness> found =
          FeatureRobustness.withDefaults().withDeltas(1e-6, 1e-3, 0.3).given(subject, layer, a);
      for (Robustness each : found) {
        double plain = difference(subject, layer, a, each.delta());
        // The plain difference loses 1e-16 of losses of the order of 10.
        assertThat(each.value().value())
            .as(layer.name() + " at " + each.delta())
            .isCloseTo(plain, within(1e-13 + 1e-12 * Math.abs(plain)));
      }
    }
  }

  /** A change across the break of a second derivative at 0, as ELU has one. */
  @Test
  void givenMatrixIsTheDifferenceOfTwoLossesAcrossABreak() {
    givenMatrixIsTheDifferenceOfTwoLossesOfAnyNetwork(-32);
  }

  @Property(tries = 60)
  void givenMatrixIsTheDifferenceOfTwoLossesOfAnyNetwork(@ForAll long seed) {
    Network network =
        RandomNetworks.withDefaults()
            .withSmoothActivations(true)
            .withOddities(true)
            .withRareLayers(true)
            .draw(Seed.of(seed));
    Assume.that(!network.sharesParameters());
    Dataset data = RandomDatasets.real(network, 5, SEED);
    Subject subject = Subject.of(NetworkSurface.of(network, data, SquaredError.summed()));
    List<Node> layers = subject.network().weightLayers();
    Node layer = layers.get((int) Math.floorMod(seed, (long) layers.size()));
    int m = LayerWeight.of(subject.network(), layer).columns();
    double[][] a = matrix(m, Seed.of(seed).split("a"));
    for (double delta : new double[] {1e-5, 0.2}) {
      double plain = difference(subject, layer, a, delta);
      double scale = Math.abs(subject.surface().value(subject.theta())) + Math.abs(plain);
      Robustness found =
          FeatureRobustness.withDefaults().withDeltas(delta).given(subject, layer, a).get(0);
      assertThat(found.value().value()).isCloseTo(plain, within(1e-12 * (1 + scale)));
    }
  }

  @Test
  void tinyChangesKeepTheirDigits() {
    Subject subject = subject(convolutional(), 40);
    for (Node layer : subject.network().weightLayers()) {
      int m = LayerWeight.of(subject.network(), layer).columns();
      double[][] a = matrix(m, SEED.split(layer.name()));
      double delta = 1e-11;
      Robustness found =
          FeatureRobustness.withDefaults().withDeltas(delta).given(subject, layer, a).get(0);
      assertThat(found.changedPatterns()).isZero();
      assertThat(found.value().value())
          .isCloseTo(found.predicted(), within(1e-9 * Math.abs(found.predicted())));
    }
  }

  @Test
  void averageOverMatricesIsWhatRelativeFlatnessPredicts() {
    Subject subject = subject(convolutional(), 20);
    for (Node layer : subject.network().weightLayers()) {
      Robustness found =
          FeatureRobustness.withDefaults()
              .withDeltas(1e-8)
              .withDraws(600)
              .haar(subject, layer)
              .get(0);
      assertThat(found.kinkMargin()).isGreaterThan(1e-8);
      assertThat(Math.abs(found.ratio() - 1))
          .as(layer.name() + " " + found)
          .isLessThan(4 * found.ratioError() + found.rounding() / found.predicted());
      assertThat(found.ratioError()).isLessThan(0.2);
    }
  }

  @Test
  void thinDrawsHaveTheLawOfDenseOnes() {
    Subject subject = subject(dense(), 20);
    Node layer = layer(subject, "b");
    Robustness thin =
        FeatureRobustness.withDefaults()
            .withDeltas(0.3)
            .withDraws(4000)
            .haar(subject, layer)
            .get(0);
    double[] means = new double[4000];
    for (int draw = 0; draw < means.length; draw++) {
      double[][] a = Orthonormal.rows(6, 6, Seed.of(77).split(draw));
      means[draw] = (difference(subject, layer, a, 0.3) + difference(subject, layer, a, -0.3)) / 2;
    }
    var brute = dev.flatness.measure.Outcome.mean(means, "dense");
    double error =
        Math.hypot(brute.standardError().orElseThrow(), thin.value().standardError().orElseThrow());
    assertThat(thin.value().value()).isCloseTo(brute.value(), within(4 * error));
    assertThat(error).isLessThan(0.02 * brute.value());
  }

  @Test
  void linearRegressionHasItsClosedForm() {
    Network network = Network.sequential(5).dense("w", tensor(SEED.split(20), 1, 5), null).build();
    Dataset data = RandomDatasets.real(network, 30, SEED.split(21));
    Subject subject = Subject.of(NetworkSurface.of(network, data, SquaredError.summed()));
    double squares = 0;
    double[] x = new double[30 * 5];
    data.read(0, 30, x, new double[30]);
    for (double each : x) {
      squares += each * each / 30;
    }
    double norm = 0;
    for (double w : network.parameterVector()) {
      norm += w * w;
    }
    Robustness found =
        FeatureRobustness.withDefaults()
            .withDeltas(0.7)
            .withDraws(3000)
            .haar(subject, layer(subject, "w"))
            .get(0);
    assertThat(found.predicted())
        .isCloseTo(0.49 * 2 * norm * squares / 10, within(1e-13 * found.predicted()));
    assertThat(found.ratio()).isCloseTo(1, within(4 * found.ratioError()));
    assertThat(found.kinkMargin()).isInfinite();
  }

  @Test
  void radialLawAndNoiseMeetTheirPredictions() {
    Subject subject = subject(dense(), 20);
    Node layer = layer(subject, "b");
    FeatureRobustness how = FeatureRobustness.withDefaults().withDeltas(1e-4).withDraws(3000);
    for (double width : new double[] {0.05, 0.4, 1, 30}) {
      Robustness radial = how.radial(subject, layer, width).get(0);
      assertThat(radial.ratio()).isCloseTo(1, within(4 * radial.ratioError()));
    }
    Robustness noise = how.noise(subject, layer).get(0);
    assertThat(noise.ratio()).isCloseTo(1, within(4 * noise.ratioError()));
  }

  @Test
  void worstCaseIsNoLessThanAnyDrawAndFeaturesMeetTheirExpansion() {
    Subject subject = subject(dense(), 20);
    Node layer = layer(subject, "b");
    FeatureRobustness how = FeatureRobustness.withDefaults().withDeltas(0.1);
    Robustness worst = how.worstCase(subject, layer, 3, 20).get(0);
    for (int draw = 0; draw < 50; draw++) {
      double[][] a = Orthonormal.rows(6, 6, Seed.of(5).split(draw));
      assertThat(how.given(subject, layer, a).get(0).value().value())
          .isLessThan(worst.value().value());
    }
    assertThat(worst.value().status().id()).isEqualTo("lower-bound");
    for (int j = 0; j < 6; j++) {
      Robustness found = how.withDeltas(1e-9).feature(subject, layer, j).get(0);
      double[][] a = new double[6][6];
      a[j][j] = 1;
      assertThat(found.value())
          .isEqualTo(how.withDeltas(1e-9).given(subject, layer, a).get(0).value());
    }
  }

  @Test
  void theSameSeedGivesTheSameBitsOnAnyNumberOfThreads() {
    FeatureRobustness how = FeatureRobustness.withDefaults().withDeltas(1e-3, 0.1).withDraws(20);
    for (String name : List.of("c1", "d2")) {
      Subject one = subject(convolutional(), 200, SurfaceOptions.withDefaults().withThreads(1));
      Subject many = subject(convolutional(), 200, SurfaceOptions.withDefaults().withThreads(5));
      assertThat(how.haar(many, layer(many, name))).isEqualTo(how.haar(one, layer(one, name)));
    }
  }

  @Test
  void noPatternChangesBelowTheMargin() {
    Subject subject = subject(convolutional(), 60);
    for (Node layer : subject.network().weightLayers()) {
      FeatureRobustness how = FeatureRobustness.withDefaults().withDeltas(1e-3).withDraws(20);
      double margin = how.haar(subject, layer).get(0).kinkMargin();
      if (margin < Double.POSITIVE_INFINITY) {
        List<Robustness> found = how.withDeltas(0.99 * margin, 1).haar(subject, layer);
        assertThat(found.get(0).changedPatterns()).isZero();
        assertThat(found.get(1).changedPatterns()).isGreaterThan(0.1);
      }
    }
  }

  @Test
  void epsilonIsTheLargestMagnitudeUpToDelta() {
    Subject subject = subject(dense(), 20);
    double largest = 0;
    for (Robustness each :
        FeatureRobustness.withDefaults()
            .withDeltas(1, 0.5, 2, 0.1)
            .withDraws(10)
            .haar(subject, layer(subject, "a"))) {
      largest = Math.max(largest, Math.abs(each.value().value()));
      assertThat(each.epsilon()).isEqualTo(largest);
    }
  }

  @Test
  void refusesWhatMakesNoSense() {
    Subject subject = subject(convolutional(), 10);
    FeatureRobustness how = FeatureRobustness.withDefaults();
    assertThatThrownBy(() -> how.withDeltas()).hasMessageContaining("there is no delta");
    assertThatThrownBy(() -> how.withDeltas(0.1, -1)).hasMessageContaining("positive numbers");
    assertThatThrownBy(() -> how.withDraws(1)).hasMessageContaining("no standard error");
    assertThatThrownBy(() -> how.noise(subject, layer(subject, "c1")))
        .hasMessageContaining("\"c1\" is a convolution");
    assertThatThrownBy(() -> how.given(subject, layer(subject, "d2"), new double[4][4]))
        .hasMessageContaining("[4, 4], but layer \"d2\" reads 5 features");
    assertThatThrownBy(() -> how.feature(subject, layer(subject, "d2"), 5))
        .hasMessageContaining("no input feature 5, expected 0 to 4");
  }

  @Test
  void readsDataWithoutLabelsToo() {
    Network network = dense();
    Dataset data = Datasets.of(new double[][] {{1, 2, 3, 4}}, new double[][] {{1, 0, 2}});
    Subject subject = Subject.of(NetworkSurface.of(network, data, SquaredError.summed()));
    assertThat(
            FeatureRobustness.withDefaults()
                .withDraws(2)
                .haar(subject, layer(subject, "a"))
                .get(0)
                .value()
                .value())
        .isNotNaN();
  }
}
