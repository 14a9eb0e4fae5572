package dev.flatness.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which network. */
final class ModelOptions {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "FILE.onnx",
      description = "The network.")
  private Path file;

  Path file() {
    return file;
  }
}
