package dev.flatness.symmetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flatness.network.Network;
import dev.flatness.network.Parameter;
import dev.flatness.random.Seed;
import dev.flatness.testkit.NetworkArbitraries;
import dev.flatness.testkit.RandomDatasets;
import dev.flatness.testkit.RandomNetworks;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class RescalingPropertyTest {
  @Provide
  Arbitrary<Network> networks() {
    return NetworkArbitraries.anyNetwork();
  }

  @Provide
  Arbitrary<Network> piecewiseLinear() {
    return NetworkArbitraries.networks(RandomNetworks.withDefaults().withAffine(false));
  }

  @Provide
  Arbitrary<Seed> seeds() {
    return NetworkArbitraries.seeds();
  }

  @Property
  void neuronWiseRescalingKeepsTheFunction(
      @ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    Rescaling rescaling = Rescaling.random(ScaleClasses.of(network), 1000, seed.split("factors"));
    assertSameFunction(network, rescaling.applyTo(network), seed.split("input"), 1e-12);
  }

  @Property
  void layerWiseRescalingKeepsTheFunction(
      @ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    Rescaling rescaling =
        Rescaling.randomLayerWise(ScaleClasses.of(network), 1000, seed.split("factors"));
    assertSameFunction(network, rescaling.applyTo(network), seed.split("input"), 1e-12);
  }

  @Property
  void powersOfTwoKeepTheFunctionBitForBit(
      @ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    ScaleClasses classes = ScaleClasses.of(network);
    Rescaling rescaling = Rescaling.randomPowersOfTwo(classes, 10, seed.split("factors"));
    double[] input = RandomDatasets.input(network, seed.split("input"));
    assertThat(rescaling.applyTo(network).outputs(input)).containsExactly(network.outputs(input));
    Rescaling rounded =
        Rescaling.random(classes, 1000, seed.split("rounded")).roundedToPowersOfTwo();
    assertThat(rounded.applyTo(network).outputs(input)).containsExactly(network.outputs(input));
  }

  @Property
  void layerWiseRescalingMultipliesEveryWeightTensorByOneNumber(
      @ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    Network rescaled =
        Rescaling.randomLayerWise(ScaleClasses.of(network), 1000, seed).applyTo(network);
    for (Parameter parameter : network.parameters()) {
      if (parameter.role() == Parameter.Role.WEIGHT || parameter.role() == Parameter.Role.SCALE) {
        double[] before = network.values(parameter);
        double[] after = rescaled.values(parameter);
        for (int i = 0; i < before.length; i++) {
          assertClose(after[i] / before[i], after[0] / before[0], 1e-12);
        }
      }
    }
  }

  @Property
  void inverseAndComposeAreThoseOfTheGroup(
      @ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    ScaleClasses classes = ScaleClasses.of(network);
    Rescaling first = Rescaling.randomPowersOfTwo(classes, 20, seed.split(0));
    Rescaling second = Rescaling.randomPowersOfTwo(classes, 20, seed.split(1));
    assertThat(first.inverse().applyTo(first.applyTo(network)).parameterVector())
        .containsExactly(network.parameterVector());
    assertThat(first.compose(second).applyTo(network).parameterVector())
        .containsExactly(second.applyTo(first.applyTo(network)).parameterVector());
    assertThat(Rescaling.identity(classes).applyTo(network).parameterVector())
        .containsExactly(network.parameterVector());
  }

  @Property
  void scalingAnOutputMovesTheFunction(
      @ForAll("piecewiseLinear") Network network, @ForAll("seeds") Seed seed) {
    ScaleClasses classes = ScaleClasses.of(network);
    int output = network.output().index();
    int scaled = classes.classOf(output, 0);
    double[] theta = network.parameterVector();
    classes.forEachEdge((position, from, to) -> theta[position] *= to == scaled ? 2 : 1);
    double[] input = RandomDatasets.input(network, seed);
    double[] before = network.outputs(input);
    double[] after = network.withParameters(theta).outputs(input);
    for (int k = 0; k < before.length; k++) {
      assertThat(after[k]).isEqualTo(before[k] * (classes.classOf(output, k) == scaled ? 2 : 1));
    }
  }

  @Property
  void scalingEveryParameterByItsOwnFactorMovesTheFunction(
      @ForAll("piecewiseLinear") Network network, @ForAll("seeds") Seed seed) {
    RandomGenerator generator = seed.split("factors").generator();
    double[] theta = network.parameterVector();
    for (int i = 0; i < theta.length; i++) {
      theta[i] *= Math.exp(2 * generator.nextDouble() - 1);
    }
    double[] input = RandomDatasets.input(network, seed.split("input"));
    double[] before = network.outputs(input);
    Assume.that(Arrays.stream(before).anyMatch(value -> value != 0));
    double[] after = network.withParameters(theta).outputs(input);
    assertThat(after).isNotEqualTo(before);
  }

  static void assertSameFunction(Network expected, Network actual, Seed seed, double tolerance) {
    for (int sample = 0; sample < 3; sample++) {
      double[] input = RandomDatasets.input(expected, seed.split(sample));
      double[] before = expected.outputs(input);
      double[] after = actual.outputs(input);
      double scale = magnitude(expected, input);
      for (int k = 0; k < before.length; k++) {
        assertThat(Math.abs(after[k] - before[k])).isLessThanOrEqualTo(tolerance * scale);
      }
    }
  }

  /**
   * Outputs can cancel to nearly nothing; rounding is relative to the largest value that flowed
   * into them.
   */
  private static double magnitude(Network network, double[] input) {
    return network.activations(input).stream()
        .flatMapToDouble(Arrays::stream)
        .map(Math::abs)
        .max()
        .orElse(0);
  }

  static void assertClose(double actual, double expected, double tolerance) {
    assertThat(Math.abs(actual - expected))
        .as("%s, expected %s", actual, expected)
        .isLessThanOrEqualTo(tolerance * Math.max(Math.abs(expected), Double.MIN_NORMAL));
  }
}
