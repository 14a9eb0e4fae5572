package dev.flatness.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.flatness.internal.files.WriteFailure;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
    assertThat(err.toString())
        .startsWith("flatness: Missing required options: '--data=FILE', '--model=FILE.onnx'");
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
  void theWordsOfTheLibraryAreKeptAndTheCauseAdded() {
    IOException cause = new FileSystemException("/tmp/x", null, "No space left on device");
    assertThat(
            Failures.message(new UncheckedIOException("data do not fit into /tmp; free it", cause)))
        .isEqualTo("data do not fit into /tmp; free it (No space left on device)");
    assertThat(
            Failures.message(
                new UncheckedIOException("no room: No space left on device; free it", cause)))
        .isEqualTo("no room: No space left on device; free it");
    assertThat(Failures.message(new UncheckedIOException(cause)))
        .isEqualTo("file /tmp/x cannot be used: No space left on device");
    assertThat(Failures.message(new AccessDeniedException("a.npz")))
        .isEqualTo("file a.npz cannot be accessed; check its permissions");
  }

  @Test
  void aLostOutputHasItsExitCodeHoweverItIsWrapped() {
    WriteFailure lost = new WriteFailure(Path.of("a.onnx"), new IOException("disk full"));
    for (Exception failure :
        List.of(
            lost,
            new UncheckedIOException(lost),
            new IllegalStateException("x", new UncheckedIOException(lost)))) {
      assertThat(Failures.report(failure, new PrintWriter(err))).isEqualTo(74);
    }
    assertThat(Failures.message(new UncheckedIOException(lost)))
        .isEqualTo("a.onnx could not be written: disk full; make room or write to another place");
  }

  @Test
  void aMissingLibraryIsToldInWordsByTheFirstClass() throws IOException, InterruptedException {
    // The classes of the command alone, without any that it needs.
    Process process =
        new ProcessBuilder(
                System.getProperty("java.home") + "/bin/java",
                "-cp",
                Path.of("target/classes").toString(),
                "dev.flatness.cli.Start",
                "demo")
            .start();
    assertThat(new String(process.getErrorStream().readAllBytes()))
        .startsWith(
            "flatness: a part of the command is missing or broken (java.lang.NoClassDefFoundError: ")
        .endsWith("); build or install it again\n")
        .hasLineCount(1);
    assertThat(process.waitFor()).isEqualTo(2);
  }

  @Test
  void aDataFileThatIsCutWhileItIsReadIsNamed(@TempDir Path folder) throws Exception {
    int samples = 40_000;
    ByteBuffer images = ByteBuffer.allocate(16 + 16 * samples);
    images.putInt(0x803).putInt(samples).putInt(4).putInt(4);
    Path data = Files.write(folder.resolve("images.idx"), images.array());
    ByteBuffer labels = ByteBuffer.allocate(8 + samples).putInt(0x801).putInt(samples);
    for (int i = 0; i < samples; i++) {
      labels.put((byte) (i % 2));
    }
    Path classes = Files.write(folder.resolve("labels.idx"), labels.array());
    Process process =
        new ProcessBuilder(
                System.getProperty("java.home") + "/bin/java",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.flatness.cli.Start",
                "train",
                "--data=" + data,
                "--labels=" + classes,
                "--hidden=4",
                "--epochs=1000000",
                "--memory=24M",
                "--out=" + folder.resolve("never.onnx"))
            .start();
    try (BufferedReader out = process.inputReader()) {
      assertThat(out.readLine()).startsWith("epoch 0");
      try (FileChannel channel = FileChannel.open(data, StandardOpenOption.WRITE)) {
        channel.truncate(1000);
      }
      while (out.readLine() != null) {
        // It goes on until it reads what is gone.
        assertThat(process.isAlive()).isTrue();
      }
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(new String(process.getErrorStream().readAllBytes()))
          .containsPattern(
              "flatness: "
                  + data
                  + " cannot be read at byte \\d+: it became shorter while it was read; leave it as"
                  + " it is while it is in use, and start again\n");
      assertThat(process.exitValue()).isEqualTo(2);
    } finally {
      process.destroyForcibly();
    }
    assertThat(folder.resolve("never.onnx")).doesNotExist();
  }

  @Test
  void aFullDiskNamesTheFileAndLeavesTheOthersWhole(@TempDir Path folder) throws IOException {
    Path full = Path.of("/dev/full");
    assumeThat(full).exists();
    assertThat(run("demo", "--save", folder.toString())).isZero();
    String model = folder.resolve("network.onnx").toString();
    String data = folder.resolve("data.csv").toString();
    Path json = folder.resolve("report.json");
    String words =
        "flatness: /dev/full could not be written: No space left on device; make room or write to"
            + " another place\n";
    CommandRun csv =
        CommandRun.of(
            "measure",
            "--quiet",
            "--measures=kappa",
            "--model",
            model,
            "--data",
            data,
            "--json",
            json.toString(),
            "--csv",
            full.toString());
    assertThat(csv).isEqualTo(new CommandRun(74, "", words));
    assertThat(json).content().endsWith("}\n");
    assertThat(
            CommandRun.of(
                "train", "--quiet", "--hidden=3", "--epochs=1", "--data", data, "--out=/dev/full"))
        .isEqualTo(new CommandRun(74, "", words));
    assertThat(CommandRun.of("basis-paths", "--quiet", "--model", model, "--export=/dev/full"))
        .isEqualTo(new CommandRun(74, "", words));
    assertThat(
            CommandRun.of("basis-paths", "--quiet", "--model", model, "--save-skeleton=/dev/full"))
        .isEqualTo(new CommandRun(74, "", words));
    assertThat(CommandRun.of("info", "--quiet", "--model", model, "--json=/dev/full"))
        .isEqualTo(new CommandRun(74, "", words));
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

  @Test
  void anEmptyNameOfAFileIsRefused() {
    for (String option : new String[] {"--model", "--weights", "--data"}) {
      err.getBuffer().setLength(0);
      assertThat(run("measure", "--model", "m.onnx", "--data", "d.npz", option, "")).isEqualTo(2);
      assertThat(err.toString()).contains(option).contains("'' is no name of a file");
    }
  }

  @Test
  void oneNameTooManyIsTold() {
    assertThat(run("convert", "a.zip", "b.onnx", "c.onnx")).isEqualTo(2);
    assertThat(err.toString())
        .startsWith("flatness: 'c.onnx' is one name too many; convert takes 2\n");
  }
}
