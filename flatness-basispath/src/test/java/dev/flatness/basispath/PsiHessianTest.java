package dev.flatness.basispath;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.surface.Curvature;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.ParameterSet;
import dev.flatness.testkit.NetworkArbitraries;
import dev.flatness.testkit.RandomNetworks;
import dev.flatness.testkit.RandomNetworks.Architecture;
import java.util.Arrays;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;

/**
 * The Hessian in v against second differences of the loss in v, at random weights, away from any
 * minimum: the curvature of the map is in it.
 *
 * <p>Everything is compared after scaling with |v| on both sides, so that all coordinates move by
 * the same share h of themselves. At h = 2e-4 rounding contributes 4·1e-16·L/h² = 1e-8 L,
 * truncation h² times a fourth derivative, which is of the size of the curvature: 1e-5 of the
 * largest entry holds both, and what it cannot hold is a kink inside the step, seen by steps of
 * half and a quarter of the size (where the loss is rounded 16 times as much). Those draws are
 * discarded and counted; with 5 samples they are few.
 */
class PsiHessianTest {
  private static final double STEP = 2e-4;
  private static final double CLOSE = 1e-5;
  private static int drawn;
  private static int kinks;

  @Provide
  Arbitrary<Network> graphs() {
    return NetworkArbitraries.networks(
        RandomNetworks.withDefaults()
            .withArchitectures(Architecture.RESIDUAL, Architecture.CONCATENATING)
            .withMaximumParameters(80));
  }

  @Provide
  Arbitrary<Network> any() {
    return NetworkArbitraries.networks(
        RandomNetworks.withDefaults().withSmoothActivations(true).withMaximumParameters(80));
  }

  @Provide
  Arbitrary<Seed> seeds() {
    return NetworkArbitraries.seeds();
  }

  @AfterContainer
  static void fewDrawsMetAKink() {
    assertThat(kinks).isLessThanOrEqualTo(drawn / 10);
  }

  @Property(tries = 60)
  void secondDifferencesAgreeOnGraphsThatAreNoChains(
      @ForAll("graphs") Network network, @ForAll("seeds") Seed seed) {
    secondDifferencesAgree(network, seed);
  }

  @Property(tries = 40)
  void secondDifferencesAgreeOnAnyNetwork(
      @ForAll("any") Network network, @ForAll("seeds") Seed seed) {
    secondDifferencesAgree(network, seed);
  }

  @Property(tries = 20)
  void secondDifferencesAgreeOnChains(@ForAll("seeds") Seed seed, @ForAll boolean biases) {
    secondDifferencesAgree(Cases.mlp(biases, seed, 3, 4, 2, 3, 2), seed);
  }

  private static void secondDifferencesAgree(Network network, Seed seed) {
    NetworkSurface surface = Cases.surface(network, seed, 5);
    BasisPaths paths = BasisPaths.of(Skeleton.auto(network));
    BasisPathCoordinates coordinates = paths.coordinates();
    double[] v = paths.values();
    double[][] found =
        scaled(Cases.subject(surface, SkeletonRule.auto()).get(PsiPoint.FACT).point().hessian(), v);
    double[][] expected = differences(surface, coordinates, v, STEP);
    double[][] finer = differences(surface, coordinates, v, STEP / 2);
    double[][] finest = differences(surface, coordinates, v, STEP / 4);
    double size = Math.max(largest(found), surface.value(network.parameterVector()) * 1e-3);
    drawn++;
    if (distance(expected, finer) > CLOSE * size
        || distance(expected, finest) > 10 * CLOSE * size) {
      kinks++;
      return;
    }
    assertThat(distance(found, expected)).isLessThanOrEqualTo(CLOSE * size);
    psiTraceIsThatOfTheMatrix(surface, v, found);
  }

