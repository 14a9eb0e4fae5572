package dev.flatness.symmetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flatness.network.Activation;
import dev.flatness.network.GraphBuilder;
import dev.flatness.network.Network;
import dev.flatness.network.Parameter;
import dev.flatness.network.Window;
import dev.flatness.tensor.Shape;
import dev.flatness.tensor.SparseMatrix;
import dev.flatness.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Classes counted by hand. */
class ScaleClassesTest {
  static Tensor ones(int... extents) {
    double[] values = new double[Shape.of(extents).size()];
    Arrays.fill(values, 1);
    return Tensor.of(values, extents);
  }

  @Test
  void everyHiddenUnitOfAChainIsFree() {
    Network network =
        Network.sequential(3)
            .dense("a", ones(4, 3), ones(4))
            .relu()
            .dense("b", ones(5, 4), null)
            .relu()
            .dense("c", ones(2, 5), ones(2))
            .build();
    ScaleClasses classes = ScaleClasses.of(network);
    assertThat(classes.freeCount()).isEqualTo(9);
    assertThat(classes.count()).isEqualTo(3 + 9 + 2);
    assertThat(classes.describe(0)).isEqualTo("a[0]");
    assertThat(classes.describe(8)).isEqualTo("b[4]");
    assertThat(classes.anchors(9)).containsExactly(Anchor.INPUT);
    assertThat(classes.anchors(13)).containsExactly(Anchor.OUTPUT);
    assertThat(classes.anchors(0)).isEmpty();
    assertThat(classes.sequential()).isTrue();
    assertThat(classes.edge(1 * 3 + 2)).isEqualTo(new ScaleClasses.Edge(11, 1));
    assertThat(classes.edge(12 + 3)).isEqualTo(new ScaleClasses.Edge(ScaleClasses.SOURCE, 3));
    assertThat(classes.edge(16 + 2 * 4 + 1)).isEqualTo(new ScaleClasses.Edge(1, 4 + 2));
  }

  @Test
  void aFlattenedPositionBelongsToItsChannel() {
    Network network =
        Network.sequential(1, 6, 6)
            .convolution("conv", ones(3, 1, 3, 3), ones(3), Window.of(3, 3))
            .relu()
            .maxPool(Window.of(2, 2).withStride(2))
            .dense("fc", ones(2, 12), null)
            .build();
    ScaleClasses classes = ScaleClasses.of(network);
    assertThat(classes.freeCount()).isEqualTo(3);
    int fc = network.parameters().get(2).offset();
    assertThat(classes.edge(fc + 12 + 7).from()).isEqualTo(1);
    assertThat(classes.edge(fc + 12 + 8).from()).isEqualTo(2);
    assertThat(classes.freeCount(network.node(1))).isEqualTo(3);
  }

  @Test
  void aLinearMapJoinsWhatItAdds() {
    GraphBuilder graph = Network.builder(2);
    int x = graph.activate("relu", graph.dense("a", 0, ones(4, 2), null), Activation.RELU);
    SparseMatrix sums =
        SparseMatrix.builder(4).add(0, 1).add(2, -1).endRow().add(3, 1).endRow().endRow().build();
    int map = graph.linearMap("map", x, sums, 3);
    Network network = graph.build(graph.dense("b", map, ones(1, 3), null));
    ScaleClasses classes = ScaleClasses.of(network);
    // Units 0 and 2 share a scale; unit 1 is dropped and free; the row of zeros has none.
    assertThat(classes.freeCount()).isEqualTo(3);
    assertThat(classes.describe(0)).isEqualTo("a[0] + a[2]");
    assertThat(classes.classOf(map, 0)).isZero();
    assertThat(classes.classOf(map, 1)).isEqualTo(2);
    assertThat(classes.anchors(classes.classOf(map, 2))).containsExactly(Anchor.CONSTANT);
    assertThat(classes.describe(classes.classOf(map, 2))).isEqualTo("map[2]");
    assertThat(DeadClasses.of(network).names()).contains("a[1]");
  }

