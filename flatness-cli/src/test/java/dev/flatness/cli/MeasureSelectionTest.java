package dev.flatness.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flatness.measure.Estimate;
import dev.flatness.measure.Invariance;
import dev.flatness.measure.Measure;
import dev.flatness.measure.Scope;
import dev.flatness.measure.Subject;
import dev.flatness.random.Seed;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MeasureSelectionTest {
  private static final List<Measure> AVAILABLE =
      List.of(
          new Named("hessian-trace", Invariance.NONE),
          new Named("hessian-frobenius-norm", Invariance.NONE),
          new Named("kappa", Invariance.LAYER_WISE),
          new Named("rho-rows", Invariance.NEURON_WISE),
          new Named("relative-flatness", Invariance.NEURON_WISE_EXCEPT_INPUTS));

  @Test
  void takesTheDefaultsWhereNothingIsAskedFor() {
    assertThat(ids()).containsExactly("hessian-trace", "kappa", "relative-flatness");
  }

  @Test
  void mixesIdsAndGroupsInReportOrderEachOnce() {
    assertThat(ids("rho-rows", "classical", " hessian-trace"))
        .containsExactly("hessian-trace", "hessian-frobenius-norm", "rho-rows");
    assertThat(MeasureSelection.of(List.of("kappa", "all"), AVAILABLE).byName())
        .containsExactly("kappa");
  }

  @Test
  void theInvariantGroupIsWhatDeclaresAScaling() {
    assertThat(ids("invariant")).containsExactly("kappa", "rho-rows", "relative-flatness");
  }

  @Test
  void theGroupOfAllHasEverything() {
    assertThat(ids("all")).hasSize(5);
  }

  @Test
  void namesTheNearestOfAnUnknownMeasure() {
    assertThatThrownBy(() -> ids("relative-flatnes"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("measure \"relative-flatnes\" is unknown; did you mean relative-flatness?");
  }

  @Test
  void namesAllWhereNoneIsNear() {
    assertThatThrownBy(() -> ids("x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "measure \"x\" is unknown; known are the groups default, classical, invariant, all and"
                + " the measures hessian-trace, hessian-frobenius-norm, kappa, rho-rows,"
                + " relative-flatness");
  }

  private static List<String> ids(String... words) {
    return MeasureSelection.of(List.of(words), AVAILABLE).measures().stream()
        .map(Measure::id)
        .toList();
  }

  private record Named(String id, Invariance claim) implements Measure {
    @Override
    public Set<Scope> scopes() {
      return Set.of(Scope.LAYER);
    }

    @Override
    public Invariance invariance(Scope scope) {
      return claim;
    }

    @Override
    public String source() {
      return "test";
    }

    @Override
    public List<Estimate> evaluate(Subject subject, Seed seed) {
      throw new AssertionError("a selection measures nothing");
    }
  }
}
