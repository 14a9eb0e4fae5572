package dev.flatness.robustness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.measure.Outcome;
import dev.flatness.random.Seed;
import java.util.function.DoubleUnaryOperator;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class RadialLawTest {
  private static final int STEPS = 200_000;

  private static double integral(DoubleUnaryOperator f) {
    double sum = 0;
    for (int i = 0; i < STEPS; i++) {
      sum += f.applyAsDouble((i + 0.5) / STEPS) / STEPS;
    }
    return sum;
  }

  /** ρ^{m−1+power} e^{−ρ²/(2s²)} relative to a point where it is large. */
  private static double moment(int m, double s, int power) {
    double peak = Math.min(1, s * Math.sqrt(m));
    return integral(
        rho ->
            Math.exp(
                (m - 1) * Math.log(rho / peak)
                    - (rho * rho - peak * peak) / (2 * s * s)
                    + power * Math.log(rho)));
  }

  @Test
  void meanSquareIsThatOfTheDensity() {
    for (int m : new int[] {1, 2, 5, 84, 784}) {
      for (double s : new double[] {0.03, 0.1, 1, 20}) {
        assertThat(new RadialLaw(m, s).meanSquare())
            .as("m " + m + ", s " + s)
            .isCloseTo(moment(m, s, 2) / moment(m, s, 0), within(1e-8));
      }
    }
  }

  @Test
  void drawsHaveTheMeanSquare() {
    for (int m : new int[] {1, 2, 5, 84, 784}) {
      for (double s : new double[] {0.01, 0.036, 0.1, 0.11, 1, 20}) {
        RadialLaw law = new RadialLaw(m, s);
        RandomGenerator random = Seed.of(m).generator();
        double[] squares = new double[4000];
        for (int i = 0; i < squares.length; i++) {
          double rho = law.draw(random);
          assertThat(rho).isBetween(0.0, 1.0);
          squares[i] = rho * rho;
        }
        Outcome mean = Outcome.mean(squares, "draws");
        assertThat(mean.value())
            .as("m " + m + ", s " + s)
            .isCloseTo(law.meanSquare(), within(4 * mean.standardError().orElseThrow()));
      }
    }
  }

  @Test
  void massIsTheIntegralOverTheBall() {
    // Of one dimension and of two in closed form.
    assertThat(new RadialLaw(1, 1).logMass())
        .isCloseTo(Math.log(2 * integral(x -> Math.exp(-x * x / 2))), within(1e-10));
    assertThat(new RadialLaw(2, 0.5).logMass())
        .isCloseTo(Math.log(2 * Math.PI * 0.25 * -Math.expm1(-2)), within(1e-13));
    assertThat(new RadialLaw(3, 0.001).logMass())
        .isCloseTo(1.5 * Math.log(2 * Math.PI * 1e-6), within(1e-12));
  }

  @Test
  void refusesAWidthThatIsNotPositive() {
    assertThatThrownBy(() -> new RadialLaw(2, 0))
        .hasMessageContaining("width of the kernel is 0.0");
  }
}
