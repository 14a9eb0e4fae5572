package dev.flatness.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EstimateTest {
  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY})
  void whatIsNotFiniteIsNeverExact(double value) {
    Estimate estimate = Estimate.network("kappa-max", Invariance.LAYER_WISE, Outcome.exact(value));
    assertThat(estimate.status()).isEqualTo(Status.OVERFLOW);
    assertThat(estimate.reason())
        .hasValue(
            "a number on the way is too large for its precision; scale the inputs as in training");
  }

  @Test
  void aMissingNumberKeepsTheStatusThatSaysSo() {
    for (Status status : new Status[] {Status.NOT_APPLICABLE, Status.NOT_CONVERGED}) {
      Outcome none = Outcome.of(Double.NaN, "none", status).because("no layer");
      Estimate estimate = Estimate.network("kappa-max", Invariance.LAYER_WISE, none);
      assertThat(estimate.status()).isEqualTo(status);
      assertThat(estimate.reason()).hasValue("no layer");
    }
  }

  @Test
  void aListHasNoSingleValue() {
    Estimate list =
        Estimate.neurons(
            "rho", "fc1", Invariance.NEURON_WISE, new double[] {1, 2}, Outcome.exact(Double.NaN));
    assertThat(list.status()).isEqualTo(Status.EXACT);
    assertThatThrownBy(list::value)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("estimate of rho is a list of 2; use values()");
  }

  @Test
  void itsTextSaysErrorStatusAndReason() {
    Outcome outcome =
        Outcome.of(2.5, "xtrace", Status.ESTIMATED)
            .withStandardError(0.125)
            .withProducts(96)
            .because("the budget of 96 products is spent");
    assertThat(Estimate.layer("kappa-tau", "fc1", Invariance.LAYER_WISE, outcome))
        .hasToString(
            "kappa-tau of layer fc1 = 2.5 ± 0.125 (estimated by xtrace, 96 products): the budget of"
                + " 96 products is spent");
    assertThat(Estimate.network("hessian-trace", Invariance.NONE, Outcome.exact(3)))
        .hasToString("hessian-trace = 3.0 (exact)");
  }
}
