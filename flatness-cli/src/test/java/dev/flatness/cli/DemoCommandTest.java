package dev.flatness.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

  @Test
  void proposesCommandsAsTheyCanBeTyped() {
    System.setProperty("flatness.command", "../my tools/flatness");
    try {
      assertThat(Invocation.of("info", "--model", Path.of("a dir/it's.onnx")))
          .isEqualTo("'../my tools/flatness' info --model 'a dir/it'\\''s.onnx'");
    } finally {
      System.clearProperty("flatness.command");
    }
    assertThat(Invocation.of("info", "a.onnx")).isEqualTo("flatness info a.onnx");
  }

  @Test
  void noLineIsWiderThanTheTerminal() {
    Terminal narrow = new Terminal(true, false, 80, false);
    assertThat(CommandRun.on(narrow, "demo").out().lines())
        .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(80));
  }

  @Test
  void whatItSavesMeasuresTheSame(@TempDir Path folder) throws IOException {
    Path saved = folder.resolve("demo");
    CommandRun run = CommandRun.of("demo", "--save", saved.toString());
    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
    List<String> tried = new ArrayList<>();
    for (String line : run.out().lines().toList()) {
      if (line.startsWith("  flatness ")) {
        CommandRun next = CommandRun.of(line.trim().substring("flatness ".length()).split(" "));
        assertThat(next.err()).isEmpty();
        assertThat(next.code()).isZero();
        tried.add(next.out());
      }
    }
    assertThat(tried).hasSize(4);
    assertThat(run.out()).contains("--measures comparable ");
    // The two files hold one function: what claims to be invariant agrees in every shown digit.
    for (String line : tried.get(3).lines().toList()) {
      if (line.startsWith("rho-") || line.startsWith("path-norm-1")) {
        assertThat(run.out() + tried.get(1)).contains(line.split(" +")[2]);
      }
    }
    assertThat(CommandRun.of("demo", "--save", saved.toString()).err())
        .isEqualTo(
            "flatness: output "
                + saved.resolve("network.onnx")
                + " exists; name another file or use --force to overwrite it\n");
  }

  @Test
  void aFolderThatCannotBeMadeIsRefusedBeforeAnyWork(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThat(CommandRun.of("demo", "--save", file.toString()))
        .isEqualTo(
            new CommandRun(
                2, "", "flatness: --save names " + file + ", which is a file; name a folder\n"));
    CommandRun below = CommandRun.of("demo", "--save", file.resolve("below").toString());
    assertThat(below.code()).isEqualTo(2);
    assertThat(below.out()).isEmpty();
    assertThat(below.err())
        .startsWith("flatness: --save names " + file.resolve("below") + ", which cannot be made: ");
  }

  @Test
  void thePicturesOfTheReadmeAreThoseOfTheDemonstration(@TempDir Path pictures) throws IOException {
    assertThat(CommandRun.of("demo", "--figures", pictures.toString()).code()).isZero();
    for (String name : List.of("audit-factor.svg", "audit-factor-dark.svg")) {
      assertThat(pictures.resolve(name))
          .hasSameTextualContentAs(Path.of("../docs/pictures").resolve(name));
    }
  }
}
