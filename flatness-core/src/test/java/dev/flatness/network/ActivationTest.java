package dev.flatness.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ActivationTest {
  private static final MathContext DIGITS = new MathContext(150);

  static List<Activation> all() {
    return List.of(
        Activation.RELU,
        Activation.leakyRelu(0.1),
        Activation.leakyRelu(-0.3),
        Activation.IDENTITY,
        Activation.TANH,
        Activation.SIGMOID,
        Activation.SOFTPLUS,
        Activation.GELU,
        Activation.GELU_TANH,
        Activation.elu(0.7),
        Activation.elu(1),
        Activation.celu(1.3),
        Activation.selu(1.6732632423543772, 1.0507009873554805),
        Activation.SILU,
        Activation.silu(1.2),
        Activation.MISH,
        Activation.SOFTSIGN,
        Activation.HARD_SWISH,
        Activation.hardSigmoid(0.2, 0.5),
        Activation.hardSigmoid(-0.3, 0.4),
        Activation.clip(0, 6),
        Activation.clip(-0.98, 1.02),
        Activation.clip(-0.5, Double.POSITIVE_INFINITY),
        Activation.clip(Double.NEGATIVE_INFINITY, 2),
        Activation.thresholdedRelu(0.6));
  }

  @ParameterizedTest
  @MethodSource("all")
  void derivativesAreDifferences(Activation function) {
    double h = 1e-4;
    // Off the kink at 0 by more than a step; third and fourth derivatives are below 3, or 24.
    double largest = function.kind() == Activation.Kind.SOFTSIGN ? 24 : 6;
    double allowed = largest / 6 * h * h + 1e-15 * 40 / h;
    for (double x = -9.95; x < 10; x += 0.1) {
      assertThat((function.value(x + h) - function.value(x - h)) / (2 * h))
          .as("σ′(%s)", x)
          .isCloseTo(function.derivative(x), within(allowed));
      assertThat((function.derivative(x + h) - function.derivative(x - h)) / (2 * h))
          .as("σ″(%s)", x)
          .isCloseTo(function.secondDerivative(x), within(allowed));
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void stayFiniteFarOut(Activation function) {
    for (double x :
        new double[] {-1e300, -1e155, -1e80, -1e30, -800, -40, 40, 800, 1e30, 1e80, 1e155, 1e300}) {
      assertThat(function.value(x)).as("σ(%s)", x).isFinite();
      assertThat(function.derivative(x)).as("σ′(%s)", x).isFinite();
      assertThat(function.secondDerivative(x)).as("σ″(%s)", x).isFinite();
    }
  }

  @Test
  void valuesAreTheKnownOnes() {
    assertThat(Activation.TANH.value(1)).isCloseTo(0.7615941559557649, within(1e-16));
    assertThat(Activation.SIGMOID.value(1)).isCloseTo(0.7310585786300049, within(2e-16));
    assertThat(Activation.SOFTPLUS.value(1)).isCloseTo(1.3132616875182228, within(3e-16));
    assertThat(Activation.GELU.value(1)).isCloseTo(0.8413447460685429, within(2e-16));
    assertThat(Activation.GELU.value(-1)).isCloseTo(-0.15865525393145705, within(2e-16));
    assertThat(Activation.GELU_TANH.value(1)).isCloseTo(0.8411919906082768, within(3e-16));
    assertThat(Activation.elu(2).value(-1)).isCloseTo(2 * (Math.exp(-1) - 1), within(3e-16));
    assertThat(Activation.leakyRelu(0.1).value(-3)).isEqualTo(0.1 * -3);
    assertThat(Activation.RELU.value(-3)).isZero();
    assertThat(Activation.IDENTITY.value(-3)).isEqualTo(-3);
  }

  @Test
  void valuesOfTheOthersAreTheKnownOnes() {
    // torch.nn.functional in float64.
    assertThat(Activation.SILU.value(1)).isCloseTo(0.7310585786300049, within(2e-16));
    assertThat(Activation.MISH.value(1)).isCloseTo(0.8650983882673103, within(3e-16));
    assertThat(Activation.MISH.value(-1)).isCloseTo(-0.30340146137410895, within(2e-16));
    assertThat(Activation.SOFTSIGN.value(-3)).isEqualTo(-0.75);
    assertThat(Activation.HARD_SWISH.value(1)).isCloseTo(2.0 / 3, within(2e-16));
    assertThat(Activation.HARD_SWISH.value(-3.5)).isZero();
    assertThat(Activation.HARD_SWISH.value(3.5)).isEqualTo(3.5);
    assertThat(Activation.celu(2).value(-1)).isCloseTo(2 * Math.expm1(-0.5), within(3e-16));
    assertThat(Activation.selu(1.5, 2).value(-1)).isCloseTo(3 * Math.expm1(-1), within(5e-16));
    assertThat(Activation.selu(1.5, 2).value(1)).isEqualTo(2);
    assertThat(Activation.hardSigmoid(0.2, 0.5).value(1)).isEqualTo(0.7);
    assertThat(Activation.clip(0, 6).value(7)).isEqualTo(6);
    assertThat(Activation.thresholdedRelu(1).value(1)).isZero();
  }

  @Test
  void softsignTurnsItsCurvatureAtZero() {
    assertThat(Activation.SOFTSIGN.secondDerivative(0)).isEqualTo(0);
  }

  @Test
  void theEndsOfAClippedRangeAreFlat() {
    assertThat(Activation.clip(0, 6).derivative(0)).isZero();
    assertThat(Activation.clip(0, 6).derivative(6)).isZero();
    assertThat(Activation.hardSigmoid(0.5, 0).derivative(2)).isZero();
    assertThat(Activation.HARD_SWISH.derivative(-3)).isZero();
    assertThat(Activation.HARD_SWISH.derivative(3)).isEqualTo(1);
    assertThat(Activation.thresholdedRelu(1).derivative(1)).isZero();
  }

  @Test
  void clippingWithoutEndsIsWhatItEquals() {
    assertThat(Activation.clip(0, Double.POSITIVE_INFINITY)).isEqualTo(Activation.RELU);
    assertThat(Activation.clip(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY))
        .isEqualTo(Activation.IDENTITY);
    assertThat(Activation.thresholdedRelu(0)).isEqualTo(Activation.RELU);
  }

  @Test
  void slopesByChannelAreThoseOfTheChannels() {
    Activation function = Activation.leakyRelu(List.of(0.1, -0.2));
    assertThat(function.perChannel()).isTrue();
    assertThat(function.at(1)).isEqualTo(Activation.leakyRelu(-0.2));
    assertThat(function.positivelyHomogeneous()).isTrue();
    assertThatThrownBy(() -> function.value(-1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("activation differs by channel; evaluate at(channel)");
  }

  @Test
  void parametersThatDoNotFitAreRefused() {
    assertThatThrownBy(() -> Activation.clip(2, 1))
        .hasMessage("activation CLIP has the range [2.0, 1.0], expected the lower bound first");
    assertThatThrownBy(() -> Activation.celu(0))
        .hasMessage("activation CELU has the parameter 0.0, expected a positive number");
    assertThatThrownBy(() -> new Activation(Activation.Kind.SELU, List.of(1.0)))
        .hasMessage("activation SELU has 1 parameters, expected 2");
  }

  @Test
  void tailsKeepTheirDigits() {
    assertThat(Activation.SOFTPLUS.value(-50)).isEqualTo(Math.exp(-50));
    assertThat(Activation.SIGMOID.value(-50)).isCloseTo(Math.exp(-50), within(1e-37));
    assertThat(Activation.SIGMOID.derivative(50) / Math.exp(-50)).isCloseTo(1, within(1e-15));
    assertThat(Activation.TANH.derivative(20) / (4 * Math.exp(-40))).isCloseTo(1, within(1e-15));
    assertThat(Activation.elu(1).value(-1e-20)).isEqualTo(-1e-20);
    // x·σ(2u) with u = √(2/π)(x + 0.044715 x³), where σ(2u) is e^{2u} to its last digit.
    double u = Math.sqrt(2 / Math.PI) * (-8 - 0.044715 * 512);
    assertThat(Activation.GELU_TANH.value(-8) / (-8 * Math.exp(2 * u))).isCloseTo(1, within(1e-14));
  }

  /** Φ(x) = ½ + φ(x) Σ x^{2k+1}/(2k+1)!!, in 150 digits, of which the left tail loses 90. */
  private static BigDecimal cumulative(double x) {
    BigDecimal a = new BigDecimal(x);
    BigDecimal square = a.multiply(a);
    BigDecimal term = a;
    BigDecimal sum = a;
    for (int k = 1; k < 8000; k++) {
      term = term.multiply(square, DIGITS).divide(BigDecimal.valueOf(2 * k + 1), DIGITS);
      sum = sum.add(term, DIGITS);
      if (term.abs().compareTo(sum.abs().movePointLeft(145)) < 0) {
        break;
      }
    }
    // φ(x) = e^{−x²/2}/√(2π): the exponential of a small power, squared up again.
    BigDecimal small = square.negate().divide(BigDecimal.valueOf(2L << 12), DIGITS);
    BigDecimal exponential = BigDecimal.ONE;
    BigDecimal power = BigDecimal.ONE;
    for (int k = 1; k < 100; k++) {
      power = power.multiply(small, DIGITS).divide(BigDecimal.valueOf(k), DIGITS);
      exponential = exponential.add(power, DIGITS);
    }
    for (int i = 0; i < 12; i++) {
      exponential = exponential.multiply(exponential, DIGITS);
    }
    BigDecimal density =
        exponential.divide(pi().multiply(BigDecimal.valueOf(2)).sqrt(DIGITS), DIGITS);
    return new BigDecimal("0.5").add(density.multiply(sum, DIGITS), DIGITS);
  }

  /** Machin: π/4 = 4 arctan(1/5) − arctan(1/239). */
  private static BigDecimal pi() {
    return arctangent(5)
        .multiply(BigDecimal.valueOf(4))
        .subtract(arctangent(239))
        .multiply(BigDecimal.valueOf(4));
  }

  private static BigDecimal arctangent(int inverse) {
    BigDecimal power = BigDecimal.ONE.divide(BigDecimal.valueOf(inverse), DIGITS);
    BigDecimal sum = power;
    for (int k = 1; k < 120; k++) {
      power = power.divide(BigDecimal.valueOf(-(long) inverse * inverse), DIGITS);
      sum = sum.add(power.divide(BigDecimal.valueOf(2 * k + 1), DIGITS), DIGITS);
    }
    return sum;
  }

  @ParameterizedTest
  @ValueSource(
      doubles = {
        -20, -10, -5, -3.001, -2.999, -2.5, -2.001, -1.999, -1.5, -1, -0.5, -0.1, -1e-9, 0, 1e-9,
        0.3, 1, 1.999, 2.001, 2.999, 3.001, 5, 8, 20
      })
  void theNormalDistributionKeepsItsDigits(double x) {
    BigDecimal expected = cumulative(x);
    double found = NormalDistribution.cumulative(x);
    double error =
        new BigDecimal(found)
            .subtract(expected)
            .divide(expected, new MathContext(5))
            .abs()
            .doubleValue();
    // The exponential of x²/2 carries the rounding of its argument.
    assertThat(error).isLessThan(1e-14 * (1 + x * x / 100));
  }

  @Test
  void atAKinkTheLeftDerivativesAreTaken() {
    assertThat(Activation.RELU.derivative(0)).isZero();
    assertThat(Activation.RELU.derivative(Double.MIN_VALUE)).isEqualTo(1);
    assertThat(Activation.leakyRelu(0.1).derivative(0)).isEqualTo(0.1);
    assertThat(Activation.elu(0.7).derivative(0)).isEqualTo(0.7);
    assertThat(Activation.elu(0.7).secondDerivative(0)).isEqualTo(0.7);
    assertThat(Activation.RELU.secondDerivative(0)).isZero();
  }

  @Test
  void tellWhichArePiecewiseLinearAndHomogeneous() {
    for (Activation function : all()) {
      String kind = function.kind().name();
      boolean homogeneous = List.of("RELU", "LEAKY_RELU", "IDENTITY").contains(kind);
      boolean linear = List.of("CLIP", "HARD_SIGMOID", "THRESHOLDED_RELU").contains(kind);
      assertThat(function.piecewiseLinear()).isEqualTo(homogeneous || linear);
      assertThat(function.positivelyHomogeneous()).isEqualTo(homogeneous);
      boolean scales = true;
      for (double x : new double[] {-8, -1, -0.4, 0.4, 1, 8}) {
        scales &= Math.abs(function.value(x) - 2 * function.value(x / 2)) < 1e-15;
      }
      assertThat(scales).as(function.toString()).isEqualTo(homogeneous);
    }
  }

  @Test
  void refusesASlopeThatIsNotFinite() {
    assertThatThrownBy(() -> Activation.leakyRelu(Double.NaN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("activation LEAKY_RELU has the parameter NaN, expected a number");
  }
}
