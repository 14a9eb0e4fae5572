package dev.flatness.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flatness.measure.Estimate;
import dev.flatness.measure.Invariance;
import dev.flatness.measure.Measure;
import dev.flatness.measure.Scope;
import dev.flatness.measure.Subject;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MeasuresCommandTest {
  /** Invariant in its first scope, less so in its second. */
  private record Mixed(Invariance ofLayers) implements Measure {
    @Override
    public String id() {
      return "mixed";
    }

    @Override
    public Set<Scope> scopes() {
      return EnumSet.of(Scope.NETWORK, Scope.LAYER);
    }

    @Override
    public Invariance invariance(Scope scope) {
      return scope == Scope.LAYER ? ofLayers : Invariance.NEURON_WISE;
    }

    @Override
    public String source() {
      return "none";
    }

    @Override
    public List<Estimate> evaluate(Subject subject) {
      return List.of();
    }
  }

  @Test
  void aMeasureIsListedUnderWhatHoldsInAllItsScopes() {
    assertThat(MeasuresCommand.claim(new Mixed(Invariance.NEURON_WISE)))
        .isEqualTo("Invariant to rescaling of every hidden unit (neuron-wise)");
    assertThat(MeasuresCommand.claim(new Mixed(Invariance.LAYER_WISE)))
        .isEqualTo("Invariant to rescaling of whole layers (layer-wise)");
    assertThat(
            MeasuresCommand.claim(new Mixed(new Invariance(Invariance.Scaling.NEURON_WISE, false))))
        .isEqualTo("The same, but permutations of hidden units may change them");
  }

  @Test
  void everyMeasureIsListed() {
    CommandRun run = CommandRun.of("measures");
    assertThat(run.code()).isZero();
    assertThat(run.out()).contains("  kappa-tau ", "  psi-trace ").doesNotContain("--skeleton");
  }
}
