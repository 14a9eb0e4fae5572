package dev.flatness.symmetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.random.Seed;
import dev.flatness.testkit.NetworkArbitraries;
import dev.flatness.testkit.RandomDatasets;
import dev.flatness.testkit.RandomNetworks;
import dev.flatness.testkit.RandomNetworks.Architecture;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The unit-incoming gauge is one network for every orbit, and computes the same function. */
class GaugePropertyTest {
  @Provide
  Arbitrary<Network> acyclic() {
    return NetworkArbitraries.networks(
        RandomNetworks.withDefaults()
            .withRareLayers(true)
            .withOddities(true)
            .withArchitectures(
                Architecture.DENSE, Architecture.CONVOLUTIONAL, Architecture.CONCATENATING));
  }

  @Provide
  Arbitrary<Seed> seeds() {
    return NetworkArbitraries.seeds();
  }

  @Property(tries = 100)
  void incomingParametersHaveNormOne(@ForAll("acyclic") Network network) {
    Network gauged = gauged(network);
    ScaleClasses classes = ScaleClasses.of(gauged);
    double[] theta = gauged.parameterVector();
    double[] squares = new double[classes.count()];
    classes.forEachEdge((position, from, to) -> squares[to] += theta[position] * theta[position]);
    DeadClasses dead = DeadClasses.of(network);
    for (int c = 0; c < classes.freeCount(); c++) {
      assertThat(squares[c]).isCloseTo(dead.isDead(c) ? 0 : 1, within(1e-12));
    }
  }

  @Property(tries = 100)
  void twoNetworksOfAnOrbitHaveOneRepresentative(
      @ForAll("acyclic") Network network, @ForAll("seeds") Seed seed) {
    Network gauged = gauged(network);
    Rescaling rescaling = Rescaling.random(ScaleClasses.of(network), 1000, seed);
    same(gauged, Gauge.unitIncoming(rescaling.applyTo(network)), 1e-9);
    same(gauged, Gauge.unitIncoming(gauged), 1e-12);
    double[] x = RandomDatasets.input(network, seed);
    double[] before = network.outputs(x);
    double[] after = gauged.outputs(x);
    double largest = 0;
    for (double each : before) {
      largest = Math.max(largest, Math.abs(each));
    }
    for (int k = 0; k < before.length; k++) {
      assertThat(after[k]).isCloseTo(before[k], within(1e-9 * Math.max(largest, 1e-3)));
    }
  }

  /** Where weights depend on the scale of what they lead to there is none. */
  private static Network gauged(Network network) {
    try {
      return Gauge.unitIncoming(network);
    } catch (IllegalArgumentException cyclic) {
      Assume.that(false);
      throw cyclic;
    }
  }

  private static void same(Network expected, Network actual, double relative) {
    double[] a = expected.parameterVector();
    double[] b = actual.parameterVector();
    for (int i = 0; i < a.length; i++) {
      assertThat(b[i]).isCloseTo(a[i], within(relative * Math.abs(a[i])));
    }
  }

  @Example
  void residualNetworksAreRefusedByName() {
    Network network =
        RandomNetworks.withDefaults().withArchitectures(Architecture.RESIDUAL).draw(residual());
    assertThatThrownBy(() -> Gauge.unitIncoming(network))
        .hasMessageContaining("depend on its own scale")
        .hasMessageContaining("minimum-norm");
  }

  private static Seed residual() {
    for (long s = 0; s < 1000; s++) {
      Seed seed = Seed.of(s);
      Network network =
          RandomNetworks.withDefaults().withArchitectures(Architecture.RESIDUAL).draw(seed);
      ScaleClasses classes = ScaleClasses.of(network);
      for (Node node : network.weightLayers()) {
        int[] written = classes.classesOf(node.index());
        if (classes.isFree(written[0])
            && classes.describe(written[0]).contains(" + ")
            && DeadClasses.of(network).count() == 0) {
          return seed;
        }
      }
    }
    throw new AssertionError("no residual network with a free sum in 1000 draws");
  }
}
