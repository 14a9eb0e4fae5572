package dev.flatness.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.network.GraphBuilder;
import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.network.Window;
import dev.flatness.tensor.Shape;
import dev.flatness.tensor.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MinimalFilteringTest {
  @ParameterizedTest
  @CsvSource({
    "16, 16, 8, 3, 1, 1, true",
    "15, 16, 8, 3, 1, 1, false",
    "16, 15, 8, 3, 1, 1, false",
    "16, 16, 8, 3, 2, 1, false",
    "16, 16, 8, 3, 1, 2, false",
    "16, 16, 8, 5, 1, 1, false",
    "16, 16, 3, 3, 1, 1, true",
    "16, 16, 5, 3, 1, 1, false",
    "16, 16, 6, 3, 1, 1, true",
  })
  void filtersWhereItPays(
      int channels, int outputs, int size, int kernel, int stride, int groups, boolean expected) {
    Window window = Window.of(kernel, kernel).withPadding(kernel / 2).withStride(stride);
    int taps = kernel * kernel;
    Tensor weight =
        Tensor.of(
            new double[outputs * channels / groups * taps],
            outputs,
            channels / groups,
            kernel,
            kernel);
    GraphBuilder graph = Network.builder(channels, size, size);
    Node node =
        graph.build(graph.convolution("c", graph.input(), weight, null, window, groups)).output();
    assertThat(MinimalFiltering.fits((Layer.Convolution) node.layer(), node.shape()))
        .isEqualTo(expected);
  }

  /** 36 products a tile of 4 × 4, where a convolution has 9 an output. */
  @ParameterizedTest
  @CsvSource({"4, 4, 0.25", "8, 16, 0.25", "9, 10, 0.4", "5, 5, 0.64", "1, 1, 4"})
  void whatTheLastTilesWasteCounts(int height, int width, double share) {
    assertThat(MinimalFiltering.share(Shape.of(16, height, width))).isCloseTo(share, within(1e-15));
  }
}
