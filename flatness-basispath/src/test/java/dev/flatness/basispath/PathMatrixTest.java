package dev.flatness.basispath;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.network.Activation;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.symmetry.ScaleClasses;
import dev.flatness.tensor.Tensor;
import dev.flatness.testkit.NetworkArbitraries;
import dev.flatness.testkit.RandomDatasets;
import dev.flatness.testkit.RandomNetworks;
import dev.flatness.testkit.RandomNetworks.Architecture;
import java.util.Arrays;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import org.junit.jupiter.api.Test;

/** Basis paths against all paths, listed one by one, with ranks by integers. */
class PathMatrixTest {
  private static final int PATHS = 20_000;
  private static int asked;
  private static int listed;

  @AfterContainer
  static void mostNetworksHadFewEnoughPathsToList() {
    assertThat(listed).isGreaterThanOrEqualTo(asked / 2);
  }

  @Provide
  Arbitrary<Network> graphs() {
    return NetworkArbitraries.networks(
        RandomNetworks.withDefaults()
            .withArchitectures(Architecture.RESIDUAL, Architecture.CONCATENATING)
            .withMaximumParameters(200));
  }

  @Provide
  Arbitrary<Network> any() {
    return NetworkArbitraries.networks(RandomNetworks.withDefaults().withMaximumParameters(200));
  }

  @Provide
  Arbitrary<Seed> seeds() {
    return NetworkArbitraries.seeds();
  }

  /**
   * What no rescaling changes are the products whose exponents balance at every hidden class: a
   * space of dimension m − H, of which the basis paths are a basis, in which all paths lie.
   */
  @Property(tries = 60)
  void basisPathsAreABasisOfWhatRescalingsLeave(@ForAll("graphs") Network network) {
    BasisPaths paths = BasisPaths.of(Skeleton.balanced(network));
    int m = network.parameterCount();
    IntegerRank classes = new IntegerRank(m);
    ScaleClasses scale = paths.graph().classes();
    for (int c = 0; c < scale.freeCount(); c++) {
      if (paths.graph().isHidden(c)) {
        assertThat(classes.add(incidence(paths.graph(), c, m))).isTrue();
      }
    }
    assertThat(classes.rank()).isEqualTo(paths.skeleton().hiddenUnits());
    IntegerRank basis = new IntegerRank(m);
    for (int i = 0; i < paths.count(); i++) {
      long[] counts = new long[m];
      paths.path(i).edges().forEach(edge -> counts[edge.position()]++);
      balanced(paths.graph(), counts);
      assertThat(basis.add(counts)).as("basis path %d", i).isTrue();
    }
    assertThat(basis.rank()).isEqualTo(paths.count());
    agrees(network, paths);
  }

  private static long[] incidence(PathGraph graph, int scaleClass, int m) {
    long[] row = new long[m];
    for (int e = 0; e < m; e++) {
      if (graph.isEdge(e)) {
        row[e] += graph.to(e) == scaleClass ? 1 : 0;
        row[e] -= graph.from(e) == scaleClass ? 1 : 0;
      }
    }
    return row;
  }

  private static void balanced(PathGraph graph, long[] counts) {
    for (int c = 0; c < graph.classes().freeCount(); c++) {
      if (graph.isHidden(c)) {
        long[] row = incidence(graph, c, counts.length);
        long sum = 0;
        for (int e = 0; e < counts.length; e++) {
          sum += row[e] * counts[e];
        }
        assertThat(sum).as("flow through class %d", c).isZero();
      }
    }
  }

  /** Every path of the network is the product of basis paths that Lemma 5.1 says. */
  static void agrees(Network network, BasisPaths paths) {
    PathMatrix all;
    asked++;
    try {
      all = PathMatrix.of(network, PATHS);
    } catch (IllegalArgumentException tooMany) {
      return;
    }
    listed++;
    double[] values = paths.values();
    for (int row = 0; row < all.size(); row++) {
      int[] path = all.path(row);
      if (!Arrays.stream(path).allMatch(paths.graph()::isEdge)) {
        continue;
      }
      int[] exponents = paths.exponents(path);
      double product = 1;
      for (int i = 0; i < exponents.length; i++) {
        product *= exponents[i] == 0 ? 1 : Math.pow(values[i], exponents[i]);
      }
      double value = all.value(row);
      // Tens of factors and their inverses, each rounded.
      assertThat(product).isCloseTo(value, within(1e-11 * Math.abs(value)));
    }
    if (all.size() <= 600) {
      assertThat(all.rank()).isLessThanOrEqualTo(paths.count());
    }
  }

  @Property(tries = 30)
  void inAChainThePathsThemselvesHaveThatRank(@ForAll("seeds") Seed seed, @ForAll boolean biases) {
    Network network = Cases.mlp(biases, seed, 3, 4, 2, 5, 2);
    assertThat(PathMatrix.of(network).rank()).isEqualTo(network.parameterCount() - 11);
    assertThat(BasisPaths.of(Skeleton.diagonal(network)).count())
        .isEqualTo(network.parameterCount() - 11);
  }

  /** Yi et al. 2019, eq. 2. */
  @Property(tries = 100)
  void outputsAreSumsOverActivePaths(@ForAll("any") Network network, @ForAll("seeds") Seed seed) {
    PathMatrix matrix;
    asked++;
    try {
      matrix = PathMatrix.of(network, PATHS);
    } catch (IllegalArgumentException tooMany) {
      return;
    }
    listed++;
    double[] outputs = Cases.outputs(network, seed);
    int each = network.output().shape().size();
    double[] inputs = new double[12 * network.inputShape().size()];
    var data = RandomDatasets.real(network, 12, seed);
    data.read(0, 12, inputs, new double[12 * data.targetSize()]);
    for (int sample = 0; sample < 12; sample += 5) {
      int in = network.inputShape().size();
      double[] sums = matrix.outputs(Arrays.copyOfRange(inputs, sample * in, (sample + 1) * in));
      for (int j = 0; j < each; j++) {
        assertThat(sums[j])
            .isCloseTo(outputs[sample * each + j], within(1e-10 * Cases.largest(outputs)));
      }
    }
  }

  @Test
  void aSmallNetworkHasThePathsThatCanBeCounted() {
    Network network = Cases.mlp(true, Seed.of(1), 2, 3, 2);
    PathMatrix matrix = PathMatrix.of(network);
    // 2·3·2 from the inputs, 3·2 from the hidden biases, 2 output biases.
    assertThat(matrix.size()).isEqualTo(12 + 6 + 2);
    assertThat(matrix.rank()).isEqualTo(17 - 3);
  }

  @Test
  void tooManyPathsAndSmoothNetworksAreRefused() {
    assertThatThrownBy(() -> PathMatrix.of(Cases.mlp(false, Seed.of(1), 9, 9, 9), 80))
        .hasMessageContaining("more than 80 paths");
    assertThatThrownBy(
            () -> PathMatrix.of(Cases.mlp(false, Seed.of(1), 2, 2)).outputs(new double[3]))
        .hasMessageContaining("3 entries, expected 2");
    Network smooth =
        Network.sequential(2)
            .dense("a", Tensor.of(new double[] {1, 2, 3, 4}, 2, 2), null)
            .activate(Activation.TANH)
            .dense("b", Tensor.of(new double[] {1, 2}, 1, 2), null)
            .build();
    assertThatThrownBy(() -> PathMatrix.of(smooth).outputs(new double[2]))
        .hasMessageContaining("not piecewise linear");
  }
}
