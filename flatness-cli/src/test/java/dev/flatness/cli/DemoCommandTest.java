package dev.flatness.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DemoCommandTest {
  @Test
  void showsWhatMovedAndWhatDidNot() {
    CommandRun run = CommandRun.of("demo");
    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
    String[] parts = run.out().split("\n\n");
    assertThat(parts).hasSize(3);
    assertThat(parts[0]).contains("trained a ReLU network", "rescaled the 28 hidden units");
    assertThat(parts[1])
        .startsWith("moved")
        .contains(
            "\nhessian-trace ", "\nhessian-top-eigenvalue ", "\nkappa ", "\nl2-norm-squared ");
    assertThat(parts[2])
        .startsWith("did not move")
        .contains("\nrho-max ", "\nrho-sum ", "\npath-norm-1 ", "\nrelative-flatness-normalized ")
        .doesNotContain("hessian-trace", "kappa");
  }

  @Test
  void theSameSeedGivesTheSameTextAndAnotherSeedAnother() {
    String first = CommandRun.of("demo", "--seed", "3").out();
    assertThat(CommandRun.of("demo", "--seed", "3").out()).isEqualTo(first);
    assertThat(CommandRun.of("demo", "--seed", "4").out()).isNotEqualTo(first);
  }

  @Test
  void colorsOnATerminalUnlessToldOtherwise() {
    Terminal terminal = new Terminal(true, false, 100, true);
    assertThat(CommandRun.on(terminal, "demo").out()).contains("\u001b[1m");
    assertThat(CommandRun.on(terminal, "demo", "--no-color").out()).doesNotContain("\u001b");
  }
}
