package dev.flatness.hessian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flatness.measure.Invariance;
import dev.flatness.measure.Measure;
import dev.flatness.measure.MeasureProvider;
import dev.flatness.measure.Scope;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class HessianMeasuresTest {
  private final List<Measure> measures = new HessianMeasures().measures();

  @Test
  void areFoundByTheServiceLoaderInTheOrderOfReports() {
    assertThat(ServiceLoader.load(MeasureProvider.class))
        .anyMatch(provider -> provider instanceof HessianMeasures);
    assertThat(measures.stream().map(Measure::id))
        .containsExactly(
            "hessian-trace",
            "hessian-top-eigenvalue",
            "hessian-bottom-eigenvalue",
            "hessian-frobenius-norm",
            "epsilon-sharpness",
            "epsilon-sharpness-quadratic",
            "expected-sharpness",
            "volume-flatness",
            "l2-norm-squared",
            "kappa",
            "kappa-tau",
            "kappa-max",
            "kappa-sum",
            "kappa-tau-max",
            "kappa-tau-sum",
            "rho",
            "rho-rows",
            "rho-max",
            "rho-sum",
            "relative-flatness",
            "relative-flatness-normalized",
            "fisher-rao-norm",
            "log-weight-trace",
            "adaptive-sharpness",
            "orbit-minimal-trace",
            "layer-minimal-trace",
            "normalized-sharpness",
            "hessian-trace-at-minimum-norm",
            "l2-norm-squared-at-minimum-norm");
  }

  @Test
  void variantsAndWhatRescalingMovesAtTheGaugeAreFoundOnRequest() {
    assertThat(new HessianMeasures().onRequest().stream().map(Measure::id))
        .containsExactly(
            "epsilon-sharpness-max-norm",
            "epsilon-sharpness-box",
            "epsilon-sharpness-subspace",
            "adaptive-sharpness-2-norm",
            "adaptive-sharpness-average",
            "relative-flatness-max",
            "hessian-top-eigenvalue-at-minimum-norm",
            "hessian-bottom-eigenvalue-at-minimum-norm",
            "hessian-frobenius-norm-at-minimum-norm",
            "epsilon-sharpness-at-minimum-norm",
            "epsilon-sharpness-quadratic-at-minimum-norm",
            "expected-sharpness-at-minimum-norm",
            "volume-flatness-at-minimum-norm");
  }

  @Test
  void declareTheInvariancesOfTheirTables() {
    for (Measure measure : measures) {
      Invariance expected =
          switch (measure.id()) {
            case "kappa",
                "kappa-tau",
                "kappa-max",
                "kappa-sum",
                "kappa-tau-max",
                "kappa-tau-sum",
                "layer-minimal-trace" ->
                Invariance.LAYER_WISE;
            case "rho",
                "rho-rows",
                "rho-max",
                "rho-sum",
                "relative-flatness-normalized",
                "fisher-rao-norm",
                "log-weight-trace",
                "adaptive-sharpness",
                "orbit-minimal-trace",
                "normalized-sharpness",
                "hessian-trace-at-minimum-norm",
                "l2-norm-squared-at-minimum-norm" ->
                Invariance.NEURON_WISE;
            case "relative-flatness" -> Invariance.NEURON_WISE_EXCEPT_INPUTS;
            default -> Invariance.NONE;
          };
      for (Scope scope : measure.scopes()) {
        assertThat(measure.invariance(scope)).as(measure.id()).isEqualTo(expected);
      }
      assertThat(measure.source()).isNotBlank();
    }
  }

  @Test
  void refuseAScopeTheyDoNotHave() {
    assertThatThrownBy(() -> Kappa.trace().invariance(Scope.NEURON))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("kappa-tau has no scope neuron, expected one of [LAYER]");
  }

  @Test
  void areValues() {
    assertThat(Kappa.trace().max()).isEqualTo(Kappa.trace().max()).isNotEqualTo(Kappa.trace());
    assertThat(HessianTrace.withDefaults())
        .isNotEqualTo(HessianTrace.withDefaults().withProbesOnly());
    assertThat(FrobeniusNorm.withDefaults().withExactUpTo(4096))
        .isEqualTo(FrobeniusNorm.withDefaults())
        .hasSameHashCodeAs(FrobeniusNorm.withDefaults());
    assertThatThrownBy(() -> FrobeniusNorm.withDefaults().withExactUpTo(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the limit of exactness is -1 parameters, expected at least 0");
  }
}