  @Test
  void zerosBetweenEntriesBelongToTheirChannel() {
    GraphBuilder graph = Network.builder(1, 1, 2);
    int conv = graph.convolution("a", 0, ones(2, 1, 1, 1), null, Window.of(1, 1), 1);
    SparseMatrix spread = SparseMatrix.selection(4, new int[] {0, -1, 1, 2, -1, 3});
    int map = graph.linearMap("map", conv, spread, 2, 1, 3);
    Network network =
        graph.build(graph.convolution("b", map, ones(1, 2, 1, 3), null, Window.of(1, 3), 1));
    ScaleClasses classes = ScaleClasses.of(network);
    assertThat(classes.freeCount()).isEqualTo(2);
    for (int e = 0; e < 6; e++) {
      assertThat(classes.classOf(map, e)).isEqualTo(e / 3);
    }
  }

  @Test
  void activationsThatBendAwayFromZeroAnchor() {
    for (Activation function :
        List.of(
            Activation.clip(0, 6),
            Activation.hardSigmoid(0.2, 0.5),
            Activation.thresholdedRelu(1))) {
      Network network =
          Network.sequential(2)
              .dense("a", ones(3, 2), null)
              .activate(function)
              .dense("b", ones(1, 3), null)
              .build();
      ScaleClasses classes = ScaleClasses.of(network);
      assertThat(classes.freeCount()).isZero();
      assertThat(classes.anchors(classes.classOf(1, 0))).containsExactly(Anchor.ACTIVATION);
      assertThat(network.piecewiseLinear()).isTrue();
    }
  }

  @Test
  void transposingBeforeTheFlattenInterleavesTheChannels() {
    GraphBuilder graph = Network.builder(1, 2, 2);
    int conv = graph.convolution("conv", 0, ones(3, 1, 1, 1), null, Window.of(1, 1), 1);
    int last = graph.transpose("nhwc", conv, 1, 2, 0);
    last = graph.dense("fc", graph.flatten("flatten", last), ones(1, 12), null);
    ScaleClasses classes = ScaleClasses.of(graph.build(last));
    for (int t = 0; t < 12; t++) {
      assertThat(classes.edge(3 + t).from()).isEqualTo(t % 3);
    }
  }

  @Test
  void aReshapeThatCutsChannelsJoinsWhatAConvolutionReadsTogether() {
    GraphBuilder graph = Network.builder(2);
    int dense = graph.dense("dense", 0, ones(8, 2), null);
    int map = graph.reshape("map", dense, 2, 2, 2);
    int conv = graph.convolution("conv", map, ones(3, 2, 1, 1), null, Window.of(1, 1), 1);
    int last = graph.dense("fc", graph.flatten("flatten", conv), ones(1, 12), null);
    ScaleClasses classes = ScaleClasses.of(graph.build(last));
    assertThat(classes.freeCount()).isEqualTo(2 + 3);
    assertThat(classes.describe(1)).isEqualTo("dense[4] + dense[5] + dense[6] + 1 more");
  }

  @Test
  void aSkipTiesTheAddends() {
    GraphBuilder graph = Network.builder(2);
    int stem = graph.activate("relu0", graph.dense("stem", 0, ones(3, 2), null), Activation.RELU);
    int inner = graph.activate("relu1", graph.dense("up", stem, ones(4, 3), null), Activation.RELU);
    int sum = graph.add("sum", stem, graph.dense("down", inner, ones(3, 4), ones(3)));
    Network network = graph.build(graph.dense("head", sum, ones(1, 3), null));
    ScaleClasses classes = ScaleClasses.of(network);
    assertThat(classes.freeCount()).isEqualTo(3 + 4);
    assertThat(classes.describe(0)).isEqualTo("stem[0] + down[0]");
    assertThat(classes.sequential()).isFalse();
  }

