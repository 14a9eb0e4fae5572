package dev.flatness.measure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EstimateTest {
  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY})
  void whatIsNotFiniteIsNeverExact(double value) {
    Estimate estimate = Estimate.network("kappa-max", Invariance.LAYER_WISE, value).build();
    assertThat(estimate.status()).isEqualTo(Status.OVERFLOW);
    assertThat(estimate.reason())
        .isEqualTo(
            "a number on the way is too large for its precision; scale the inputs as in training");
  }

  @Test
  void aMissingNumberKeepsTheStatusThatSaysSo() {
    for (Status status : new Status[] {Status.NOT_APPLICABLE, Status.NOT_CONVERGED}) {
      Estimate estimate =
          Estimate.network("kappa-max", Invariance.LAYER_WISE, Double.NaN)
              .method("none", status)
              .reason("no layer")
              .build();
      assertThat(estimate.status()).isEqualTo(status);
      assertThat(estimate.reason()).isEqualTo("no layer");
    }
  }
}
