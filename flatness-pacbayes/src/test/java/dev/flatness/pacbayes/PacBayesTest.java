package dev.flatness.pacbayes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

class PacBayesTest {
  private static final double ROUNDING = 1e-12;

  /** Maurer's lemma needs Σ C(n,k) (k/n)^k (1 − k/n)^{n−k} ≤ 2√n, which he proved from n = 8 on. */
  @Property
  void theLogarithmHoldsFromOneSampleOn(@ForAll @IntRange(min = 1, max = 60) int n) {
    double sum = 0;
    double binomial = 1;
    for (int k = 0; k <= n; k++) {
      double share = (double) k / n;
      sum += binomial * Math.pow(share, k) * Math.pow(1 - share, n - k);
      binomial = binomial * (n - k) / (k + 1);
    }
    assertThat(sum).isLessThanOrEqualTo(2 * Math.sqrt(n));
  }

  @Property
  void boundsAreInOrder(
      @ForAll @DoubleRange(min = 0, max = 1) double risk,
      @ForAll @DoubleRange(min = 0, max = 2000) double divergence,
      @ForAll @IntRange(min = 10, max = 100000) int samples) {
    double seeger = PacBayes.seeger(risk, divergence, samples, 0.05);
    double maurer = PacBayes.maurer(risk, divergence, samples, 0.05);
    double quadratic = PacBayes.quadratic(risk, divergence, samples, 0.05);
    assertThat(seeger).isBetween(risk, Math.min(1, Math.min(maurer, quadratic)) + ROUNDING);
    assertThat(PacBayes.seegerLower(risk, divergence, samples, 0.05)).isBetween(0.0, risk);
    // Refined Pinsker: the quadratic bound is the tighter one for small risks.
    double half = PacBayes.complexity(divergence, samples, 0.05) / 2;
    assertThat(quadratic < maurer)
        .isEqualTo(2 * half + 2 * Math.sqrt(half * (risk + half)) < Math.sqrt(half));
    double yi = PacBayes.yi(risk, 0, divergence, samples, 0.05);
    assertThat(yi).isGreaterThanOrEqualTo(maurer);
  }

  @Property
  void theLambdaBoundAtItsBestIsTheQuadraticOne(
      @ForAll @DoubleRange(min = 0, max = 1) double risk,
      @ForAll @DoubleRange(min = 0, max = 2000) double divergence,
      @ForAll @IntRange(min = 10, max = 100000) int samples,
      @ForAll @DoubleRange(min = 0.01, max = 1.99) double other) {
    double best = PacBayes.optimalLambda(risk, divergence, samples, 0.05);
    double least = PacBayes.lambda(risk, divergence, samples, 0.05, best);
    assertThat(least)
        .isCloseTo(PacBayes.quadratic(risk, divergence, samples, 0.05), within(ROUNDING * least));
    assertThat(PacBayes.lambda(risk, divergence, samples, 0.05, other))
        .isGreaterThanOrEqualTo(least * (1 - ROUNDING));
  }

  /** inf over C of Catoni's bound is kl⁻¹(q, (KL + ln (1/δ))/n) (Germain et al. 2009). */
  @Property
  void catoniAtItsBestIsTheInverseOfTheDivergence(
      @ForAll @DoubleRange(min = 0.01, max = 0.9) double risk,
      @ForAll @DoubleRange(min = 0, max = 500) double divergence,
      @ForAll @IntRange(min = 1000, max = 100000) int samples) {
    double complexity = (divergence + Math.log(20)) / samples;
    double p = BinaryDivergence.upperInverse(risk, complexity);
    double best = Math.log(p * (1 - risk) / (risk * (1 - p)));
    double least = PacBayes.catoni(risk, divergence, samples, 0.05, best);
    assertThat(least).isCloseTo(p, within(1e-9 * p));
    assertThat(PacBayes.catoni(risk, divergence, samples, 0.05, best * 1.3))
        .isGreaterThanOrEqualTo(least * (1 - 1e-9));
  }

