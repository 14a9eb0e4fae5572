package dev.flatness.sharpness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.internal.linalg.Vectors;
import dev.flatness.measure.Status;
import dev.flatness.random.Seed;
import dev.flatness.sharpness.ExpectedIncrease.Noise;
import dev.flatness.sharpness.ExpectedIncrease.Result;
import dev.flatness.spectral.Spectra;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Against E ½ uᵀHu of quadratics in closed form. */
class ExpectedIncreaseTest {
  private static final int N = 20;
  private static final double[] EIGENVALUES = Spectra.evenly(N, -1, 5);
  private static final double TRACE = Arrays.stream(EIGENVALUES).sum();
  private static final QuadraticSurface SURFACE =
      QuadraticSurface.of(2, Vectors.gaussian(N, Seed.of(1)), Spectra.withEigenvalues(EIGENVALUES));
  private static final ExpectedIncrease METHOD = ExpectedIncrease.withDefaults();

  /**
   * z² of Student's t of 63 degrees of freedom has mean 63/61 and, the samples being nearly normal,
   * a deviation of some 1.5; its mean over 200 seeds one of 0.11.
   */
  private static void honest(Noise noise, double[] theta, double truth) {
    double sum = 0;
    for (int i = 0; i < 200; i++) {
      Result found = METHOD.estimate(SURFACE, theta, noise, Seed.of(8).split(i));
      double z = (found.mean().value() - truth) / found.mean().standardError().orElseThrow();
      sum += z * z;
      assertThat(found.mean().status()).isEqualTo(Status.ESTIMATED);
      assertThat(found.pairs()).isEqualTo(64);
    }
    assertThat(sum / 200).isCloseTo(63.0 / 61, within(0.45));
  }

  @Test
  void gaussianNoiseGivesHalfTheTrace() {
    double sigma = 1e-2;
    honest(Noise.gaussian(sigma), new double[N], sigma * sigma / 2 * TRACE);
  }

  /** E u_i² = ε² / (N + 2) in a ball. */
  @Test
  void uniformNoiseInABallGivesItsShareOfTheTrace() {
    double epsilon = 0.1;
    honest(Noise.uniformInBall(epsilon), new double[N], epsilon * epsilon / (2 * (N + 2)) * TRACE);
  }

  @Test
  void relativeNoiseGivesTheTraceWeightedByTheSquaredParameters() {
    double[] theta = Vectors.gaussian(N, Seed.of(2));
    theta[3] = 0;
    double weighted = 0;
    double[][] column = new double[1][N];
    for (int i = 0; i < N; i++) {
      double[] unit = new double[N];
      unit[i] = 1;
      SURFACE.matrix().apply(new double[][] {unit}, column);
      weighted += theta[i] * theta[i] * column[0][i];
    }
    honest(Noise.relative(theta, 0.05), theta, 0.05 * 0.05 / 2 * weighted);
  }

  /** The budget of the class and that of the measures, on every spectrum. */
  @Test
  void theTruthLiesInTheIntervalAsOftenAsItShould() {
    int trials = 300;
    double slack = 4 * Math.sqrt(0.05 * 0.95 / trials);
    double epsilon = 0.1;
    Spectra.prescribed(40)
        .forEach(
            (name, values) -> {
              QuadraticSurface surface =
                  QuadraticSurface.of(2, new double[40], Spectra.withEigenvalues(values));
              double trace = Arrays.stream(values).sum();
              for (boolean gaussian : new boolean[] {true, false}) {
                Noise noise = gaussian ? Noise.gaussian(1e-2) : Noise.uniformInBall(epsilon);
                double truth = (gaussian ? 1e-4 / 2 : epsilon * epsilon / (2 * (40 + 2))) * trace;
                for (int pairs : new int[] {64, 16}) {
                  // Student's t of 63 and 15 degrees of freedom.
                  double t = pairs == 64 ? 1.998 : 2.131;
                  int covered = 0;
                  for (int i = 0; i < trials; i++) {
                    Result found =
                        METHOD
                            .withPairs(pairs)
                            .estimate(surface, new double[40], noise, Seed.of(31).split(i));
                    double error = Math.abs(found.mean().value() - truth);
                    // Losses of 2 are rounded.
                    covered +=
                        error <= t * found.mean().standardError().orElseThrow() + 1e-15 ? 1 : 0;
                  }
                  assertThat((double) covered / trials)
                      .as(name + ", " + pairs + " pairs, gaussian: " + gaussian)
                      .isGreaterThan(0.95 - slack);
                }
              }
            });
  }

