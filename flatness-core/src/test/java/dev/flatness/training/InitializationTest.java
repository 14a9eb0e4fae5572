package dev.flatness.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.network.Activation;
import dev.flatness.network.GraphBuilder;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.network.Parameter;
import dev.flatness.network.Window;
import dev.flatness.random.Seed;
import dev.flatness.tensor.Shape;
import dev.flatness.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class InitializationTest {
  /** A convolution of 20 channels from 10, 3×3, and a dense layer of 40 from 20. */
  private static final Network NETWORK = network();

  private static Network network() {
    GraphBuilder g = Network.builder(10, 3, 3);
    int x =
        g.convolution(
            "conv",
            0,
            Tensor.of(new double[1800], 20, 10, 3, 3),
            Tensor.of(new double[20], 20),
            Window.of(3, 3),
            1);
    x = g.affine("norm", x, Tensor.of(new double[20], 20), Tensor.of(new double[20], 20));
    x = g.flatten("flat", x);
    return g.build(
        g.dense("fc", x, Tensor.of(new double[800], 40, 20), Tensor.of(new double[40], 40)));
  }

  private static double variance(Initialization law, String layer) {
    boolean conv = layer.equals("conv");
    double fanIn = conv ? 90 : 20;
    double fanOut = conv ? 180 : 40;
    return switch (law) {
      case XAVIER -> 2 / (fanIn + fanOut);
      case KAIMING -> 6 / fanIn / 3;
      case UNIFORM -> 0.01 / 3;
      case NORMAL -> 0.1;
    };
  }

  @ParameterizedTest
  @EnumSource
  void weightsHaveTheMomentsOfTheirLaw(Initialization law) {
    int draws = 20;
    for (Node node : NETWORK.weightLayers()) {
      double variance = variance(law, node.name());
      double sum = 0;
      double squares = 0;
      double fourths = 0;
      double largest = 0;
      int count = 0;
      for (int draw = 0; draw < draws; draw++) {
        Network drawn = law.draw(NETWORK, Seed.of(draw));
        for (double w : drawn.values(drawn.weight(node))) {
          sum += w;
          squares += w * w;
          fourths += Math.pow(w, 4);
          largest = Math.max(largest, Math.abs(w));
          count++;
        }
      }
      boolean normal = law == Initialization.XAVIER || law == Initialization.NORMAL;
      // Four standard errors of each moment: a normal law has E w⁴ = 3σ⁴ and E w⁸ = 105σ⁸, a
      // uniform one E w⁴ = 9/5 σ⁴ and E w⁸ = 9 σ⁸.
      double fourth = (normal ? 3 : 1.8) * variance * variance;
      double eighth = (normal ? 105 : 9) * Math.pow(variance, 4);
      assertThat(sum / count).isCloseTo(0, within(4 * Math.sqrt(variance / count)));
      assertThat(squares / count)
          .isCloseTo(variance, within(4 * Math.sqrt((fourth - variance * variance) / count)));
      assertThat(fourths / count)
          .isCloseTo(fourth, within(4 * Math.sqrt((eighth - fourth * fourth) / count)));
      if (!normal) {
        assertThat(largest).isBetween(0.99 * Math.sqrt(3 * variance), Math.sqrt(3 * variance));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void biasesStartAtZeroAndAffineLayersAtTheIdentity(Initialization law) {
    Network drawn = law.draw(NETWORK, Seed.of(1));
    for (Parameter parameter : drawn.parameters()) {
      double[] values = drawn.values(parameter);
      switch (parameter.role()) {
        case WEIGHT -> assertThat(Arrays.stream(values).distinct().count()).isGreaterThan(700);
        case SCALE -> assertThat(values).containsOnly(1);
        case BIAS, SHIFT -> assertThat(values).containsOnly(0);
      }
    }
    assertThat(law.draw(NETWORK, Seed.of(1)).parameterVector())
        .containsExactly(drawn.parameterVector());
    assertThat(law.id()).isEqualTo(law.name().toLowerCase(java.util.Locale.ROOT));
  }

  @Test
  void perceptronsHaveTheirWidths() {
    Network network =
        Architectures.perceptron(Shape.of(1, 28, 28), List.of(50, 30), 10, Activation.RELU);
    assertThat(network.weightLayers()).extracting(Node::name).containsExactly("fc1", "fc2", "fc3");
    assertThat(network.weightLayers())
        .extracting(node -> network.weight(node).shape())
        .containsExactly(Shape.of(50, 784), Shape.of(30, 50), Shape.of(10, 30));
    assertThat(network.parameterCount()).isEqualTo(784 * 50 + 50 + 50 * 30 + 30 + 30 * 10 + 10);
    assertThat(Architectures.perceptron(Shape.of(4), List.of(), 2, Activation.TANH).weightLayers())
        .hasSize(1);
  }

  @Test
  void lenetHasItsClassicalSizes() {
    Network digits = Architectures.lenet5(Shape.of(1, 28, 28), 10);
    assertThat(digits.parameterCount()).isEqualTo(61_706);
    Network colours = Architectures.lenet5(Shape.of(3, 32, 32), 10);
    assertThat(colours.parameterCount()).isEqualTo(62_006);
    assertThat(colours.weightLayers())
        .extracting(node -> colours.weight(node).shape())
        .containsExactly(
            Shape.of(6, 3, 5, 5),
            Shape.of(16, 6, 5, 5),
            Shape.of(120, 400),
            Shape.of(84, 120),
            Shape.of(10, 84));
  }

  @Test
  void rejectsArchitecturesThatDoNotFit() {
    assertThatThrownBy(
            () -> Architectures.perceptron(Shape.of(4), List.of(3, 0), 2, Activation.RELU))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("width of layer \"fc2\" is 0, expected at least 1");
    assertThatThrownBy(
            () -> Architectures.perceptron(Shape.of(4), List.of(8), 1 << 30, Activation.RELU))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "layer \"fc2\" of 8 inputs and 1073741824 outputs has 8589934592 weights, expected at"
                + " most 2147483647; make it narrower, or check the largest label");
    assertThatThrownBy(() -> Architectures.lenet5(Shape.of(784), 10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "LeNet-5 reads images [channels, height, width], but the inputs have shape [784]");
    assertThatThrownBy(() -> Architectures.lenet5(Shape.of(1, 8, 8), 10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("layer \"conv2\" window 5×5 does not fit input [6, 2, 2] with its padding");
  }
}
