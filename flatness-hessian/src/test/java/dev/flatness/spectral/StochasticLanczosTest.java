package dev.flatness.spectral;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.internal.linalg.Vectors;
import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Status;
import dev.flatness.random.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StochasticLanczosTest {
  private static final Seed SEED = Seed.of(5);

  private static SpectralDensity density(int probes, int steps, double... eigenvalues) {
    return StochasticLanczos.withDefaults()
        .withProbes(probes)
        .withSteps(steps)
        .density(Spectra.withEigenvalues(eigenvalues), SEED);
  }

  @Test
  void eachQuadratureIntegratesPolynomialsOfDegreeTwiceTheStepsLessOneExactly() {
    double[] eigenvalues = Spectra.evenly(60, -1, 3);
    SymmetricOperator operator = Spectra.withEigenvalues(eigenvalues);
    int steps = 6;
    SpectralDensity density =
        StochasticLanczos.withDefaults().withProbes(3).withSteps(steps).density(operator, SEED);
    for (int i = 0; i < 3; i++) {
      // The run's own start vector.
      double[] start = Vectors.gaussian(60, SEED.split(i).split(0));
      Vectors.divide(start, Vectors.norm(start));
      double[] power = start;
      for (int degree = 0; degree < 2 * steps; degree++) {
        int k = degree;
        double expected = Vectors.dot(start, power);
        assertThat(density.quadratures().get(i).integral(t -> Math.pow(t, k)))
            .isCloseTo(expected, within(1e-12 * Math.pow(3, degree)));
        power = operator.apply(power);
      }
    }
  }

  @Test
  void momentsLieInTheirIntervalsAsOftenAsTheyShould() {
    double[] eigenvalues = Spectra.evenly(80, -1, 3);
    eigenvalues[0] = 20;
    double trace = Arrays.stream(eigenvalues).sum();
    SymmetricOperator operator = Spectra.withEigenvalues(eigenvalues);
    StochasticLanczos method = StochasticLanczos.withDefaults().withProbes(20).withSteps(8);
    int trials = 300;
    int traces = 0;
    int norms = 0;
    for (int i = 0; i < trials; i++) {
      SpectralDensity density = method.density(operator, Seed.of(77).split(i));
      // Student's t with 19 degrees of freedom: 95 %.
      traces +=
          Math.abs(density.trace().value() - trace)
                  <= 2.093 * density.trace().standardError().orElseThrow()
              ? 1
              : 0;
      Outcome norm = density.frobeniusNorm();
      norms +=
          Math.abs(norm.value() - Vectors.norm(eigenvalues))
                  <= 2.093 * norm.standardError().orElseThrow()
              ? 1
              : 0;
    }
    // Four binomial deviations below 95 %; the squares of one outlier are skewed, so the norm's
    // interval holds 5 % less.
    double slack = 4 * Math.sqrt(0.05 * 0.95 / trials);
    assertThat(traces).isGreaterThan((int) (trials * (0.95 - slack)));
    assertThat(norms).isGreaterThan((int) (trials * (0.90 - slack)));
  }

  @Test
  void prescribedSpectraLieInTheIntervalsAsOftenAsTheyShould() {
    int n = 120;
    int trials = 200;
    double slack = 4 * Math.sqrt(0.05 * 0.95 / trials);
    StochasticLanczos method = StochasticLanczos.withDefaults().withProbes(20).withSteps(12);
    Spectra.prescribed(n)
        .forEach(
            (name, values) -> {
              SymmetricOperator operator = Spectra.withEigenvalues(values);
              double trace = Arrays.stream(values).sum();
              double size = Arrays.stream(values).map(Math::abs).max().orElseThrow();
              // Eigenvalues of 0 are neither; of rounding, one side or the other.
              double negative = Arrays.stream(values).filter(t -> t < 0).count() / (double) n;
              boolean signed = Arrays.stream(values).allMatch(t -> Math.abs(t) > 1e-13 * size);
              int traces = 0;
              int masses = 0;
              for (int i = 0; i < trials; i++) {
                SpectralDensity density = method.density(operator, Seed.of(78).split(i));
                assertThat(density.status()).isEqualTo(Status.ESTIMATED);
                assertThat(density.reason())
                    .isEqualTo("all 20 probes took their steps or spanned an invariant space");
                for (SpectralDensity.Quadrature quadrature : density.quadratures()) {
                  double[] nodes = quadrature.nodes();
                  assertThat(nodes[0])
                      .isGreaterThanOrEqualTo(
                          Arrays.stream(values).min().orElseThrow() - 1e-12 * size);
                  assertThat(nodes[nodes.length - 1])
                      .isLessThanOrEqualTo(
                          Arrays.stream(values).max().orElseThrow() + 1e-12 * size);
                }
                Outcome found = density.trace();
                traces +=
                    Math.abs(found.value() - trace)
                            <= 2.093 * found.standardError().orElseThrow() + 1e-12 * n * size
                        ? 1
                        : 0;
                SpectralDensity.Bounds bounds = density.negativeMass();
                boolean inside =
                    bounds.lower().value() - 2.093 * bounds.lower().standardError().orElseThrow()
                            <= negative
                        && negative
                            <= bounds.upper().value()
                                + 2.093 * bounds.upper().standardError().orElseThrow();
                masses += inside || !signed ? 1 : 0;
              }
              assertThat((double) traces / trials).as(name).isGreaterThan(0.95 - slack);
              assertThat((double) masses / trials).as(name).isGreaterThan(0.95 - slack);
            });
  }

  @Test
  void theHistogramOfManyProbesIsThatOfTheEigenvalues() {
    double[] eigenvalues = new double[200];
    Arrays.fill(eigenvalues, 0, 150, 0.0);
    Arrays.fill(eigenvalues, 150, 180, 1.0);
    Arrays.fill(eigenvalues, 180, 195, -2.0);
    Arrays.fill(eigenvalues, 195, 200, 5.0);
    SpectralDensity density = density(40, 10, eigenvalues);
    double[] shares = {15 / 200.0, 150 / 200.0, 30 / 200.0, 5 / 200.0};
    List<Outcome> found = density.histogram(new double[] {-3, -1, 0.5, 3, 6});
    for (int i = 0; i < shares.length; i++) {
      assertThat(found.get(i).value())
          .isCloseTo(shares[i], within(4 * found.get(i).standardError().orElseThrow()));
      assertThat(found.get(i).standardError().orElseThrow()).isLessThan(0.02);
    }
    assertThat(found.stream().mapToDouble(Outcome::value).sum()).isCloseTo(1, within(1e-12));
    assertThat(density.status()).isEqualTo(Status.ESTIMATED);
    assertThat(density.products()).as("four eigenvalues, four steps").isEqualTo(4 * 40);
  }

  @Test
  void theBoundsOfTheNegativeShareHoldItHoweverFewTheSteps() {
    double[] eigenvalues = new double[300];
    Arrays.setAll(eigenvalues, i -> i < 240 ? 1e-4 * (i % 7 - 1) : Math.pow(-1, i) * (i - 200));
    SymmetricOperator operator = Spectra.withEigenvalues(eigenvalues);
    for (int steps : new int[] {2, 5, 20, 80}) {
      StochasticLanczos method = StochasticLanczos.withDefaults().withProbes(30).withSteps(steps);
      SpectralDensity density = method.density(operator, SEED);
      double share = Arrays.stream(eigenvalues).filter(t -> t < 0).count() / 300.0;
      SpectralDensity.Bounds bounds = density.negativeMass();
      assertThat(share)
          .isBetween(
              bounds.lower().value() - 4 * bounds.lower().standardError().orElseThrow(),
              bounds.upper().value() + 4 * bounds.upper().standardError().orElseThrow());
      assertThat(density.resolutionAtZero()).isPositive();
    }
    // Seven values and sixty others: with all of them resolved the bounds are two nodes apart.
    SpectralDensity.Bounds all =
        StochasticLanczos.withDefaults()
            .withProbes(30)
            .withSteps(80)
            .density(operator, SEED)
            .negativeMass();
    assertThat(all.upper().value() - all.lower().value()).isLessThan(0.3);
  }

  @Test
  void theBandOfTheSmoothedSemicircleHoldsTheTruthAsOftenAsItShould() {
    // 400 points at the quantiles of the semicircle on [-1, 1].
    int n = 400;
    double[] eigenvalues = new double[n];
    for (int i = 0; i < n; i++) {
      double share = (i + 0.5) / n;
      double low = -1;
      double high = 1;
      while (high - low > 1e-14) {
        double t = (low + high) / 2;
        double mass = 0.5 + (t * Math.sqrt(1 - t * t) + Math.asin(t)) / Math.PI;
        low = mass < share ? t : low;
        high = mass < share ? high : t;
      }
      eigenvalues[i] = low;
    }
    double width = 0.15;
    double[] grid = Spectra.evenly(9, -0.8, 0.8);
    SymmetricOperator operator = Spectra.withEigenvalues(eigenvalues);
    int covered = 0;
    int total = 0;
    for (int trial = 0; trial < 60; trial++) {
      SpectralDensity.Curve curve =
          StochasticLanczos.withDefaults()
              .withProbes(10)
              .withSteps(40)
              .density(operator, Seed.of(9).split(trial))
              .smoothed(grid, width);
      for (int i = 0; i < grid.length; i++) {
        double truth = 0;
        for (double eigenvalue : eigenvalues) {
          double z = (grid[i] - eigenvalue) / width;
          truth += Math.exp(-0.5 * z * z) / (n * width * Math.sqrt(2 * Math.PI));
        }
        // Student's t with 9 degrees of freedom: 95 %.
        covered += Math.abs(curve.values()[i] - truth) <= 2.262 * curve.standardErrors()[i] ? 1 : 0;
        total++;
      }
    }
    // Neighbouring points are dependent: the deviation is that of the trials, not of the points.
    assertThat((double) covered / total).isGreaterThan(0.95 - 4 * Math.sqrt(0.05 * 0.95 / 60));
  }

  @Test
  void theSmoothedDensityIntegratesToOne() {
    SpectralDensity density = density(3, 12, Spectra.evenly(50, -2, 2));
    double[] grid = Spectra.evenly(2001, -6, 6);
    double[] values = density.smoothed(grid, 0.2).values();
    assertThat(Arrays.stream(values).sum() * (grid[1] - grid[0])).isCloseTo(1, within(1e-9));
  }

  @Test
  void prescribedSpectraArePlacedWhereTheyAre() {
    List<double[]> spectra = new ArrayList<>();
    spectra.add(new double[30]);
    spectra.add(Spectra.evenly(30, 1, 1 + 1e-9));
    double[] rankOne = new double[30];
    rankOne[7] = -4;
    spectra.add(rankOne);
    double[] wide = new double[30];
    Arrays.setAll(wide, i -> Math.pow(10, -12.0 * i / 29));
    spectra.add(wide);
    spectra.add(new double[] {2.5});
    for (double[] eigenvalues : spectra) {
      SpectralDensity density = density(4, 40, eigenvalues);
      double largest = Arrays.stream(eigenvalues).max().orElseThrow();
      double smallest = Arrays.stream(eigenvalues).min().orElseThrow();
      double scale = Math.max(Math.abs(largest), Math.abs(smallest));
      assertThat(density.largestNode()).isCloseTo(largest, within(1e-12 * scale));
      assertThat(density.smallestNode()).isCloseTo(smallest, within(1e-12 * scale));
      assertThat(density.moment(0).value()).isCloseTo(1, within(1e-14));
      assertThat(density.status()).isEqualTo(Status.ESTIMATED);
    }
  }

  @Test
  void theSameSeedGivesTheSameBitsAndAProbeDoesNotDependOnTheOthers() {
    double[] eigenvalues = Spectra.evenly(50, -2, 2);
    SpectralDensity three = density(3, 12, eigenvalues);
    SpectralDensity one = density(1, 12, eigenvalues);
    assertThat(three.quadratures().get(0).nodes())
        .containsExactly(one.quadratures().get(0).nodes());
    assertThat(density(3, 12, eigenvalues).quadratures().get(2).weights())
        .containsExactly(three.quadratures().get(2).weights());
    // One probe has the error of a vector that is uniform on the sphere.
    double spread = Arrays.stream(eigenvalues).map(t -> t * t).sum();
    assertThat(one.trace().standardError().orElseThrow())
        .isBetween(0.5 * Math.sqrt(2 * spread), 2 * Math.sqrt(2 * spread));
  }

  /** Nodes ±s: norm √n s, trace 0, second moment s². */
  private static SpectralDensity twoNodes(double s) {
    var one = new SpectralDensity.Quadrature(new double[] {-s, s}, new double[] {0.5, 0.5});
    return new SpectralDensity(100, List.of(one, one), 4, Status.ESTIMATED, "given");
  }

  @Test
  void aNumberBeyondTheDoublesHasNoIntervalAndSaysOverflow() {
    SpectralDensity density = twoNodes(1e160);
    Outcome second = density.moment(2);
    assertThat(second.value()).isInfinite();
    assertThat(second.status()).isEqualTo(Status.OVERFLOW);
    assertThat(second.interval()).isEmpty();
    assertThat(second.standardError()).isEmpty();
    assertThat(density.integral(t -> Double.NaN).status()).isEqualTo(Status.OVERFLOW);
    assertThat(density.trace().status()).isEqualTo(Status.ESTIMATED);
    assertThat(density.negativeMass().lower().status()).isEqualTo(Status.ESTIMATED);
    var most = new SpectralDensity.Quadrature(new double[] {1.5e308}, new double[] {1});
    var huge = new SpectralDensity(100, List.of(most), 1, Status.ESTIMATED, "given");
    assertThat(huge.trace().status()).isEqualTo(Status.OVERFLOW);
    assertThat(huge.frobeniusNorm().value()).isInfinite();
    assertThat(huge.frobeniusNorm().status()).isEqualTo(Status.OVERFLOW);
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-310, 1e-170, 1, 1e160})
  void theFrobeniusNormTakesNoSquareThatLeavesTheDoubles(double s) {
    Outcome norm = twoNodes(s).frobeniusNorm();
    assertThat(norm.value()).isCloseTo(10 * s, within(1e-12 * 10 * s));
    assertThat(norm.interval().orElseThrow().low()).isLessThanOrEqualTo(norm.value());
    assertThat(norm.status()).isEqualTo(Status.ESTIMATED);
  }

  @Test
  void aProbeCutShortSaysSo() {
    SpectralDensity density =
        StochasticLanczos.withDefaults()
            .density(Spectra.withEigenvalues(Spectra.evenly(50, -2, 2)), SEED, Spectra.LATE);
    assertThat(density.status()).isEqualTo(Status.NOT_CONVERGED);
    assertThat(density.reason()).isEqualTo("the monitor stopped the work");
    assertThat(density.products()).isEqualTo(5);
  }

  @Test
  void badSettingsAreRefused() {
    assertThatThrownBy(() -> StochasticLanczos.withDefaults().withProbes(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the number of probes is 0, expected at least 1");
    assertThatThrownBy(() -> StochasticLanczos.withDefaults().withSteps(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the number of steps is 0, expected at least 1");
    SpectralDensity density = density(1, 3, 1, 2, 3);
    assertThatThrownBy(() -> density.smoothed(new double[] {0}, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the width of the kernel is 0.0, expected a positive number");
    assertThatThrownBy(() -> density.histogram(new double[] {0, 0}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("edge 1 is 0.0, expected more than 0.0");
    assertThatThrownBy(() -> density.moment(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the order of a moment is -1, expected at least 0");
  }
}
