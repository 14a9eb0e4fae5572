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

  @Test
  void whatTheBarDrawsLateIsNotShown() throws InterruptedException {
    for (int round = 0; round < 3; round++) {
      bytes.reset();
      ProgressView view = ProgressView.on(new PrintStream(bytes, true), 80);
      Thread.sleep(750);
      view.update("eigenvalues", 1, 4);
      Thread.sleep(300);
      view.update("traces", 1, 4);
      view.close();
      bytes.write('#');
      Thread.sleep(600);
      String shown = bytes.toString(StandardCharsets.UTF_8);
      assertThat(shown).endsWith("\r#").contains("\r" + " ".repeat(79) + "\r");
    }
  }

  @Test
  void whatIsPrintedMeanwhileStandsAboveTheLine() throws InterruptedException {
    PrintStream stream = new PrintStream(bytes, true);
    try (ProgressView view = ProgressView.on(stream, 80)) {
      Thread.sleep(750);
      view.update("training", 1, 4);
      Thread.sleep(400);
      view.above(() -> stream.print("epoch 1\n"));
      Thread.sleep(400);
    }
    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .containsPattern("\r {79}\repoch 1\n\rtraining");
  }
}
