package dev.flatness.symmetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.network.Activation;
import dev.flatness.network.GraphBuilder;
import dev.flatness.network.Network;
import dev.flatness.network.Window;
import dev.flatness.random.Seed;
import dev.flatness.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class RescalingTest {
  private static Network chain() {
    return Network.sequential(1)
        .dense("a", Tensor.of(new double[] {1, 2}, 2, 1), Tensor.of(new double[] {3, 4}, 2))
        .relu()
        .dense("b", Tensor.of(new double[] {5, 6}, 1, 2), Tensor.of(new double[] {7}, 1))
        .relu()
        .dense("c", Tensor.of(new double[] {8}, 1, 1), Tensor.of(new double[] {9}, 1))
        .build();
  }

  @Test
  void multipliesWhatEntersAUnitAndDividesWhatLeavesIt() {
    Rescaling rescaling = Rescaling.of(ScaleClasses.of(chain()), new double[] {2, 4, 8});
    assertThat(rescaling.applyTo(chain()).parameterVector())
        .containsExactly(2, 8, 6, 16, 5 * 8 / 2.0, 6 * 8 / 4.0, 56, 1, 9);
  }

  @Test
  void alphaScalesAWholeLayer() {
    ScaleClasses classes = ScaleClasses.of(chain());
    Rescaling rescaling = Rescaling.alpha(classes, chain().node(1), 4);
    assertThat(rescaling.applyTo(chain()).parameterVector())
        .containsExactly(4, 8, 12, 16, 5 / 4.0, 6 / 4.0, 7, 8, 9);
    assertThatThrownBy(() -> Rescaling.alpha(classes, chain().output(), 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "layer \"c\" writes no free class, so it cannot take the factor 4.0; choose a hidden"
                + " layer with a positively homogeneous activation");
  }

  @Test
  void alphasMultiplyWeightsByTheirFactorAndBiasesByTheProductSoFar() {
    ScaleClasses classes = ScaleClasses.of(chain());
    Rescaling rescaling = Rescaling.alphas(classes, List.of(2.0, 4.0, 0.125));
    assertThat(rescaling.applyTo(chain()).parameterVector())
        .containsExactly(2, 4, 6, 8, 20, 24, 56, 1, 9);
    assertThatThrownBy(() -> Rescaling.alphas(classes, List.of(2.0, 4.0, 1.0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the product of the factors is 8.0, expected 1");
    assertThatThrownBy(() -> Rescaling.alphas(classes, List.of(2.0, 0.5)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("there are 2 factors, expected one per weight layer (3)");
  }

  @Test
  void layerWiseFactorsOfAChainAreIndependentAndOneALayer() {
    ScaleClasses classes = ScaleClasses.of(chain());
    double[] factors = Rescaling.randomLayerWise(classes, 1000, Seed.of(3)).factors();
    assertThat(factors[0]).isEqualTo(factors[1]).isNotEqualTo(factors[2]);
    assertThat(Arrays.stream(factors)).allMatch(c -> c >= 1e-3 && c <= 1e3);
  }

  /**
   * stem (x), depthwise-like affine (x → y with one ratio), sum with stem: y = x, so the ratio is
   * 1.
   */
  @Test
  void layerWiseFactorsFollowTheSums() {
    GraphBuilder graph = Network.builder(1);
    Tensor two = Tensor.of(new double[] {1, 2}, 2, 1);
    int left = graph.dense("left", 0, two, null);
    int right = graph.dense("right", 0, two, null);
    Tensor scale = Tensor.of(new double[] {1, 1, 1, 1}, 4);
    int both = graph.concatenate("both", left, right);
    int affine = graph.affine("affine", both, scale, scale);
    Tensor left4 = Tensor.of(new double[] {1, 1, 1, 1, 1, 1, 1, 1}, 4, 2);
    int sum = graph.add("sum", affine, graph.dense("up", left, left4, null));
    Network network =
        graph.build(graph.dense("head", sum, Tensor.of(new double[] {1, 1, 1, 1}, 1, 4), null));
    ScaleClasses classes = ScaleClasses.of(network);
    assertThat(classes.freeCount()).isEqualTo(8);
    double[] c = Rescaling.randomLayerWise(classes, 10, Seed.of(1)).factors();
    // One number for the affine scale and equal factors behind it make left and right equal.
    assertThat(c[0]).isEqualTo(c[1]).isEqualTo(c[2]).isEqualTo(c[3]);
    assertThat(c[4]).isEqualTo(c[5]).isEqualTo(c[6]).isEqualTo(c[7]).isNotEqualTo(c[0]);
  }

  /** An affine layer on two groups with free outputs leaves an equation: x3 − x1 = x4 − x2. */
  @Test
  void layerWiseFactorsSolveTheEquationsThatAreLeft() {
    GraphBuilder graph = Network.builder(1);
    Tensor two = Tensor.of(new double[] {1, 2}, 2, 1);
    int left = graph.dense("left", 0, two, null);
    int right = graph.dense("right", 0, two, null);
    Tensor scale = Tensor.of(new double[] {1, 1, 1, 1}, 4, 1, 1);
    Tensor flat = Tensor.of(new double[] {1, 1, 1, 1}, 4);
    int both = graph.reshape("map", graph.concatenate("both", left, right), 4, 1, 1);
    int affine = graph.affine("affine", both, flat, flat);
    int wise =
        graph.convolution(
            "wise", affine, Tensor.of(scale.toDoubles(), 4, 1, 1, 1), null, Window.of(1, 1), 4);
    int head =
        graph.dense("head", graph.flatten("flat", wise), Tensor.of(flat.toDoubles(), 1, 4), null);
    Network network = graph.build(head);
    ScaleClasses classes = ScaleClasses.of(network);
    assertThat(classes.freeCount()).isEqualTo(12);
    double[] c = Rescaling.randomLayerWise(classes, 10, Seed.of(2)).factors();
    assertThat(c[0]).isEqualTo(c[1]);
    assertThat(c[2]).isEqualTo(c[3]);
    assertThat(c[4] / c[0]).isCloseTo(c[6] / c[2], within(1e-12 * c[4] / c[0]));
    assertThat(c[8] / c[4]).isCloseTo(c[11] / c[7], within(1e-12 * c[8] / c[4]));
    assertThat(Arrays.stream(c)).allMatch(x -> x >= 0.1 - 1e-15 && x <= 10 + 1e-14);
  }

  @Test
  void keepingTheInputsOfALayerLeavesTheirScale() {
    ScaleClasses classes = ScaleClasses.of(chain());
    Rescaling rescaling = Rescaling.of(classes, new double[] {2, 4, 8});
    assertThat(rescaling.keepingInputsOf(chain().node(3)).factors()).containsExactly(1, 1, 8);
  }

  @Test
  void sameSeedSameFactors() {
    ScaleClasses classes = ScaleClasses.of(chain());
    assertThat(Rescaling.random(classes, 10, Seed.of(5)).factors())
        .containsExactly(Rescaling.random(classes, 10, Seed.of(5)).factors());
  }

  @Test
  void refusesWhatLeavesTheRangeOfDoubles() {
    ScaleClasses classes = ScaleClasses.of(chain());
    assertThatThrownBy(() -> Rescaling.of(classes, new double[] {1, 1, 1e308}).applyTo(chain()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "parameter \"b.weight\" at position 0 is 5.0, and the factors 1.0E308 and 1.0 of its"
                + " two ends take it out of the range of doubles; use factors closer to 1");
    Rescaling small = Rescaling.of(classes, new double[] {1e-300, 1, 1});
    assertThat(small.applyTo(chain()).parameterVector()[0]).isEqualTo(1e-300 * 1);
  }

  @Test
  void refusesBadFactors() {
    ScaleClasses classes = ScaleClasses.of(chain());
    assertThatThrownBy(() -> Rescaling.of(classes, new double[] {1, 1}))
        .hasMessage("there are 2 factors, expected one per free class (3)");
    assertThatThrownBy(() -> Rescaling.of(classes, new double[] {1, -2, 1}))
        .hasMessage("factor of a[1] is -2.0, expected a positive finite number");
    assertThatThrownBy(() -> Rescaling.random(classes, 0.5, Seed.of(1)))
        .hasMessage("spread is 0.5, expected a finite number of at least 1");
    assertThatThrownBy(() -> Rescaling.randomPowersOfTwo(classes, -1, Seed.of(1)))
        .hasMessage("largest exponent is -1, expected 0 to 500");
  }

  @Test
  void refusesANetworkOfAnotherGraph() {
    Network other =
        Network.sequential(1)
            .dense("a", Tensor.of(new double[] {1}, 1, 1), null)
            .activate(Activation.RELU)
            .build();
    Rescaling rescaling = Rescaling.identity(ScaleClasses.of(chain()));
    assertThatThrownBy(() -> rescaling.applyTo(other))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "network Network[3 nodes, 1 parameters, input [1], output [1]] has another graph than"
                + " Network[6 nodes, 9 parameters, input [1], output [1]], for which this was made; make it for the network itself");
  }
}
