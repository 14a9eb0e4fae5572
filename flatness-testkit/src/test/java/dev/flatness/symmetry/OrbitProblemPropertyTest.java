package dev.flatness.symmetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.testkit.NetworkArbitraries;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import net.jqwik.api.Arbitrary;
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
    assertThat(problem.attained()).isTrue();
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
