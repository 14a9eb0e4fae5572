package dev.flatness.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressViewTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  @Test
  void showsTaskAndRemainingTimeAndClearsTheLine() throws InterruptedException {
    try (ProgressView view = ProgressView.on(new PrintStream(bytes, true), 80)) {
      Thread.sleep(800);
      view.update("eigenvalues", 1, 4);
      Thread.sleep(600);
      view.update("eigenvalues", 2, 4);
      Thread.sleep(600);
    }
    String shown = bytes.toString(StandardCharsets.UTF_8);
    assertThat(shown)
        .contains("eigenvalues")
        .contains("50%")
        .containsPattern("0:00:0\\d / 0:00:0\\d");
    assertThat(shown.lines().allMatch(line -> line.length() < 8000)).isTrue();
    assertThat(shown).endsWith("\r");
  }

  @Test
  void saysNothingWhereStandardErrorIsNoTerminal() throws InterruptedException {
    try (ProgressView view = ProgressView.of(Terminal.NONE, false)) {
      Thread.sleep(800);
      view.update("eigenvalues", 1, 4);
    }
    assertThat(bytes.size()).isZero();
  }
}
