package dev.flatness.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MainTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void helpGoesToStandardOutputWithAnExample() {
    assertThat(run("--help")).isZero();
    assertThat(out.toString()).startsWith("Usage: flatness").contains("Example:", "flatness demo");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void badUsageIsToldInWordsOnStandardError() {
    assertThat(run("--hepl")).isEqualTo(2);
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString())
        .isEqualTo(
            """
            flatness: Unknown option: '--hepl'
            Did you mean --help?
            Try flatness --help
            """);
  }

  @Test
  void aMissingCommandIsBadUsage() {
    assertThat(run()).isEqualTo(2);
    assertThat(err.toString()).isEqualTo("flatness: a command is missing\nTry flatness --help\n");
  }

  @Test
  void aMisspelledOptionIsToldBeforeWhatFollowsFromIt() {
    assertThat(run("measure", "--modle", "a.onnx", "--data", "a.npz")).isEqualTo(2);
    assertThat(err.toString())
        .isEqualTo(
            """
            flatness: Unknown option: '--modle'
            Did you mean --model?
            Try flatness measure --help
            """);
    err.getBuffer().setLength(0);
    assertThat(run("train", "--hiden=3")).isEqualTo(2);
    assertThat(err.toString())
        .startsWith("flatness: Unknown option: '--hiden'\nDid you mean --hidden?\n");
    err.getBuffer().setLength(0);
    assertThat(run("measure", "--seed", "-1")).isEqualTo(2);
    assertThat(err.toString()).startsWith("flatness: Missing required options: '--model");
  }

  @Test
  void whatIsNoOptionAndNoNumberIsToldInWords() {
    run("measur");
    run("demo", "extra");
    run("demo", "--seed", "x");
    run("info", "--xyz");
    assertThat(err.toString())
        .isEqualTo(
            """
            flatness: Unknown command: 'measur'
            Did you mean measure?
            Try flatness --help
            flatness: 'extra' belongs to no option; demo takes options only
            Try flatness demo --help
            flatness: Invalid value for option '--seed': 'x' is no whole number of 64 bits
            Try flatness demo --help
            flatness: Unknown option: '--xyz'
            Try flatness info --help
            """);
  }

  @Test
  void helpIsACommandToo() {
    assertThat(run("help", "train")).isZero();
    assertThat(out.toString()).startsWith("Usage: flatness train");
    assertThat(run("help")).isZero();
    assertThat(out.toString())
        .contains("Usage: flatness [")
        .containsPattern("Exit codes:\\s+0 +fine")
        .containsPattern("130 +interrupted");
    assertThat(run("help", "nonsense")).isEqualTo(2);
    assertThat(err.toString()).startsWith("flatness: Unknown subcommand 'nonsense'");
  }

  @Test
  void aFullStandardOutputIsToldAndHasItsExitCode() throws IOException, InterruptedException {
    File full = new File("/dev/full");
    assumeThat(full).exists();
    Process process =
        new ProcessBuilder(
                System.getProperty("java.home") + "/bin/java",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.flatness.cli.Main",
                "--help")
            .redirectOutput(full)
            .start();
    assertThat(new String(process.getErrorStream().readAllBytes()))
        .isEqualTo(
            "flatness: standard output could not be written: No space left on device; make room or"
                + " write to another place\n");
    assertThat(process.waitFor()).isEqualTo(74);
  }

  @Test
  void failuresAreToldInWords() {
    assertThat(Failures.message(new IllegalArgumentException("label 7 of 3 classes")))
        .isEqualTo("label 7 of 3 classes");
    assertThat(Failures.message(new UncheckedIOException(new NoSuchFileException("a.onnx"))))
        .isEqualTo("file a.onnx does not exist; check the path");
    assertThat(Failures.message(new IOException("disk full"))).isEqualTo("disk full");
    assertThat(Failures.message(new OutOfMemoryError()))
        .startsWith("out of memory; use a smaller --batch-size or --limit, or give Java more");
    assertThat(Failures.message(new ArithmeticException("x")))
        .startsWith("internal error: java.lang.ArithmeticException: x at dev.flatness.cli.MainTest")
        .contains("this is a defect of flatness");
  }

  @Test
  void runsAsAProcess() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                List.of(
                    System.getProperty("java.home") + "/bin/java",
                    "-cp",
                    System.getProperty("java.class.path"),
                    "dev.flatness.cli.Main",
                    "nonsense"))
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(2);
    assertThat(process.getInputStream().readAllBytes()).isEmpty();
    assertThat(new String(process.getErrorStream().readAllBytes()))
        .startsWith("flatness: Unknown command: 'nonsense'")
        .doesNotContain("\tat ");
  }

  private int run(String... arguments) {
    return Main.run(
        Terminal.NONE, new PrintWriter(out, true), new PrintWriter(err, true), arguments);
  }
}
