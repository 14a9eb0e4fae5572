package dev.flatness.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Runs the usual commands on a small network and says nothing. The launcher calls it when it
 * archives the classes of the command, which shortens every later start: what is loaded here need
 * not be parsed and verified again.
 */
final class Rehearsal {
  private Rehearsal() {}

  public static void main(String[] arguments) throws IOException {
    Path folder = Files.createTempDirectory("flatness-rehearsal");
    // Also where the build is interrupted.
    Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
    String model = folder.resolve("network.onnx").toString();
    String data = folder.resolve("data.csv").toString();
    run("--help");
    run("measure", "--help");
    run("demo", "--save", folder.toString());
    run("info", "--model", model);
    run("measure", "--model", model, "--data", data, "--json", folder.resolve("r").toString());
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void run(String... arguments) {
    PrintWriter nowhere =
        new PrintWriter(
            new OutputStreamWriter(OutputStream.nullOutputStream(), StandardCharsets.UTF_8));
    int code = Main.run(Terminal.ofThisProcess(), nowhere, nowhere, arguments);
    if (code != 0) {
      throw new IllegalStateException(List.of(arguments) + " ended with " + code);
    }
  }
}
