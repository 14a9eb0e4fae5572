package dev.flatness.basispath;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flatness.network.Activation;
import dev.flatness.network.GraphBuilder;
import dev.flatness.network.Network;
import dev.flatness.network.Parameter.Role;
import dev.flatness.random.Seed;
import dev.flatness.symmetry.Gauge;
import dev.flatness.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which skeletons there are, and which are refused. */
class SkeletonTest {
  @TempDir Path folder;

  private final Network network = Cases.mlp(true, Seed.of(9), 2, 3, 2);

  /** W1 is 3×2 at 0, b1 at 6, W2 2×3 at 9, b2 at 15. */
  private static final int[] OUT = {9, 10, 14};

  private static final int[] IN = {0, 3, 4};

  @Test
  void aGivenSkeletonIsTaken() {
    Skeleton skeleton = Skeleton.of(network, OUT, IN);
    assertThat(skeleton.rule()).isEqualTo("given");
    assertThat(skeleton.freeEdges()).containsExactly(OUT);
    assertThat(skeleton.inEdges()).containsExactly(IN);
    assertThat(skeleton.equivariant()).isFalse();
    assertThat(BasisPaths.of(skeleton).count()).isEqualTo(17 - 3);
  }

  @Test
  void missingDoubleZeroAndBiasEdgesAreRefusedByName() {
    assertThatThrownBy(() -> Skeleton.of(network, new int[] {9, 10}, IN))
        .hasMessageContaining("has no free out-edge, expected one");
    assertThatThrownBy(() -> Skeleton.of(network, OUT, new int[] {0, 1, 3, 4}))
        .hasMessageContaining("has two of the kind in-edge")
        .hasMessageContaining("l1.weight[0,0]");
    assertThatThrownBy(() -> Skeleton.of(network, OUT, new int[] {0, 3, 8}))
        .hasMessageContaining("is a bias, expected a weight");
    assertThatThrownBy(() -> Skeleton.of(network, new int[] {0, 9, 10, 14}, IN))
        .hasMessageContaining("leads out of no living hidden unit");
    double[] theta = network.parameterVector();
    theta[10] = 0;
    assertThatThrownBy(() -> Skeleton.of(network.withParameters(theta), OUT, IN))
        .hasMessageContaining("l2.weight[0,1], is 0, expected a weight that is not");
    assertThatThrownBy(() -> Skeleton.of(network, new int[] {99}, IN))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void autoPassesOverAZeroAndTheDiagonalRuleNamesARemedyOnlyWhereItWorks() {
    double[] theta = network.parameterVector();
    theta[3] = 0;
    Network pruned = network.withParameters(theta);
    assertThat(Skeleton.auto(network).note()).isEmpty();
    assertThat(Skeleton.auto(pruned).rule()).isEqualTo("balanced");
    assertThat(Skeleton.auto(pruned).equivariant()).isTrue();
    assertThat(Skeleton.auto(pruned).note())
        .contains(
            "the diagonal rule needs the weight l1.weight[1,1], which is 0; the balanced rule was"
                + " taken");
    assertThatThrownBy(() -> Skeleton.diagonal(pruned))
        .hasMessage(
            "the diagonal rule needs the weight l1.weight[1,1], which is 0; use the balanced rule");
    // Only its bias reaches unit 1 now.
    theta[2] = 0;
    Network biased = network.withParameters(theta);
    assertThatThrownBy(() -> Skeleton.diagonal(biased))
        .hasMessageContaining("which is 0, and the balanced rule has no skeleton either: ")
        .hasMessageContaining("only biases reach it");
    assertThatThrownBy(() -> Skeleton.auto(biased)).hasMessageContaining("only biases reach it");
  }

  @Test
  void circlesAreRefused() {
    // in → a, a → b → a by a skip, a → out: the classes a and b feed each other.
    GraphBuilder g = Network.builder(2);
    int a = g.dense("in", 0, Tensor.of(new double[] {1, 2}, 1, 2), null);
    a = g.activate("s", a, Activation.RELU);
    int b = g.dense("ab", a, Tensor.of(new double[] {3}, 1, 1), null);
    b = g.activate("t", b, Activation.RELU);
    int back = g.dense("ba", b, Tensor.of(new double[] {4}, 1, 1), null);
    int sum = g.activate("u", g.add("sum", back, a), Activation.RELU);
    Network circle = g.build(g.dense("out", sum, Tensor.of(new double[] {5}, 1, 1), null));
    // Positions: in 0 1, ab 2, ba 3, out 4.
    assertThat(Skeleton.of(circle, new int[] {4, 3}, new int[] {0, 2}).hiddenUnits()).isEqualTo(2);
    assertThatThrownBy(() -> Skeleton.of(circle, new int[] {2, 3}, new int[] {0, 2}))
        .hasMessageContaining("following free out-edges")
        .hasMessageContaining("leads in a circle, expected the output");
    assertThatThrownBy(() -> Skeleton.of(circle, new int[] {4, 3}, new int[] {3, 2}))
        .hasMessageContaining("following in-edges")
        .hasMessageContaining("expected the input");
  }

  /** The rule by its words, on the gauge's own weights: W1 4×3 at 0, W2 5×4 at 12, W3 2×5 at 32. */
  @Test
  void theBalancedRuleTakesTheLargestOutEdgeAndAmongFreeInEdgesTheLargest() {
    for (int seed = 0; seed < 20; seed++) {
      Network chain = Cases.mlp(false, Seed.of(seed), 3, 4, 5, 2);
      double[] w = Gauge.leastNorm(chain).rescaling().applyTo(chain).parameterVector();
      List<Integer> out = new ArrayList<>();
      for (int a = 0; a < 4; a++) {
        int unit = a;
        out.add(largest(w, IntStream.range(0, 5).map(s -> 12 + 4 * s + unit)));
      }
      for (int b = 0; b < 5; b++) {
        int unit = b;
        out.add(largest(w, IntStream.range(0, 2).map(s -> 32 + 5 * s + unit)));
      }
      List<Integer> in = new ArrayList<>();
      for (int a = 0; a < 4; a++) {
        int unit = a;
        in.add(largest(w, IntStream.range(0, 3).map(t -> 3 * unit + t)));
      }
      for (int b = 0; b < 5; b++) {
        int[] row = IntStream.range(12 + 4 * b, 16 + 4 * b).toArray();
        int[] free = Arrays.stream(row).filter(out::contains).toArray();
        in.add(largest(w, Arrays.stream(free.length > 0 ? free : row)));
      }
      Skeleton skeleton = Skeleton.balanced(chain);
      assertThat(skeleton.freeEdges())
          .containsExactly(out.stream().mapToInt(e -> e).sorted().toArray());
      assertThat(skeleton.inEdges())
          .containsExactly(in.stream().mapToInt(e -> e).sorted().toArray());
    }
  }

  private static int largest(double[] w, IntStream edges) {
    return edges.boxed().max(Comparator.comparingDouble(e -> Math.abs(w[e]))).orElseThrow();
  }

  @Test
  void theDiagonalRuleNamesTheZeroItMeetsAndTheRemedy() {
    double[] theta = network.parameterVector();
    theta[0] = 0;
    assertThatThrownBy(() -> Skeleton.diagonal(network.withParameters(theta)))
        .hasMessageContaining("l1.weight[0,0]")
        .hasMessageContaining("use the balanced rule");
    assertThat(Skeleton.balanced(network.withParameters(theta)).hiddenUnits()).isEqualTo(3);
  }

  @Test
  void filesHoldWhatWasChosenAndSayWhichLineIsWrong() throws IOException {
    Skeleton skeleton = Skeleton.balanced(network);
    Path file = folder.resolve("skeleton.txt");
    Files.writeString(file, SkeletonFile.text(skeleton));
    Skeleton again = SkeletonFile.read(file, network);
    assertThat(again.freeEdges()).isEqualTo(skeleton.freeEdges());
    assertThat(again.inEdges()).isEqualTo(skeleton.inEdges());
    refused("out,l2.weight\n", "line 1 of the skeleton file");
    refused("\n# c\nup,l2.weight,0\n", "line 3");
    refused("out,l9.weight,0\n", "expected one of the tensors [l1.weight, l1.bias");
    refused("out,l2.weight,six\n", "expected an entry of l2.weight, 0 to 5");
    refused("out,l2.weight,6\n", "expected an entry of l2.weight, 0 to 5");
    refused("out,l2.weight,0\n", "has no");
    Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    assertThatThrownBy(() -> SkeletonFile.read(file, network)).hasMessageContaining("is no text");
    assertThatThrownBy(() -> SkeletonFile.read(folder.resolve("none"), network))
        .hasMessageContaining("is no rule and no file");
  }

  private void refused(String text, String message) throws IOException {
    Path file = Files.writeString(folder.resolve("bad.txt"), text);
    assertThatThrownBy(() -> SkeletonFile.read(file, network))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aSharedWeightHasNoPlaceInAPath() {
    GraphBuilder g = Network.builder(2);
    int w = g.parameter("w", Role.WEIGHT, Tensor.of(new double[] {1, 2, 3, 4}, 2, 2));
    int x = g.activate("s", g.dense("a", 0, w, -1), Activation.RELU);
    Network shared = g.build(g.dense("b", x, w, -1));
    assertThatThrownBy(() -> Skeleton.balanced(shared))
        .hasMessageContaining("several layers of the network share a weight");
  }
}
