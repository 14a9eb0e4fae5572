package dev.flatness.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flatness.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Values worked out by hand. */
class ForwardPassTest {
  private static final double[] X = {1, 2, 3, 4, 5, 6, 7, 8, 9, -1, -2, -3, -4, -5, -6, -7, -8, -9};

  private static double[] run(GraphBuilder graph, int output, double... x) {
    return graph.build(output).outputs(x);
  }

  @Test
  void denseIsWeightTimesInputPlusBias() {
    GraphBuilder graph = Network.builder(3);
    Tensor weight = Tensor.of(new double[] {1, 2, 3, 4, 5, 6}, 2, 3);
    int node = graph.dense("d", 0, weight, Tensor.of(new double[] {10, 20}, 2));
    assertThat(run(graph, node, 1, -1, 2)).containsExactly(15, 31);
  }

  @Test
  void convolutionReadsItsGroupWithStridePaddingAndDilation() {
    GraphBuilder graph = Network.builder(2, 3, 3);
    Tensor weight = Tensor.of(new double[] {1, 2, 3, 4, 5, 6, 7, 8}, 2, 1, 2, 2);
    Window window = Window.of(2, 2).withStride(2).withPadding(1, 0, 0, 1).withDilation(2, 1);
    int node = graph.convolution("c", 0, weight, Tensor.of(new double[] {0.5, 0}, 2), window, 2);
    // rows -1 and 1; columns 0, 1 and 2, 3
    assertThat(run(graph, node, X))
        .containsExactly(3 * 4 + 4 * 5 + 0.5, 3 * 6 + 0.5, -(7 * 4 + 8 * 5), -7 * 6);
  }

  @Test
  void poolingsTreatPaddingByTheirKind() {
    GraphBuilder graph = Network.builder(2, 3, 3);
    Window window = Window.of(2, 2).withStride(2).withPadding(1, 1, 0, 0);
    int max = graph.maxPool("max", 0, window);
    int counted = graph.averagePool("counted", 0, window, true);
    int inside = graph.averagePool("inside", 0, window, false);
    int all = graph.concatenate("all", max, counted, inside);
    assertThat(run(graph, all, X))
        .containsExactly(
            1, 3, 7, 9, -1, -2, -4, -5, //
            0.25, 1.25, 2.75, 7, -0.25, -1.25, -2.75, -7, //
            1, 2.5, 5.5, 7, -1, -2.5, -5.5, -7);
  }

  @Test
  void padTransposeReshapeMoveEntries() {
    GraphBuilder graph = Network.builder(1, 2, 2);
    int pad = graph.zeroPad("p", 0, 0, 1, 1, 0);
    int turned = graph.transpose("t", pad, 2, 1, 0);
    int flat = graph.flatten("f", turned);
    assertThat(run(graph, flat, 1, 2, 3, 4)).containsExactly(0, 0, 0, 1, 3, 0, 2, 4, 0);
    assertThat(graph.shape(turned).toArray()).containsExactly(3, 3, 1);
  }

  @Test
  void affineConstantActivationAndAddWorkElementWise() {
    GraphBuilder graph = Network.builder(2, 1, 2);
    int affine =
        graph.affine(
            "a", 0, Tensor.of(new double[] {2, 3}, 2), Tensor.of(new double[] {0.5, -1}, 2));
    int constant = graph.constant("c", affine, List.of(-1.0), List.of(1.0, 2.0));
    int relu = graph.activate("r", constant, Activation.RELU);
    int sum = graph.add("s", relu, affine, 0);
    // affine: 2.5 -1.5 | 8 -13; constant: -1.5 2.5 | -6 15
    assertThat(run(graph, sum, 1, -1, 3, -4)).containsExactly(3.5, 0, 11, -2);
  }

  @Test
  void rejectsSamplesOfAnotherLength() {
    Network network = Network.sequential(3).relu().build();
    assertThatThrownBy(() -> network.outputs(new double[2]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("sample has 2 numbers, expected 3 for input [3]");
  }
}