  @Test
  void aSkipFromTheInputAnchorsTheBranch() {
    GraphBuilder graph = Network.builder(3);
    int sum = graph.add("sum", 0, graph.dense("branch", 0, ones(3, 3), null));
    Network network = graph.build(graph.dense("head", sum, ones(1, 3), null));
    assertThat(ScaleClasses.of(network).freeCount()).isZero();
  }

  @Test
  void concatenationJoinsEachChannelWithOneOperandOnly() {
    GraphBuilder graph = Network.builder(2);
    int left = graph.dense("left", 0, ones(3, 2), null);
    int right = graph.dense("right", 0, ones(4, 2), null);
    int both = graph.concatenate("both", left, 0, right);
    Network network = graph.build(graph.dense("head", both, ones(1, 9), null));
    ScaleClasses classes = ScaleClasses.of(network);
    assertThat(classes.freeCount()).isEqualTo(7);
    int head = network.parameters().get(2).offset();
    assertThat(classes.edge(head + 2).from()).isEqualTo(2);
    assertThat(classes.anchors(classes.edge(head + 3).from())).containsExactly(Anchor.INPUT);
    assertThat(classes.edge(head + 5).from()).isEqualTo(3);
  }

  @Test
  void concatenatingMapsOfDifferentGranularityKeepsThemApart() {
    GraphBuilder graph = Network.builder(1, 2, 2);
    int map = graph.convolution("conv", 0, ones(2, 1, 1, 1), null, Window.of(1, 1), 1);
    int flat = graph.flatten("flat", map);
    int dense = graph.dense("dense", flat, ones(3, 8), null);
    int both = graph.concatenate("both", flat, dense);
    Network network = graph.build(graph.dense("head", both, ones(1, 11), null));
    ScaleClasses classes = ScaleClasses.of(network);
    assertThat(classes.freeCount()).isEqualTo(5);
    assertThat(classes.classOf(both, 3)).isEqualTo(0);
    assertThat(classes.classOf(both, 4)).isEqualTo(1);
    assertThat(classes.classOf(both, 10)).isEqualTo(4);
  }

  @Test
  void whatIsNotHomogeneousAnchors() {
    for (Activation function :
        List.of(
            Activation.TANH,
            Activation.SIGMOID,
            Activation.SOFTPLUS,
            Activation.GELU,
            Activation.elu(1))) {
      Network network =
          Network.sequential(2)
              .dense("a", ones(3, 2), null)
              .activate(function)
              .dense("b", ones(4, 3), null)
              .activate(Activation.leakyRelu(0.1))
              .dense("c", ones(1, 4), null)
              .build();
      ScaleClasses classes = ScaleClasses.of(network);
      assertThat(classes.freeCount()).isEqualTo(4);
      assertThat(classes.anchors(classes.classOf(1, 0))).containsExactly(Anchor.ACTIVATION);
    }
  }

  @Test
  void aConstantScaleJoinsAndAConstantShiftAnchorsItsChannels() {
    GraphBuilder graph = Network.builder(2);
    int dense = graph.dense("dense", 0, ones(3, 2), null);
    int scaled = graph.constant("scaled", dense, List.of(2.0), List.of(0.0));
    int shifted = graph.constant("shifted", scaled, List.of(1.0), List.of(0.0, 5.0, 0.0));
    Network network = graph.build(graph.dense("head", shifted, ones(1, 3), null));
    ScaleClasses classes = ScaleClasses.of(network);
    assertThat(classes.freeCount()).isEqualTo(2);
    assertThat(classes.anchors(classes.classOf(dense, 1))).containsExactly(Anchor.CONSTANT);
    assertThat(classes.classOf(dense, 2)).isEqualTo(classes.classOf(shifted, 2)).isEqualTo(1);
  }

