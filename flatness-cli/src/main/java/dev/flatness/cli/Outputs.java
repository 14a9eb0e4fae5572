package dev.flatness.cli;

import dev.flatness.internal.report.WriteFailure;
import dev.flatness.network.Network;
import dev.flatness.onnx.OnnxWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Objects;

/** Writes networks, with the failures that other outputs have. */
final class Outputs {
  private Outputs() {}

  static void write(OnnxWriter writer, Network network, Path file) throws IOException {
    try {
      writer.write(network, file);
    } catch (UncheckedIOException e) {
      throw new WriteFailure(file, Objects.requireNonNull(e.getCause(), "cause"));
    }
  }
}
