package dev.flatness.hessian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.random.Seed;
import org.junit.jupiter.api.Test;

class DenseSymmetricTest {
  @Test
  void hasThePrescribedEigenvaluesTraceAndNorm() {
    double[] eigenvalues = Spectra.evenly(75, -2, 5);
    DenseSymmetric matrix = DenseSymmetric.of(Spectra.withEigenvalues(eigenvalues));
    double[] found = matrix.eigenvalues();
    double trace = 0;
    double squares = 0;
    for (int i = 0; i < 75; i++) {
      assertThat(found[i]).isCloseTo(eigenvalues[i], within(1e-12));
      trace += eigenvalues[i];
      squares += eigenvalues[i] * eigenvalues[i];
    }
    assertThat(matrix.trace()).isCloseTo(trace, within(1e-11));
    assertThat(matrix.frobeniusNorm()).isCloseTo(Math.sqrt(squares), within(1e-11));
  }

  @Test
  void multipliesLikeTheOperatorItCameFrom() {
    var operator = Spectra.withEigenvalues(Spectra.evenly(40, -2, 5));
    double[] x = Vectors.gaussian(40, Seed.of(1));
    double[] y = DenseSymmetric.of(operator).apply(x);
    double[] expected = operator.apply(x);
    for (int i = 0; i < 40; i++) {
      assertThat(y[i]).isCloseTo(expected[i], within(1e-12));
    }
  }

  @Test
  void refusesWhatIsNotSymmetricOrDoesNotFit() {
    assertThatThrownBy(() -> DenseSymmetric.of(2, new double[] {1, 2, 3, 4}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("matrix is not symmetric: entry [1, 0] is 3.0, entry [0, 1] is 2.0");
    assertThatThrownBy(() -> DenseSymmetric.of(2, new double[3]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("matrix of dimension 2 has 3 entries");
    assertThatThrownBy(() -> DenseSymmetric.of(2, new double[4]).apply(new double[3]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("vector 0 has 3 entries and its product 2, expected 2");
  }
}
