package dev.flatness.symmetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.measure.Estimate;
import dev.flatness.measure.Status;
import dev.flatness.network.Activation;
import dev.flatness.network.GraphBuilder;
import dev.flatness.network.Network;
import dev.flatness.network.Window;
import dev.flatness.tensor.SparseMatrix;
import dev.flatness.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Path norms added up by hand. */
class PathNormTest {
  private static final PathNorm ONE = PathNorm.withDefaults().withExponent(1);
  private static final PathNorm TWO = PathNorm.withDefaults();

  private static Network chain(double w, double bias, double v, Activation function) {
    return Network.sequential(1)
        .dense("a", Tensor.of(new double[] {w}, 1, 1), Tensor.of(new double[] {bias}, 1))
        .activate(function)
        .dense("b", Tensor.of(new double[] {v}, 1, 1), null)
        .build();
  }

  private static Network pooled(boolean max, boolean countPadding) {
    GraphBuilder graph = Network.builder(1, 2, 2);
    Tensor w = Tensor.of(new double[] {-3}, 1, 1, 1, 1);
    int conv = graph.convolution("conv", 0, w, null, Window.of(1, 1), 1);
    Window window = Window.of(2, 2).withPadding(1, 0, 0, 0);
    int pool =
        max ? graph.maxPool("p", conv, window) : graph.averagePool("p", conv, window, countPadding);
    int flat = graph.flatten("flat", pool);
    return graph.build(graph.dense("head", flat, Tensor.of(new double[] {1, 2}, 1, 2), null));
  }

  @Test
  void sumsTheProductsAlongEveryPathFromInputsAndBiases() {
    Network network = chain(2, -3, 5, Activation.RELU);
    assertThat(ONE.of(network).value()).isEqualTo(2 * 5 + 3 * 5);
    assertThat(TWO.of(network).value()).isEqualTo(Math.sqrt(100 + 225));
    assertThat(ONE.of(network).id()).isEqualTo("path-norm-1");
    assertThat(TWO.of(network).id()).isEqualTo("path-norm-2");
    assertThat(TWO.of(network).status()).isEqualTo(Status.EXACT);
  }

  @Test
  void aSlopeCountsAsOne() {
    assertThat(ONE.of(chain(2, 0, 5, Activation.leakyRelu(-0.3))).value()).isEqualTo(10);
    assertThat(ONE.of(chain(2, 0, 5, Activation.RELU)).details()).isEmpty();
    assertThat(ONE.of(chain(2, 0, 5, Activation.TANH)).details())
        .containsEntry("smoothActivations", "counted as 1");
  }

  @Test
  void entriesOfALinearMapAreWeightsOfTheirPaths() {
    GraphBuilder graph = Network.builder(2);
    SparseMatrix map = SparseMatrix.builder(2).add(0, 3).add(1, -0.5).endRow().endRow().build();
    int x = graph.linearMap("map", 0, map, 2);
    Network network = graph.build(graph.dense("a", x, Tensor.of(new double[] {2, 7}, 1, 2), null));
    assertThat(ONE.of(network).value()).isEqualTo(2 * 3 + 2 * 0.5);
    assertThat(TWO.of(network).value()).isEqualTo(Math.sqrt(36 + 1));
  }

  @Test
  void averagePoolingWeighsItsDivisorToThePowerP() {
    // The upper window holds two positions of the map, the lower one four.
    assertThat(ONE.of(pooled(false, false)).value()).isCloseTo(3 + 2 * 3, within(1e-14));
    assertThat(ONE.of(pooled(false, true)).value()).isCloseTo(1.5 + 2 * 3, within(1e-14));
    assertThat(TWO.of(pooled(false, false)).value())
        .isCloseTo(Math.sqrt(2 * 9 / 4.0 + 4 * 4 * 9 / 16.0), within(1e-14));
    assertThat(TWO.of(pooled(false, true)).value())
        .isCloseTo(Math.sqrt(2 * 9 / 16.0 + 4 * 4 * 9 / 16.0), within(1e-14));
  }

  @Test
  void averagePoolingWeighsPlainlyOnRequest() {
    PathNorm plain = TWO.withPlainAveragePooling(true);
    Estimate estimate = plain.of(pooled(false, false));
    assertThat(estimate.value()).isCloseTo(Math.sqrt(9 + 4 * 9), within(1e-14));
    assertThat(estimate.details()).containsEntry("averagePooling", "plain");
    assertThat(plain.withExponent(1).of(pooled(false, true)).value())
        .isCloseTo(ONE.of(pooled(false, true)).value(), within(1e-14));
  }

  @Test
  void maxPoolingTakesTheMaximumOrTheSumOnRequest() {
    Estimate maximum = ONE.of(pooled(true, false));
    assertThat(maximum.value()).isEqualTo(3 + 2 * 3);
    assertThat(maximum.details()).containsEntry("maxPooling", "maximum");
    Estimate sum = ONE.withSumOverMaxPooling(true).of(pooled(true, false));
    assertThat(sum.value()).isEqualTo(2 * 3 + 4 * 2 * 3);
    assertThat(sum.details()).containsEntry("maxPooling", "sum");
  }

  @Test
  void skipsCountAsOneAndConstantsAsEdges() {
    GraphBuilder graph = Network.builder(2);
    Tensor w = Tensor.of(new double[] {1, 2, -3, 4}, 2, 2);
    int branch = graph.dense("branch", 0, w, null);
    int sum = graph.add("sum", branch, 0);
    int last = graph.constant("constant", sum, List.of(-2.0), List.of(0.0, 7.0));
    Network network = graph.build(last);
    assertThat(ONE.of(network).value()).isEqualTo(2 * (3 + 7 + 2) + 7);
    assertThat(TWO.of(network).value()).isEqualTo(Math.sqrt(4 * (1 + 4 + 9 + 16 + 2) + 49));
  }

  @Test
  void powersThatLeaveTheRangeOfDoublesAreSummedByTheirLogarithms() {
    double expected = TWO.of(chain(2, 3, 5, Activation.RELU)).value();
    Network far = chain(2e200, 3e200, 5e-200, Activation.RELU);
    assertThat(TWO.of(far).value()).isCloseTo(expected, within(1e-12 * expected));
    Network near = chain(2e-200, 3e-200, 5e200, Activation.RELU);
    assertThat(TWO.of(near).value()).isCloseTo(expected, within(1e-12 * expected));
    assertThat(TWO.of(chain(1e-200, 0, 1e-200, Activation.RELU)).value()).isZero();
  }

  @Test
  void aValueTooLargeForADoubleIsGivenByItsLogarithm() {
    Estimate estimate = ONE.of(chain(1e200, 0, 1e200, Activation.RELU));
    assertThat(estimate.status()).isEqualTo(Status.OVERFLOW);
    assertThat(estimate.value()).isNaN();
    assertThat((double) estimate.details().get("logValue"))
        .isCloseTo(400 * Math.log(10), within(1e-12 * 1000));
  }

  @Test
  void aNetworkWithoutPathsHasNormZero() {
    assertThat(TWO.of(chain(0, 0, 5, Activation.RELU)).value()).isZero();
  }

  @Test
  void refusesExponentsBelowOne() {
    assertThatThrownBy(() -> PathNorm.withDefaults().withExponent(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("exponent of the path norm is 0, expected at least 1");
  }
}
