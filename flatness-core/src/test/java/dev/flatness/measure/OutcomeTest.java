package dev.flatness.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class OutcomeTest {
  private static final Outcome EXACT = Outcome.exact(3);
  private static final Outcome ESTIMATED =
      Outcome.of(2, "probes", Status.ESTIMATED)
          .withStandardError(0.3)
          .withProducts(8)
          .because("all 8 probes are done");
  private static final Outcome OPEN =
      Outcome.of(1, "lanczos", Status.NOT_CONVERGED)
          .withResidual(0.5)
          .withProducts(4)
          .because("the limit of 4 products was reached");

  @Test
  void aMeanHasTheStandardErrorOfItsSamples() {
    Outcome mean = Outcome.mean(new double[] {1, 2, 3, 6}, "probes");
    assertThat(mean.value()).isEqualTo(3);
    // Σ (x − 3)² = 14.
    assertThat(mean.standardError()).hasValue(Math.sqrt(14.0 / 4 / 3));
    assertThat(Outcome.mean(new double[] {5}, "probes").standardError()).isEmpty();
    assertThat(Outcome.mean(new double[0], "probes").value()).isNaN();
  }

  @Test
  void aMultipleScalesTheErrorAndKeepsTheResidual() {
    Outcome multiple = ESTIMATED.withResidual(0.1).times(-2);
    assertThat(multiple.value()).isEqualTo(-4);
    assertThat(multiple.standardError()).hasValue(0.6);
    assertThat(multiple.residual()).hasValue(0.1);
  }

  @Test
  void aSumHasTheWorstEndAllProductsAndIndependentErrors() {
    Outcome sum = Outcome.sum(List.of(EXACT, ESTIMATED, ESTIMATED, OPEN.in("layer fc1")));
    assertThat(sum.value()).isEqualTo(8);
    assertThat(sum.status()).isEqualTo(Status.NOT_CONVERGED);
    assertThat(sum.method()).isEqualTo("lanczos");
    assertThat(sum.reason()).hasValue("in layer fc1: the limit of 4 products was reached");
    assertThat(sum.products()).hasValue(20);
    assertThat(sum.residual()).hasValue(0.5);
    assertThat(sum.standardError().orElseThrow()).isEqualTo(Math.sqrt(0.09 + 0.09));
    assertThat(Outcome.sum(List.of(EXACT, EXACT))).isEqualTo(Outcome.exact(6));
  }

  @Test
  void aMaximumHasTheLargestErrorOfAll() {
    Outcome max = Outcome.max(List.of(EXACT, ESTIMATED));
    assertThat(max.value()).isEqualTo(3);
    assertThat(max.status()).isEqualTo(Status.ESTIMATED);
    assertThat(max.standardError()).hasValue(0.3);
    assertThat(max.residual()).isEmpty();
  }

  @Test
  void whatMissedItsToleranceThrowsWithReasonAndRemedy() {
    assertThat(ESTIMATED.orThrow()).isSameAs(ESTIMATED);
    assertThatThrownBy(OPEN::orThrow)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "1.0 (not-converged by lanczos, residual 0.5, 4 products): the limit of 4 products was"
                + " reached; "
                + Status.NOT_CONVERGED.remedy());
  }
}
