package dev.flatness.hessian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.random.Seed;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class HutchinsonTest {
  private static final double[] EIGENVALUES = Spectra.evenly(300, -1, 3);
  private static final SymmetricOperator OPERATOR = Spectra.withEigenvalues(EIGENVALUES);

  @Test
  void traceLiesWithinFourStandardErrorsOfTheTruth() {
    double truth = Arrays.stream(EIGENVALUES).sum();
    Sampled trace = Hutchinson.withDefaults().withProbes(200).trace(OPERATOR, Seed.of(1));
    // Var zᵀAz = 2 (‖A‖_F² − Σ a_ii²).
    DenseSymmetric dense = DenseSymmetric.of(OPERATOR);
    double variance = 2 * squares();
    for (int i = 0; i < 300; i++) {
      variance -= 2 * dense.entry(i, i) * dense.entry(i, i);
    }
    double expected = Math.sqrt(variance / 200);
    assertThat(trace.standardError()).isBetween(0.8 * expected, 1.2 * expected);
    assertThat(Math.abs(trace.value() - truth)).isLessThan(4 * trace.standardError());
    assertThat(trace.products()).isEqualTo(200);
  }

  @Test
  void frobeniusNormLiesWithinFourStandardErrorsOfTheTruth() {
    Sampled norm = Hutchinson.withDefaults().withProbes(200).frobeniusNorm(OPERATOR, Seed.of(2));
    assertThat(Math.abs(norm.value() - Math.sqrt(squares()))).isLessThan(4 * norm.standardError());
    assertThat(norm.standardError()).isPositive();
  }

  @Test
  void standardErrorsAreHonestOverManySeeds() {
    double truth = Arrays.stream(EIGENVALUES).sum();
    double sum = 0;
    for (int i = 0; i < 200; i++) {
      Sampled trace = Hutchinson.withDefaults().trace(OPERATOR, Seed.of(3).split(i));
      double z = (trace.value() - truth) / trace.standardError();
      sum += z * z;
    }
    // Student's t of 31 degrees of freedom: variance 31/29; its mean over 200 has a deviation of
    // 0.12.
    assertThat(sum / 200).isCloseTo(31.0 / 29, within(0.5));
  }

  @Test
  void diagonalOperatorsHaveNoError() {
    double[] a = new double[16];
    for (int i = 0; i < 4; i++) {
      a[5 * i] = i + 1;
    }
    Sampled trace = Hutchinson.withDefaults().trace(DenseSymmetric.of(4, a), Seed.of(4));
    assertThat(trace.value()).isEqualTo(10);
    assertThat(trace.standardError()).isZero();
    Sampled norm = Hutchinson.withDefaults().frobeniusNorm(DenseSymmetric.of(4, a), Seed.of(4));
    assertThat(norm.value()).isCloseTo(Math.sqrt(30), within(1e-14));
  }

  @Test
  void blocksChangeNoBit() {
    Hutchinson one = Hutchinson.withDefaults().withBlock(1);
    Hutchinson five = Hutchinson.withDefaults().withBlock(5);
    assertThat(one.trace(OPERATOR, Seed.of(5))).isEqualTo(five.trace(OPERATOR, Seed.of(5)));
  }

  @Test
  void refusesBudgetsWithoutAStandardError() {
    assertThatThrownBy(() -> Hutchinson.withDefaults().withProbes(1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the number of probes is 1, expected at least 2 for a standard error");
    assertThatThrownBy(() -> Hutchinson.withDefaults().withBlock(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the block is 0, expected at least 1");
  }

  private static double squares() {
    return Arrays.stream(EIGENVALUES).map(x -> x * x).sum();
  }
}
