package dev.flatness.hessian;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flatness.measure.Interval;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.sharpness.ExpectedIncrease;
import dev.flatness.sharpness.ExpectedIncrease.Noise;
import dev.flatness.sharpness.ExpectedIncrease.Result;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.SurfaceOptions;
import dev.flatness.tensor.Precision;
import dev.flatness.testkit.RandomNetworks;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Differences of losses are made in float64, and their errors include its rounding. */
class RoundingOfDifferencesTest {
  private static final ExpectedIncrease METHOD = ExpectedIncrease.ofMeasures();

  private static NetworkSurface surface(int draw) {
    Seed seed = Seed.of(90).split(draw);
    return Cases.surface(RandomNetworks.withDefaults().draw(seed), seed);
  }

  /** With σ = 1e-11 the increase, σ²/2 Tr H, is far below the last place of the loss. */
  @Test
  void anIncreaseBelowTheRoundingOfTheLossLiesInItsInterval() {
    int trials = 200;
    int covered = 0;
    int said = 0;
    for (int i = 0; i < trials; i++) {
      NetworkSurface surface = surface(i);
      double[] theta = surface.network().parameterVector();
      Result found = METHOD.estimate(surface, theta, Noise.gaussian(1e-11), Seed.of(i));
      double truth =
          1e-22 / 2 * HessianTrace.withDefaults().evaluate(Cases.subject(surface)).get(0).value();
      double error = found.mean().standardError().orElseThrow();
      assertThat(Math.abs(truth)).isLessThan(Math.ulp(found.loss()));
      assertThat(error).isGreaterThanOrEqualTo(found.rounding());
      Interval interval = found.mean().interval().orElseThrow();
      covered += interval.low() <= truth && truth <= interval.high() ? 1 : 0;
      said += found.mean().reason().orElseThrow().contains("the rounding of the loss") ? 1 : 0;
    }
    double slack = 3 * Math.sqrt(0.05 * 0.95 / trials);
    assertThat(covered / (double) trials).isGreaterThan(0.95 - slack);
    assertThat(said).isGreaterThan(trials * 8 / 10);
  }

  /** The parameters are floats, so that both surfaces are the same function. */
  @Test
  void aSurfaceInFloat32GivesTheIncreaseOfTheSameInFloat64() {
    for (int i = 0; i < 20; i++) {
      NetworkSurface drawn = surface(i);
      double[] theta = drawn.network().parameterVector();
      for (int j = 0; j < theta.length; j++) {
        theta[j] = (float) theta[j];
      }
      Network network = drawn.network().withParameters(theta);
      NetworkSurface fine = Cases.moved(drawn, network);
      NetworkSurface coarse =
          NetworkSurface.of(
              network,
              drawn.dataset(),
              drawn.loss(),
              SurfaceOptions.withDefaults()
                  .withThreads(1)
                  .withGemm("plain")
                  .withPrecision(Precision.FLOAT32));
      Noise noise = Noise.gaussian(1e-6);
      assertThat(METHOD.estimate(coarse, theta, noise, Seed.of(i)))
          .isEqualTo(METHOD.estimate(fine, theta, noise, Seed.of(i)));
      assertThat(coarse.inDouble().at(network).value(theta)).isEqualTo(fine.value(theta));
      assertThat(fine.inDouble()).isSameAs(fine);
    }
  }

  /** The measured rounding against that of the same loss at parameters a last place away. */
  @Test
  void theRoundingIsThatOfTheLoss() {
    for (int i = 0; i < 20; i++) {
      NetworkSurface surface = surface(i);
      double[] theta = surface.network().parameterVector();
      Result found = METHOD.estimate(surface, theta, Noise.gaussian(1e-3), Seed.of(i));
      double most =
          1e-13
              * (1 + Math.abs(found.loss()))
              * (1 + Arrays.stream(theta).map(Math::abs).max().orElseThrow());
      assertThat(found.rounding()).isBetween(Math.ulp(found.loss()) / 4, most);
    }
  }
}
