package dev.flatness.symmetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.testkit.NetworkArbitraries;
import java.util.Arrays;
import java.util.BitSet;
import java.util.random.RandomGenerator;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class OrbitProblemPropertyTest {
  @Provide
  Arbitrary<Network> networks() {
    return NetworkArbitraries.anyNetwork();
  }

  @Provide
  Arbitrary<Seed> seeds() {
    return NetworkArbitraries.seeds();
  }

  @Property
  void theMinimumNormGaugeIsOneForAWholeOrbit(
      @ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    Network gauged = Gauge.minimumNorm(network);
    RescalingPropertyTest.assertSameFunction(network, gauged, seed.split("input"), 1e-12);
    Rescaling rescaling = Rescaling.random(ScaleClasses.of(network), 1000, seed.split("factors"));
    double[] expected = gauged.parameterVector();
    double[] actual = Gauge.minimumNorm(rescaling.applyTo(network)).parameterVector();
    for (int i = 0; i < expected.length; i++) {
      RescalingPropertyTest.assertClose(actual[i], expected[i], 1e-8);
    }
    assertThat(norm(gauged)).isLessThanOrEqualTo(norm(network) * (1 + 1e-14));
    assertThat(norm(gauged)).isLessThanOrEqualTo(norm(rescaling.applyTo(gauged)) * (1 + 1e-14));
  }

  /** No point nearby is lower, whatever the coefficients; a second start finds the same value. */
  @Property
  void theMinimumIsLowerThanItsNeighbours(
      @ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    ScaleClasses classes = ScaleClasses.of(network);
    RandomGenerator generator = seed.split("coefficients").generator();
    double[] a = new double[network.parameterCount()];
    double[] b = new double[a.length];
    Arrays.setAll(a, i -> Math.exp(10 * generator.nextDouble() - 5));
    Arrays.setAll(b, i -> generator.nextBoolean() ? 0 : generator.nextDouble());
    OrbitProblem problem = OrbitProblem.of(classes, a, b);
    OrbitMinimum minimum = problem.solve();
    // A unit that a linear map drops has no edge out of it.
    Assume.that(problem.attained());
    assertThat(minimum.converged()).as("%s", minimum).isTrue();
    double[] best = minimum.rescaling().factors();
    double size = magnitude(classes, a, b, minimum.rescaling());
    assertThat(value(classes, a, b, minimum.rescaling()))
        .isBetween(minimum.value() - 1e-11 * size, minimum.value() + 1e-11 * size);
    for (int trial = 0; trial < 10; trial++) {
      double[] other = best.clone();
      Arrays.setAll(other, c -> best[c] * Math.exp(generator.nextGaussian() * 0.1));
      assertThat(value(classes, a, b, Rescaling.of(classes, other)))
          .isGreaterThanOrEqualTo(minimum.value() - 1e-11 * size);
    }
  }

  /** Six orders of magnitude and more: the solver starts from the same bits. */
  @Property
  void powersOfTwoLeadToTheSameMinimumBitForBit(
      @ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    ScaleClasses classes = ScaleClasses.of(network);
    RandomGenerator generator = seed.split("coefficients").generator();
    double[] a = new double[network.parameterCount()];
    Arrays.setAll(a, i -> generator.nextInt(4) == 0 ? 0 : Math.exp(10 * generator.nextGaussian()));
    Rescaling rescaling = Rescaling.randomPowersOfTwo(classes, 20, seed.split("factors"));
    double[] moved = a.clone();
    BitSet seen = new BitSet();
    classes.forEachEdge(
        (position, from, to) -> {
          if (!seen.get(position)) {
            double ratio = rescaling.factor(from) / rescaling.factor(to);
            moved[position] *= ratio * ratio;
            seen.set(position);
          }
        });
    OrbitMinimum expected = OrbitProblem.of(classes, a).solve();
    OrbitMinimum found = OrbitProblem.of(classes, moved).solve();
    assertThat(found.value()).isEqualTo(expected.value());
    assertThat(found.residual()).isEqualTo(expected.residual());
    assertThat(found.unboundedClasses()).isEqualTo(expected.unboundedClasses());
    if (expected.droppedEdges() == 0) {
      // What is joined to an anchored class is moved back by exactly what it was moved.
      double[] there = found.rescaling().factors();
      double[] here = expected.rescaling().factors();
      for (int c = 0; c < here.length; c++) {
        assertThat(there[c]).isIn(here[c], here[c] * rescaling.factor(c));
      }
    }
  }

  /** A subgroup cannot do better than the group; no rescaling of its own does better than it. */
  @Property
  void theLayerWiseMinimumIsBetweenTheOrbitsAndThatOfAnyLayerWiseRescaling(
      @ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    ScaleClasses classes = ScaleClasses.of(network);
    RandomGenerator generator = seed.split("coefficients").generator();
    double[] a = new double[network.parameterCount()];
    Arrays.setAll(a, i -> Math.exp(6 * generator.nextDouble()));
    Assume.that(OrbitProblem.of(classes, a).attained());
    OrbitMinimum minimum = OrbitProblem.layerWise(classes, a).solve();
    assertThat(minimum.converged()).isTrue();
    assertThat(minimum.value())
        .isGreaterThanOrEqualTo(OrbitProblem.of(classes, a).solve().value() * (1 - 1e-12));
    double[] none = new double[a.length];
    Rescaling best = minimum.rescaling();
    assertThat(minimum.value())
        .isBetween(
            value(classes, a, none, best) * (1 - 1e-12),
            value(classes, a, none, best) * (1 + 1e-12));
    for (int trial = 0; trial < 10; trial++) {
      Rescaling near = Rescaling.randomLayerWise(classes, 1.2, seed.split(trial));
      assertThat(value(classes, a, none, best.compose(near)))
          .isGreaterThanOrEqualTo(minimum.value() * (1 - 1e-12));
    }
  }

  private static double norm(Network network) {
    return Arrays.stream(network.parameterVector()).map(w -> w * w).sum();
  }

  private static double value(ScaleClasses classes, double[] a, double[] b, Rescaling at) {
    double[] sum = new double[1];
    classes.forEachEdge(
        (position, from, to) -> {
          double ratio = at.factor(to) / at.factor(from);
          sum[0] += a[position] * ratio * ratio - 2 * b[position] * Math.log(ratio);
        });
    return sum[0];
  }

  private static double magnitude(ScaleClasses classes, double[] a, double[] b, Rescaling at) {
    double[] sum = new double[1];
    classes.forEachEdge(
        (position, from, to) -> {
          double ratio = at.factor(to) / at.factor(from);
          sum[0] += a[position] * ratio * ratio + 2 * b[position] * Math.abs(Math.log(ratio));
        });
    return sum[0];
  }
}
