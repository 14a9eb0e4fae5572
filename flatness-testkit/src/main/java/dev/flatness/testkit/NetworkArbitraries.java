package dev.flatness.testkit;

import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;

/**
 * jqwik arbitraries of random networks and of seeds for everything drawn with them.
 *
 * <p>Values are not shrunk: they are functions of a seed, and smaller seeds give no smaller
 * networks.
 */
public final class NetworkArbitraries {
  private NetworkArbitraries() {}

  /**
   * Returns seeds.
   *
   * @return an arbitrary of any seed
   */
  public static Arbitrary<Seed> seeds() {
    return Arbitraries.longs().withoutEdgeCases().map(Seed::of).dontShrink();
  }

  /**
   * Returns networks of every architecture with rarer layers too, piecewise linear.
   *
   * @return an arbitrary of networks of at most 400 parameters
   */
  public static Arbitrary<Network> piecewiseLinear() {
    return networks(RandomNetworks.withDefaults().withRareLayers(true));
  }

  /**
   * Returns networks of every architecture, with rarer layers and smooth activations too.
   *
   * @return an arbitrary of networks of at most 400 parameters
   */
  public static Arbitrary<Network> anyNetwork() {
    return networks(RandomNetworks.withDefaults().withRareLayers(true).withSmoothActivations(true));
  }

  /**
   * Returns networks drawn as configured.
   *
   * @param configuration the kinds and sizes
   * @return an arbitrary of networks
   */
  public static Arbitrary<Network> networks(RandomNetworks configuration) {
    return seeds().map(configuration::draw);
  }
}
