package dev.flatness.sharpness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flatness.random.Seed;
import dev.flatness.surface.DifferencedSurface;
import dev.flatness.surface.LossSurface;
import org.junit.jupiter.api.Test;

/** The rounding of losses of frameworks that count in float32 is seen. */
class FloatLossTest {
  /** Σ cosh θ_i − 1 in floats, as a framework sums it, and in doubles. */
  private static LossSurface surface(boolean floats) {
    return DifferencedSurface.of(
        50,
        (theta, gradient) -> {
          float sum = 0;
          double exact = 0;
          for (int i = 0; i < theta.length; i++) {
            double x = floats ? (float) theta[i] : theta[i];
            sum += (float) (Math.cosh(x) - 1);
            exact += Math.cosh(x) - 1;
            gradient[i] = Math.sinh(x);
          }
          return floats ? sum : exact;
        });
  }

  @Test
  void theIncreaseIsAsRightAsStated() {
    double[] theta = new double[50];
    for (int i = 0; i < theta.length; i++) {
      theta[i] = Math.sin(i);
    }
    int right = 0;
    for (int seed = 0; seed < 20; seed++) {
      ExpectedIncrease.Noise noise = ExpectedIncrease.Noise.gaussian(1e-3);
      ExpectedIncrease.Result floats =
          ExpectedIncrease.withDefaults().estimate(surface(true), theta, noise, Seed.of(seed));
      ExpectedIncrease.Result exact =
          ExpectedIncrease.withDefaults().estimate(surface(false), theta, noise, Seed.of(seed));
      assertThat(floats.rounding()).isBetween(1e-7, 1e-4);
      assertThat(exact.rounding()).isLessThan(1e-13);
      double error = floats.mean().standardError().orElseThrow();
      right += Math.abs(floats.mean().value() - exact.mean().value()) <= 2 * error ? 1 : 0;
    }
    assertThat(right).isGreaterThanOrEqualTo(19);
  }
}
