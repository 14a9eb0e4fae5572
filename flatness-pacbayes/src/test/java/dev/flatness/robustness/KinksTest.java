package dev.flatness.robustness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.network.Activation;
import java.util.List;
import org.junit.jupiter.api.Test;

class KinksTest {
  /** Each is 0 at 0, so near 0 a difference of values of opposite signs loses no digit. */
  private static final List<Activation> BREAK_AT_ZERO =
      List.of(
          Activation.elu(1),
          Activation.elu(0.5),
          Activation.celu(0.7),
          Activation.selu(1.6732632423543772, 1.0507009873554805),
          Activation.SOFTSIGN,
          Activation.RELU,
          Activation.leakyRelu(0.1));

  @Test
  void changesAcrossABreakOfADerivativeAreExact() {
    for (Activation function : BREAK_AT_ZERO) {
      for (double change : new double[] {1e-8, 1e-5, 9e-4, 0.009, -1e-8, -1e-5, -9e-4, -0.009}) {
        for (double part : new double[] {0.01, 0.3, 0.5, 0.9}) {
          double z = -part * change;
          double plain = function.value(z + change) - function.value(z);
          assertThat(Kinks.change(function, Kinks.of(function), z, change))
              .as(function + " from " + z + " by " + change)
              .isCloseTo(plain, within(1e-14 * Math.abs(plain)));
        }
      }
    }
  }
}
