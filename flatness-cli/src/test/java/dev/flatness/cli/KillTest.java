package dev.flatness.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.flatness.onnx.OnnxReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Ends commands at random moments: every output is whole, or what it was, or absent, and no
 * temporary file stays. What SIGKILL leaves is removed by the next run.
 *
 * <p>{@code -Dkill.moments} sets how many processes are ended, {@code -Dkill.seed} the moments.
 */
@DisabledOnOs(OS.WINDOWS)
class KillTest {
  private static final int MOMENTS = Integer.getInteger("kill.moments", 12);
  private static final long SEED = Long.getLong("kill.seed", System.nanoTime());
  private static final String OLD = "old\n";

  @TempDir private static Path inputs;
  @TempDir private Path folder;

  private final Random random = new Random(SEED);
  private final Map<Command, Long> durations = new EnumMap<>(Command.class);
  private final Map<String, Integer> counts = new java.util.TreeMap<>();

  /** A command that writes large files. */
  private enum Command {
    TRAIN(
        "train --quiet --hidden 1500,1500 --epochs 2 --checkpoint-every 1 --limit 16"
            + " --data IN/data.csv --out OUT/mlp.onnx",
        "mlp.onnx"),
    MEASURE(
        "measure --quiet --limit 4 --measures rho,rho-rows --model IN/wide.onnx"
            + " --data IN/data.csv --json OUT/report.json --csv OUT/report.csv",
        "report.json",
        "report.csv"),
    SPECTRUM(
        "spectrum --quiet --limit 40 --top 0 --probes 40 --steps 150 --model IN/network.onnx"
            + " --data IN/data.csv --json OUT/spectrum.json --csv OUT/spectrum.csv",
        "spectrum.json",
        "spectrum.csv"),
    LANDSCAPE(
        "landscape --quiet --points 81,81 --model IN/network.onnx --data IN/data.csv"
            + " --json OUT/plane.json --csv OUT/plane.csv",
        "plane.json",
        "plane.csv"),
    DEMO("demo --save OUT", "network.onnx", "rescaled.onnx", "data.csv");

    private final String line;
    private final List<String> outputs;

    Command(String line, String... outputs) {
      this.line = line;
      this.outputs = List.of(outputs);
    }
  }

  private enum Signal {
    KILL(137),
    INT(130),
    TERM(143);

    private final int code;

    Signal(int code) {
      this.code = code;
    }
  }

  @BeforeAll
  static void writeInputs() {
    CommandRun demo = CommandRun.of("demo", "--save", inputs.toString());
    assertThat(demo.code()).isZero();
    CommandRun wide =
        CommandRun.of(
            ("train --quiet --hidden 2500 --epochs 1 --limit 8 --data "
                    + inputs.resolve("data.csv"))
                .concat(" --out " + inputs.resolve("wide.onnx"))
                .split(" "));
    assertThat(wide).isEqualTo(new CommandRun(0, "", ""));
  }

  @Test
  void leavesNothingPartialAndNothingStray() throws Exception {
    List<Signal> signals = new ArrayList<>(List.of(Signal.KILL, Signal.TERM));
    if (takesInterrupts()) {
      signals.add(Signal.INT);
    }
    for (int moment = 0; moment < MOMENTS; moment++) {
      Command command = Command.values()[moment % Command.values().length];
      Signal signal = signals.get(moment / Command.values().length % signals.size());
      Path outputs = Files.createDirectory(folder.resolve(String.valueOf(moment)));
      try {
        end(command, signal, outputs);
      } catch (AssertionError e) {
        throw new AssertionError(
            command + " by " + signal + ", moment " + moment + " of -Dkill.seed=" + SEED, e);
      }
      delete(outputs);
    }
    if (Integer.getInteger("kill.moments") != null) {
      System.out.println("processes ended: " + MOMENTS + ", seed " + SEED + ", " + counts);
    }
  }

