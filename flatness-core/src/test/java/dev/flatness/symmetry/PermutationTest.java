package dev.flatness.symmetry;

import static dev.flatness.symmetry.ScaleClassesTest.ones;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flatness.network.Activation;
import dev.flatness.network.GraphBuilder;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.network.Parameter;
import dev.flatness.network.Window;
import dev.flatness.random.Seed;
import dev.flatness.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PermutationTest {
  private static Network chain() {
    return Network.sequential(2)
        .dense(
            "a",
            Tensor.of(new double[] {1, 2, 3, 4, 5, 6}, 3, 2),
            Tensor.of(new double[] {7, 8, 9}, 3))
        .activate(Activation.TANH)
        .dense("b", Tensor.of(new double[] {10, 20, 30}, 1, 3), null)
        .build();
  }

  /** The sizes of the groups of interchangeable units. */
  private static List<Integer> groups(Network network) {
    return UnitGroups.of(network).interchangeable().stream().map(group -> group.length).toList();
  }

  @Test
  void movesRowsAndBiasesWithTheColumnsThatReadThem() {
    Network network = chain();
    Node a = network.node(1);
    for (int seed = 0; seed < 20; seed++) {
      Permutation permutation = Permutation.random(network, Seed.of(seed));
      int[] from = permutation.rows(a);
      double[] theta = permutation.applyTo(network).parameterVector();
      for (int s = 0; s < 3; s++) {
        assertThat(theta[2 * s]).isEqualTo(1 + 2 * from[s]);
        assertThat(theta[2 * s + 1]).isEqualTo(2 + 2 * from[s]);
        assertThat(theta[6 + s]).isEqualTo(7 + from[s]);
        assertThat(theta[9 + s]).isEqualTo(10 * (1 + from[s]));
      }
      assertThat(permutation.columns(network.node(3))).containsExactly(from);
      assertThat(permutation.columns(a)).containsExactly(0, 1);
      assertThat(permutation.rows(network.node(3))).containsExactly(0);
      assertThat(permutation.permuteRows(a, new double[] {0, 1, 2}))
          .containsExactly(Arrays.stream(from).asDoubleStream().toArray());
    }
  }

  @Test
  void everyOrderComesUp() {
    Network network = chain();
    long orders =
        IntStream.range(0, 200)
            .mapToObj(
                i -> Arrays.toString(Permutation.random(network, Seed.of(i)).rows(network.node(1))))
            .distinct()
            .count();
    assertThat(orders).isEqualTo(6);
  }

  @Test
  void hiddenUnitsOfEveryLayerAreInterchangeable() {
    assertThat(groups(chain())).containsExactly(3);
    Network images =
        Network.sequential(1, 6, 6)
            .convolution("conv1", ones(3, 1, 3, 3), ones(3), Window.of(3, 3))
            .relu()
            .convolution("conv2", ones(4, 3, 1, 1), ones(4), Window.of(1, 1))
            .dense("fc", ones(5, 64), null)
            .dense("head", ones(2, 5), null)
            .build();
    assertThat(groups(images)).containsExactly(3, 4, 5);
  }

  @Test
  void aSumTiesUnitsAndAConcatenationKeepsItsOperandsApart() {
    GraphBuilder graph = Network.builder(2);
    int left = graph.dense("left", 0, ones(2, 2), null);
    int right = graph.dense("right", 0, ones(3, 2), null);
    int both = graph.concatenate("both", left, right);
    int sum = graph.add("sum", both, graph.dense("inner", both, ones(5, 5), null));
    Network network = graph.build(graph.dense("head", sum, ones(1, 5), null));
    assertThat(groups(network)).containsExactly(2, 3);
    Permutation permutation = Permutation.random(network, Seed.of(4));
    assertThat(permutation.columns(network.output()))
        .containsExactly(permutation.rows(network.node(4)));
  }

  @Test
  void affineLayersAndDepthwiseConvolutionsMoveWithTheirChannels() {
    GraphBuilder graph = Network.builder(1, 2, 2);
    Window one = Window.of(1, 1);
    int stem = graph.convolution("stem", 0, ones(4, 1, 1, 1), null, one, 1);
    int norm = graph.affine("norm", stem, ones(4), ones(4));
    int wise = graph.convolution("wise", norm, ones(8, 1, 1, 1), null, one, 4);
    Network network =
        graph.build(graph.dense("head", graph.flatten("flat", wise), ones(1, 32), null));
    assertThat(groups(network)).containsExactly(4);
    Permutation permutation = Permutation.random(network, Seed.of(1));
    int[] stemRows = permutation.rows(network.node(1));
    assertThat(permutation.rows(network.node(2))).containsExactly(stemRows);
    for (int s = 0; s < 8; s++) {
      assertThat(permutation.rows(network.node(3))[s]).isEqualTo(2 * stemRows[s / 2] + s % 2);
    }
  }

  @Test
  void channelsStayInTheirGroup() {
    GraphBuilder graph = Network.builder(1, 2, 2);
    Window one = Window.of(1, 1);
    int stem = graph.convolution("stem", 0, ones(4, 1, 1, 1), null, one, 1);
    int grouped = graph.convolution("grouped", stem, ones(6, 2, 1, 1), null, one, 2);
    Network network =
        graph.build(graph.dense("head", graph.flatten("flat", grouped), ones(1, 24), null));
    assertThat(groups(network)).containsExactly(2, 2, 3, 3);
  }

  @Test
  void whatConstantsTellApartDoesNotMove() {
    GraphBuilder graph = Network.builder(2);
    int dense = graph.dense("dense", 0, ones(4, 2), null);
    int last = graph.constant("c", dense, List.of(1.0), List.of(0.0, 0.0, 0.0, 1.0));
    Network network = graph.build(graph.dense("head", last, ones(1, 4), null));
    assertThat(groups(network)).containsExactly(3);
  }

  @Test
  void whatInputsOrSharedParametersTouchStays() {
    GraphBuilder graph = Network.builder(3);
    int weight = graph.parameter("shared", Parameter.Role.WEIGHT, ones(3, 3));
    int first = graph.dense("first", 0, weight, -1);
    int second = graph.dense("second", first, weight, -1);
    int skip = graph.add("skip", graph.dense("third", second, ones(3, 3), null), 0);
    Network network = graph.build(graph.dense("head", skip, ones(1, 3), null));
    assertThat(groups(network)).isEmpty();
    assertThat(Permutation.random(network, Seed.of(1)).isIdentity()).isTrue();
    assertThat(Permutation.identity(network).applyTo(network).parameterVector())
        .containsExactly(network.parameterVector());
  }

  @Test
  void refusesListsOfAnotherLength() {
    Permutation permutation = Permutation.identity(chain());
    assertThatThrownBy(() -> permutation.permuteColumns(chain().node(1), new double[3]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("list of layer \"a\" has 3 numbers, expected 2");
  }
}
