package dev.flatness.spectral;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.hessian.Cases;
import dev.flatness.internal.linalg.Vectors;
import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.measure.Status;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.testkit.RandomNetworks;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DiagonalEstimatorTest {
  private static final int N = 60;

  /** Clustered, repeated, zero, indefinite, ill-conditioned, of rank one. */
  private static Map<String, SymmetricOperator> prescribed() {
    Map<String, SymmetricOperator> operators = new LinkedHashMap<>();
    double[] clustered = Spectra.evenly(N, 1, 1 + 1e-6);
    clustered[0] = 50;
    operators.put("clustered", Spectra.withEigenvalues(clustered));
    double[] repeated = new double[N];
    Arrays.fill(repeated, 0, N / 2, 3);
    operators.put("repeated", Spectra.withEigenvalues(repeated));
    operators.put("indefinite", Spectra.withEigenvalues(Spectra.evenly(N, -2, 5)));
    operators.put("ill-conditioned", Spectra.withEigenvalues(Spectra.logarithmically(N, 1e-12, 1)));
    double[] one = new double[N];
    one[7] = 4;
    operators.put("rank one", Spectra.withEigenvalues(one));
    return operators;
  }

  private static double[] exact(SymmetricOperator operator) {
    DenseSymmetric dense = DenseSymmetric.of(operator);
    double[] diagonal = new double[dense.dimension()];
    Arrays.setAll(diagonal, i -> dense.entry(i, i));
    return diagonal;
  }

  /**
   * One entry a seed, so that hits are independent: 1,000 intervals of ± 2 standard errors from 64
   * probes, 95.0 % by Student's t; four binomial deviations are 2.8 %. Samples are sums of few
   * signs for matrices of low rank, which costs up to 2 % more.
   */
  private static void assertHonest(String name, SymmetricOperator operator) {
    double[] truth = exact(operator);
    DiagonalEstimator estimator = DiagonalEstimator.withDefaults().withBudget(64);
    // A matrix that small would be multiplied out.
    assertThat(operator.dimension()).as(name).isGreaterThanOrEqualTo(40);
    SymmetricOperator padded = padded(operator, 65);
    int held = 0;
    int runs = 1000;
    for (int run = 0; run < runs; run++) {
      DiagonalEstimate found = estimator.estimate(padded, Seed.of(5).split(run));
      int i = run % truth.length;
      double rounding = 1e-15 * Vectors.norm(truth);
      held +=
          Math.abs(found.values()[i] - truth[i]) <= 2 * found.standardErrors()[i] + rounding
              ? 1
              : 0;
      assertThat(found.outcome().method()).isEqualTo("probes");
      assertThat(found.outcome().products()).hasValue(64);
    }
    assertThat(held / (double) runs).as(name).isBetween(0.90, 0.98);
  }

  /** The same operator with rows of zeros behind. */
  private static SymmetricOperator padded(SymmetricOperator operator, int n) {
    int own = operator.dimension();
    return own >= n
        ? operator
        : SymmetricOperator.of(n, x -> Arrays.copyOf(operator.apply(Arrays.copyOf(x, own)), n));
  }

  @Test
  void intervalsHoldTheDiagonalOfPrescribedSpectraAtTheirRate() {
    prescribed().forEach(DiagonalEstimatorTest::assertHonest);
  }

  @Test
  void intervalsHoldTheDiagonalOfSmoothNetworksAtTheirRate() {
    int tested = 0;
    for (long draw = 0; tested < 3; draw++) {
      Network network =
          RandomNetworks.withDefaults().withSmoothActivations(true).draw(Seed.of(draw));
      if (network.piecewiseLinear() || network.parameterCount() < 70) {
        continue;
      }
      NetworkSurface surface = Cases.surface(network, Seed.of(draw));
      DenseSymmetric hessian = DenseSymmetric.of(surface.hessian(network.parameterVector()));
      // Entries that hardly vary are covered as well; those that never do are exact.
      assertHonest("network " + draw, hessian);
      tested++;
    }
  }

  /** The errors are those of the formula: √(Σ_{j≠i} A_ij² / N), to the accuracy of a deviation. */
  @Test
  void standardErrorsAreThoseOfTheFormula() {
    DenseSymmetric a = Spectra.gaussian(N, 3);
    int probes = 50;
    DiagonalEstimator estimator = DiagonalEstimator.withDefaults().withBudget(probes);
    double[] squares = new double[N];
    int runs = 200;
    for (int run = 0; run < runs; run++) {
      double[] errors = estimator.estimate(a, Seed.of(1).split(run)).standardErrors();
      for (int i = 0; i < N; i++) {
        squares[i] += errors[i] * errors[i] / runs;
      }
    }
    for (int i = 0; i < N; i++) {
      double variance = 0;
      for (int j = 0; j < N; j++) {
        variance += j == i ? 0 : a.entry(i, j) * a.entry(i, j) / probes;
      }
      // A variance of 50 samples is known to 20 %, the mean of 200 of them to 1.4 %.
      assertThat(squares[i]).isCloseTo(variance, within(0.06 * variance));
    }
  }

  @Test
  void isExactWhereItCanBe() {
    SymmetricOperator small = Spectra.gaussian(20, 4);
    DiagonalEstimate rows = DiagonalEstimator.withDefaults().estimate(small, Seed.of(1));
    assertThat(rows.values()).containsExactly(exact(small));
    assertThat(rows.standardErrors()).containsOnly(0);
    assertThat(rows.outcome().method()).isEqualTo("products");
    assertThat(rows.outcome().products()).hasValue(20);

    DiagonalEstimate zero =
        DiagonalEstimator.withDefaults()
            .withTarget(0.01)
            .estimate(SymmetricOperator.of(500, x -> new double[500]), Seed.of(1));
    assertThat(zero.values()).containsOnly(0);
    assertThat(zero.standardErrors()).containsOnly(0);
    assertThat(zero.outcome().reason()).hasValue("the standard errors met their target");

    double[] entries = Spectra.evenly(500, -1, 2);
    DiagonalEstimate diagonal =
        DiagonalEstimator.withDefaults()
            .estimate(
                SymmetricOperator.of(
                    500,
                    x -> {
                      double[] y = x.clone();
                      Arrays.setAll(y, i -> entries[i] * x[i]);
                      return y;
                    }),
                Seed.of(1));
    assertThat(diagonal.values()).containsExactly(entries);
    assertThat(diagonal.standardErrors()).containsOnly(0);
  }

  @Test
  void stopsAtTheTargetAndAtTheTimeLimit() {
    SymmetricOperator operator = Spectra.withEigenvalues(Spectra.evenly(400, 9, 10));
    DiagonalEstimate met =
        DiagonalEstimator.withDefaults().withTarget(0.01).estimate(operator, Seed.of(2));
    assertThat(met.outcome().products().orElseThrow()).isLessThan(96);
    assertThat(met.outcome().reason()).hasValue("the standard errors met their target");
    assertThat(Vectors.norm(met.standardErrors())).isLessThan(0.01 * Vectors.norm(met.values()));

    SymmetricOperator hard = Spectra.gaussian(150, 4);
    DiagonalEstimate spent =
        DiagonalEstimator.withDefaults().withTarget(0.01).estimate(hard, Seed.of(2));
    assertThat(spent.outcome().reason()).hasValue("the budget of 96 products is spent");

    DiagonalEstimate late =
        DiagonalEstimator.withDefaults().estimate(hard, Seed.of(2), Spectra.LATE);
    assertThat(late.outcome().products()).hasValue(8);
    assertThat(late.outcome().reason()).hasValue("the monitor stopped the work");
    assertThat(met.outcome().status()).isEqualTo(Status.ESTIMATED);
    assertThat(spent.outcome().status()).isEqualTo(Status.ESTIMATED);
    assertThat(late.outcome().status()).isEqualTo(Status.NOT_CONVERGED);
  }

  @Test
  void blocksChangeNothingAndMoreProbesGoOn() {
    SymmetricOperator operator = Spectra.gaussian(150, 4);
    DiagonalEstimate one =
        DiagonalEstimator.withDefaults().withBlock(1).estimate(operator, Seed.of(2));
    DiagonalEstimate wide =
        DiagonalEstimator.withDefaults().withBlock(40).estimate(operator, Seed.of(2));
    assertThat(wide.values()).containsExactly(one.values());
    assertThat(wide.standardErrors()).containsExactly(one.standardErrors());
  }

  @Test
  void refusesBudgetsWithoutAnError() {
    assertThatThrownBy(() -> DiagonalEstimator.withDefaults().withBudget(1))
        .hasMessage(
            "the budget of the diagonal is 1 products, expected at least 2 for a standard error");
    assertThatThrownBy(() -> DiagonalEstimator.withDefaults().withTarget(1))
        .hasMessageContaining("the target of the diagonal is 1.0");
    assertThatThrownBy(() -> DiagonalEstimator.withDefaults().withBlock(0))
        .hasMessage("the block is 0, expected at least 1");
  }
}
