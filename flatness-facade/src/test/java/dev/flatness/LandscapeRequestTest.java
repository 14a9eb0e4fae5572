package dev.flatness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.flatness.basispath.SkeletonRule;
import dev.flatness.data.Dataset;
import dev.flatness.landscape.Landscape;
import dev.flatness.landscape.LandscapeDirections;
import dev.flatness.loss.SquaredError;
import dev.flatness.network.Activation;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.symmetry.Rescaling;
import dev.flatness.symmetry.ScaleClasses;
import dev.flatness.tensor.Shape;
import dev.flatness.testkit.NetworkArbitraries;
import dev.flatness.testkit.RandomDatasets;
import dev.flatness.training.Architectures;
import dev.flatness.training.Initialization;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** Landscapes of networks in coordinates by name. */
class LandscapeRequestTest {
  @Provide
  Arbitrary<Network> networks() {
    return NetworkArbitraries.piecewiseLinear();
  }

  private static LandscapeRequest request(Network network, Dataset data) {
    return Flatness.of(network).on(data, SquaredError.summed()).landscape().grid(3, 3).seed(4);
  }

  private static Dataset data(Network network, Seed seed) {
    return RandomDatasets.real(network, 6, seed.split("data"));
  }

  /** A small step: most networks then stay inside their chart. */
  private static final LandscapeDirections NEAR = LandscapeDirections.gaussian(1e-4);

  private static Network rescaled(Network network, Seed seed) {
    return Rescaling.random(ScaleClasses.of(network), 100, seed).applyTo(network);
  }

  @Property(tries = 100)
  void inBasisPathValuesItIsTheSameForEveryRescaling(
      @ForAll("networks") Network network, @ForAll long number) {
    Seed seed = Seed.of(number);
    Dataset data = data(network, seed);
    CoordinateSystem paths = CoordinateSystem.basisPaths(SkeletonRule.balanced());
    Landscape before;
    try {
      before = request(network, data).coordinates(paths).directions(NEAR).report().landscape();
    } catch (IllegalArgumentException noPaths) {
      Assume.that(false);
      return;
    }
    Landscape after =
        request(rescaled(network, seed), data)
            .coordinates(paths)
            .directions(NEAR)
            .report()
            .landscape();
    Assume.that(before.outside() == 0);
    assertThat(after.outside()).isZero();
    for (int i = 0; i < 9; i++) {
      assertThat(after.loss()[i]).isCloseTo(before.loss()[i], withinPercentage(1e-7));
    }
  }

  @Property(tries = 50)
  void inCanonicalWeightsItIsTheSameForEveryRescaling(
      @ForAll("networks") Network network, @ForAll long number) {
    Seed seed = Seed.of(number);
    Dataset data = data(network, seed);
    Network other = rescaled(network, seed);
    CoordinateSystem canonical = CoordinateSystem.canonical(SkeletonRule.balanced());
    Landscape before;
    try {
      before = request(network, data).coordinates(canonical).report().landscape();
    } catch (IllegalArgumentException noPaths) {
      Assume.that(false);
      return;
    }
    Landscape after = request(other, data).coordinates(canonical).report().landscape();
    for (int i = 0; i < 9; i++) {
      assertThat(after.loss()[i]).isCloseTo(before.loss()[i], withinPercentage(1e-7));
    }
  }

  @Test
  void inWeightsItIsNot() {
    for (int number = 0; number < 20; number++) {
      Network network = chain(number);
      Dataset data = data(network, Seed.of(number));
      double[] weights = request(network, data).report().landscape().loss();
      Network other = rescaled(network, Seed.of(number));
      double[] moved = request(other, data).report().landscape().loss();
      boolean same = true;
      for (int i = 0; i < 9; i++) {
        same &= Math.abs(moved[i] / weights[i] - 1) < 1e-6;
      }
      assertThat(same).as("chain " + number).isFalse();
    }
  }

  @Test
  void networksSideBySideHaveTheSameDirections() {
    Network network = chain(3);
    Network other = chain(8);
    Dataset data = RandomDatasets.real(network, 6, Seed.of(2));
    LandscapeReport both =
        request(network, data).compare(Map.of("other", other, "twin", network)).report();
    assertThat(both.slices()).hasSize(3);
    for (LandscapeReport.Slice slice : both.slices()) {
      Network its = slice.model().equals("other") ? other : network;
      double[] alone = request(its, data).report().landscape().loss();
      assertThat(slice.landscape().loss()).containsExactly(alone);
    }
    assertThat(both.recordedSettings())
        .containsEntry("directions", "gaussian")
        .containsEntry("coordinates", "weights")
        .containsKey("compare");
  }

  @Test
  void theCentreIsTheLossAndALineHasAveragedParameters() {
    Network network = chain(3);
    Network other = chain(8);
    Dataset data = RandomDatasets.real(network, 6, Seed.of(2));
    LandscapeReport found =
        request(network, data)
            .line(5)
            .range(0, 1)
            .directions(LandscapeDirections.towards(Map.of("b", other.parameterVector())))
            .report();
    assertThat(found.landscape().center()).isEqualTo(found.evaluation().loss());
    double[] theta = network.parameterVector();
    double[] end = other.parameterVector();
    Arrays.setAll(theta, i -> (theta[i] + end[i]) / 2);
    double half = request(network.withParameters(theta), data).report().evaluation().loss();
    assertThat(found.landscape().loss(2, 0)).isCloseTo(half, withinPercentage(1e-10));
  }

  @Test
  void directionsOfFiltersNeedWeights() {
    Network network = chain(3);
    LandscapeRequest request =
        request(network, RandomDatasets.real(network, 6, Seed.of(2)))
            .coordinates(CoordinateSystem.basisPaths(SkeletonRule.balanced()))
            .directions(LandscapeDirections.filterNormalized());
    assertThatThrownBy(request::report).hasMessageContaining("weights or canonical");
  }

  private static Network chain(long seed) {
    return Initialization.KAIMING.draw(
        Architectures.perceptron(Shape.of(3), List.of(5, 4), 2, Activation.RELU), Seed.of(seed));
  }
}
