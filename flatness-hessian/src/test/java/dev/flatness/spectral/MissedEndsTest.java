package dev.flatness.spectral;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.internal.linalg.Vectors;
import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.measure.Monitor;
import dev.flatness.measure.Outcome;
import dev.flatness.random.Seed;
import dev.flatness.spectral.Lanczos.End;
import dev.flatness.tensor.Precision;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Operators on which a chain of products stops at an eigenvalue that is not the end of the
 * spectrum.
 */
class MissedEndsTest {
  /** D A D with A of independent normal entries and D = diag(10^u), u uniform in ±decades. */
  private static DenseSymmetric badlyScaled(int n, double decades, long seed) {
    DenseSymmetric matrix = Spectra.gaussian(n, seed);
    double[] scales = new double[n];
    var random = Seed.of(seed).split("scales").generator();
    Arrays.setAll(scales, i -> Math.pow(10, decades * (2 * random.nextDouble() - 1)));
    double[] entries = new double[n * n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        entries[i * n + j] = matrix.entry(i, j) * (scales[i] * scales[j]);
      }
    }
    return DenseSymmetric.of(n, entries);
  }

  /** The products of float32: every entry is off by rounding of the largest. */
  private static SymmetricOperator inFloat32(SymmetricOperator exact) {
    return SymmetricOperator.of(
        exact.dimension(),
        x -> {
          double[] product = exact.apply(x);
          double largest = Arrays.stream(product).map(Math::abs).max().orElseThrow();
          for (int i = 0; i < product.length; i++) {
            product[i] = (float) (product[i] + largest) - (double) (float) largest;
          }
          return product;
        });
  }

  @Property(tries = 300)
  void badlyScaledCoordinatesHideNoEnd(
      @ForAll @IntRange(min = 2, max = 90) int n,
      @ForAll @IntRange(min = 0, max = 60) int tenthsOfDecades,
      @ForAll @LongRange(min = 0, max = 1_000_000) long seed) {
    DenseSymmetric matrix = badlyScaled(n, tenthsOfDecades / 10.0, seed);
    agrees(matrix, matrix, Lanczos.withDefaults(), seed);
  }

  @Property(tries = 300)
  void badlyScaledCoordinatesHideNoEndInFloat32(
      @ForAll @IntRange(min = 2, max = 90) int n,
      @ForAll @IntRange(min = 0, max = 30) int tenthsOfDecades,
      @ForAll @LongRange(min = 0, max = 1_000_000) long seed) {
    DenseSymmetric matrix = badlyScaled(n, tenthsOfDecades / 10.0, seed);
    agrees(inFloat32(matrix), matrix, Lanczos.withDefaults(Precision.FLOAT32), seed);
  }

  /** The residual bounds the distance to an eigenvalue; the check, that it is the end. */
  private static void agrees(
      SymmetricOperator operator, DenseSymmetric matrix, Lanczos method, long seed) {
    double[] eigenvalues = matrix.eigenvalues();
    double least = eigenvalues[0];
    double most = eigenvalues[eigenvalues.length - 1];
    double norm = Math.max(Math.abs(least), Math.abs(most));
    var found = new ExtremeEigenvalues(operator, method, Seed.of(seed), Monitor.NONE);
    double allowed = 2 * method.tolerance() * norm;
    assertThat(found.find(End.SMALLEST).orThrow().value()).isCloseTo(least, within(allowed));
    assertThat(found.find(End.LARGEST).orThrow().value()).isCloseTo(most, within(allowed));
    assertThat(found.norm().orThrow().value()).isCloseTo(norm, within(allowed));
  }

  /** The spectrum of a pruned network in path values: the residual of 3 products is below 1e-4. */
  private static SymmetricOperator smallEndBehindALargeEigenvalue() {
    double[] eigenvalues = Spectra.logarithmically(1646, 1e-9, 1e-4);
    eigenvalues[0] = 1;
    eigenvalues[1] = 1e-2;
    eigenvalues[2] = -5e-3;
    return Spectra.withEigenvalues(eigenvalues);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2, 3, 4, 5, 6, 7})
  void findsASmallEndBehindALargeEigenvalue(long seed) {
    SymmetricOperator operator = smallEndBehindALargeEigenvalue();
    Lanczos method = Lanczos.withDefaults(Precision.FLOAT32).withEnds(End.SMALLEST);

    Outcome bottom = method.run(operator, Seed.of(seed)).smallest().outcome().orThrow();

    // The error is the residual squared over the gap: (1e-4)² / 5e-3.
    assertThat(bottom.value()).isCloseTo(-5e-3, within(2e-6));
    assertThat(bottom.products().orElseThrow()).isLessThan(60);
  }

  @Test
  void theCheckEndsAfterTheProductsItStates() {
    double[] eigenvalues = Spectra.logarithmically(5000, 1e-9, 1e-2);
    eigenvalues[0] = 1;
    LanczosRun run =
        Lanczos.withDefaults().withEnds(End.LARGEST).start(eigenvalues.length, Seed.of(3));
    SymmetricOperator operator = Spectra.withEigenvalues(eigenvalues);
    while (!run.finished()) {
      run.accept(operator.apply(run.nextVector()));
    }
    // The bulk is far below: 1.648 √5000 exp(−(2k − 1)) ≤ 0.001 from k = 7 on.
    int before = run.result().alpha().length;
    assertThat(run.products()).isEqualTo(before + 7);
    assertThat(run.outcome(End.LARGEST).products()).hasValue(run.products());
  }

  @Test
  void aCheckThatEndsWithoutItsBoundSaysSo() {
    // The check's own largest value is next to the end, so that its bound asks for many products.
    double[] eigenvalues = Spectra.evenly(2000, 0, 0.999);
    eigenvalues[1999] = 1;
    LanczosResult result =
        Lanczos.withDefaults()
            .withEnds(End.LARGEST)
            .run(Spectra.withEigenvalues(eigenvalues), Seed.of(3))
            .orThrow();
    assertThat(result.reason()).isEqualTo(EndSearch.CAPPED);
    assertThat(result.largest().outcome().reason()).hasValue(EndSearch.CAPPED);
  }

  @Test
  void noEndDependsOnWhetherTheOtherWasAskedForFirst() {
    DenseSymmetric matrix = badlyScaled(80, 1, 5);
    Lanczos method = Lanczos.withDefaults(Precision.FLOAT32);
    var topFirst = new ExtremeEigenvalues(matrix, method, Seed.of(1), Monitor.NONE);
    var bottomFirst = new ExtremeEigenvalues(matrix, method, Seed.of(1), Monitor.NONE);
    Outcome top = topFirst.find(End.LARGEST);
    Outcome bottom = bottomFirst.find(End.SMALLEST);
    assertThat(bottomFirst.find(End.LARGEST)).isEqualTo(top);
    assertThat(topFirst.find(End.SMALLEST)).isEqualTo(bottom);
    assertThat(bottomFirst.topVector().orElseThrow()).isEqualTo(topFirst.topVector().orElseThrow());
  }

  @Test
  void theFirstStepsDoNotDependOnWhatElseWasAsked() {
    SymmetricOperator operator = smallEndBehindALargeEigenvalue();
    Lanczos method = Lanczos.withDefaults(Precision.FLOAT32);
    var alone = new ExtremeEigenvalues(operator, method, Seed.of(1), Monitor.NONE);
    var last = new ExtremeEigenvalues(operator, method, Seed.of(1), Monitor.NONE);
    // Both ends take more than 16 products with their checks, the first chain fewer.
    long products = last.find(End.LARGEST).products().orElseThrow();
    products += last.find(End.SMALLEST).products().orElseThrow();
    assertThat(products).isGreaterThan(ExtremeEigenvalues.KRYLOV_STEPS);
    LanczosRun.Krylov expected = alone.krylov();
    LanczosRun.Krylov found = last.krylov();
    assertThat(expected.basis()).hasSize(ExtremeEigenvalues.KRYLOV_STEPS);
    assertThat(found.norm()).isEqualTo(expected.norm());
    assertThat(found.basis()).usingRecursiveComparison().isEqualTo(expected.basis());
  }

  @Test
  void aLimitInTheCheckIsNotConverged() {
    double[] eigenvalues = Spectra.logarithmically(400, 1e-9, 1e-3);
    eigenvalues[0] = 1;
    SymmetricOperator operator = Spectra.withEigenvalues(eigenvalues);
    Lanczos top = Lanczos.withDefaults().withEnds(End.LARGEST);
    int all = top.run(operator, Seed.of(2)).orThrow().products();
    LanczosResult cut = top.withMaxProducts(all - 1).run(operator, Seed.of(2));
    assertThat(cut.status().acceptable()).isFalse();
    assertThat(cut.reason()).isEqualTo("the limit of " + (all - 1) + " products was reached");
    assertThat(Vectors.norm(cut.largest().vector())).isCloseTo(1, within(1e-12));
  }

  /** Cut anywhere, a run reports the outermost value it saw with the residual of its own vector. */
  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2, 3})
  void aRunCutAnywhereReportsTheOutermostPair(long seed) {
    SymmetricOperator operator = smallEndBehindALargeEigenvalue();
    Lanczos method = Lanczos.withDefaults(Precision.FLOAT32).withEnds(End.SMALLEST);
    LanczosResult whole = method.run(operator, Seed.of(seed)).orThrow();
    double before = Double.POSITIVE_INFINITY;
    for (int k = 1; k <= whole.products(); k++) {
      LanczosResult cut = method.withMaxProducts(k).run(operator, Seed.of(seed));
      RitzPair pair = cut.smallest();
      isAPair(operator, pair);
      assertThat(pair.value()).as("%d products", k).isLessThanOrEqualTo(before + 1e-13);
      before = pair.value();
      LanczosResult stopped = method.run(operator, Seed.of(seed), Spectra.stoppedAfter(k - 1));
      LanczosResult broken = method.run(brokenAfter(k, operator), Seed.of(seed));
      for (LanczosResult other : new LanczosResult[] {stopped, broken}) {
        assertThat(other.products()).isEqualTo(k);
        assertThat(other.smallest().value()).isEqualTo(pair.value());
        assertThat(other.smallest().residual()).isEqualTo(pair.residual());
        assertThat(other.smallest().vector()).isEqualTo(pair.vector());
      }
    }
    assertThat(before).isEqualTo(whole.smallest().value());
  }

  /** The residual is ‖A x − θ x‖ up to rounding of ‖A‖ = 1, also as the outcome says it. */
  private static void isAPair(SymmetricOperator operator, RitzPair pair) {
    double[] rest = operator.apply(pair.vector());
    Vectors.addMultiple(-pair.value(), pair.vector(), rest);
    assertThat(Vectors.norm(pair.vector())).isCloseTo(1, within(1e-12));
    assertThat(pair.residual()).isCloseTo(Vectors.norm(rest), within(1e-12));
    double relative = pair.outcome().residual().orElseThrow();
    // ‖T‖ is at most ‖A‖ = 1.
    assertThat(relative).isGreaterThanOrEqualTo(pair.residual() * (1 - 1e-12));
  }

  /** Products that are not numbers from some call on. */
  private static SymmetricOperator brokenAfter(int calls, SymmetricOperator operator) {
    int[] call = {0};
    return SymmetricOperator.of(
        operator.dimension(),
        x -> {
          double[] product = operator.apply(x);
          product[0] = ++call[0] > calls ? Double.NaN : product[0];
          return product;
        });
  }
}
