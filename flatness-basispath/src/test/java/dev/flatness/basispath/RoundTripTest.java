package dev.flatness.basispath;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.symmetry.Permutation;
import dev.flatness.symmetry.Rescaling;
import dev.flatness.symmetry.ScaleClasses;
import dev.flatness.testkit.NetworkArbitraries;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Weights → values → weights on networks of uneven widths, bottlenecks, convolutions, sums and
 * branches.
 */
class RoundTripTest {
  private static final int[][] WIDTHS = {
    {5, 7, 3, 9, 2, 6, 4}, {6, 1, 5, 2}, {3, 8, 8, 1}, {4, 2, 7, 2, 7, 3}, {2, 5}
  };

  @Provide
  Arbitrary<Network> networks() {
    Arbitrary<Network> chains =
        NetworkArbitraries.seeds()
            .map(
                seed -> {
                  RandomGenerator random = seed.generator();
                  int[] widths = WIDTHS[random.nextInt(WIDTHS.length)];
                  return Cases.mlp(random.nextBoolean(), seed.split("weights"), widths);
                });
    return Arbitraries.oneOf(
        chains, NetworkArbitraries.anyNetwork(), NetworkArbitraries.piecewiseLinear());
  }

  @Provide
  Arbitrary<Seed> seeds() {
    return NetworkArbitraries.seeds();
  }

  /** A chain has both rules, other graphs one. */
  private static Skeleton skeleton(Network network, Seed seed) {
    return (seed.split("rule").value() & 1) == 0
        ? Skeleton.balanced(network)
        : Skeleton.auto(network);
  }

  @Property(tries = 300)
  void theNetworksOwnValuesGiveItsWeightsBitByBit(
      @ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    BasisPaths paths = BasisPaths.of(skeleton(network, seed));
    assertThat(paths.coordinates().parametersAt(paths.values()))
        .isEqualTo(network.parameterVector());
  }

  @Property(tries = 300)
  void thereAreAsManyPathsAsWeightsLessHiddenUnits(
      @ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    BasisPaths paths = BasisPaths.of(skeleton(network, seed));
    int[] living = new int[1];
    for (int e = 0; e < network.parameterCount(); e++) {
      living[0] += paths.graph().isEdge(e) ? 1 : 0;
    }
    assertThat(paths.count()).isEqualTo(living[0] - paths.skeleton().hiddenUnits());
    assertThat(paths.stream().mapToInt(path -> path.coordinateEdge().position()).distinct().count())
        .isEqualTo(paths.count());
  }

  /**
   * Factors within [1e-3, 1e3]. A value is a product of at most some twenty factors, each rounded a
   * few times: 1e-12 relative is a hundred times that.
   */
  @Property(tries = 300)
  void valuesDoNotChangeUnderRescalingsOfSixOrders(
      @ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    Network other = Rescaling.random(ScaleClasses.of(network), 1e3, seed).applyTo(network);
    BasisPaths one = BasisPaths.of(skeleton(network, seed));
    BasisPaths two = BasisPaths.of(skeleton(other, seed));
    assertThat(two.skeleton().freeEdges()).isEqualTo(one.skeleton().freeEdges());
    assertThat(two.skeleton().inEdges()).isEqualTo(one.skeleton().inEdges());
    double[] a = one.values();
    double[] b = two.values();
    for (int i = 0; i < a.length; i++) {
      assertThat(b[i]).isCloseTo(a[i], within(1e-12 * Math.abs(a[i])));
    }
    assertThat(two.radius()).isCloseTo(one.radius(), within(1e-12 * one.radius()));
    // The gauge in which columns are compared is known to about 1e-12, and meets them squared.
    assertThat(two.conditioning()).isCloseTo(one.conditioning(), within(1e-6 * one.conditioning()));
  }

  @Property(tries = 200)
  void weightsOfAnotherGaugeComeBackInThisOneWithTheirFunction(
      @ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    BasisPathCoordinates coordinates = BasisPaths.of(skeleton(network, seed)).coordinates();
    Network other = Rescaling.random(ScaleClasses.of(network), 1e3, seed).applyTo(network);
    double[] again = coordinates.parametersAt(coordinates.coordinatesOf(other.parameterVector()));
    sameFunction(network.withParameters(again), other, seed);
    double[] theta = network.parameterVector();
    for (int e = 0; e < theta.length; e++) {
      assertThat(again[e]).isCloseTo(theta[e], within(1e-11 * Math.abs(theta[e])));
    }
  }

  @Property(tries = 200)
  void movedValuesAreFoundAgainFromTheirWeights(
      @ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    BasisPathCoordinates coordinates = BasisPaths.of(skeleton(network, seed)).coordinates();
    RandomGenerator random = seed.split("move").generator();
    double[] moved = coordinates.paths().values();
    for (int i = 0; i < moved.length; i++) {
      moved[i] *= 0.1 + 3 * random.nextDouble();
    }
    double[] again = coordinates.coordinatesOf(coordinates.parametersAt(moved));
    for (int i = 0; i < moved.length; i++) {
      assertThat(again[i]).isCloseTo(moved[i], within(1e-12 * Math.abs(moved[i])));
    }
  }

