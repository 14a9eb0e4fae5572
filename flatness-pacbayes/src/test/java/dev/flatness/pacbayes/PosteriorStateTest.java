package dev.flatness.pacbayes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.flatness.internal.engine.ChunkRunner;
import dev.flatness.random.Seed;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class PosteriorStateTest {
  private static final int P = 20_000;

  /** The divergence that is kept from step to step is that of the posterior. */
  @Test
  void keepsTheDivergence() {
    RandomGenerator random = Seed.of(1).generator();
    double[] center = Networks.normals(random, P, 1);
    DiagonalGaussian prior = DiagonalGaussian.isotropic(center, 0.1);
    ChunkRunner runner = new ChunkRunner(2);
    PosteriorState state = new PosteriorState(prior);
    double kept = state.divergence(prior.mean(), prior.sigma(), runner);
    assertThat(kept).isZero();
    for (int i = 0; i < 30; i++) {
      double[] inMean = Networks.normals(random, P, 1);
      double[] inSigma = Networks.normals(random, P, 1);
      kept = state.step(step(0.01, 0.1), inMean, inSigma, prior.mean(), prior.sigma(), runner);
    }
    double exact = state.posterior().divergenceFrom(prior);
    assertThat(exact).isGreaterThan(1000);
    assertThat(kept).isCloseTo(exact, withinPercentage(1e-8));
    assertThat(state.divergence(prior.mean(), prior.sigma(), runner))
        .isCloseTo(exact, withinPercentage(1e-10));
  }

  /** Without a risk the steps lead back to the prior. */
  @Test
  void goesToThePriorWithoutARisk() {
    double[] zero = new double[3];
    DiagonalGaussian prior = DiagonalGaussian.of(zero, new double[] {0.1, 1, 3});
    PosteriorState state =
        new PosteriorState(
            DiagonalGaussian.of(new double[] {0.2, -1, 2}, new double[] {0.3, 0.4, 3}));
    ChunkRunner runner = new ChunkRunner(1);
    state.divergence(zero, prior.sigma(), runner);
    double left = Double.NaN;
    for (int i = 0; i < 4000; i++) {
      double rate = 0.02 * (1 - i / 4000.0);
      left =
          state.step(step(rate, rate), new double[3], new double[3], zero, prior.sigma(), runner);
    }
    assertThat(left).isCloseTo(0, within(1e-4));
  }

  private static PosteriorState.Step step(double meanRate, double scaleRate) {
    return new PosteriorState.Step(meanRate, scaleRate, 0.9, 1, 0.01);
  }
}
