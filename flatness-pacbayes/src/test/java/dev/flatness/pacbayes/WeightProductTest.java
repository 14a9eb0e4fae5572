package dev.flatness.pacbayes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.data.Dataset;
import dev.flatness.data.Datasets;
import dev.flatness.loss.BinaryCrossEntropy;
import dev.flatness.loss.Loss;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Invariance;
import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;
import dev.flatness.network.Activation;
import dev.flatness.network.GraphBuilder;
import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.network.Window;
import dev.flatness.random.Seed;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.symmetry.Permutation;
import dev.flatness.symmetry.Rescaling;
import dev.flatness.symmetry.ScaleClasses;
import dev.flatness.tensor.Shape;
import dev.flatness.tensor.Tensor;
import dev.flatness.testkit.NetworkArbitraries;
import dev.flatness.testkit.RandomDatasets;
import dev.flatness.training.Architectures;
import dev.flatness.training.Initialization;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** The products of norms and the margins. */
class WeightProductTest {
  private static final Seed SEED = Seed.of(21);

  @Provide
  Arbitrary<Network> networks() {
    return NetworkArbitraries.piecewiseLinear();
  }

  @Provide
  Arbitrary<Seed> seeds() {
    return NetworkArbitraries.seeds();
  }

  private static Loss loss(Network network) {
    return network.output().shape().size() == 1
        ? BinaryCrossEntropy.onLogits()
        : SoftmaxCrossEntropy.onLogits();
  }

  private static Subject subject(Network network) {
    Dataset data = RandomDatasets.labelled(network, 37, SEED.split("data"));
    return Subject.of(NetworkSurface.of(network, data, loss(network)));
  }

  private static Estimate spectral(Network network) {
    return WeightProduct.spectral().evaluate(subject(network)).get(0);
  }

  /** The whole matrix of a layer; the groups of a convolution are blocks of it. */
  private static double[][] matrix(Network network, Node node) {
    double[] w = network.values(network.parameters().get(node.weight()));
    int rows = network.parameters().get(node.weight()).shape().extent(0);
    int groups = node.layer() instanceof Layer.Convolution layer ? layer.groups() : 1;
    int width = w.length / rows;
    double[][] matrix = new double[rows][width * groups];
    for (int s = 0; s < rows; s++) {
      int group = s * groups / rows;
      System.arraycopy(w, s * width, matrix[s], group * width, width);
    }
    return matrix;
  }

  /** The largest squared singular value, by powers of WᵀW. */
  private static double squaredNorm(double[][] w, Seed seed) {
    RandomGenerator random = seed.generator();
    double[] x = new double[w[0].length];
    Arrays.setAll(x, i -> random.nextGaussian());
    double value = 0;
    for (int step = 0; step < 20_000; step++) {
      double length = Math.sqrt(Arrays.stream(x).map(v -> v * v).sum());
      double[] next = new double[x.length];
      double before = value;
      value = 0;
      for (double[] row : w) {
        double dot = 0;
        for (int i = 0; i < x.length; i++) {
          dot += row[i] * x[i] / length;
        }
        value += dot * dot;
        for (int i = 0; i < x.length; i++) {
          next[i] += dot * row[i];
        }
      }
      x = next;
      if (step > 100 && Math.abs(value - before) <= 1e-15 * value) {
        break;
      }
    }
    return value;
  }

  @Property(tries = 25)
  void productsEqualThoseOfTheMatrices(@ForAll("networks") Network network) {
    double spectral = 1;
    double frobenius = 1;
    for (Node node : network.weightLayers()) {
      double[][] matrix = matrix(network, node);
      spectral *= squaredNorm(matrix, SEED);
      frobenius *= Arrays.stream(matrix).flatMapToDouble(Arrays::stream).map(v -> v * v).sum();
    }
    Estimate found = spectral(network);
    // Powers converge as slowly as the second singular value is near: they end too low.
    assertThat(found.value()).isBetween(spectral * (1 - 1e-11), spectral * (1 + 1e-7));
    assertThat((double) found.details().get("logValue"))
        .isCloseTo(Math.log(spectral), within(1e-6));
    assertThat(WeightProduct.frobenius().evaluate(subject(network)).get(0).value())
        .isCloseTo(frobenius, within(1e-12 * frobenius));
  }

  @Property(tries = 40)
  void whatIsClaimedHolds(@ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    ScaleClasses classes = ScaleClasses.of(network);
    Network layers = Rescaling.randomLayerWise(classes, 100, seed).applyTo(network);
    Network neurons = Rescaling.random(classes, 100, seed).applyTo(network);
    Network permuted = Permutation.random(network, seed).applyTo(network);
    for (WeightProduct product : List.of(WeightProduct.spectral(), WeightProduct.frobenius())) {
      Estimate before = product.evaluate(subject(network)).get(0);
      double rounding = 1e-9 * before.value();
      if (before.invariance().equals(Invariance.LAYER_WISE)) {
        assertThat(product.evaluate(subject(layers)).get(0).value())
            .isCloseTo(before.value(), within(rounding));
      }
      assertThat(product.evaluate(subject(permuted)).get(0).value())
          .isCloseTo(before.value(), within(rounding));
    }
    double margin = Margin.withDefaults().evaluate(subject(network)).get(0).value();
    for (Network image : List.of(layers, neurons, permuted)) {
      assertThat(Margin.withDefaults().evaluate(subject(image)).get(0).value())
          .isCloseTo(margin, within(1e-9 * Math.max(0.01, Math.abs(margin))));
    }
  }

