package dev.flatness.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flatness.tensor.Precision;
import dev.flatness.tensor.Shape;
import dev.flatness.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class NetworkTest {
  private static final Network NETWORK =
      Network.sequential(1, 4, 4)
          .convolution("conv", Tensor.of(new double[8], 2, 1, 2, 2), null, Window.of(2, 2))
          .relu()
          .maxPool(Window.of(2, 2))
          .dense("fc", Tensor.of(new double[24], 3, 8), Tensor.of(new double[3], 3))
          .build();

  @Test
  void aChainFlattensBeforeADenseLayer() {
    assertThat(NETWORK.nodes())
        .extracting(Node::name)
        .containsExactly("input", "conv", "activation_2", "pool_3", "fc.flatten", "fc");
    assertThat(NETWORK.weightLayers()).extracting(Node::name).containsExactly("conv", "fc");
    assertThat(NETWORK.inputShape()).isEqualTo(Shape.of(1, 4, 4));
    assertThat(NETWORK).hasToString("Network[6 nodes, 35 parameters, input [1, 4, 4], output [3]]");
  }

  @Test
  void otherParametersMakeAnotherNetwork() {
    double[] theta = new double[35];
    theta[34] = 5;
    Network other = NETWORK.withParameters(theta);
    theta[34] = 6;
    assertThat(other.parameterVector()[34]).isEqualTo(5);
    assertThat(other.values(other.bias(other.weightLayers().get(1)))).containsExactly(0, 0, 5);
    assertThat(NETWORK.parameterVector()).containsOnly(0);
    NETWORK.parameterVector()[0] = 1;
    assertThat(NETWORK.parameterVector()).containsOnly(0);
  }

  @Test
  void rejectsParametersThatDoNotFitOrAreNotFinite() {
    assertThatThrownBy(() -> NETWORK.withParameters(new double[3]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("parameter vector has 3 entries, expected 35");
    double[] theta = new double[35];
    theta[33] = Double.NaN;
    assertThatThrownBy(() -> NETWORK.withParameters(theta))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "parameter \"fc.bias\" has NaN at position 1, expected finite numbers; was the training"
                + " diverging?");
  }

  @Test
  void notesAndPrecisionStayWithCopies() {
    Network noted =
        NETWORK
            .withNotes(List.of("one"))
            .withStoredPrecision(Precision.FLOAT32)
            .withNotes(List.of("two"));
    Network moved = noted.withParameters(new double[35]);
    assertThat(moved.notes()).containsExactly("one", "two");
    assertThat(moved.storedPrecision()).isEqualTo(Precision.FLOAT32);
    assertThat(NETWORK.notes()).isEmpty();
  }

  @Test
  void windowsCountTheirPositions() {
    Window window = Window.of(3, 2).withStride(2, 1).withPadding(1, 0, 2, 1).withDilation(2, 3);
    // Rows: 7 + 3 − 2·2 − 1 = 5 left for steps of 2; columns: 6 + 1 − 3·1 − 1 = 3.
    assertThat(window.outputHeight(7)).isEqualTo(3);
    assertThat(window.outputWidth(6)).isEqualTo(4);
    assertThat(window.taps()).isEqualTo(6);
    assertThat(window.padded()).isTrue();
    assertThat(Window.of(3, 3).padded()).isFalse();
    assertThat(Window.of(3, 3).withStride(2).outputHeight(2)).isLessThan(1);
  }

  @Test
  void rejectsWindowsWithoutExtent() {
    Window window = Window.of(2, 2);
    assertRefused(() -> Window.of(0, 1), "kernel height of a window is 0, expected at least 1");
    assertRefused(() -> Window.of(1, -1), "kernel width of a window is -1, expected at least 1");
    assertRefused(
        () -> window.withStride(0, 1), "vertical stride of a window is 0, expected at least 1");
    assertRefused(
        () -> window.withStride(1, 0), "horizontal stride of a window is 0, expected at least 1");
    String[] sides = {"top", "left", "bottom", "right"};
    for (int i = 0; i < 4; i++) {
      int[] pads = new int[4];
      pads[i] = -1;
      assertRefused(
          () -> window.withPadding(pads[0], pads[1], pads[2], pads[3]),
          sides[i] + " padding of a window is -1, expected at least 0");
    }
    assertRefused(
        () -> window.withDilation(0, 1), "vertical dilation of a window is 0, expected at least 1");
    assertRefused(
        () -> window.withDilation(1, 0),
        "horizontal dilation of a window is 0, expected at least 1");
  }

  private static void assertRefused(Runnable call, String message) {
    assertThatThrownBy(call::run).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }
}
