package dev.flatness.surface;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flatness.network.Activation;
import dev.flatness.network.Activation.Kind;
import dev.flatness.network.Network;
import dev.flatness.tensor.Tensor;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Pieces change exactly where a difference of derivatives sees a kink. */
class PiecesTest {
  private static final double STEP = 0.005;

  static List<Activation> functions() {
    return List.of(
        Activation.RELU,
        Activation.IDENTITY,
        Activation.leakyRelu(0.1),
        Activation.TANH,
        Activation.SIGMOID,
        Activation.SOFTPLUS,
        Activation.GELU,
        Activation.GELU_TANH,
        Activation.elu(0.7),
        Activation.celu(1.3),
        Activation.selu(1.67, 1.05),
        Activation.silu(1.7),
        Activation.MISH,
        Activation.SOFTSIGN,
        Activation.HARD_SWISH,
        Activation.hardSigmoid(0.4, 0.5),
        Activation.hardSigmoid(-0.4, 0.5),
        Activation.clip(-0.4, 1.1),
        Activation.clip(-0.5, Double.POSITIVE_INFINITY),
        Activation.thresholdedRelu(0.2));
  }

  @Test
  void everyFunctionIsTried() {
    assertThat(functions().stream().map(Activation::kind).collect(Collectors.toSet()))
        .isEqualTo(Stream.of(Kind.values()).collect(Collectors.toSet()));
  }

  @ParameterizedTest
  @MethodSource("functions")
  void piecesChangeAtKinks(Activation function) {
    Network network =
        Network.sequential(1)
            .dense("fc", Tensor.of(new double[] {1}, 1, 1), null)
            .activate(function)
            .build();
    // Intervals of two steps without gaps; no kink is within half a step of an end.
    for (double x = -5 + STEP / 2; x < 5; x += 2 * STEP) {
      double second =
          function.derivative(x + STEP)
              - 2 * function.derivative(x)
              + function.derivative(x - STEP);
      // Third derivatives of the smooth pieces are below 8, jumps of second ones above 0.7.
      boolean kink = Math.abs(second) > 8 * STEP * STEP;
      assertThat(pieces(network, x + STEP).equals(pieces(network, x - STEP)))
          .as("the same piece around %s", x)
          .isEqualTo(!kink);
    }
  }

  private static List<Integer> pieces(Network network, double x) {
    return Pieces.of(network, new double[][] {{x}});
  }
}
