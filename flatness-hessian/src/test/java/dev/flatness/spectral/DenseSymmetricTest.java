package dev.flatness.spectral;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.internal.linalg.Vectors;
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
  void refusesOperatorsThatAreTooLargeToWriteOut() {
    assertThatThrownBy(() -> DenseSymmetric.of(ofDimension(50_000)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "a dense matrix of dimension 50000 does not fit into an array, expected at most 46340;"
                + " use Lanczos or TraceEstimator on the operator");
    long heap = Runtime.getRuntime().maxMemory();
    org.junit.jupiter.api.Assumptions.assumeTrue(heap < 30L << 30);
    assertThatThrownBy(() -> DenseSymmetric.of(ofDimension(46_000)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "a dense matrix of dimension 46000 takes 16144 MiB, more than half of the heap"
                + " of "
                + (heap >> 20)
                + " MiB; use Lanczos or TraceEstimator on the operator, or give Java more heap"
                + " (FLATNESS_JAVA_OPTIONS=-Xmx8g; in Java -Xmx8g)");
  }

  private static dev.flatness.linalg.SymmetricOperator ofDimension(int n) {
    return new dev.flatness.linalg.SymmetricOperator() {
      @Override
      public int dimension() {
        return n;
      }

      @Override
      public void apply(double[][] vectors, double[][] products) {
        throw new AssertionError("no product is needed to refuse");
      }
    };
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
