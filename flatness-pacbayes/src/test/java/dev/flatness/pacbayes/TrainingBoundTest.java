package dev.flatness.pacbayes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;

class TrainingBoundTest {
  private static final double STEP = 1e-5;

  @Property(tries = 300)
  void derivativesAreThoseOfTheValue(
      @ForAll TrainingBound bound,
      @ForAll @DoubleRange(min = -3, max = -0.2) double riskDigits,
      @ForAll @DoubleRange(min = -4, max = -0.7) double digits) {
    double epsilon = Math.pow(10, digits);
    double q = Math.pow(10, riskDigits);
    double inRisk =
        (bound.value(q * (1 + STEP), epsilon) - bound.value(q * (1 - STEP), epsilon))
            / (2 * q * STEP);
    double inDivergence =
        (bound.value(q, epsilon * (1 + STEP)) - bound.value(q, epsilon * (1 - STEP)))
            / (2 * epsilon * STEP);
    // A difference quotient has an error of rounding, 1e-16 value/(q step), and of step².
    assertThat(bound.inRisk(q, epsilon)).isCloseTo(inRisk, withinPercentage(1e-3));
    assertThat(bound.inDivergence(q, epsilon)).isCloseTo(inDivergence, withinPercentage(1e-3));
  }

  @Property(tries = 300)
  void orderIsSeegerBelowTheOthers(
      @ForAll @DoubleRange(min = 0, max = 1) double q,
      @ForAll @DoubleRange(min = -6, max = 0.3) double digits) {
    double epsilon = Math.pow(10, digits);
    double seeger = TrainingBound.SEEGER.value(q, epsilon);
    assertThat(seeger).isLessThanOrEqualTo(TrainingBound.QUADRATIC.value(q, epsilon) + 1e-9);
    assertThat(seeger).isLessThanOrEqualTo(TrainingBound.MAURER.value(q, epsilon) + 1e-9);
  }

  @Property(tries = 300)
  void slopesAreFiniteAndNotNegativeForAnySurrogate(
      @ForAll TrainingBound bound,
      @ForAll @DoubleRange(min = 0, max = 30) double q,
      @ForAll @DoubleRange(min = -7, max = 1.7) double digits) {
    double epsilon = Math.pow(10, digits);
    assertThat(bound.inRisk(q, epsilon)).isFinite().isNotNegative();
    assertThat(bound.inDivergence(q, epsilon)).isFinite().isPositive();
  }
}
