package dev.flatness.pacbayes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flatness.random.Seed;
import java.util.random.RandomGenerator;
import net.jqwik.api.Example;
import org.apache.commons.statistics.distribution.BinomialDistribution;
import org.apache.commons.statistics.distribution.NormalDistribution;

/** Bounds hold as often as they promise, where the true risk is known. */
class BoundCoverageTest {
  private static final int TRIALS = 2000;
  private static final double DELTA = 0.1;

  /** The number of failures that a promise of δ exceeds once in a million such tests. */
  private static int most(double delta) {
    return BinomialDistribution.of(TRIALS, delta).inverseSurvivalProbability(1e-6);
  }

  /**
   * One weight w classifies x by the sign of w x; labels agree with the sign of x up to flips with
   * probability η. The posterior N(m, 1) is moved toward what the samples say; its risk is known.
   */
  @Example
  void aLinearClassifierIsWithinItsBounds() {
    NormalDistribution normal = NormalDistribution.of(0, 1);
    double flips = 0.4;
    int samples = 40;
    int[] failures = new int[Bound.values().length + 1];
    for (int trial = 0; trial < TRIALS; trial++) {
      RandomGenerator random = Seed.of(7).split(trial).generator();
      int flipped = 0;
      for (int i = 0; i < samples; i++) {
        flipped += random.nextDouble() < flips ? 1 : 0;
      }
      double share = (double) flipped / samples;
      double mean = 6 * (0.5 - share);
      double right = normal.cumulativeProbability(mean);
      double truth = right * flips + (1 - right) * (1 - flips);
      double risk = right * share + (1 - right) * (1 - share);
      double divergence =
          DiagonalGaussian.isotropic(new double[] {mean}, 1)
              .divergenceFrom(DiagonalGaussian.isotropic(new double[1], 1));
      for (Bound bound : Bound.values()) {
        double value =
            switch (bound) {
              case YI_MCALLESTER ->
                  PacBayes.yi(
                      mean > 0 ? share : 1 - share,
                      Math.abs(risk - (mean > 0 ? share : 1 - share)),
                      divergence,
                      samples,
                      DELTA);
              case MAURER -> PacBayes.maurer(risk, divergence, samples, DELTA);
              case SEEGER -> PacBayes.seeger(risk, divergence, samples, DELTA);
              case QUADRATIC -> PacBayes.quadratic(risk, divergence, samples, DELTA);
              case LAMBDA ->
                  PacBayes.lambda(
                      risk,
                      divergence,
                      samples,
                      DELTA,
                      PacBayes.optimalLambda(risk, divergence, samples, DELTA));
              case CATONI -> PacBayes.catoni(risk, divergence, samples, DELTA, 1);
            };
        failures[bound.ordinal()] += value < truth ? 1 : 0;
      }
      failures[failures.length - 1] +=
          PacBayes.seegerLower(risk, divergence, samples, DELTA) > truth ? 1 : 0;
    }
    for (int failed : failures) {
      assertThat(failed).isLessThanOrEqualTo(most(DELTA));
    }
  }

  /** Without a divergence Catoni's bound is nearly attained: the promise is not an idle one. */
  @Example
  void aBoundWithHalfItsTermsFailsThisTest() {
    int samples = 40;
    int failed = 0;
    for (int trial = 0; trial < TRIALS; trial++) {
      RandomGenerator random = Seed.of(8).split(trial).generator();
      int errors = 0;
      for (int i = 0; i < samples; i++) {
        errors += random.nextDouble() < 0.4 ? 1 : 0;
      }
      double risk = (double) errors / samples;
      failed += BinaryDivergence.upperInverse(risk, 0.2 / samples) < 0.4 ? 1 : 0;
    }
    assertThat(failed).isGreaterThan(most(DELTA));
  }

  @Example
  void theDrawnRiskHoldsTheTruthAsOftenAsItSays() {
    double truth = 0.07;
    int draws = 200;
    int below = 0;
    int above = 0;
    for (int trial = 0; trial < TRIALS; trial++) {
      RandomGenerator random = Seed.of(9).split(trial).generator();
      int errors = 0;
      for (int i = 0; i < draws; i++) {
        errors += random.nextDouble() < truth ? 1 : 0;
      }
      RiskEstimate estimate = RiskEstimate.of((double) errors / draws, draws, DELTA);
      below += estimate.upper() < truth ? 1 : 0;
      above += estimate.lower() > truth ? 1 : 0;
    }
    assertThat(below + above).isLessThanOrEqualTo(most(DELTA));
    assertThat(below).isPositive();
    assertThat(above).isPositive();
  }
}
