package dev.flatness.spectral;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.linalg.SymmetricOperators;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Status;
import dev.flatness.random.Seed;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Products with a stated error: solvers end, and state no residual that they cannot show. */
class NoisyProductsTest {
  private static final int N = 60;

  /** diag(values); products are wrong by up to the error, another way for every vector. */
  private record Noisy(double[] values, double error) implements SymmetricOperator {
    @Override
    public int dimension() {
      return values.length;
    }

    double[] exact(double[] x) {
      double[] product = new double[x.length];
      Arrays.setAll(product, i -> values[i] * x[i]);
      return product;
    }

    @Override
    public void apply(double[][] vectors, double[][] products) {
      for (int v = 0; v < vectors.length; v++) {
        double[] x = vectors[v];
        RandomGenerator random = Seed.of(Arrays.hashCode(x)).generator();
        double[] noise = random.doubles(x.length, -1, 1).toArray();
        double scale = error * norm(x) / norm(noise);
        double[] product = exact(x);
        for (int i = 0; i < x.length; i++) {
          products[v][i] = product[i] + scale * noise[i];
        }
      }
    }
  }

  private static double norm(double[] x) {
    return Math.sqrt(Arrays.stream(x).map(e -> e * e).sum());
  }

  private static Noisy operator(double error) {
    double[] values = new double[N];
    for (int i = 0; i < N; i++) {
      values[i] = i == 0 ? 3 : i == 1 ? -1 : 1.0 / i;
    }
    return new Noisy(values, error);
  }

  /** The true residual ‖A x − θ x‖. */
  private static double residual(Noisy operator, RitzPair pair) {
    double[] product = operator.exact(pair.vector());
    for (int i = 0; i < N; i++) {
      product[i] -= pair.value() * pair.vector()[i];
    }
    return norm(product);
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-9, 1e-5, 1e-2})
  void lanczosStatesWhatItShows(double error) {
    Noisy operator = operator(error);
    for (int seed = 0; seed < 20; seed++) {
      LanczosResult found = Lanczos.withDefaults().run(operator, Seed.of(seed));
      assertThat(found.status()).isEqualTo(Status.CONVERGED);
      assertThat(found.products()).isLessThan(2 * N);
      for (RitzPair pair : List.of(found.largest(), found.smallest())) {
        assertThat(pair.residual()).isGreaterThanOrEqualTo(2 * error);
        assertThat(residual(operator, pair)).isLessThanOrEqualTo(pair.residual());
      }
      assertThat(found.largest().value()).isCloseTo(3, within(found.largest().residual()));
      assertThat(found.smallest().value()).isCloseTo(-1, within(found.smallest().residual()));
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-5, 1e-3})
  void aToleranceThatTheErrorForbidsIsNotMet(double error) {
    Noisy operator = operator(error);
    LanczosResult found =
        Lanczos.withDefaults().withTolerance(error / 10).run(operator, Seed.of(1));
    assertThat(found.status()).isEqualTo(Status.NOT_CONVERGED);
    assertThat(found.reason()).isEqualTo(EndSearch.NOISY);
    assertThat(found.products()).isLessThan(2 * N);
    Eigenpairs pairs =
        ThickRestartLanczos.withDefaults()
            .withLargest(3)
            .withTolerance(error / 10)
            .solve(operator, Seed.of(1));
    assertThat(pairs.status()).isEqualTo(Status.NOT_CONVERGED);
    assertThat(pairs.reason()).isEqualTo(EndSearch.NOISY);
    assertThat(pairs.products()).isLessThan(3 * N);
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-9, 1e-5, 1e-2})
  void thickRestartStatesWhatItShows(double error) {
    Noisy operator = operator(error);
    for (int seed = 0; seed < 20; seed++) {
      Eigenpairs found =
          ThickRestartLanczos.withDefaults()
              .withLargest(2)
              .withSmallest(1)
              .withBasis(20)
              .solve(operator, Seed.of(seed));
      assertThat(found.status()).isEqualTo(Status.CONVERGED);
      for (RitzPair pair : List.of(found.largest().get(0), found.smallest().get(0))) {
        assertThat(pair.residual()).isGreaterThanOrEqualTo(2 * error);
        assertThat(residual(operator, pair)).isLessThanOrEqualTo(pair.residual());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-5, 1e-2})
  void tracesIncludeTheError(double error) {
    Noisy operator = operator(error);
    double exact = Arrays.stream(operator.values).sum();
    double own = Math.sqrt(N) * error;
    Outcome plain = TraceEstimator.hutchinson().withBudget(64).estimate(operator(0), Seed.of(3));
    Outcome noisy = TraceEstimator.hutchinson().withBudget(64).estimate(operator, Seed.of(3));
    assertThat(noisy.standardError().orElseThrow()).isGreaterThanOrEqualTo(own);
    assertThat(noisy.value()).isCloseTo(plain.value(), within(own));
    assertThat(noisy.reason().orElseThrow()).contains("for the error of the products");
    Outcome full = TraceEstimator.xTrace().withBudget(2 * N).estimate(operator, Seed.of(3));
    assertThat(full.value()).isCloseTo(exact, within(3 * full.standardError().orElseThrow()));
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-3})
  void operatorsOfOthersKeepTheError(double error) {
    Noisy one = operator(error);
    double[] diagonal = new double[N];
    Arrays.fill(diagonal, 2);
    double[] unit = new double[N];
    unit[0] = 1;
    assertThat(SymmetricOperators.sum(one, one).error()).isEqualTo(2 * error);
    assertThat(SymmetricOperators.scaled(-3, one).error()).isEqualTo(3 * error);
    assertThat(SymmetricOperators.congruence(diagonal, one).error()).isEqualTo(4 * error);
    assertThat(SymmetricOperators.deflated(one, unit).error()).isEqualTo(error);
    assertThat(SymmetricOperators.blockDiagonal(one, operator(0)).error()).isEqualTo(error);
    assertThat(operator(0).error()).isZero();
  }
}
