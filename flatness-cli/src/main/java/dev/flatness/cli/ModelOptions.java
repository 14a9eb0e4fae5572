package dev.flatness.cli;

import dev.flatness.network.Network;
import dev.flatness.onnx.OnnxReader;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which network. */
final class ModelOptions {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "FILE.onnx",
      description = "The network.")
  private Path file;

  @Option(
      names = "--output",
      paramLabel = "NAME",
      description = {
        "The output of the file to take: a graph output or an internal tensor.",
        "Default: the first output."
      })
  private @Nullable String output;

  @Option(
      names = "--untie",
      description = {
        "Give every layer a weight of its own where the file stores one for several layers.",
        "Default: they share it."
      })
  private boolean untie;

  Path file() {
    return file;
  }

  /** Reads the model; the shape helps where the file leaves it open. */
  Network read(Quantities.@Nullable Sizes inputShape) {
    return read(file, inputShape);
  }

  /** Reads another file of the same kind. */
  Network read(Path file, Quantities.@Nullable Sizes inputShape) {
    if (file.toString().toLowerCase(Locale.ROOT).endsWith(".zip")) {
      throw new IllegalArgumentException(
          file
              + " is no ONNX file; if it is a model of DL4J, convert it first: flatness convert "
              + file
              + " model.onnx");
    }
    OnnxReader reader = OnnxReader.withDefaults();
    if (output != null) {
      reader = reader.withOutput(output);
    }
    if (untie) {
      reader = reader.withUntied();
    }
    try {
      return reader.read(file).network();
    } catch (IllegalArgumentException refused) {
      if (inputShape == null) {
        throw refused;
      }
      return reader.withInputShape(inputShape.values()).read(file).network();
    }
  }

  void record(Map<String, Object> settings) {
    if (output != null) {
      settings.put("output", output);
    }
    if (untie) {
      settings.put("untie", true);
    }
  }
}