  /** Each time killed twice, at random moments of which some are before the first point. */
  @Test
  void aKilledLandscapeGoesOnToTheSameBits() throws Exception {
    long full = duration(Command.LANDSCAPE);
    Path whole = folder.resolve(Command.LANDSCAPE.name()).resolve("plane.csv");
    for (int moment = 0; moment < Math.max(2, MOMENTS / 5); moment++) {
      Path outputs = Files.createDirectory(folder.resolve("resumed-" + moment));
      for (int kill = 0; kill < 2; kill++) {
        Process process = start(Command.LANDSCAPE, outputs, "--resume", "OUT/points");
        process.waitFor((long) (random.nextDouble() * full), TimeUnit.NANOSECONDS);
        send(Signal.KILL, process);
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).as("it ended").isTrue();
        count(
            "landscape "
                + (Files.exists(outputs.resolve("points")) ? "with" : "without")
                + " points");
      }
      Process last = start(Command.LANDSCAPE, outputs, "--resume", "OUT/points");
      assertThat(last.waitFor(120, TimeUnit.SECONDS)).isTrue();
      assertThat(last.exitValue()).isZero();
      assertThat(outputs.resolve("plane.csv"))
          .as("moment " + moment + " of -Dkill.seed=" + SEED)
          .hasSameBinaryContentAs(whole);
      assertThat(strays(outputs)).isEmpty();
      delete(outputs);
    }
    if (Integer.getInteger("kill.moments") != null) {
      System.out.println("landscapes killed twice: seed " + SEED + ", " + counts);
    }
  }

  private void end(Command command, Signal signal, Path outputs) throws Exception {
    long full = duration(command);
    boolean replacing = random.nextBoolean();
    if (replacing) {
      for (String name : command.outputs) {
        Files.writeString(outputs.resolve(name), OLD);
      }
    }
    Process process = start(command, outputs);
    if (random.nextInt(4) == 0) {
      process.waitFor((long) (random.nextDouble() * full), TimeUnit.NANOSECONDS);
    } else {
      // As soon as it writes, or while it does.
      while (process.isAlive() && strays(outputs).isEmpty()) {
        Thread.onSpinWait();
      }
      process.waitFor(random.nextInt(30_000), TimeUnit.MICROSECONDS);
    }
    send(signal, process);
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).as("it ended").isTrue();
    boolean ended = process.exitValue() != 0;
    count(ended ? "ended by " + signal : "was faster than " + signal);
    assertThat(process.exitValue()).isIn(0, signal.code);
    requireWhole(command, outputs, replacing && ended ? OLD : null, !ended);
    List<Path> strays = strays(outputs);
    if (signal == Signal.KILL) {
      count("temporary files after KILL", strays.size());
      Process next = start(command, outputs);
      assertThat(next.waitFor(120, TimeUnit.SECONDS)).isTrue();
      assertThat(next.exitValue()).isZero();
      requireWhole(command, outputs, null, true);
    } else {
      assertThat(strays).isEmpty();
    }
    assertThat(strays(outputs)).isEmpty();
    assertThat(command.outputs).containsAll(names(outputs));
  }

  /** How long a command takes where nobody ends it. */
  private long duration(Command command) throws Exception {
    if (!durations.containsKey(command)) {
      Path outputs = Files.createDirectory(folder.resolve(command.name()));
      long begin = System.nanoTime();
      Process process = start(command, outputs);
      String said = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as(said).isZero();
      durations.put(command, System.nanoTime() - begin);
      requireWhole(command, outputs, null, true);
    }
    return durations.get(command);
  }

  /** Starts a command; what it says goes nowhere, so that it never waits for a reader. */
  private static Process start(Command command, Path outputs, String... more) throws IOException {
    List<String> line =
        new ArrayList<>(
            List.of(
                System.getProperty("java.home") + "/bin/java",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.flatness.cli.Start"));
    List<String> words = new ArrayList<>(List.of(command.line.split(" ")));
    words.addAll(List.of(more));
    for (String word : words) {
      line.add(word.replace("IN/", inputs + "/").replaceFirst("^OUT", outputs.toString()));
    }
    line.add("--force");
    return new ProcessBuilder(line).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
  }

  private static void send(Signal signal, Process process) throws Exception {
    new ProcessBuilder("kill", "-s", signal.name(), String.valueOf(process.pid()))
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  /** Each output is complete, or has the old content, or is absent where it may be. */
  private void requireWhole(Command command, Path outputs, String old, boolean all)
      throws IOException {
    for (String name : command.outputs) {
      Path file = outputs.resolve(name);
      if (!Files.exists(file)) {
        assertThat(all || old != null).as(name + " is missing").isFalse();
      } else if (old != null && Files.size(file) == old.length()) {
        assertThat(file).hasContent(old);
      } else {
        requireWhole(file, folder.resolve(command.name()).resolve(name));
      }
    }
  }

  private static void requireWhole(Path file, Path example) throws IOException {
    String name = file.getFileName().toString();
    if (name.endsWith(".json")) {
      assertThat(new ObjectMapper().readTree(file.toFile()).has("provenance")).isTrue();
    } else if (name.endsWith(".onnx")) {
      OnnxReader.withDefaults().read(file);
      assertThat(file).hasSize(Files.size(example));
    } else {
      assertThat(file).hasSameTextualContentAs(example);
    }
  }

  private void count(String what) {
    count(what, 1);
  }

  private void count(String what, int more) {
    counts.merge(what, more, Integer::sum);
  }

  private static List<Path> strays(Path outputs) throws IOException {
    try (Stream<Path> files = Files.list(outputs)) {
      return files.filter(file -> file.getFileName().toString().startsWith(".")).toList();
    }
  }

  private static List<String> names(Path outputs) throws IOException {
    try (Stream<Path> files = Files.list(outputs)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  private static void delete(Path outputs) throws IOException {
    for (String name : names(outputs)) {
      Files.delete(outputs.resolve(name));
    }
    Files.delete(outputs);
  }

  /**
   * A shell starts what runs in the background with interrupts ignored, and children inherit it.
   */
  private static boolean takesInterrupts() throws IOException {
    Path status = Path.of("/proc/self/status");
    return !Files.exists(status)
        || Files.readAllLines(status).stream()
            .filter(line -> line.startsWith("SigIgn:"))
            .allMatch(line -> (Long.parseUnsignedLong(line.split("\\s+")[1], 16) & 2) == 0);
  }
}
