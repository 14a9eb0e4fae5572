package dev.flatness.symmetry;

import static dev.flatness.symmetry.ScaleClassesTest.ones;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.network.GraphBuilder;
import dev.flatness.network.Network;
import dev.flatness.network.Parameter;
import dev.flatness.network.SequentialBuilder;
import dev.flatness.random.Seed;
import dev.flatness.tensor.Tensor;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class OrbitProblemTest {
  /** One unit a layer, no biases. */
  private static ScaleClasses chain(int layers) {
    SequentialBuilder builder = Network.sequential(1);
    for (int i = 0; i < layers; i++) {
      builder.dense("l" + i, ones(1, 1), null).relu();
    }
    return ScaleClasses.of(builder.build());
  }

  @Test
  void aChainEndsWithEqualTermsOfTheSameProduct() {
    OrbitMinimum minimum = OrbitProblem.of(chain(3), new double[] {64, 1, 1}).solve();
    assertThat(minimum.value()).isCloseTo(3 * 4, within(1e-12));
    assertThat(minimum.rescaling().factors()[0]).isCloseTo(1 / 4.0, within(1e-12));
    assertThat(minimum.rescaling().factors()[1]).isCloseTo(1 / 2.0, within(1e-12));
    assertThat(minimum.converged()).isTrue();
    assertThat(minimum.residual()).isLessThanOrEqualTo(1e-12);
    assertThat(minimum.droppedEdges()).isZero();
  }

  @Test
  void aDeepChainOfWildlyDifferentTermsConverges() {
    int layers = 60;
    RandomGenerator generator = Seed.of(1).generator();
    double[] a = new double[layers];
    double logarithms = 0;
    for (int i = 0; i < layers; i++) {
      a[i] = Math.exp(40 * generator.nextDouble() - 20);
      logarithms += Math.log(a[i]);
    }
    OrbitMinimum minimum = OrbitProblem.of(chain(layers), a).solve();
    double expected = layers * Math.exp(logarithms / layers);
    assertThat(minimum.residual()).isLessThanOrEqualTo(1e-12);
    assertThat(minimum.value()).isCloseTo(expected, within(1e-10 * expected));
  }

  @Test
  void termsThatCanTendToZeroAreDroppedAndTheirNeighboursLookedAtAgain() {
    OrbitProblem problem = OrbitProblem.of(chain(3), new double[] {5, 7, 0});
    assertThat(problem.attained()).isFalse();
    OrbitMinimum minimum = problem.solve();
    assertThat(minimum.value()).isZero();
    assertThat(minimum.droppedEdges()).isEqualTo(2);
    assertThat(minimum.rescaling().factors()).containsExactly(1, 1);
    assertThat(minimum.unboundedClasses()).containsExactly(0, 1);
  }

  /** Sums 4·16, 1·9 and 9·16 of a 2-4-4-1 chain: 3 times the cube root of their product. */
  @Test
  void oneFactorALayerEndsWithEqualSumsOfTheSameProduct() {
    Network network =
        Network.sequential(2)
            .dense("a", ones(4, 2), null)
            .relu()
            .dense("b", ones(4, 4), null)
            .relu()
            .dense("c", ones(1, 4), null)
            .build();
    double[] a = new double[28];
    Arrays.fill(a, 0, 8, 8);
    Arrays.fill(a, 8, 24, 9.0 / 16);
    Arrays.fill(a, 24, 28, 36);
    ScaleClasses classes = ScaleClasses.of(network);
    OrbitMinimum minimum = OrbitProblem.layerWise(classes, a).solve();
    double expected = 3 * Math.cbrt(64.0 * 9 * 144);
    assertThat(minimum.value()).isCloseTo(expected, within(1e-13 * expected));
    double[] factors = minimum.rescaling().factors();
    assertThat(factors).hasSize(8);
    for (int unit = 1; unit < 4; unit++) {
      assertThat(factors[unit]).isEqualTo(factors[0]);
      assertThat(factors[4 + unit]).isEqualTo(factors[4]);
    }
    assertThat(64 * factors[0] * factors[0]).isCloseTo(expected / 3, within(1e-12 * expected));
  }

  @Test
  void aCommonShiftThatChangesNothingIsNoObstacle() {
    SeparableProblem.Minimum minimum =
        SeparableProblem.over(3).add(0, 1, 9).add(1, 2, 4).add(2, 0, 6).build().solve();
    assertThat(minimum.value()).isCloseTo(3 * Math.cbrt(9.0 * 4 * 6), within(1e-12));
    assertThat(minimum.factors()[0]).isEqualTo(1);
    assertThat(minimum.residual()).isLessThanOrEqualTo(1e-12);
    assertThat(minimum.unbounded()).isEmpty();
  }

  @Test
  void edgesThatDoNotMoveAreConstants() {
    int fixed = SeparableProblem.FIXED;
    assertThat(SeparableProblem.over(1).add(fixed, fixed, 2).add(0, 0, 3).build().solve().value())
        .isEqualTo(5);
    assertThatThrownBy(() -> SeparableProblem.over(2).add(0, 2, 1))
        .hasMessage("an edge ends at variable 2, expected 0 to 1, or -1 for a fixed end");
  }

  @Test
  void aLinearTermHoldsWhatWouldTendToZero() {
    // A e^{2x} − 2Bx is least at x = ½ ln(B/A).
    OrbitProblem problem = OrbitProblem.of(chain(2), new double[] {5, 0}, new double[] {20, 0});
    assertThat(problem.attained()).isTrue();
    OrbitMinimum minimum = problem.solve();
    assertThat(minimum.rescaling().factors()[0]).isCloseTo(2, within(1e-12));
    assertThat(minimum.value()).isCloseTo(20 - 40 * Math.log(2), within(1e-11));
  }

  @Test
  void whatDoesNotMoveCountsOnce() {
    GraphBuilder graph = Network.builder(1);
    int weight = graph.parameter("shared", Parameter.Role.WEIGHT, ones(1, 1));
    int first = graph.dense("first", 0, weight, -1);
    Network network = graph.build(graph.dense("second", first, weight, -1));
    OrbitMinimum minimum = OrbitProblem.of(ScaleClasses.of(network), new double[] {3}).solve();
    assertThat(minimum.value()).isEqualTo(3);
  }

  @Test
  void theMinimumNormGaugeBalancesEveryUnitAndPrunesDeadOnes() {
    Network network =
        Network.sequential(1)
            .dense("a", Tensor.of(new double[] {8, 3}, 2, 1), null)
            .relu()
            .dense("b", Tensor.of(new double[] {2, 0}, 1, 2), null)
            .build();
    double[] theta = Gauge.minimumNorm(network).parameterVector();
    assertThat(theta[0]).isCloseTo(4, within(1e-12));
    assertThat(theta[2]).isCloseTo(4, within(1e-12));
    assertThat(theta[1]).isZero();
    assertThat(theta[3]).isZero();
  }

  @Test
  void refusesCoefficientsOutOfRange() {
    ScaleClasses classes = chain(2);
    assertThatThrownBy(() -> OrbitProblem.of(classes, new double[] {1}))
        .hasMessage("there are 1 and 1 coefficients, expected one per parameter (2)");
    assertThatThrownBy(() -> OrbitProblem.of(classes, new double[] {1, -1}))
        .hasMessage(
            "parameter entry 1: coefficient A is -1.0, expected a finite number of at least 0");
    assertThatThrownBy(() -> OrbitProblem.of(classes, new double[] {1, 0}, new double[] {0, 2}))
        .hasMessage(
            "parameter entry 1: coefficient B is 2.0, expected a finite number of at least 0, and"
                + " 0 where A is 0");
    assertThatThrownBy(() -> OrbitProblem.of(classes, new double[] {1, 1}).withTolerance(0))
        .hasMessage("tolerance is 0.0, expected a number between 0 and 1");
  }
}