  @Test
  void uniformNoiseStaysInItsBallAndFillsIt() {
    Noise noise = Noise.uniformInBall(2);
    double[] u = new double[3];
    int inner = 0;
    for (int i = 0; i < 4000; i++) {
      noise.draw(Seed.of(5).split(i).generator(), u);
      assertThat(Vectors.norm(u)).isLessThanOrEqualTo(2 * (1 + 1e-14));
      inner += Vectors.norm(u) < 1 ? 1 : 0;
    }
    // An eighth of the volume: 500 of 4,000 with a standard deviation of 21.
    assertThat(inner).isBetween(500 - 84, 500 + 84);
  }

  @Test
  void gradientsCancelInEveryPair() {
    QuadraticSurface linear = QuadraticSurface.diagonal(0, new double[] {1e6, -3e5}, 0, 0);
    Result found = METHOD.estimate(linear, new double[2], Noise.gaussian(1), Seed.of(1));
    assertThat(found.mean().value()).isZero();
  }

  @Test
  void aTargetEndsEarlyAndAMissedOneIsSaid() {
    Result early =
        METHOD
            .withPairs(10_000)
            .withTargetRelativeError(0.05)
            .estimate(SURFACE, new double[N], Noise.gaussian(1), Seed.of(1));
    assertThat(early.mean().standardError().orElseThrow())
        .isLessThanOrEqualTo(0.05 * early.mean().value());
    assertThat(early.pairs()).isLessThan(1000);
    assertThat(early.mean().status()).isEqualTo(Status.ESTIMATED);
    assertThat(early.mean().reason()).hasValue("the standard error met its target");
    Result missed =
        METHOD
            .withPairs(20)
            .withTargetRelativeError(0.001)
            .estimate(SURFACE, new double[N], Noise.gaussian(1), Seed.of(1));
    assertThat(missed.mean().status()).isEqualTo(Status.NOT_CONVERGED);
    assertThat(missed.mean().reason())
        .hasValue(
            "the target of 0.001 for the relative standard error was not reached in 20 pairs");
  }

  @Test
  void lossesOutsideTheDomainAreSaid() {
    Result infinite =
        METHOD.estimate(
            SURFACE.within(0.5, Double.POSITIVE_INFINITY),
            new double[N],
            Noise.gaussian(1),
            Seed.of(1));
    assertThat(infinite.mean().status()).isEqualTo(Status.INFINITE);
    assertThat(infinite.mean().value()).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(infinite.mean().reason()).hasValue("the loss is infinite at a perturbation");
    Result undefined =
        METHOD.estimate(
            SURFACE.within(0.5, Double.NaN), new double[N], Noise.gaussian(1), Seed.of(1));
    assertThat(undefined.mean().status()).isEqualTo(Status.OVERFLOW);
    assertThat(undefined.mean().reason()).hasValue("the loss is undefined at a perturbation");
  }

  @Test
  void aPassedTimeLimitIsSaid() {
    Result found =
        METHOD.estimate(
            SURFACE, new double[N], Noise.gaussian(1), Seed.of(1), Spectra.stoppedAfter(10));
    assertThat(found.pairs()).isEqualTo(10);
    assertThat(found.mean().reason()).hasValue("the monitor stopped the work after 10 of 64 pairs");
  }

  @Test
  void refusesNoiseWithoutAScale() {
    assertThatThrownBy(() -> Noise.gaussian(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the standard deviation of the noise is 0.0, expected a positive number");
    assertThatThrownBy(() -> Noise.uniformInBall(Double.NaN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the radius of the noise is NaN, expected a positive number");
    assertThatThrownBy(() -> METHOD.withPairs(1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the number of pairs is 1, expected at least 2 for a standard error");
    assertThatThrownBy(() -> METHOD.withTargetRelativeError(1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "the target of the relative standard error is 1.0, expected a number between 0 and 1");
  }
}
