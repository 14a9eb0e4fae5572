package dev.flatness.pacbayes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;

class DiagonalGaussianTest {
  /** ∫ q ln (q/p) by the trapezoid rule, which is exact for such integrands. */
  private static double integrated(double mean, double sigma, double priorMean, double prior) {
    double sum = 0;
    double step = sigma / 50;
    for (int i = -600; i <= 600; i++) {
      double x = mean + i * step;
      double logQ = -0.5 * Math.pow((x - mean) / sigma, 2) - Math.log(sigma);
      double logP = -0.5 * Math.pow((x - priorMean) / prior, 2) - Math.log(prior);
      sum += Math.exp(logQ) / Math.sqrt(2 * Math.PI) * (logQ - logP) * step;
    }
    return sum;
  }

  @Property
  void theDivergenceIsTheIntegral(
      @ForAll @DoubleRange(min = -3, max = 3) double mean,
      @ForAll @DoubleRange(min = 0.05, max = 3) double sigma,
      @ForAll @DoubleRange(min = -3, max = 3) double priorMean,
      @ForAll @DoubleRange(min = 0.05, max = 3) double priorSigma) {
    DiagonalGaussian posterior =
        DiagonalGaussian.of(new double[] {mean, 1}, new double[] {sigma, 0.2});
    DiagonalGaussian prior =
        DiagonalGaussian.of(new double[] {priorMean, 0.5}, new double[] {priorSigma, 0.4});
    double expected = integrated(mean, sigma, priorMean, priorSigma) + integrated(1, 0.2, 0.5, 0.4);
    assertThat(posterior.divergenceFrom(prior)).isCloseTo(expected, within(1e-9 * expected));
  }

  /** KL ≈ ((σ − τ)/τ)² for near scales, where r − 1 − ln r cancels. */
  @Example
  void nearScalesKeepTheirDigits() {
    double apart = 1.0 / (1 << 20);
    double expected = apart * apart - apart * apart * apart / 3;
    DiagonalGaussian posterior = DiagonalGaussian.isotropic(new double[1], 1 + apart);
    assertThat(posterior.divergenceFrom(DiagonalGaussian.isotropic(new double[1], 1)))
        .isCloseTo(expected, within(1e-11 * expected));
    assertThat(posterior.divergenceFrom(posterior)).isZero();
  }

  /** Far scales: r − 1 − 2 (ln σ − ln τ), each logarithm exact to its last digit. */
  @Example
  void farScalesKeepTheirDigits() {
    for (int exponent = -300; exponent <= 150; exponent += 10) {
      double sigma = Math.pow(10, exponent);
      double expected = 0.5 * (sigma * sigma - 1 - 2 * Math.log(sigma));
      double found =
          DiagonalGaussian.isotropic(new double[1], sigma)
              .divergenceFrom(DiagonalGaussian.isotropic(new double[1], 1));
      assertThat(found).isCloseTo(expected, within(1e-13 * Math.max(1e-16, expected)));
    }
  }

  @Example
  void scalesThatAreNoneAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DiagonalGaussian.isotropic(new double[2], 0))
        .withMessageContaining("standard deviation 0 of the Gaussian is 0.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DiagonalGaussian.of(new double[2], new double[3]))
        .withMessageContaining("2 means, but 3");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                DiagonalGaussian.isotropic(new double[2], 1)
                    .divergenceFrom(DiagonalGaussian.isotropic(new double[1], 1)))
        .withMessageContaining("2 coordinates, but the prior 1");
  }

  /** The grid's choice is the least of all its members, tried one by one. */
  @Property(tries = 200)
  void theGridFindsItsBestMember(
      @ForAll @DoubleRange(min = -6, max = 1.5) double digits,
      @ForAll @DoubleRange(min = 0, max = 5) double magnitude) {
    int dimension = (int) Math.pow(10, magnitude);
    double squares = dimension * Math.pow(10, digits);
    PriorScale.Choice chosen = PriorScale.grid().choose(squares, dimension);
    double least = Double.POSITIVE_INFINITY;
    for (int j = 1; j < 3000; j++) {
      double variance = 100 * Math.exp(-j / 100.0);
      double cost =
          (squares / variance + dimension * Math.log(variance)) / 2
              + Math.log(Math.PI * Math.PI * j * j / 6);
      least = Math.min(least, cost);
    }
    double variance = chosen.sigma() * chosen.sigma();
    double found = (squares / variance + dimension * Math.log(variance)) / 2 + chosen.price();
    assertThat(found).isCloseTo(least, within(1e-9 * Math.max(1, Math.abs(least))));
  }
}
