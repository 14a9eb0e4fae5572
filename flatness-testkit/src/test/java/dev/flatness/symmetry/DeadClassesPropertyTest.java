package dev.flatness.symmetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.random.Seed;
import dev.flatness.testkit.NetworkArbitraries;
import dev.flatness.testkit.RandomNetworks;
import dev.flatness.testkit.RandomNetworks.Architecture;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;

class DeadClassesPropertyTest {
  @Provide
  Arbitrary<Network> networks() {
    return NetworkArbitraries.anyNetwork();
  }

  @Provide
  Arbitrary<Network> vectors() {
    RandomNetworks vectors =
        RandomNetworks.withDefaults()
            .withArchitectures(
                Architecture.DENSE, Architecture.RESIDUAL, Architecture.CONCATENATING);
    return NetworkArbitraries.networks(vectors).filter(network -> network.inputShape().rank() == 1);
  }

  @Provide
  Arbitrary<Seed> seeds() {
    return NetworkArbitraries.seeds();
  }

  @Property
  void pruningKeepsTheFunctionAndLeavesNothingOnDeadClasses(
      @ForAll("networks") Network dense, @ForAll("seeds") Seed seed) {
    Network network = sparse(dense, seed.split("zeros"));
    DeadClasses dead = DeadClasses.of(network);
    Network pruned = dead.pruned();
    RescalingPropertyTest.assertSameFunction(network, pruned, seed.split("input"), 1e-14);
    assertThat(DeadClasses.of(pruned).toArray()).containsExactly(dead.toArray());
    assertThat(DeadClasses.of(pruned).pruned()).isSameAs(pruned);
    assertThat(dead.names()).hasSize(dead.count()).doesNotHaveDuplicates();
    Statistics.label("has dead units")
        .collect(dead.count() > 0)
        .coverage(coverage -> coverage.check(true).percentage(share -> share > 20));
  }

  /**
   * Without sums a class is alive exactly if doubling what enters it changes the sum over all
   * paths. A sum joins what is read before it with what is written into it, so there a chain of
   * classes need not be a path.
   */
  @Property
  void aClassIsAliveExactlyIfAPathLeadsThroughIt(
      @ForAll("vectors") Network dense, @ForAll("seeds") Seed seed) {
    Network network = sparse(dense, seed);
    ScaleClasses classes = ScaleClasses.of(network);
    DeadClasses dead = DeadClasses.of(classes, network);
    PathNorm norm = PathNorm.withDefaults().withExponent(1);
    double before = norm.of(network).value();
    long sums =
        network.nodes().stream()
            .filter(node -> joinsOrEmits(node.layer()) || sharesOneShift(network, node))
            .count();
    for (int c = 0; c < classes.freeCount(); c++) {
      int entered = c;
      double[] theta = network.parameterVector();
      classes.forEachEdge((position, from, to) -> theta[position] *= to == entered ? 2 : 1);
      double after = norm.of(network.withParameters(theta)).value();
      boolean path = after > before * (1 + 1e-12);
      if (path || sums == 0) {
        assertThat(dead.isDead(c)).isEqualTo(!path);
      }
    }
  }

  /** Sums of features, and activations that are not 0 at 0, from which something flows anyhow. */
  private static boolean joinsOrEmits(Layer layer) {
    return layer instanceof Layer.Add
        || layer instanceof Layer.LinearMap
        || layer instanceof Layer.Activate activate
            && !activate.function().positivelyHomogeneous()
            && activate.function().at(0).value(0) != 0;
  }

  /** One shift for all channels joins them, and something may flow through one of them alone. */
  private static boolean sharesOneShift(Network network, Node node) {
    return node.layer() instanceof Layer.Affine affine
        && affine.channels() > 1
        && node.bias() >= 0
        && network.bias(node).size() == 1;
  }

  private static Network sparse(Network network, Seed seed) {
    RandomGenerator generator = seed.generator();
    double[] theta = network.parameterVector();
    Arrays.setAll(theta, i -> generator.nextDouble() < 0.5 ? 0 : theta[i]);
    return network.withParameters(theta);
  }
}