  @Test
  void chainsClaimLayerWiseInvarianceAndProjectionsDoNot() {
    Network chain =
        Initialization.KAIMING.draw(
            Architectures.perceptron(Shape.of(4), List.of(5, 6), 3, Activation.RELU), SEED);
    assertThat(spectral(chain).invariance()).isEqualTo(Invariance.LAYER_WISE);
    Network projected = projected();
    Estimate before = spectral(projected);
    assertThat(before.invariance()).isEqualTo(Invariance.NONE);
    Rescaling layers =
        Rescaling.randomLayerWise(ScaleClasses.of(projected), 10, SEED.split("layers"));
    double after = spectral(layers.applyTo(projected)).value();
    assertThat(Math.abs(Math.log(after / before.value()))).isGreaterThan(1e-3);
  }

  /** A residual block whose shortcut has a weight. */
  private static Network projected() {
    GraphBuilder graph = Network.builder(3);
    int stem =
        graph.activate(
            "r1", graph.dense("stem", graph.input(), random(4, 3), null), Activation.RELU);
    int inner = graph.activate("r2", graph.dense("in", stem, random(5, 4), null), Activation.RELU);
    int sum =
        graph.add(
            "sum",
            graph.dense("out", inner, random(6, 5), null),
            graph.dense("shortcut", stem, random(6, 4), null));
    int last = graph.activate("r3", sum, Activation.RELU);
    return graph.build(graph.dense("head", last, random(2, 6), null));
  }

  private static Tensor random(int... shape) {
    RandomGenerator random = SEED.split("weights").split(shape[0]).generator();
    double[] values = new double[Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    Arrays.setAll(values, i -> random.nextGaussian());
    return Tensor.of(values, shape);
  }

  @Test
  void aLargeMatrixTakesLanczosAndAgreesWithADenseOne() {
    Network network = Network.sequential(300).dense("fc", random(270, 300), null).build();
    Estimate found = spectral(network);
    assertThat(found.method()).isEqualTo("lanczos");
    assertThat(found.status()).isEqualTo(Status.CONVERGED);
    double[][] w = matrix(network, network.weightLayers().get(0));
    double[] gram = new double[270 * 270];
    for (int i = 0; i < 270; i++) {
      for (int j = 0; j < 270; j++) {
        for (int k = 0; k < 300; k++) {
          gram[270 * i + j] += w[i][k] * w[j][k];
        }
      }
    }
    double[] values = dev.flatness.spectral.DenseSymmetric.of(270, gram).eigenvalues();
    double expected = Arrays.stream(values).max().orElseThrow();
    assertThat(found.value()).isCloseTo(expected, within(1e-12 * expected));
  }

  @Test
  void groupsAreBlocksAndAZeroMatrixMakesTheProductZero() {
    GraphBuilder graph = Network.builder(4, 1, 1);
    // Two groups of the matrices [3 0; 0 1] and [1 2; 2 1], largest singular value 3 in both.
    Tensor weight = Tensor.of(new double[] {3, 0, 0, 1, 1, 2, 2, 1}, 4, 2, 1, 1);
    int last = graph.convolution("conv", graph.input(), weight, null, Window.of(1, 1), 2);
    Network grouped = graph.build(graph.flatten("flat", last));
    assertThat(spectral(grouped).value()).isCloseTo(9, within(1e-13));
    assertThat(WeightProduct.frobenius().evaluate(subject(grouped)).get(0).value())
        .isCloseTo(20, within(1e-13));
    assertThat(spectral(grouped.withParameters(new double[8])).value()).isZero();
  }

  @Test
  void marginIsTheTenthPercentileOfPlainEvaluations() {
    Network network =
        Initialization.KAIMING.draw(
            Architectures.perceptron(Shape.of(4), List.of(5), 3, Activation.RELU), SEED);
    for (int n : new int[] {1, 9, 10, 11, 30, 700}) {
      Dataset data = RandomDatasets.labelled(network, n, SEED.split("margins"));
      double[] x = new double[n * 4];
      double[] y = new double[n];
      data.read(0, n, x, y);
      double[] margins = new double[n];
      for (int i = 0; i < n; i++) {
        double[] f = network.outputs(Arrays.copyOfRange(x, 4 * i, 4 * i + 4));
        double own = f[(int) y[i]];
        f[(int) y[i]] = Double.NEGATIVE_INFINITY;
        margins[i] = own - Arrays.stream(f).max().orElseThrow();
      }
      Subject subject =
          Subject.of(NetworkSurface.of(network, data, SoftmaxCrossEntropy.onLogits()));
      double found = Margin.withDefaults().evaluate(subject).get(0).value();
      // At least a tenth do not exceed it, and less than a tenth are below.
      long notAbove = Arrays.stream(margins).filter(m -> m <= found + 1e-12).count();
      long below = Arrays.stream(margins).filter(m -> m < found - 1e-12).count();
      assertThat(10 * notAbove).isGreaterThanOrEqualTo(n);
      assertThat(10 * below).isLessThan(n);
    }
  }

  @Test
  void theMarginOfOneOutputIsTheSignedLogit() {
    Network network =
        Network.sequential(1).dense("fc", Tensor.of(new double[] {2}, 1, 1), null).build();
    Dataset data = Datasets.of(new double[][] {{3}, {4}}, 1, 0);
    Subject subject = Subject.of(NetworkSurface.of(network, data, BinaryCrossEntropy.onLogits()));
    Estimate margin = Margin.withDefaults().evaluate(subject).get(0);
    assertThat(margin.value()).isEqualTo(-8);
    assertThat(margin.details()).containsEntry("samples", 2);
  }
}
