package dev.flatness.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which network. */
final class ModelOptions extends ReadingOptions {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "FILE.onnx",
      description = "The network.")
  private Path file;

  @Option(
      names = "--weights",
      paramLabel = "FILE",
      description = {
        "Parameters by name for the model, from a .safetensors, Keras .h5 or PyTorch file.",
        "Default: the model's own."
      })
  private @Nullable Path weights;

  NetworkFile network() {
    return network(file, weights);
  }
}
