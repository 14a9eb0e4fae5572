package dev.flatness.testkit;

import dev.flatness.network.Network;
import dev.flatness.symmetry.Permutation;
import dev.flatness.symmetry.Rescaling;
import dev.flatness.symmetry.ScaleClasses;
import net.jqwik.api.Arbitrary;

/** jqwik arbitraries of what leaves a network's function unchanged. */
public final class SymmetryArbitraries {
  private SymmetryArbitraries() {}

  /**
   * Returns rescalings with one factor a hidden unit, log-uniform in [1/spread, spread].
   *
   * @param network the network that is rescaled
   * @param spread the largest factor, at least 1
   * @return an arbitrary of rescalings
   */
  public static Arbitrary<Rescaling> neuronWise(Network network, double spread) {
    ScaleClasses classes = ScaleClasses.of(network);
    return NetworkArbitraries.seeds().map(seed -> Rescaling.random(classes, spread, seed));
  }

  /**
   * Returns rescalings with one factor a weight tensor, within [1/spread, spread].
   *
   * @param network the network that is rescaled
   * @param spread the largest factor, at least 1
   * @return an arbitrary of rescalings
   */
  public static Arbitrary<Rescaling> layerWise(Network network, double spread) {
    ScaleClasses classes = ScaleClasses.of(network);
    return NetworkArbitraries.seeds().map(seed -> Rescaling.randomLayerWise(classes, spread, seed));
  }

  /**
   * Returns rescalings by powers of two up to 2^exponent, which are exact in binary arithmetic.
   *
   * @param network the network that is rescaled
   * @param exponent the largest exponent
   * @return an arbitrary of rescalings
   */
  public static Arbitrary<Rescaling> powersOfTwo(Network network, int exponent) {
    ScaleClasses classes = ScaleClasses.of(network);
    return NetworkArbitraries.seeds()
        .map(seed -> Rescaling.randomPowersOfTwo(classes, exponent, seed));
  }

  /**
   * Returns permutations of hidden units.
   *
   * @param network the network whose hidden units are permuted
   * @return an arbitrary of permutations
   */
  public static Arbitrary<Permutation> permutations(Network network) {
    return NetworkArbitraries.seeds().map(seed -> Permutation.random(network, seed));
  }
}
