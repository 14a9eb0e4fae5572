package dev.flatness.hessian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.symmetry.Rescaling;
import dev.flatness.symmetry.ScaleClasses;
import dev.flatness.testkit.NetworkArbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The minimal-trace gauge is one network for every orbit, also where units see no data. */
class MinimalTraceGaugeTest {
  @Provide
  Arbitrary<Network> networks() {
    return NetworkArbitraries.piecewiseLinear();
  }

  @Provide
  Arbitrary<Seed> seeds() {
    return NetworkArbitraries.seeds();
  }

  @Property(tries = 40)
  void twoNetworksOfAnOrbitHaveOneRepresentative(
      @ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    NetworkSurface surface = Cases.surface(network, seed);
    Rescaling rescaling = Rescaling.random(ScaleClasses.of(network), 100, seed);
    Network gauged = MinimalTrace.onOrbit().gauge(surface).network();
    NetworkSurface moved = Cases.moved(surface, rescaling.applyTo(network));
    same(gauged, MinimalTrace.onOrbit().gauge(moved).network());
    same(gauged, MinimalTrace.onOrbit().gauge(Cases.moved(surface, gauged)).network());
    double loss = surface.value(network.parameterVector());
    assertThat(surface.value(gauged.parameterVector())).isCloseTo(loss, within(1e-9 * (1 + loss)));
  }

  private static void same(Network expected, Network actual) {
    double[] a = expected.parameterVector();
    double[] b = actual.parameterVector();
    for (int i = 0; i < a.length; i++) {
      assertThat(b[i]).isCloseTo(a[i], within(1e-9 * Math.abs(a[i])));
    }
  }
}
