package dev.flatness.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flatness.cost.Pass;
import dev.flatness.cost.Work;
import dev.flatness.network.Activation;
import dev.flatness.network.Network;
import dev.flatness.surface.SurfaceOptions;
import dev.flatness.tensor.Shape;
import dev.flatness.training.Architectures;
import java.util.List;
import org.junit.jupiter.api.Test;

class RunTimeForecastTest {
  private static final Network NETWORK =
      Architectures.perceptron(Shape.of(784), List.of(500, 500), 10, Activation.RELU);

  @Test
  void aRunOfMinutesIsAnnouncedAndOneOfSecondsIsNot() {
    Work products = new Work("eigenvalues", Pass.HESSIAN_PRODUCT, 100);
    SurfaceOptions options = SurfaceOptions.withDefaults().withThreads(1);
    // Some 6 MFLOP a sample and product: 6e15 in all, an hour at 1.7 TFLOP/s.
    assertThat(RunTimeForecast.warning(List.of(products), NETWORK, options, 10_000_000, "--limit"))
        .hasValueSatisfying(
            line ->
                assertThat(line)
                    .matches(
                        "this will take about [\\d.]+ hours: some 100 passes over 10,000,000"
                            + " samples; --limit shorten it"));
    assertThat(RunTimeForecast.warning(List.of(products), NETWORK, options, 100, "--limit"))
        .isEmpty();
    assertThat(RunTimeForecast.warning(List.of(), NETWORK, options, 1_000_000, "--limit"))
        .isEmpty();
  }

  @Test
  void aRunOfMoreThanThirtyDaysIsRefused() {
    Work products = new Work("eigenvalues", Pass.HESSIAN_PRODUCT, 1e9);
    SurfaceOptions options = SurfaceOptions.withDefaults().withThreads(1);
    // 6e22 operations, 690 days at 1 PFLOP/s.
    assertThatThrownBy(
            () ->
                RunTimeForecast.warning(
                    List.of(products), NETWORK, options, 10_000_000, "--limit, --time-limit"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching(
            "this would take about [\\d,]+ days: some 1.00e\\+09 passes over 10,000,000 samples, and"
                + " no run of more than 30 days is started without a --time-limit; --limit,"
                + " --time-limit shorten it");
  }
}
