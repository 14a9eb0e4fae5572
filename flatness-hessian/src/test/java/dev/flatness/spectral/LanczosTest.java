package dev.flatness.spectral;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.internal.linalg.Vectors;
import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Status;
import dev.flatness.random.Seed;
import dev.flatness.spectral.Lanczos.End;
import dev.flatness.tensor.Precision;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class LanczosTest {
  private static final Seed SEED = Seed.of(7);

  /** A tolerance that bounds the error of a value whatever the gap, here to 1e-8. */
  private static final Lanczos STRICT = Lanczos.withDefaults().withTolerance(1e-8);

  static Stream<Arguments> spectra() {
    double[] clustered = Spectra.evenly(300, -0.01, 0.01);
    clustered[299] = 1;
    clustered[298] = 1 - 1e-9;
    clustered[297] = 1 - 1e-3;
    clustered[0] = -0.02;
    double[] repeated = new double[200];
    Arrays.fill(repeated, 0, 50, -3);
    Arrays.fill(repeated, 50, 120, 0.5);
    Arrays.fill(repeated, 120, 200, 2);
    double[] rankOne = new double[150];
    rankOne[42] = 5;
    double[] negativeRankOne = new double[150];
    negativeRankOne[3] = -5;
    double[] lowRank = new double[400];
    System.arraycopy(Spectra.evenly(12, -1, 4), 0, lowRank, 0, 12);
    double[] ones = new double[100];
    Arrays.fill(ones, 1);
    double[] loss = new double[600];
    System.arraycopy(Spectra.logarithmically(590, 1e-9, 1e-2), 0, loss, 0, 590);
    System.arraycopy(Spectra.evenly(9, 0.5, 10), 0, loss, 590, 9);
    loss[599] = -0.03;
    return Stream.of(
        Arguments.of("evenly spaced", Spectra.evenly(120, 1, 2)),
        Arguments.of("indefinite", Spectra.evenly(200, -3, 2)),
        Arguments.of("clustered", clustered),
        Arguments.of("repeated", repeated),
        Arguments.of("zero", new double[90]),
        Arguments.of("rank one", rankOne),
        Arguments.of("negative rank one", negativeRankOne),
        Arguments.of("low rank", lowRank),
        Arguments.of("identity", ones),
        Arguments.of("condition 1e12", Spectra.logarithmically(200, 1e-12, 1)),
        Arguments.of("like a loss surface", loss),
        Arguments.of("dimension 1", new double[] {-4}),
        Arguments.of("dimension 2", new double[] {-4, 3}),
        Arguments.of("dimension 2, repeated", new double[] {3, 3}),
        Arguments.of("dimension 3, one zero", new double[] {0, 3, 3}));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("spectra")
  void findsBothEndsOfAPrescribedSpectrum(String name, double[] eigenvalues) {
    // The residual, at most 1e-8 of the norm, bounds the error of the value.
    assertEnds(eigenvalues, 1, within(1e-8));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("spectra")
  void judgesRelativelyAtAnyScale(String name, double[] eigenvalues) {
    assertEnds(eigenvalues, 0x1p-600, within(1e-8));
    assertEnds(eigenvalues, 0x1p600, within(1e-8));
  }

  private static void assertEnds(
      double[] eigenvalues, double scale, org.assertj.core.data.Offset<Double> relative) {
    double[] scaled = Arrays.stream(eigenvalues).map(value -> value * scale).toArray();
    double largest = Arrays.stream(scaled).max().orElseThrow();
    double smallest = Arrays.stream(scaled).min().orElseThrow();
    double norm = Math.max(Math.abs(largest), Math.abs(smallest));
    double unit = norm == 0 ? 1 : norm;
    SymmetricOperator operator = Spectra.withEigenvalues(scaled);

    LanczosResult result = STRICT.run(operator, SEED).orThrow();

    assertThat(result.largest().value() / unit).isCloseTo(largest / unit, relative);
    assertThat(result.smallest().value() / unit).isCloseTo(smallest / unit, relative);
    for (RitzPair pair : List.of(result.largest(), result.smallest())) {
      double[] x = pair.vector();
      assertThat(Vectors.norm(x)).isCloseTo(1, within(1e-12));
      double[] rest = operator.apply(x);
      Vectors.addMultiple(-pair.value(), x, rest);
      // The bound is computed from T; rounding of Q adds units in the last place of the norm.
      assertThat(Vectors.norm(rest)).isLessThanOrEqualTo(pair.residual() + 1e-13 * norm);
      assertThat(pair.outcome().residual().orElseThrow()).isLessThanOrEqualTo(1e-8);
    }
  }

  @Property(tries = 40)
  void agreesWithADenseDecomposition(
      @ForAll @IntRange(min = 1, max = 60) int n,
      @ForAll @LongRange(min = 0, max = 1000) long seed) {
    DenseSymmetric matrix = Spectra.gaussian(n, seed);
    double[] expected = matrix.eigenvalues();
    double norm = Math.max(Math.abs(expected[0]), Math.abs(expected[n - 1]));

    LanczosResult result = STRICT.run(matrix, Seed.of(seed)).orThrow();

    assertThat(result.largest().value()).isCloseTo(expected[n - 1], within(1e-8 * norm));
    assertThat(result.smallest().value()).isCloseTo(expected[0], within(1e-8 * norm));
    // One end may be checked before the chain goes on to the whole space for the other.
    assertThat(result.products()).isLessThanOrEqualTo(n + Lanczos.mostChecks(n));
  }

  @Test
  void checksAnInvariantSubspaceByOneProductAnEnd() {
    SymmetricOperator zero = Spectra.withEigenvalues(new double[90]);
    assertThat(Lanczos.withDefaults().run(zero, SEED).products()).isEqualTo(3);
    double[] one = new double[90];
    one[7] = 2;
    SymmetricOperator rankOne = Spectra.withEigenvalues(one);
    assertThat(Lanczos.withDefaults().run(rankOne, SEED).products()).isEqualTo(4);
    Lanczos top = Lanczos.withDefaults().withEnds(End.LARGEST);
    assertThat(top.run(zero, SEED).products()).isEqualTo(2);
    assertThat(top.run(rankOne, SEED).products()).isEqualTo(3);
  }

  @Test
  void seesBeyondAnInvariantSubspaceThatHidesTheEnds() {
    // The products of the first vectors are overridden: they stay in a subspace without the ends.
    LanczosRun run = Lanczos.withDefaults().start(3, SEED);
    double[] first = run.nextVector().clone();
    run.accept(first);
    assertThat(run.finished()).isFalse();
    while (!run.finished()) {
      double[] q = run.nextVector();
      double along = Vectors.dot(first, q);
      double[] product = new double[3];
      for (int i = 0; i < 3; i++) {
        product[i] = along * first[i] + 9 * (q[i] - along * first[i]);
      }
      run.accept(product);
    }
    assertThat(run.result().largest().value()).isCloseTo(9, within(1e-13));
    assertThat(run.result().smallest().value()).isCloseTo(1, within(1e-13));
  }

  @Test
  void waitsOnlyForTheEndsThatAreWanted() {
    double[] eigenvalues = Spectra.logarithmically(500, 1e-6, 1);
    SymmetricOperator operator = Spectra.withEigenvalues(eigenvalues);
    Lanczos method = STRICT;

    int both = method.run(operator, SEED).products();
    LanczosResult top = method.withEnds(End.LARGEST).run(operator, SEED).orThrow();

    assertThat(top.products()).isLessThan(both);
    assertThat(top.largest().value()).isCloseTo(1, within(1e-12));
  }

  @Test
  void goesOnWhenAnotherEndIsPursuedAndKeepsWhatWasFound() {
    SymmetricOperator operator = Spectra.withEigenvalues(Spectra.evenly(300, -1, 3));
    LanczosRun run = STRICT.withEnds(End.LARGEST).start(300, SEED);
    advance(run, operator);
    Outcome top = run.outcome(End.LARGEST);
    run.pursue(End.SMALLEST);
    advance(run, operator);

    assertThat(run.converged()).isTrue();
    assertThat(run.outcome(End.LARGEST)).isEqualTo(top);
    assertThat(run.outcome(End.SMALLEST).value()).isCloseTo(-1, within(1e-9));
    LanczosResult atOnce = STRICT.run(operator, SEED);
    assertThat(run.result().alpha()).isEqualTo(atOnce.alpha());
    assertThat(run.result().smallest().value()).isEqualTo(atOnce.smallest().value());
  }

  private static void advance(LanczosRun run, SymmetricOperator operator) {
    while (!run.finished()) {
      run.accept(operator.apply(run.nextVector()));
    }
  }

  @Test
  void coefficientsAreThoseOfTheProjectedOperator() {
    DenseSymmetric matrix = Spectra.gaussian(20, 3);
    LanczosResult result = Lanczos.withDefaults().withTolerance(1e-15).run(matrix, SEED);
    double trace = Arrays.stream(result.alpha()).sum();
    double squares = 0;
    for (int i = 0; i < result.products(); i++) {
      squares += result.alpha()[i] * result.alpha()[i] + 2 * result.beta()[i] * result.beta()[i];
    }
    assertThat(result.products()).isEqualTo(20);
    assertThat(trace).isCloseTo(matrix.trace(), within(1e-12 * matrix.frobeniusNorm()));
    assertThat(Math.sqrt(squares) / matrix.frobeniusNorm()).isCloseTo(1, within(1e-13));
  }

  @Test
  void sameSeedGivesTheSameBits() {
    SymmetricOperator operator = Spectra.withEigenvalues(Spectra.evenly(100, -1, 3));
    LanczosResult one = Lanczos.withDefaults().run(operator, SEED);
    LanczosResult two = Lanczos.withDefaults().run(operator, SEED);
    assertThat(one.alpha()).isEqualTo(two.alpha());
    assertThat(one.largest().vector()).isEqualTo(two.largest().vector());
    assertThat(Lanczos.withDefaults().run(operator, Seed.of(8)).alpha()).isNotEqualTo(one.alpha());
  }

  @Test
  void toleratesTheRoundingOfFloat32Products() {
    double[] eigenvalues = Spectra.logarithmically(400, 1e-8, 1);
    SymmetricOperator exact = Spectra.withEigenvalues(eigenvalues);
    SymmetricOperator rounded =
        new SymmetricOperator() {
          @Override
          public int dimension() {
            return exact.dimension();
          }

          @Override
          public void apply(double[][] vectors, double[][] products) {
            exact.apply(vectors, products);
            for (double[] product : products) {
              for (int i = 0; i < product.length; i++) {
                product[i] = (float) product[i];
              }
            }
          }
        };
    LanczosResult result = Lanczos.withDefaults(Precision.FLOAT32).run(rounded, SEED).orThrow();
    assertThat(result.largest().value()).isCloseTo(1, within(1e-6));
    assertThat(result.smallest().value()).isCloseTo(0, within(1e-4));
  }

  @Test
  void saysWhyItStoppedShort() {
    SymmetricOperator operator = Spectra.withEigenvalues(Spectra.evenly(400, 0, 1));
    LanczosResult few = Lanczos.withDefaults().withMaxProducts(5).run(operator, SEED);
    assertThat(few.status()).isEqualTo(Status.NOT_CONVERGED);
    assertThat(few.products()).isEqualTo(5);
    assertThat(few.reason()).isEqualTo("the limit of 5 products was reached");
    assertThatThrownBy(few::orThrow)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "Lanczos stopped because the limit of 5 products was reached: "
                + Status.NOT_CONVERGED.remedy());

    LanczosResult narrow = Lanczos.withDefaults().withMaxBasisBytes(32_000).run(operator, SEED);
    assertThat(narrow.reason())
        .isEqualTo(
            "a basis of 11 vectors would take 35200 bytes of the 32000 bytes allowed; raise"
                + " --memory, in Java withMaxBasisBytes, or give Java more heap"
                + " (FLATNESS_JAVA_OPTIONS=-Xmx8g; in Java -Xmx8g)");
    assertThat(narrow.products()).isEqualTo(10);

    LanczosResult late = Lanczos.withDefaults().run(operator, SEED, Spectra.LATE);
    assertThat(late.reason()).isEqualTo("the monitor stopped the work");
    assertThat(late.products()).isEqualTo(1);
  }

  @Test
  void stopsAtAProductThatIsNotFinite() {
    LanczosRun run = Lanczos.withDefaults().start(4, SEED);
    run.accept(new double[] {1, Double.NaN, 0, 0});
    assertThat(run.finished()).isTrue();
    assertThat(run.converged()).isFalse();
    assertThatThrownBy(run::result)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the Lanczos run has no result because product 1 is not finite");
  }

  @Test
  void refusesBadSettingsInWords() {
    Lanczos method = Lanczos.withDefaults();
    assertThatThrownBy(() -> method.withTolerance(Double.NaN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Lanczos tolerance is NaN, expected a number between 0 and 1");
    assertThatThrownBy(() -> method.withMaxProducts(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the limit of Lanczos products is 0, expected at least 1");
    assertThatThrownBy(() -> method.withMaxBasisBytes(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the limit of the Lanczos basis is 0 bytes, expected a positive number");
    assertThatThrownBy(() -> method.start(0, SEED))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the operator's dimension is 0, expected at least 1");
    LanczosRun run = method.start(3, SEED);
    assertThatThrownBy(() -> run.accept(new double[2]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("product has 2 entries, expected 3");
    assertThatThrownBy(run::result)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the Lanczos run has no product yet; give it one with accept");
    run.stop("of a test");
    assertThatThrownBy(run::nextVector)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the Lanczos run is finished because of a test; no further product is wanted");
  }
}
