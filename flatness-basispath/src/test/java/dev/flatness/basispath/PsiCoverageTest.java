package dev.flatness.basispath;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flatness.measure.Estimate;
import dev.flatness.measure.Interval;
import dev.flatness.measure.Measure;
import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.spectral.TraceEstimator;
import dev.flatness.surface.NetworkSurface;
import org.junit.jupiter.api.Test;

/** How often 95 % intervals of estimates in path values hold the truth: 90 to 98 of 100 times. */
class PsiCoverageTest {
  private static final int SEEDS = Integer.getInteger("coverage.seeds", 200);

  @Test
  void estimatesHoldTheTruth() {
    Network network = Cases.mlp(true, Seed.of(3), 5, 8, 6, 3);
    NetworkSurface surface = Cases.surface(network, Seed.of(2));
    Subject subject = Cases.subject(surface, SkeletonRule.balanced());
    double trace = PsiTrace.withDefaults().evaluate(subject).get(0).value();
    // TraceEstimator needs no closed forms; it is asked for the whole operator.
    int dimension = surface.dimension();
    assertThat(dimension).isGreaterThan(96);
    int traces = 0;
    PsiPoint point = subject.get(PsiPoint.FACT).point();
    for (int i = 0; i < SEEDS; i++) {
      Interval range =
          TraceEstimator.xTrace()
              .withBudget(48)
              .estimate(point.hessian(), Seed.of(7).split(i))
              .interval()
              .orElseThrow();
      traces += range.low() <= trace && trace <= range.high() ? 1 : 0;
    }
    // The mean over many seeds is the truth of a single one.
    Measure expected = PsiSharpness.expected();
    double sum = 0;
    Estimate[] found = new Estimate[SEEDS];
    for (int i = 0; i < SEEDS; i++) {
      found[i] = expected.evaluate(subject.withSeed(Seed.of(9).split(i))).get(0);
      assertThat(found[i].status()).isEqualTo(Status.ESTIMATED);
      sum += (double) found[i].details().getOrDefault("meanIncrease", found[i].value());
    }
    double truth = Math.abs(sum / SEEDS);
    int inside = 0;
    for (Estimate each : found) {
      Interval range = each.interval().orElseThrow();
      inside += range.low() <= truth && truth <= range.high() ? 1 : 0;
    }
    System.out.printf("%6.1f %%  psi-trace by xtrace%n", 100.0 * traces / SEEDS);
    System.out.printf("%6.1f %%  psi-expected-sharpness%n", 100.0 * inside / SEEDS);
    assertThat((double) traces / SEEDS).isBetween(0.90, 0.98);
    assertThat((double) inside / SEEDS).isBetween(0.90, 0.98);
  }
}
