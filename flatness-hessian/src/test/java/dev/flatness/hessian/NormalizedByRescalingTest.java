package dev.flatness.hessian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.hessian.BruteForce.Block;
import dev.flatness.measure.Estimate;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.network.Parameter;
import dev.flatness.random.Seed;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.testkit.NetworkArbitraries;
import dev.flatness.testkit.RandomNetworks;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Normalized relative flatness as Petzka et al. 2021, Theorem 4, words it: rescale the network so
 * that every input coordinate of the layer has unit spread, then measure.
 */
class NormalizedByRescalingTest {
  @Provide
  Arbitrary<Network> networks() {
    return NetworkArbitraries.networks(
        RandomNetworks.withDefaults()
            .withArchitectures(RandomNetworks.Architecture.DENSE)
            .withAffine(false));
  }

  @Provide
  Arbitrary<Seed> seeds() {
    return NetworkArbitraries.seeds();
  }

  @Property(tries = 100)
  void equalsRelativeFlatnessOfTheRescaledNetwork(
      @ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    NetworkSurface surface = Cases.surface(network, seed);
    Map<String, Estimate> found = Cases.measure(surface);
    BruteForce truth = new BruteForce(surface);
    List<Node> layers = network.weightLayers();
    for (int l = 1; l < layers.size(); l++) {
      Node layer = layers.get(l);
      double[] spread = truth.new Block(layer).spreads();
      Network rescaled = rescaled(network, layers.get(l - 1), layer, spread);
      NetworkSurface other =
          NetworkSurface.of(rescaled, surface.dataset(), surface.loss(), surface.options());
      double loss = surface.value(network.parameterVector());
      assertThat(other.value(rescaled.parameterVector())).isCloseTo(loss, within(1e-12 * loss));
      Block block = new BruteForce(other).new Block(layer);
      double scale = block.squaredNorm() * block.trace();
      assertThat(found.get("relative-flatness-normalized@" + layer.name()).value())
          .isCloseTo(block.relativeFlatness(null), within(1e-9 * scale));
    }
  }

  /**
   * Divides what enters unit j before the layer by σ_j and multiplies what leaves it. A unit that
   * is 0 on every sample is cut off.
   */
  private static Network rescaled(Network network, Node before, Node layer, double[] spread) {
    double[] theta = network.parameterVector();
    Parameter in = network.weight(before);
    Parameter out = network.weight(layer);
    int width = spread.length;
    for (int j = 0; j < width; j++) {
      double factor = spread[j] == 0 ? 1 : 1 / spread[j];
      int fanIn = in.size() / width;
      for (int i = 0; i < fanIn; i++) {
        theta[in.offset() + j * fanIn + i] *= factor;
      }
      if (before.bias() >= 0) {
        theta[network.bias(before).offset() + j] *= factor;
      }
      for (int s = 0; s < out.size() / width; s++) {
        theta[out.offset() + s * width + j] *= spread[j];
      }
    }
    assertThat(Arrays.stream(theta).allMatch(Double::isFinite)).isTrue();
    return network.withParameters(theta);
  }
}