  @Property(tries = 200)
  void theCanonicalNetworkIsTheSameFunctionWithTheSameValues(
      @ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    BasisPaths paths = BasisPaths.of(skeleton(network, seed));
    Network canonical = paths.canonical();
    sameFunction(canonical, network, seed);
    double[] theta = canonical.parameterVector();
    for (int e : paths.skeleton().freeEdges()) {
      assertThat(Math.abs(theta[e])).isCloseTo(1, within(1e-14));
      assertThat(Math.signum(theta[e])).isEqualTo(Math.signum(network.parameterVector()[e]));
    }
    double[] values = paths.values();
    double[] again = paths.valuesAt(theta);
    for (int i = 0; i < values.length; i++) {
      assertThat(again[i]).isCloseTo(values[i], within(1e-12 * Math.abs(values[i])));
    }
  }

  @Property(tries = 60)
  void twoNetworksOfAnOrbitHaveOneCanonicalNetwork(
      @ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    Network moved = Rescaling.random(ScaleClasses.of(network), 1000, seed).applyTo(network);
    Network one = BasisPaths.of(Skeleton.balanced(network)).canonical();
    for (Network other : List.of(moved, one)) {
      double[] theta = BasisPaths.of(Skeleton.balanced(other)).canonical().parameterVector();
      for (int i = 0; i < theta.length; i++) {
        double expected = one.parameterVector()[i];
        assertThat(theta[i]).isCloseTo(expected, within(1e-9 * Math.abs(expected)));
      }
    }
  }

  @Property(tries = 200)
  void theBalancedRuleFollowsPermutationsOfUnits(
      @ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    Network permuted = Permutation.random(network, seed).applyTo(network);
    double[] one = BasisPaths.of(Skeleton.balanced(network)).values();
    double[] two = BasisPaths.of(Skeleton.balanced(permuted)).values();
    Arrays.sort(one);
    Arrays.sort(two);
    assertThat(two).hasSameSizeAs(one);
    for (int i = 0; i < one.length; i++) {
      assertThat(two[i]).isCloseTo(one[i], within(1e-12 * Math.abs(one[i])));
    }
  }

  /**
   * ∂w/∂v = diag(w) E diag(1/v) with E of 0 and ±1: the rank of E by integers is that of the
   * Jacobian.
   */
  @Property(tries = 100)
  void theJacobianHasFullRank(@ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    BasisPathCoordinates coordinates = BasisPaths.of(skeleton(network, seed)).coordinates();
    double[] v = coordinates.paths().values();
    double[] theta = network.parameterVector();
    if (Arrays.stream(v).anyMatch(x -> x == 0)) {
      return;
    }
    IntegerRank rank = new IntegerRank(theta.length);
    var derivative = coordinates.derivativeAt(v);
    for (int i = 0; i < v.length; i++) {
      double[] unit = new double[v.length];
      double[] column = new double[theta.length];
      unit[i] = v[i];
      derivative.push(unit, column);
      long[] entries = new long[theta.length];
      for (int e = 0; e < theta.length; e++) {
        double entry = theta[e] == 0 ? 0 : column[e] / theta[e];
        entries[e] = Math.round(entry);
        assertThat(entry).isCloseTo(entries[e], within(1e-10));
        assertThat(Math.abs(entries[e])).isLessThanOrEqualTo(1);
      }
      assertThat(rank.add(entries)).as("column %d", i).isTrue();
    }
    assertThat(rank.rank()).isEqualTo(coordinates.paths().count());
  }

  private static void sameFunction(Network one, Network two, Seed seed) {
    double[] a = Cases.outputs(one, seed);
    double[] b = Cases.outputs(two, seed);
    for (int i = 0; i < a.length; i++) {
      assertThat(a[i]).isCloseTo(b[i], within(1e-10 * Cases.largest(b)));
    }
  }

  /** The widths of the issue are drawn with and without biases by themselves too. */
  @Property(tries = 40)
  void unevenWidthsHaveBothRules(@ForAll("seeds") Seed seed, @ForAll boolean biases) {
    Network network = Cases.mlp(biases, seed, 5, 7, 3, 9, 2, 6, 4);
    for (Skeleton skeleton :
        new Skeleton[] {Skeleton.diagonal(network), Skeleton.balanced(network)}) {
      BasisPaths paths = BasisPaths.of(skeleton);
      assertThat(skeleton.hiddenUnits()).isEqualTo(7 + 3 + 9 + 2 + 6);
      assertThat(paths.count()).isEqualTo(network.parameterCount() - 27);
    }
  }

  /** Lemma 5.1 on every path of uneven widths that are small enough to list. */
  @Property(tries = 20)
  void everyPathOfUnevenWidthsIsAProductOfBasisPaths(
      @ForAll("seeds") Seed seed, @ForAll boolean biases) {
    Network network = Cases.mlp(biases, seed, 3, 4, 2, 5, 2, 3, 2);
    assertThat(PathMatrix.of(network).size()).isGreaterThanOrEqualTo(1440);
    for (Skeleton skeleton :
        new Skeleton[] {Skeleton.diagonal(network), Skeleton.balanced(network)}) {
      PathMatrixTest.agrees(network, BasisPaths.of(skeleton));
    }
  }
}
