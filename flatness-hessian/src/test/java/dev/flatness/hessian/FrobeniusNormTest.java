package dev.flatness.hessian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.internal.linalg.Vectors;
import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.measure.Monitor;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Status;
import dev.flatness.random.Seed;
import dev.flatness.spectral.Lanczos;
import dev.flatness.spectral.LanczosRun;
import dev.flatness.spectral.Spectra;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrobeniusNormTest {
  private static final int STEPS = 16;

  private static LanczosRun.Krylov krylov(SymmetricOperator operator, Seed seed) {
    LanczosRun run = Lanczos.withDefaults().start(operator.dimension(), seed);
    run.pursue(STEPS);
    while (run.products() < STEPS && !run.finished()) {
      run.accept(operator.apply(run.nextVector()));
    }
    return run.krylov(STEPS);
  }

  private static Outcome norm(SymmetricOperator operator, Seed seed) {
    return FrobeniusNorm.deflated(
        krylov(operator, seed.split("run")), operator, seed.split("probes"), Monitor.NONE);
  }

  /** Three outliers over a bulk, as a classifier's Hessian has. */
  private static double[] outliersAndBulk(int n) {
    double[] values = Spectra.evenly(n, -1, 3);
    values[0] = 60;
    values[1] = 25;
    values[2] = -20;
    return values;
  }

  @Test
  void theTruthLiesInTheNinetyFivePercentIntervalAsOftenAsThat() {
    double[] values = outliersAndBulk(120);
    double truth = Vectors.norm(values);
    SymmetricOperator operator = Spectra.withEigenvalues(values);
    int trials = 300;
    int covered = 0;
    for (int i = 0; i < trials; i++) {
      Outcome norm = norm(operator, Seed.of(11).split(i));
      // Student's t with 3 degrees of freedom, the fewest probes.
      covered +=
          Math.abs(norm.value() - truth) <= 3.182 * norm.standardError().orElseThrow() ? 1 : 0;
    }
    // Four standard deviations of the binomial below 0.95.
    assertThat(covered)
        .isGreaterThan((int) (trials * (0.95 - 4 * Math.sqrt(0.05 * 0.95 / trials))));
  }

  @Test
  void prescribedSpectraLieInTheIntervalAsOftenAsTheyShould() {
    int trials = 300;
    double slack = 4 * Math.sqrt(0.05 * 0.95 / trials);
    Spectra.prescribed(120)
        .forEach(
            (name, values) -> {
              SymmetricOperator operator = Spectra.withEigenvalues(values);
              double truth = Vectors.norm(values);
              int covered = 0;
              for (int i = 0; i < trials; i++) {
                Outcome norm = norm(operator, Seed.of(23).split(i));
                double error = Math.abs(norm.value() - truth);
                covered +=
                    error <= 3.182 * norm.standardError().orElseThrow() + 1e-12 * truth ? 1 : 0;
              }
              assertThat((double) covered / trials).as(name).isGreaterThan(0.95 - slack);
            });
  }

  @Test
  void deflationTakesTheOutliersOutOfTheError() {
    SymmetricOperator operator = Spectra.withEigenvalues(outliersAndBulk(120));
    double[] squares = new double[24];
    for (int i = 0; i < squares.length; i++) {
      double[] z = new double[operator.dimension()];
      Vectors.signs(z, Seed.of(5).split(i));
      double[] product = operator.apply(z);
      squares[i] = Vectors.dot(product, product);
    }
    Outcome square = Outcome.mean(squares, "probes");
    double plainError = square.standardError().orElseThrow() / (2 * Math.sqrt(square.value()));
    Outcome deflated = norm(operator, Seed.of(5));
    assertThat(deflated.products()).hasValue(12);
    // Half of the probes of the plain error.
    assertThat(deflated.standardError().orElseThrow()).isLessThan(plainError / 5);
  }

  @Test
  void whatTheBasisHoldsIsExact() {
    double[] values = new double[90];
    values[3] = 7;
    values[50] = -2;
    values[88] = 1e-3;
    Outcome norm = norm(Spectra.withEigenvalues(values), Seed.of(3));
    assertThat(norm.value()).isCloseTo(Vectors.norm(values), within(1e-13 * 8));
    assertThat(norm.standardError().orElseThrow()).isLessThan(1e-13);
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-170, 1e-300, 1e170, 1e300})
  void noSquareLeavesTheRangeOfDoubles(double scale) {
    double[] values = outliersAndBulk(120);
    double[] scaled = Arrays.stream(values).map(value -> scale * value).toArray();
    Outcome plain = norm(Spectra.withEigenvalues(values), Seed.of(3));
    Outcome norm = norm(Spectra.withEigenvalues(scaled), Seed.of(3));
    assertThat(norm.status()).isEqualTo(Status.ESTIMATED);
    assertThat(norm.value() / scale).isCloseTo(plain.value(), within(1e-11 * plain.value()));
    double error = plain.standardError().orElseThrow();
    assertThat(norm.standardError().orElseThrow() / scale).isCloseTo(error, within(1e-8 * error));
    double low = plain.interval().orElseThrow().low();
    assertThat(norm.interval().orElseThrow().low() / scale).isCloseTo(low, within(1e-10 * low));
  }

  @Test
  void aNormBeyondTheDoublesSaysOverflow() {
    SymmetricOperator operator = Spectra.withEigenvalues(Spectra.evenly(40, 1e308, 1.5e308));
    LanczosRun.Krylov none = new LanczosRun.Krylov(List.of(), 0);
    Outcome norm = FrobeniusNorm.deflated(none, operator, Seed.of(3), Monitor.NONE);
    assertThat(norm.status()).isEqualTo(Status.OVERFLOW);
    assertThat(norm.interval()).isEmpty();
  }

  @Test
  void theZeroOperatorHasNormZero() {
    Outcome norm = norm(Spectra.withEigenvalues(new double[40]), Seed.of(3));
    assertThat(norm.value()).isZero();
    assertThat(norm.standardError().orElseThrow()).isZero();
  }

  @Test
  void anOperatorNoLargerThanTheBasisIsExact() {
    double[] values = Spectra.evenly(10, -1, 2);
    Outcome norm = norm(Spectra.withEigenvalues(values), Seed.of(4));
    assertThat(norm.value()).isCloseTo(Vectors.norm(values), within(1e-13 * 5));
    assertThat(norm.standardError().orElseThrow()).isLessThan(1e-13);
  }
}
