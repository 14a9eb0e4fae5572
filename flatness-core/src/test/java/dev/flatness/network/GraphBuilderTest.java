package dev.flatness.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flatness.network.Parameter.Role;
import dev.flatness.tensor.Shape;
import dev.flatness.tensor.SparseMatrix;
import dev.flatness.tensor.Tensor;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class GraphBuilderTest {
  private static Tensor tensor(int... extents) {
    double[] values = new double[Shape.of(extents).size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = i + 1;
    }
    return Tensor.of(values, extents);
  }

  private static void assertRefused(Consumer<GraphBuilder> call, String message, int... input) {
    GraphBuilder graph = Network.builder(input);
    assertThatThrownBy(() -> call.accept(graph))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  private static final Window SQUARE = Window.of(2, 2);

  @Test
  void rejectsInputsWithoutEntries() {
    assertThatThrownBy(() -> Network.builder(3, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("network input has shape [3, 0], expected no extent of 0");
  }

  @Test
  void rejectsLinearMapsThatDoNotFit() {
    assertRefused(
        g -> g.linearMap("map", 0, SparseMatrix.selection(2, new int[] {0}), 1),
        "layer \"map\" has SparseMatrix[1×2, 1 entries], which does not fit input [3] and output [1]",
        3);
    assertRefused(
        g -> g.linearMap("map", 0, SparseMatrix.selection(3, new int[] {0, 1}), 3),
        "layer \"map\" has SparseMatrix[2×3, 2 entries], which does not fit input [3] and output [3]",
        3);
  }

  @Test
  void rejectsSlopesThatDoNotFitTheChannels() {
    assertRefused(
        g -> g.activate("act", 0, Activation.leakyRelu(List.of(0.1, 0.2))),
        "layer \"act\" has 2 slopes, expected 1 or one per channel (3)",
        3);
  }

  @Test
  void rejectsDenseLayersThatDoNotFit() {
    assertRefused(
        g -> g.dense("fc", 0, tensor(2, 3, 1), null),
        "layer \"fc\" dense weight has shape [2, 3, 1], expected [out, in]",
        3);
    assertRefused(
        g -> g.dense("fc", 0, tensor(2, 4), null),
        "layer \"fc\" dense weight [2, 4] does not fit input [3], expected [4]",
        3);
    assertRefused(
        g -> g.dense("fc", 0, tensor(2, 4), null),
        "layer \"fc\" dense weight [2, 4] does not fit input [1, 2, 2], expected [4]",
        1,
        2,
        2);
    assertRefused(
        g -> g.dense("fc", 0, tensor(2, 3), tensor(3)),
        "layer \"fc\" fc.bias has shape [3], expected [2]",
        3);
    assertRefused(
        g -> g.dense("fc", 0, tensor(0, 3), null),
        "layer \"fc\" gives shape [0], expected no extent of 0",
        3);
  }

  @Test
  void rejectsParametersThatDoNotExist() {
    assertRefused(
        g -> g.dense("fc", 0, 0, -1),
        "layer \"fc\" uses parameter 0, which does not exist, expected one of the 0 added before",
        3);
    assertRefused(
        g ->
            g.convolution(
                "conv", 0, g.parameter("w", Role.WEIGHT, tensor(1, 1, 2, 2)), 5, SQUARE, 1),
        "layer \"conv\" uses parameter 5, which does not exist, expected one of the 1 added before",
        1,
        4,
        4);
  }

  @Test
  void rejectsConvolutionsThatDoNotFit() {
    assertRefused(
        g -> g.convolution("conv", 0, tensor(4, 2, 3, 2), null, SQUARE, 1),
        "layer \"conv\" convolution weight has shape [4, 2, 3, 2], expected [out, in / groups, 2,"
            + " 2]",
        2,
        4,
        4);
    assertRefused(
        g -> g.convolution("conv", 0, tensor(4, 1, 2, 2), null, SQUARE, 3),
        "layer \"conv\" has 3 groups, expected a divisor of its 4 output channels",
        3,
        4,
        4);
    assertRefused(
        g -> g.convolution("conv", 0, tensor(4, 2, 2, 2), null, SQUARE, 2),
        "layer \"conv\" convolution weight [4, 2, 2, 2] in 2 groups does not fit input [3, 4, 4],"
            + " expected [4, height, width]",
        3,
        4,
        4);
    assertRefused(
        g -> g.convolution("conv", 0, tensor(4, 3, 2, 2), null, SQUARE, 1),
        "layer \"conv\" window 2×2 does not fit input [3, 1, 4] with its padding",
        3,
        1,
        4);
  }

  @Test
  void rejectsAffineLayersAndConstantsThatDoNotFit() {
    assertRefused(
        g -> g.affine("norm", 0, tensor(2), tensor(3)),
        "layer \"norm\" norm.weight has shape [2], expected [3]",
        3,
        4,
        4);
    assertRefused(
        g -> g.constant("scale", 0, List.of(1.0, 2.0), List.of(0.0)),
        "layer \"scale\" has 2 constants, expected 1 or one per channel (3)",
        3);
    assertRefused(
        g -> g.constant("scale", 0, List.of(1.0), List.of(Double.NaN)),
        "layer \"scale\" has the constant NaN, expected finite numbers",
        3);
    assertRefused(
        g -> g.constant("scale", g.reshape("scalar", 0), List.of(1.0), List.of(0.0)),
        "layer \"scale\" reads a value without axes, expected at least one; reshape it",
        1);
  }

  @Test
  void rejectsPoolingsThatDoNotFit() {
    assertRefused(
        g -> g.maxPool("pool", 0, SQUARE),
        "layer \"pool\" reads a value of shape [3], expected [channels, height, width]",
        3);
    assertRefused(
        g -> g.maxPool("pool", 0, SQUARE.withPadding(2)),
        "layer \"pool\" pooling window 2×2 sees nothing but padding somewhere, expected padding"
            + " below the kernel's extent",
        1,
        4,
        4);
    // Taps at −3, −1 and 1 around a single row.
    assertRefused(
        g -> g.maxPool("pool", 0, Window.of(3, 1).withDilation(2, 1).withPadding(3, 0, 3, 0)),
        "layer \"pool\" pooling window 3×1 sees nothing but padding somewhere, expected padding"
            + " below the kernel's extent",
        1,
        1,
        4);
    assertRefused(
        g -> g.averagePool("pool", 0, SQUARE.withDilation(2, 1), false),
        "layer \"pool\" average pooling has dilation 2×1, expected 1×1",
        1,
        4,
        4);
    assertRefused(
        g -> g.zeroPad("pad", 0, 0, -1, 0, 0),
        "layer \"pad\" has a negative padding, expected at least 0 on every side",
        1,
        4,
        4);
  }

  @Test
  void rejectsChangesOfShapeThatDoNotFit() {
    assertRefused(
        g -> g.reshape("reshape", 0, 2, 2),
        "layer \"reshape\" cannot reshape [3] to [2, 2]: the numbers of elements differ",
        3);
    for (int[] axes : new int[][] {{0}, {0, 0}, {1, 2}, {-1, 0}}) {
      assertRefused(
          g -> g.transpose("transpose", 0, axes),
          "layer \"transpose\" has axes "
              + java.util.Arrays.toString(axes)
              + ", expected a permutation of the 2 axes of [3, 4]",
          3,
          4);
    }
  }

  @Test
  void rejectsSumsAndConcatenationsThatDoNotFit() {
    assertRefused(g -> g.add("sum", 0), "layer \"sum\" adds 1 values, expected at least 2", 3);
    assertRefused(
        g -> g.add("sum", 0, g.dense("fc", 0, tensor(2, 3), null)),
        "layer \"sum\" adds values of shapes [3] and [2], expected equal shapes",
        3);
    assertRefused(
        g -> g.concatenate("both", 0),
        "layer \"both\" concatenates 1 values, expected at least 2",
        3);
    assertRefused(
        g -> g.concatenate("both", 0, g.reshape("flat", 0, 4)),
        "layer \"both\" concatenates shapes [2, 2] and [4], expected all extents but the first to"
            + " agree",
        2,
        2);
    assertRefused(
        g -> g.concatenate("both", g.reshape("scalar", 0), 0),
        "layer \"both\" reads a value without axes, expected at least one; reshape it",
        1);
  }

  @Test
  void rejectsNamesUsedTwice() {
    assertRefused(
        g -> g.activate("relu", g.activate("relu", 0, Activation.RELU), Activation.RELU),
        "layer name \"relu\" is used twice; give each its own",
        3);
    assertRefused(
        g -> {
          g.parameter("w", Role.WEIGHT, tensor(2, 3));
          g.parameter("w", Role.WEIGHT, tensor(2, 3));
        },
        "parameter name \"w\" is used twice; give each its own",
        3);
  }

  @Test
  void rejectsUnknownNodes() {
    assertRefused(g -> g.flatten("flat", 1), "node 1 does not exist, expected 0 to 0", 3);
    assertRefused(g -> g.build(-1), "node -1 does not exist, expected 0 to 0", 3);
  }

  @Test
  void rejectsParametersThatAreNotFinite() {
    Tensor broken = Tensor.of(new double[] {1, 2, Double.POSITIVE_INFINITY}, 1, 3);
    assertRefused(
        g -> g.dense("fc", 0, broken, null),
        "parameter \"fc.weight\" has Infinity at position 2, expected finite numbers; was the"
            + " training diverging?",
        3);
  }

  @Test
  void nodesThatDoNotLeadToTheOutputAreLeftOutWithTheirParameters() {
    GraphBuilder g = Network.builder(3);
    g.dense("unused", 0, tensor(7, 3), tensor(7));
    int first = g.dense("first", 0, tensor(2, 3), null);
    int branch = g.dense("branch", first, tensor(5, 2), null);
    int last = g.dense("last", first, tensor(4, 2), tensor(4));
    g.add("late", last, last);
    Network network = g.build(last);
    assertThat(network.nodes()).extracting(Node::name).containsExactly("input", "first", "last");
    assertThat(network.parameters())
        .extracting(Parameter::name)
        .containsExactly("first.weight", "last.weight", "last.bias");
    assertThat(network.parameters()).extracting(Parameter::offset).containsExactly(0, 6, 14);
    assertThat(network.parameterVector())
        .containsExactly(1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4);
    assertThat(network.output().shape()).isEqualTo(Shape.of(4));
    // The builder goes on: the branch that was left out may end another network.
    assertThat(g.build(branch).output().name()).isEqualTo("branch");
  }

  @Test
  void parametersStandInForwardOrderWhateverTheOrderOfTheirAddition() {
    GraphBuilder g = Network.builder(2);
    int bias = g.parameter("b", Role.BIAS, tensor(2));
    int second = g.parameter("second", Role.WEIGHT, tensor(1, 2));
    int first = g.parameter("first", Role.WEIGHT, tensor(2, 2));
    int x = g.dense("one", 0, first, bias);
    Network network = g.build(g.dense("two", x, second, -1));
    assertThat(network.parameters())
        .extracting(Parameter::name)
        .containsExactly("first", "b", "second");
    assertThat(network.values(network.parameters().get(2))).containsExactly(1, 2);
  }

  @Test
  void sharedParametersStandOnce() {
    GraphBuilder g = Network.builder(2);
    int w = g.parameter("w", Role.WEIGHT, tensor(2, 2));
    int x = g.activate("relu", g.dense("one", 0, w, -1), Activation.RELU);
    Network shared = g.build(g.dense("two", x, w, -1));
    assertThat(shared.parameterCount()).isEqualTo(4);
    assertThat(shared.sharesParameters()).isTrue();
    assertThat(shared.piecewiseLinear()).isFalse();
  }

  @Test
  void aNetworkIsPiecewiseLinearIfItsActivationsAre() {
    for (Activation function : ActivationTest.all()) {
      Network network =
          Network.sequential(2)
              .dense("one", tensor(2, 2), null)
              .activate(function)
              .dense("two", tensor(1, 2), null)
              .build();
      assertThat(network.piecewiseLinear()).isEqualTo(function.piecewiseLinear());
      assertThat(network.sharesParameters()).isFalse();
    }
  }
}
