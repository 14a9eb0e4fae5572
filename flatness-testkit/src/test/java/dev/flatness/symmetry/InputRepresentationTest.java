package dev.flatness.symmetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.flatness.coordinates.AffineMap;
import dev.flatness.data.Dataset;
import dev.flatness.data.Datasets;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.loss.SquaredError;
import dev.flatness.network.GraphBuilder;
import dev.flatness.network.Network;
import dev.flatness.network.Window;
import dev.flatness.random.Seed;
import dev.flatness.surface.InputGradient;
import dev.flatness.tensor.Tensor;
import dev.flatness.testkit.RandomDatasets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class InputRepresentationTest {
  /**
   * W′ = W A⁻¹ and its sums are rounded, magnified by at most the condition of A, some tens here.
   */
  private static final double ROUNDING = 1e-12;

  @Property(tries = 40)
  void anyMatrixFoldsIntoADenseLayer(@ForAll long seed) {
    Random random = new Random(seed);
    Network network = dense(random, 3 + random.nextInt(4), true);
    int n = network.inputShape().size();
    Dataset data = RandomDatasets.labelled(network, 9, Seed.of(seed));
    AffineMap map = AffineMap.matrix(matrix(random, n), normals(random, n));
    InputRepresentation moved = InputRepresentation.of(network, data, map);
    assertThat(moved.functionResidual(network, data)).isLessThan(ROUNDING);
    // The loss of every sample is that before.
    assertThat(moved.data().size()).isEqualTo(9);
    // ∇_z ℓ = A⁻ᵀ ∇_x ℓ, with the gradient by differences of the loss of one sample.
    var loss = SoftmaxCrossEntropy.onLogits();
    double sum = 0;
    for (int i = 0; i < 9; i++) {
      double[] x = new double[n];
      double[] target = new double[1];
      data.read(i, 1, x, target);
      double[] gradient = new double[n];
      for (int k = 0; k < n; k++) {
        double[] up = x.clone();
        double[] down = x.clone();
        up[k] += 1e-6;
        down[k] -= 1e-6;
        gradient[k] =
            (loss.value(network.outputs(up), target) - loss.value(network.outputs(down), target))
                / 2e-6;
      }
      sum += norm(map.covector(gradient)) / 9;
    }
    assertThat(InputGradient.meanNorm(moved.network(), moved.data(), loss))
        .isCloseTo(sum, within(1e-7 * (1 + sum)));
  }

  @Test
  void aFactorOfTheInputsDividesTheirGradient() {
    Network network = dense(new Random(5), 4, true);
    Dataset data = RandomDatasets.real(network, 20, Seed.of(5));
    double before = InputGradient.meanNorm(network, data, SquaredError.summed());
    double[] scale = new double[4];
    Arrays.fill(scale, 1024);
    InputRepresentation moved =
        InputRepresentation.of(network, data, AffineMap.diagonal(scale, new double[4]));
    assertThat(InputGradient.meanNorm(moved.network(), moved.data(), SquaredError.summed()))
        .isCloseTo(before / 1024, withinPercentage(1e-10));
    assertThat(moved.functionResidual(network, data)).isZero();
  }

  @Property(tries = 30)
  void aMapOfChannelsFoldsIntoAConvolution(@ForAll long seed) {
    Random random = new Random(seed);
    Network network = convolutional(random, Window.of(2, 3).withStride(2));
    Dataset data = RandomDatasets.real(network, 6, Seed.of(seed));
    AffineMap map = channels(random, network.inputShape().size(), true);
    assertThat(InputRepresentation.of(network, data, map).functionResidual(network, data))
        .isLessThan(ROUNDING);
  }

  @Property(tries = 20)
  void aPaddedConvolutionTakesFactorsOnly(@ForAll long seed) {
    Random random = new Random(seed);
    Network network = convolutional(random, Window.of(3, 3).withPadding(1));
    Dataset data = RandomDatasets.real(network, 6, Seed.of(seed));
    int size = network.inputShape().size();
    AffineMap factors = channels(random, size, false);
    assertThat(InputRepresentation.of(network, data, factors).functionResidual(network, data))
        .isLessThan(ROUNDING);
    assertThatThrownBy(() -> InputRepresentation.of(network, data, channels(random, size, true)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "layer \"conv\" pads with zeros, and the transformation shifts its input channel 0 by ")
        .hasMessageEndingWith(
            ": the inverse of the transformation cannot be folded into it; take another"
                + " transformation or another network");
  }

  @Test
  void aConvolutionRefusesWhatIsNotOneNumberAChannel() {
    Random random = new Random(3);
    Network network = convolutional(random, Window.of(3, 3));
    Dataset data = RandomDatasets.real(network, 4, Seed.of(3));
    int size = network.inputShape().size();
    assertThatThrownBy(
            () ->
                InputRepresentation.of(
                    network, data, AffineMap.matrix(matrix(random, size), new double[size])))
        .hasMessageStartingWith(
            "layer \"conv\" has one weight for all positions, expected a transformation with a"
                + " diagonal");
    assertThatThrownBy(
            () -> InputRepresentation.of(network, data, InputRepresentation.standardization(data)))
        .hasMessageStartingWith(
            "layer \"conv\" has one weight for all positions of a channel, expected one scale and"
                + " shift a channel (entry 1 has another than the first of channel 0)");
  }

  @Test
  void constantsAndOtherAxesBeforeTheFirstLayerArePassed() {
    Random random = new Random(7);
    GraphBuilder graph = Network.builder(3, 2, 4);
    int at = graph.transpose("nhwc", graph.input(), 1, 2, 0);
    at = graph.constant("pixels", at, List.of(0.5, 2.0), List.of(-1.0, 0.25));
    at = graph.flatten("flat", at);
    at = graph.dense("fc", at, tensor(random, 5, 24), tensor(random, 5));
    Network network = graph.build(at);
    Dataset data = RandomDatasets.real(network, 6, Seed.of(7));
    for (AffineMap map :
        List.of(
            AffineMap.matrix(matrix(random, 24), normals(random, 24)),
            InputRepresentation.standardization(data))) {
      assertThat(InputRepresentation.of(network, data, map).functionResidual(network, data))
          .isLessThan(ROUNDING);
    }
  }

  @Test
  void aStandingAffineLayerTakesAMapOfChannels() {
    Random random = new Random(9);
    GraphBuilder graph = Network.builder(2, 3, 3);
    int at = graph.affine("norm", graph.input(), tensor(random, 2), tensor(random, 2));
    at = graph.dense("fc", graph.flatten("flat", at), tensor(random, 4, 18), null);
    Network network = graph.build(at);
    Dataset data = RandomDatasets.real(network, 6, Seed.of(9));
    AffineMap map = InputRepresentation.standardizationOfChannels(data);
    assertThat(InputRepresentation.of(network, data, map).functionResidual(network, data))
        .isLessThan(ROUNDING);
  }

  @Test
  void whatCannotBeFoldedIsRefusedByName() {
    Random random = new Random(1);
    Network unbiased = dense(random, 3, false);
    Dataset data = RandomDatasets.real(unbiased, 4, Seed.of(1));
    refused(
        unbiased,
        data,
        "layer \"fc1\" has no bias, and the transformation shifts what it reads: the inverse of"
            + " the transformation cannot be folded into it; take another transformation or"
            + " another network");
    GraphBuilder graph = Network.builder(3);
    int first = graph.dense("fc1", graph.input(), tensor(random, 3, 3), tensor(random, 3));
    refused(
        graph.build(graph.add("skip", first, graph.input())),
        data,
        "layer \"skip\" combines the input with other values: the inverse of the transformation"
            + " cannot be folded into it; take another transformation or another network");
    GraphBuilder pooled = Network.builder(1, 1, 3);
    int pool = pooled.averagePool("pool", pooled.input(), Window.of(1, 3), true);
    Network other =
        pooled.build(pooled.dense("fc", pooled.flatten("flat", pool), tensor(random, 2, 1), null));
    assertThatThrownBy(
            () ->
                InputRepresentation.of(
                    other, RandomDatasets.real(other, 3, Seed.of(2)), AffineMap.identity(3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("layer \"pool\" (AveragePool")
        .hasMessageContaining("reads the input before any weight");
    assertThatThrownBy(() -> InputRepresentation.of(unbiased, data, AffineMap.identity(4)))
        .hasMessage(
            "the transformation is of 4 entries, but the network reads inputs of shape [3]");
  }

  @Test
  void standardizationGivesUnitSpread() {
    Dataset data = correlated(new Random(4), 200, 4);
    Dataset moved = new TransformedDataset(data, InputRepresentation.standardization(data));
    double[] means = InputMoments.means(moved, 4);
    assertThat(means).containsExactly(new double[4], within(1e-13));
    assertThat(InputMoments.variances(moved, means))
        .containsExactly(new double[] {1, 1, 1, 1}, within(1e-12));
  }

  @Test
  void whiteningGivesTheIdentityAsCovariance() {
    Dataset data = correlated(new Random(4), 200, 4);
    Dataset moved = new TransformedDataset(data, InputRepresentation.whitening(data, 0));
    double[][] covariance = InputMoments.covariance(moved, InputMoments.means(moved, 4));
    for (int i = 0; i < 4; i++) {
      for (int j = 0; j <= i; j++) {
        assertThat(covariance[i][j]).isCloseTo(i == j ? 1 : 0, within(1e-12));
      }
    }
  }

  @Test
  void aSingularCovarianceNeedsARidge() {
    double[][] inputs = {{1, 2, 5}, {2, 4, 5}, {-1, -2, 5}, {0.5, 1, 5}};
    Dataset data = Datasets.of(inputs, 0, 1, 0, 1);
    assertThatThrownBy(() -> InputRepresentation.whitening(data, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is singular at entry 1, which depends on those before it");
    assertThat(InputRepresentation.whitening(data, 1e-3).dimension()).isEqualTo(3);
    // A constant entry is only shifted.
    assertThat(InputRepresentation.standardization(data).diagonal().orElseThrow()[2]).isEqualTo(1);
  }

  private static void refused(Network network, Dataset data, String message) {
    assertThatThrownBy(
            () ->
                InputRepresentation.of(
                    network,
                    data,
                    AffineMap.diagonal(new double[] {1, 2, 3}, new double[] {1, 0, 0})))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  private static Network dense(Random random, int inputs, boolean biases) {
    return Network.sequential(inputs)
        .dense("fc1", tensor(random, 6, inputs), biases ? tensor(random, 6) : null)
        .relu()
        .dense("fc2", tensor(random, 3, 6), tensor(random, 3))
        .build();
  }

  private static Network convolutional(Random random, Window window) {
    GraphBuilder graph = Network.builder(4, 5, 5);
    int at =
        graph.convolution(
            "conv",
            graph.input(),
            tensor(random, 6, 2, window.kernelHeight(), window.kernelWidth()),
            tensor(random, 6),
            window,
            2);
    at = graph.flatten("flat", graph.activate("relu", at, dev.flatness.network.Activation.RELU));
    int features = graph.shape(at).size();
    return graph.build(graph.dense("fc", at, tensor(random, 3, features), tensor(random, 3)));
  }

  private static AffineMap channels(Random random, int size, boolean shifted) {
    double[] scale = new double[size];
    double[] shift = new double[size];
    for (int c = 0; c < 4; c++) {
      double factor = Math.exp(2 * random.nextDouble() - 1) * (random.nextBoolean() ? 1 : -1);
      Arrays.fill(scale, c * size / 4, (c + 1) * size / 4, factor);
      Arrays.fill(shift, c * size / 4, (c + 1) * size / 4, shifted ? random.nextGaussian() : 0);
    }
    return AffineMap.diagonal(scale, shift);
  }

  private static Dataset correlated(Random random, int samples, int n) {
    double[][] mixing = matrix(random, n);
    double[][] inputs = new double[samples][];
    for (int i = 0; i < samples; i++) {
      inputs[i] =
          AffineMap.matrix(mixing, new double[] {3, -1, 0, 10}).parametersAt(normals(random, n));
    }
    return Datasets.of(inputs, new int[samples]);
  }

  private static double[][] matrix(Random random, int n) {
    double[][] rows = new double[n][];
    for (int i = 0; i < n; i++) {
      rows[i] = normals(random, n);
      rows[i][i] += 3 * Math.sqrt(n);
    }
    return rows;
  }

  private static double[] normals(Random random, int n) {
    double[] x = new double[n];
    Arrays.setAll(x, i -> random.nextGaussian());
    return x;
  }

  private static Tensor tensor(Random random, int... shape) {
    int size = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    return Tensor.of(normals(random, size), shape);
  }

  private static double norm(double[] x) {
    return Math.sqrt(Arrays.stream(x).map(entry -> entry * entry).sum());
  }
}