  @Test
  void anAffineLayerIsAnEdgePerChannel() {
    GraphBuilder graph = Network.builder(2);
    int dense = graph.dense("dense", 0, ones(3, 2), null);
    int affine = graph.affine("norm", dense, ones(3), ones(3));
    Network network = graph.build(graph.dense("head", affine, ones(1, 3), null));
    ScaleClasses classes = ScaleClasses.of(network);
    assertThat(classes.freeCount()).isEqualTo(6);
    assertThat(classes.edge(6 + 1)).isEqualTo(new ScaleClasses.Edge(1, 4));
    assertThat(classes.edge(9 + 1)).isEqualTo(new ScaleClasses.Edge(ScaleClasses.SOURCE, 4));
  }

  @Test
  void aGroupReadsItsOwnChannels() {
    GraphBuilder graph = Network.builder(1, 2, 2);
    Window one = Window.of(1, 1);
    int stem = graph.convolution("stem", 0, ones(4, 1, 1, 1), null, one, 1);
    int grouped = graph.convolution("grouped", stem, ones(6, 2, 1, 1), null, one, 2);
    int last = graph.dense("head", graph.flatten("flat", grouped), ones(1, 24), null);
    ScaleClasses classes = ScaleClasses.of(graph.build(last));
    assertThat(classes.freeCount()).isEqualTo(10);
    assertThat(classes.edge(4 + 2 * 2 + 1)).isEqualTo(new ScaleClasses.Edge(1, 4 + 2));
    assertThat(classes.edge(4 + 3 * 2 + 1)).isEqualTo(new ScaleClasses.Edge(3, 4 + 3));
  }

  @Test
  void aSharedParameterAnchorsBothItsSides() {
    GraphBuilder graph = Network.builder(2);
    int stem = graph.dense("stem", 0, ones(3, 2), null);
    int weight = graph.parameter("shared", Parameter.Role.WEIGHT, ones(3, 3));
    int first = graph.dense("first", stem, weight, -1);
    int second = graph.dense("second", first, weight, -1);
    int free = graph.dense("free", second, ones(4, 3), null);
    Network network = graph.build(graph.dense("head", free, ones(1, 4), null));
    ScaleClasses classes = ScaleClasses.of(network);
    assertThat(classes.freeCount()).isEqualTo(4);
    assertThat(classes.anchors(classes.classOf(stem, 0))).containsExactly(Anchor.SHARED_PARAMETER);
  }

  @Test
  void everyEdgeVisitedIsTheEdgeAskedFor() {
    GraphBuilder graph = Network.builder(2, 5, 4);
    Window window = Window.of(3, 2).withStride(2, 1).withPadding(1);
    int conv = graph.convolution("conv", 0, ones(4, 2, 3, 2), ones(4), window, 1);
    int norm = graph.affine("norm", conv, ones(4), ones(4));
    int wise = graph.convolution("wise", norm, ones(8, 1, 1, 1), ones(8), Window.of(1, 1), 4);
    int flat = graph.flatten("flat", wise);
    Network network =
        graph.build(graph.dense("head", flat, ones(2, graph.shape(flat).size()), ones(2)));
    ScaleClasses classes = ScaleClasses.of(network);
    int[] visited = new int[network.parameterCount()];
    classes.forEachEdge(
        (position, from, to) -> {
          visited[position]++;
          assertThat(classes.edge(position)).isEqualTo(new ScaleClasses.Edge(from, to));
        });
    assertThat(visited).containsOnly(1);
  }

  @Test
  void layersSayWhatIsFreeAndWhatAnchorsTheRest() {
    GraphBuilder graph = Network.builder(2);
    int dense = graph.dense("dense", 0, ones(3, 2), null);
    int shifted = graph.constant("shifted", dense, List.of(1.0), List.of(0.0, 5.0, 0.0));
    Network network = graph.build(graph.dense("head", shifted, ones(1, 3), null));
    assertThat(ScaleClasses.of(network).layers())
        .containsExactly(
            new LayerSymmetry("dense", 3, 2, Set.of(Anchor.CONSTANT)),
            new LayerSymmetry("head", 1, 0, Set.of(Anchor.OUTPUT)));
  }
}
