package dev.flatness.pacbayes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.math.MathContext;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;

class BinaryDivergenceTest {
  private static final MathContext DIGITS = new MathContext(60);

  @Property
  void equalsASumInSixtyDigits(
      @ForAll @DoubleRange(min = -14, max = 14) double logit,
      @ForAll @DoubleRange(min = -14, max = 14) double other) {
    double q = 1 / (1 + Math.exp(-logit));
    double p = 1 / (1 + Math.exp(-other));
    double expected = exact(q, p);
    // The rounding of 1 − q and of q − p enters with the slopes of the terms.
    assertThat(BinaryDivergence.of(q, p)).isCloseTo(expected, within(1e-13 * expected + 1e-300));
  }

  @Property
  void keepsItsDigitsNearEqualShares(
      @ForAll @DoubleRange(min = 0.01, max = 0.99) double q,
      @ForAll @DoubleRange(min = -9, max = -3) double digits) {
    double p = q * (1 - Math.pow(10, digits));
    double expected = exact(q, p);
    assertThat(BinaryDivergence.of(q, p)).isCloseTo(expected, within(1e-12 * expected));
  }

  /** ln by a series of artanh in 60 digits. */
  private static double exact(double q, double p) {
    BigDecimal bq = new BigDecimal(q);
    BigDecimal bp = new BigDecimal(p);
    BigDecimal one = BigDecimal.ONE;
    return bq.multiply(ln(bq.divide(bp, DIGITS)), DIGITS)
        .add(
            one.subtract(bq)
                .multiply(ln(one.subtract(bq).divide(one.subtract(bp), DIGITS)), DIGITS))
        .doubleValue();
  }

  private static BigDecimal ln(BigDecimal x) {
    int halvings = 0;
    BigDecimal two = BigDecimal.valueOf(2);
    BigDecimal y = x;
    while (y.doubleValue() > 1.5) {
      y = y.divide(two, DIGITS);
      halvings++;
    }
    while (y.doubleValue() < 0.75) {
      y = y.multiply(two, DIGITS);
      halvings--;
    }
    BigDecimal sum = series(y);
    return halvings == 0 ? sum : sum.add(series2().multiply(BigDecimal.valueOf(halvings)), DIGITS);
  }

  /** ln 2 = 2 ln (4/3) + ln (9/8). */
  private static BigDecimal series2() {
    BigDecimal third = BigDecimal.valueOf(4).divide(BigDecimal.valueOf(3), DIGITS);
    return series(third).multiply(BigDecimal.valueOf(2)).add(series(new BigDecimal("1.125")));
  }

  private static BigDecimal series(BigDecimal y) {
    BigDecimal z = y.subtract(BigDecimal.ONE).divide(y.add(BigDecimal.ONE), DIGITS);
    BigDecimal square = z.multiply(z, DIGITS);
    BigDecimal power = z;
    BigDecimal sum = BigDecimal.ZERO;
    for (int k = 1; k < 200; k += 2) {
      sum = sum.add(power.divide(BigDecimal.valueOf(k), DIGITS), DIGITS);
      power = power.multiply(square, DIGITS);
    }
    return sum.multiply(BigDecimal.valueOf(2));
  }

  @Property
  void inversesMeetTheirDefinition(
      @ForAll @DoubleRange(min = 0, max = 1) double q,
      @ForAll @DoubleRange(min = -9, max = 1.3) double digits) {
    double divergence = Math.pow(10, digits);
    double upper = BinaryDivergence.upperInverse(q, divergence);
    double lower = BinaryDivergence.lowerInverse(q, divergence);
    assertThat(upper).isBetween(q, 1.0);
    assertThat(lower).isBetween(0.0, q);
    if (upper < 1 && q > 0) {
      assertThat(BinaryDivergence.of(q, upper)).isGreaterThanOrEqualTo(divergence);
      assertThat(BinaryDivergence.of(q, Math.max(q, upper - 1e-12 * (1 - upper) - 4e-16)))
          .isLessThanOrEqualTo(divergence);
    }
    if (lower > 0 && q < 1) {
      assertThat(BinaryDivergence.of(q, lower)).isGreaterThanOrEqualTo(divergence);
      assertThat(BinaryDivergence.of(q, Math.min(q, lower * (1 + 1e-12))))
          .isLessThanOrEqualTo(divergence);
    }
  }

  @Property
  void growsAwayFromTheShare(
      @ForAll @DoubleRange(min = 0, max = 1) double q,
      @ForAll @DoubleRange(min = 0, max = 3) double less,
      @ForAll @DoubleRange(min = 0, max = 3) double more) {
    double first = Math.min(less, more);
    double second = Math.max(less, more);
    assertThat(BinaryDivergence.upperInverse(q, first))
        .isLessThanOrEqualTo(BinaryDivergence.upperInverse(q, second));
    assertThat(BinaryDivergence.lowerInverse(q, first))
        .isGreaterThanOrEqualTo(BinaryDivergence.lowerInverse(q, second));
  }

  /** kl(q‖p) = ε at p = q e^{−(ε + h)/q}, h the entropy, to first order in p. */
  @Example
  void inversesReachTheSmallestDoubles() {
    double q = 0.12;
    double entropy = -(1 - q) * Math.log(1 - q);
    for (double divergence = 84; divergence < 84.6; divergence += 0.01) {
      double expected = q * Math.exp(-(divergence + entropy) / q);
      double p = BinaryDivergence.lowerInverse(q, divergence);
      if (expected > 1e-307) {
        assertThat(p).isCloseTo(expected, within(1e-11 * expected));
      } else {
        assertThat(p).isBetween(0.0, 1.1e-307);
      }
    }
  }

  @Example
  void theEndsAreClosedForms() {
    assertThat(BinaryDivergence.of(0, 0.25)).isCloseTo(-Math.log(0.75), within(1e-16));
    assertThat(BinaryDivergence.of(1, 0.25)).isCloseTo(Math.log(4), within(1e-15));
    assertThat(BinaryDivergence.of(0.5, 0)).isInfinite();
    assertThat(BinaryDivergence.of(0, 1)).isInfinite();
    assertThat(BinaryDivergence.of(1, 1)).isZero();
    assertThat(BinaryDivergence.upperInverse(0, 0.1)).isEqualTo(-Math.expm1(-0.1));
    assertThat(BinaryDivergence.lowerInverse(1, 0.1)).isEqualTo(Math.exp(-0.1));
    assertThat(BinaryDivergence.upperInverse(0.3, Double.POSITIVE_INFINITY)).isEqualTo(1);
    assertThat(BinaryDivergence.lowerInverse(0.3, Double.POSITIVE_INFINITY)).isZero();
    assertThat(BinaryDivergence.upperInverse(0.3, 0)).isEqualTo(0.3);
  }

  @Example
  void whatIsNoShareIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BinaryDivergence.upperInverse(1.5, 0.1))
        .withMessage("q is 1.5, expected a number from 0 to 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BinaryDivergence.upperInverse(0.5, Double.NaN))
        .withMessageContaining("divergence is NaN");
  }
}