  @Property
  void boundsGrowWithRiskAndDivergenceAndFallWithSamplesAndDelta(
      @ForAll @DoubleRange(min = 0, max = 0.9) double risk,
      @ForAll @DoubleRange(min = 0, max = 500) double divergence,
      @ForAll @IntRange(min = 10, max = 10000) int samples) {
    for (Bound bound : Bound.values()) {
      double here = value(bound, risk, divergence, samples, 0.05);
      double slack = ROUNDING * here;
      assertThat(value(bound, risk + 0.05, divergence, samples, 0.05)).isGreaterThan(here - slack);
      assertThat(value(bound, risk, divergence + 10, samples, 0.05)).isGreaterThan(here - slack);
      assertThat(value(bound, risk, divergence, 2 * samples, 0.05)).isLessThan(here + slack);
      assertThat(value(bound, risk, divergence, samples, 0.1)).isLessThan(here + slack);
    }
  }

  private static double value(Bound bound, double risk, double divergence, int n, double delta) {
    return switch (bound) {
      case YI_MCALLESTER -> PacBayes.yi(risk, 0.01, divergence, n, delta);
      case MAURER -> PacBayes.maurer(risk, divergence, n, delta);
      case SEEGER -> PacBayes.seeger(risk, divergence, n, delta);
      case QUADRATIC -> PacBayes.quadratic(risk, divergence, n, delta);
      case LAMBDA -> PacBayes.lambda(risk, divergence, n, delta, 0.7);
      case CATONI -> PacBayes.catoni(risk, divergence, n, delta, 0.7);
    };
  }

  /**
   * Dziugaite and Roy 2017, Table 1, networks T-600, T-300² and T-600²: risk, divergence and bound
   * of stochastic networks on binary MNIST, n = 55,000, δ = 0.025. The table rounds the risk to
   * three digits, which moves the bound by 0.001, and the bound itself; the price of the prior's
   * scale is some 14 nats, and a nat moves the bound by 3e-5.
   */
  @Example
  void publishedBoundsAreMet() {
    double[][] rows = {{0.028, 5144, 0.161}, {0.027, 5791, 0.170}, {0.028, 6534, 0.186}};
    for (double[] row : rows) {
      double price = PriorScale.grid().choose(1e-4, 1).price();
      double bound = PacBayes.seeger(row[0], row[1] + price, 55_000, 0.025);
      assertThat(bound).isCloseTo(row[2], within(0.0016));
    }
  }

  @Example
  void theClosedFormsOfNoRiskAndNoDivergence() {
    double complexity = Math.log(2 * Math.sqrt(100) / 0.05) / 100;
    assertThat(PacBayes.complexity(0, 100, 0.05)).isCloseTo(complexity, within(1e-16));
    assertThat(PacBayes.seeger(0, 0, 100, 0.05))
        .isCloseTo(1 - Math.exp(-complexity), within(1e-15));
    assertThat(PacBayes.quadratic(0, 0, 100, 0.05)).isCloseTo(2 * complexity, within(1e-15));
    assertThat(PacBayes.maurer(0.5, Double.POSITIVE_INFINITY, 100, 0.05)).isInfinite();
    assertThat(PacBayes.seeger(0.5, Double.POSITIVE_INFINITY, 100, 0.05)).isEqualTo(1);
  }

  @Example
  void whatIsNoRiskIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PacBayes.maurer(2.3, 1, 100, 0.05))
        .withMessageContaining("the empirical risk is 2.3")
        .withMessageContaining("clip");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PacBayes.seeger(0.1, -1, 100, 0.05))
        .withMessageContaining("divergence is -1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PacBayes.lambda(0.1, 1, 100, 0.05, 2))
        .withMessageContaining("λ is 2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PacBayes.catoni(0.1, 1, 100, 0.05, 0))
        .withMessageContaining("C of Catoni's bound is 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PacBayes.quadratic(0.1, 1, 0, 0.05))
        .withMessageContaining("number of samples is 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PacBayes.quadratic(0.1, 1, 10, 1))
        .withMessageContaining("delta is 1");
  }
}
