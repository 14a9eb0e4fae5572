package dev.flatness.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.random.Seed;
import java.util.function.IntToDoubleFunction;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Combinations of operators against the matrices they stand for. */
class SymmetricOperatorsTest {
  private static final int N = 7;
  private static final double[][] A = matrix(N, 1);
  private static final double[][] B = matrix(N, 2);

  private static double[][] matrix(int n, long seed) {
    RandomGenerator random = Seed.of(seed).generator();
    double[][] a = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        a[i][j] = random.nextGaussian();
        a[j][i] = a[i][j];
      }
    }
    return a;
  }

  private static double[] times(double[][] a, double[] x) {
    return vector(
        a.length,
        i -> {
          double sum = 0;
          for (int j = 0; j < x.length; j++) {
            sum += a[i][j] * x[j];
          }
          return sum;
        });
  }

  private static double[] vector(int n, IntToDoubleFunction entry) {
    double[] x = new double[n];
    for (int i = 0; i < n; i++) {
      x[i] = entry.applyAsDouble(i);
    }
    return x;
  }

  private static SymmetricOperator operator(double[][] a) {
    return SymmetricOperator.of(a.length, x -> times(a, x));
  }

  private interface Entry {
    double at(int row, int column);
  }

  /** Three unit vectors a block; the block is neither changed nor mixed up. */
  private static void assertMatrix(SymmetricOperator operator, int n, Entry expected) {
    assertThat(operator.dimension()).isEqualTo(n);
    for (int j = 0; j < n; j++) {
      double[][] x = new double[3][n];
      double[][] y = new double[3][n];
      for (int k = 0; k < 3; k++) {
        x[k][(j + k) % n] = 1 + k;
        y[k][0] = Double.NaN;
      }
      operator.apply(x, y);
      for (int k = 0; k < 3; k++) {
        int column = (j + k) % n;
        for (int i = 0; i < n; i++) {
          assertThat(x[k][i]).isEqualTo(i == column ? 1 + k : 0);
          assertThat(y[k][i]).isCloseTo((1 + k) * expected.at(i, column), within(1e-13));
        }
      }
    }
  }

  @Test
  void wrapsAProduct() {
    assertMatrix(operator(A), N, (i, j) -> A[i][j]);
  }

  @Test
  void addsAndScales() {
    SymmetricOperator sum =
        SymmetricOperators.sum(
            operator(A), SymmetricOperators.scaled(-2.5, operator(B)), operator(A));
    assertMatrix(sum, N, (i, j) -> 2 * A[i][j] - 2.5 * B[i][j]);
    assertMatrix(SymmetricOperators.sum(operator(A)), N, (i, j) -> A[i][j]);
  }

  @Test
  void scalesRowsAndColumns() {
    double[] d = {1, -2, 0, 3, 0.5, -1, 4};
    SymmetricOperator congruent = SymmetricOperators.congruence(d, operator(A));
    double[] given = d.clone();
    assertMatrix(congruent, N, (i, j) -> given[i] * A[i][j] * given[j]);
    d[0] = 100;
    assertMatrix(congruent, N, (i, j) -> given[i] * A[i][j] * given[j]);
  }

  @Test
  void removesDirections() {
    // Two rotations' columns: orthonormal, no eigenvectors of A.
    double[] u = vector(N, i -> i == 0 ? 0.6 : i == 3 ? 0.8 : 0);
    double[] v = vector(N, i -> i == 0 ? 0.8 : i == 3 ? -0.6 : 0);
    double[][] p = new double[N][N];
    for (int i = 0; i < N; i++) {
      for (int j = 0; j < N; j++) {
        p[i][j] = (i == j ? 1 : 0) - u[i] * u[j] - v[i] * v[j];
      }
    }
    assertMatrix(
        SymmetricOperators.deflated(operator(A), u, v),
        N,
        (i, j) -> {
          double sum = 0;
          for (int k = 0; k < N; k++) {
            for (int l = 0; l < N; l++) {
              sum += p[i][k] * A[k][l] * p[l][j];
            }
          }
          return sum;
        });
    assertMatrix(SymmetricOperators.deflated(operator(A)), N, (i, j) -> A[i][j]);
  }

  @Test
  void anEigenpairIsTakenAway() {
    double[] v = vector(N, i -> 1 / Math.sqrt(N));
    double[][] rankTwo = new double[N][N];
    for (int i = 0; i < N; i++) {
      for (int j = 0; j < N; j++) {
        rankTwo[i][j] =
            5 * v[i] * v[j] + ((i == 0 ? 1 : i == 1 ? -1 : 0)) * (j == 0 ? 1 : j == 1 ? -1 : 0);
      }
    }
    assertMatrix(
        SymmetricOperators.deflated(operator(rankTwo), v),
        N,
        (i, j) -> rankTwo[i][j] - 5 * v[i] * v[j]);
  }

  @Test
  void stacksAlongTheDiagonal() {
    double[][] c = matrix(2, 3);
    SymmetricOperator stacked =
        SymmetricOperators.blockDiagonal(operator(c), operator(A), operator(c));
    assertMatrix(
        stacked,
        N + 4,
        (i, j) -> {
          if (i < 2 && j < 2) {
            return c[i][j];
          }
          if (i >= 2 && i < N + 2 && j >= 2 && j < N + 2) {
            return A[i - 2][j - 2];
          }
          return i >= N + 2 && j >= N + 2 ? c[i - N - 2][j - N - 2] : 0;
        });
  }

  @Test
  void refusesWhatDoesNotFit() {
    assertRefused(() -> SymmetricOperator.of(0, x -> x), "is 0, expected at least 1");
    assertRefused(
        () -> SymmetricOperator.of(2, x -> new double[3]).apply(new double[2]),
        "the product returns 3 entries for a vector of 2, expected as many");
    assertRefused(
        () -> SymmetricOperators.sum(operator(A), operator(matrix(2, 3))),
        "summand has 2 entries, expected 7");
    assertRefused(() -> SymmetricOperators.scaled(Double.NaN, operator(A)), "is NaN, expected");
    assertRefused(
        () -> SymmetricOperators.congruence(new double[3], operator(A)),
        "diagonal has 3 entries, expected 7");
    double[] u = vector(N, i -> i == 0 ? 1 : 0);
    assertRefused(
        () -> SymmetricOperators.deflated(operator(A), u, u),
        "vectors 0 and 1 have the inner product 1.0, expected orthonormal ones");
    assertRefused(
        () -> SymmetricOperators.deflated(operator(A), new double[2]),
        "vector 0 has 2 entries, expected 7");
    assertRefused(
        () -> operator(A).apply(new double[1][N], new double[2][N]),
        "1 vectors need as many products, but there are 2");
    assertRefused(
        () -> SymmetricOperators.scaled(1, operator(A)).apply(new double[1][N], new double[1][2]),
        "vector 0 has 7 entries and its product 2, expected 7");
  }

  private static void assertRefused(Runnable call, String message) {
    assertThatThrownBy(call::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}
