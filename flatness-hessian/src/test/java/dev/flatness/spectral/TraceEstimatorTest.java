package dev.flatness.spectral;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.internal.linalg.Vectors;
import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Status;
import dev.flatness.random.Seed;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class TraceEstimatorTest {
  private static final List<TraceEstimator> ALL =
      List.of(TraceEstimator.hutchinson(), TraceEstimator.hutchPlusPlus(), TraceEstimator.xTrace());

  private static double[] decaying(int n) {
    double[] values = new double[n];
    Arrays.setAll(values, i -> Math.pow(0.8, i));
    return values;
  }

  private static double[] indefinite(int n) {
    double[] values = Spectra.evenly(n, -1, 2);
    values[0] = 30;
    values[1] = -12;
    return values;
  }

  private static double rootMeanSquare(
      TraceEstimator estimator, SymmetricOperator operator, double trace) {
    double sum = 0;
    int trials = 60;
    for (int i = 0; i < trials; i++) {
      double error = estimator.estimate(operator, Seed.of(100).split(i)).value() - trace;
      sum += error * error;
    }
    return Math.sqrt(sum / trials);
  }

  @Test
  void theTruthLiesInTheIntervalAsOftenAsItShould() {
    for (double[] values : List.of(indefinite(150), Spectra.evenly(150, 0, 1))) {
      SymmetricOperator operator = Spectra.withEigenvalues(values);
      double trace = Arrays.stream(values).sum();
      for (TraceEstimator estimator : ALL) {
        int trials = 200;
        int covered = 0;
        for (int i = 0; i < trials; i++) {
          Outcome found = estimator.withBudget(48).estimate(operator, Seed.of(3).split(i));
          assertThat(found.products()).hasValue(48);
          // Student's t for 16 samples, the fewest of the three: 95 %.
          covered +=
              Math.abs(found.value() - trace) <= 2.131 * found.standardError().orElseThrow()
                  ? 1
                  : 0;
        }
        double slack = 4 * Math.sqrt(0.05 * 0.95 / trials);
        assertThat((double) covered / trials)
            .as(estimator.estimate(operator, Seed.of(3)).method())
            .isGreaterThan(0.95 - slack);
      }
    }
  }

  @Test
  void prescribedSpectraLieInTheIntervalAsOftenAsTheyShould() {
    int trials = 200;
    double slack = 4 * Math.sqrt(0.05 * 0.95 / trials);
    Spectra.prescribed(120)
        .forEach(
            (name, values) -> {
              SymmetricOperator operator = Spectra.withEigenvalues(values);
              double trace = Arrays.stream(values).sum();
              double rounding = 1e-12 * Arrays.stream(values).map(Math::abs).sum();
              for (TraceEstimator estimator : ALL) {
                int covered = 0;
                for (int i = 0; i < trials; i++) {
                  Outcome found = estimator.withBudget(48).estimate(operator, Seed.of(17).split(i));
                  double error = Math.abs(found.value() - trace);
                  covered +=
                      error <= 2.131 * found.standardError().orElseThrow() + rounding ? 1 : 0;
                }
                assertThat((double) covered / trials)
                    .as(name + ", " + estimator.estimate(operator, Seed.of(3)).method())
                    .isGreaterThan(0.95 - slack);
              }
            });
  }

  @Test
  void deflationBeatsHutchinsonAtEqualProductsOnDecayingSpectra() {
    double[] values = decaying(200);
    SymmetricOperator operator = Spectra.withEigenvalues(values);
    double trace = Arrays.stream(values).sum();
    double plain = rootMeanSquare(TraceEstimator.hutchinson().withBudget(60), operator, trace);
    double sketched =
        rootMeanSquare(TraceEstimator.hutchPlusPlus().withBudget(60), operator, trace);
    double left = rootMeanSquare(TraceEstimator.xTrace().withBudget(60), operator, trace);
    // A sketch of 20 columns leaves 0.8^20 = 1 % of the norm and a third of the probes; XTrace's 30
    // leave a tenth of that.
    assertThat(sketched).isLessThan(plain / 5);
    assertThat(left).isLessThan(sketched / 5);
    // 1/k², whose tail beyond k columns has the norm k^(-3/2)/√3: below a hundredth at 20.
    Arrays.setAll(values, i -> 1 / ((i + 1.0) * (i + 1.0)));
    SymmetricOperator slow = Spectra.withEigenvalues(values.clone());
    double sum = Arrays.stream(values).sum();
    plain = rootMeanSquare(TraceEstimator.hutchinson().withBudget(60), slow, sum);
    assertThat(rootMeanSquare(TraceEstimator.hutchPlusPlus().withBudget(60), slow, sum))
        .isLessThan(plain / 5);
    assertThat(rootMeanSquare(TraceEstimator.xTrace().withBudget(60), slow, sum))
        .isLessThan(plain / 5);
  }

  @Test
  void leaveOneOutEstimatesAreThoseOfTheirDefinition() {
    double[] values = indefinite(40);
    SymmetricOperator operator = Spectra.withEigenvalues(values);
    int m = 5;
    Seed seed = Seed.of(9);
    double mean = 0;
    for (int i = 0; i < m; i++) {
      List<double[]> basis = new java.util.ArrayList<>();
      double estimate = 0;
      for (int j = 0; j < m; j++) {
        if (j != i) {
          double[] y = operator.apply(Vectors.gaussian(40, seed.split(j)));
          TraceRun.orthogonalise(y, basis, Vectors.norm(y));
          basis.add(y);
          estimate += Vectors.dot(y, operator.apply(y));
        }
      }
      double[] rest = Vectors.gaussian(40, seed.split(i));
      for (int round = 0; round < 2; round++) {
        for (double[] q : basis) {
          Vectors.addMultiple(-Vectors.dot(q, rest), q, rest);
        }
      }
      mean +=
          estimate
              + (40 - m + 1) * Vectors.dot(rest, operator.apply(rest)) / Vectors.dot(rest, rest);
    }
    Outcome found = TraceEstimator.xTrace().withBudget(2 * m).withBlock(2).estimate(operator, seed);
    assertThat(found.value()).isCloseTo(mean / m, within(1e-10 * 30));
    assertThat(found.products()).hasValue(2 * m);
  }

  @Test
  void whatTheSketchSpansIsExact() {
    double[] rankTwo = new double[100];
    rankTwo[5] = 7;
    rankTwo[80] = -2;
    for (TraceEstimator estimator :
        List.of(TraceEstimator.hutchPlusPlus(), TraceEstimator.xTrace())) {
      Outcome found = estimator.estimate(Spectra.withEigenvalues(rankTwo), Seed.of(1));
      assertThat(found.value()).isCloseTo(5, within(1e-11));
      assertThat(found.standardError().orElseThrow()).isLessThan(1e-10);
      Outcome zero = estimator.estimate(Spectra.withEigenvalues(new double[60]), Seed.of(1));
      assertThat(zero.value()).isZero();
      Outcome one = estimator.estimate(Spectra.withEigenvalues(2.5), Seed.of(1));
      assertThat(one.value()).isCloseTo(2.5, within(1e-12));
    }
    double[] wide = new double[100];
    Arrays.setAll(wide, i -> Math.pow(10, -12.0 * i / 99));
    Outcome found = TraceEstimator.xTrace().estimate(Spectra.withEigenvalues(wide), Seed.of(1));
    assertThat(found.value()).isCloseTo(Arrays.stream(wide).sum(), within(1e-4));
    assertThat(Math.abs(found.value() - Arrays.stream(wide).sum()))
        .isLessThan(5 * found.standardError().orElseThrow() + 1e-12);
  }

  @Test
  void aTargetEndsTheEstimateEarlyAndSaysSo() {
    double[] values = Spectra.evenly(400, 1, 2);
    SymmetricOperator operator = Spectra.withEigenvalues(values);
    for (TraceEstimator estimator : ALL) {
      Outcome loose = estimator.withTarget(0.05).estimate(operator, Seed.of(4));
      assertThat(loose.reason()).hasValue("the standard error met its target");
      assertThat(loose.products().orElseThrow()).isLessThan(96);
      Outcome tight = estimator.withTarget(1e-9).estimate(operator, Seed.of(4));
      assertThat(tight.reason()).hasValue("the budget of 96 products is spent");
      Outcome late = estimator.estimate(operator, Seed.of(4), Spectra.LATE);
      assertThat(late.reason()).hasValue("the monitor stopped the work");
      assertThat(late.status()).isEqualTo(Status.NOT_CONVERGED);
      assertThat(loose.status()).isEqualTo(Status.ESTIMATED);
      assertThat(tight.status()).isEqualTo(Status.ESTIMATED);
      assertThat(late.standardError().orElseThrow()).isPositive();
    }
  }

  /** Var zᵀAz = 2 (‖A‖_F² − Σ a_ii²). */
  @Test
  void hutchinsonsErrorIsThatOfTheFormula() {
    double[] values = Spectra.evenly(300, -1, 3);
    SymmetricOperator operator = Spectra.withEigenvalues(values);
    DenseSymmetric dense = DenseSymmetric.of(operator);
    double variance = 2 * Arrays.stream(values).map(x -> x * x).sum();
    for (int i = 0; i < 300; i++) {
      variance -= 2 * dense.entry(i, i) * dense.entry(i, i);
    }
    Outcome found = TraceEstimator.hutchinson().withBudget(200).estimate(operator, Seed.of(1));
    double expected = Math.sqrt(variance / 200);
    // A deviation of 200 samples is known to 5 %.
    assertThat(found.standardError().orElseThrow()).isBetween(0.8 * expected, 1.2 * expected);
    assertThat(found.products()).hasValue(200);
  }

  @Test
  void diagonalOperatorsHaveNoErrorUnderSigns() {
    double[] a = new double[16];
    for (int i = 0; i < 4; i++) {
      a[5 * i] = i + 1;
    }
    Outcome found = TraceEstimator.hutchinson().estimate(DenseSymmetric.of(4, a), Seed.of(4));
    assertThat(found.value()).isEqualTo(10);
    assertThat(found.standardError().orElseThrow()).isZero();
  }

  @Test
  void blocksChangeNothingBeyondRounding() {
    SymmetricOperator operator = Spectra.withEigenvalues(indefinite(150));
    for (TraceEstimator estimator : ALL) {
      Outcome one = estimator.withBlock(1).withBudget(30).estimate(operator, Seed.of(5));
      Outcome five = estimator.withBlock(5).withBudget(30).estimate(operator, Seed.of(5));
      assertThat(five.value()).isCloseTo(one.value(), within(1e-11 * 30));
      assertThat(five.standardError().orElseThrow())
          .isCloseTo(one.standardError().orElseThrow(), within(1e-11 * 30));
      assertThat(five.products()).isEqualTo(one.products());
    }
  }

  @Test
  void equalEstimatorsDoTheSame() {
    assertThat(TraceEstimator.xTrace().withTarget(0.5))
        .isEqualTo(TraceEstimator.xTrace().withTarget(0.5))
        .hasSameHashCodeAs(TraceEstimator.xTrace().withTarget(0.5))
        .isNotEqualTo(TraceEstimator.xTrace())
        .isNotEqualTo(TraceEstimator.hutchinson().withTarget(0.5));
  }

  @Test
  void badSettingsAreRefused() {
    assertThatThrownBy(() -> TraceEstimator.xTrace().withBudget(5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "the budget of the trace is 5 products, expected at least 6 for a standard error");
    assertThatThrownBy(() -> TraceEstimator.xTrace().withTarget(1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "the target of the trace is 1.0, expected a relative standard error between 0 and 1");
    assertThatThrownBy(() -> TraceEstimator.xTrace().withBlock(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the block is 0, expected at least 1");
  }
}