  /** The measure's formula, without any product in v. */
  private static void psiTraceIsThatOfTheMatrix(NetworkSurface surface, double[] v, double[][] h) {
    double trace = 0;
    double size = 0;
    for (int i = 0; i < v.length; i++) {
      if (v[i] == 0) {
        return;
      }
      trace += h[i][i] / (v[i] * v[i]);
      size += Math.abs(h[i][i]) / (v[i] * v[i]);
    }
    double found =
        PsiTrace.withDefaults()
            .evaluate(Cases.subject(surface, SkeletonRule.auto()).withSeed(Cases.SEED))
            .get(0)
            .value();
    assertThat(found).isCloseTo(trace, within(1e-9 * size));
  }

  /**
   * Without Σ ∂L/∂w ∇²w the matrix is another one, by as much as that term has; a draw whose units
   * are all off has none.
   */
  @Property(tries = 20)
  void withoutTheCurvatureOfTheMapDifferencesDoNotAgree(@ForAll("seeds") Seed seed) {
    Network network = Cases.mlp(true, seed, 3, 4, 2, 3, 2);
    NetworkSurface surface = Cases.surface(network, seed);
    BasisPathCoordinates coordinates = BasisPaths.of(Skeleton.diagonal(network)).coordinates();
    double[] v = coordinates.paths().values();
    double[] theta = network.parameterVector();
    SymmetricOperator outer =
        surface.curvature(Curvature.HESSIAN, theta, ParameterSet.all(theta.length));
    double[][] whole =
        scaled(
            Cases.subject(surface, SkeletonRule.diagonal()).get(PsiPoint.FACT).point().hessian(),
            v);
    double[] gradient = new double[theta.length];
    surface.valueAndGradient(theta, gradient);
    double term = 0;
    for (int i = 0; i < v.length; i++) {
      int e = coordinates.paths().position(i);
      boolean divided = coordinates.paths().divisor(i) >= 0;
      term = Math.max(term, divided ? Math.abs(gradient[e] * theta[e]) : 0);
    }
    Assume.that(term > 1e-2 * largest(whole));
    double[][] conjugated = new double[v.length][v.length];
    var derivative = coordinates.derivativeAt(v);
    for (int i = 0; i < v.length; i++) {
      double[] unit = new double[v.length];
      double[] column = new double[theta.length];
      unit[i] = v[i];
      derivative.push(unit, column);
      derivative.pull(outer.apply(column), conjugated[i]);
      for (int j = 0; j < v.length; j++) {
        conjugated[i][j] *= v[j];
      }
    }
    assertThat(distance(conjugated, whole)).isGreaterThan(0.9 * term);
  }

  private static double[][] scaled(SymmetricOperator hessian, double[] v) {
    double[][] matrix = new double[v.length][];
    for (int i = 0; i < v.length; i++) {
      double[] unit = new double[v.length];
      unit[i] = v[i];
      matrix[i] = hessian.apply(unit);
      for (int j = 0; j < v.length; j++) {
        matrix[i][j] *= v[j];
      }
    }
    return matrix;
  }

  private static double[][] differences(
      NetworkSurface surface, BasisPathCoordinates coordinates, double[] v, double h) {
    double[][] matrix = new double[v.length][v.length];
    for (int i = 0; i < v.length; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = 0;
        for (int a = -1; a <= 1; a += 2) {
          for (int b = -1; b <= 1; b += 2) {
            double[] moved = v.clone();
            moved[i] += a * h * v[i];
            moved[j] += b * h * v[j];
            sum += a * b * surface.value(coordinates.parametersAt(moved));
          }
        }
        matrix[i][j] = sum / (4 * h * h);
        matrix[j][i] = matrix[i][j];
      }
    }
    return matrix;
  }

  private static double largest(double[][] matrix) {
    return Arrays.stream(matrix).mapToDouble(Cases::largest).max().orElse(0);
  }

  private static double distance(double[][] a, double[][] b) {
    double largest = 0;
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < a.length; j++) {
        largest = Math.max(largest, Math.abs(a[i][j] - b[i][j]));
      }
    }
    return largest;
  }
}
