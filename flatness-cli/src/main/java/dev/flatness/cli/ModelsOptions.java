package dev.flatness.cli;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which networks: several models, or one model with several files of parameters. */
final class ModelsOptions extends ReadingOptions {
  @Option(
      names = "--model",
      required = true,
      arity = "1..*",
      paramLabel = "FILE.onnx",
      description = {
        "The network. Several are measured one after the other and shown side by side; a pattern"
            + " such as 'epoch-*.onnx' names all files that match, in the order of their numbers."
      })
  private List<String> models;

  @Option(
      names = "--weights",
      arity = "1..*",
      paramLabel = "FILE",
      description = {
        "Parameters by name for the model, from .safetensors, Keras .h5 or PyTorch files; a network"
            + " for each file or match of a pattern. Default: the model's own."
      })
  private @Nullable List<String> weights;

  /** Whether a pattern names the networks, so that there may be any number of them. */
  boolean byPattern() {
    return FilePatterns.anyPattern(models) || weights != null && FilePatterns.anyPattern(weights);
  }

  /** The networks, in the order of the options. */
  List<NetworkFile> networks() {
    List<Path> files = FilePatterns.files("--model", models);
    if (weights == null) {
      return files.stream().map(file -> network(file, null)).toList();
    }
    List<Path> parameters = FilePatterns.files("--weights", weights);
    if (files.size() > 1) {
      throw new IllegalArgumentException(
          "--weights gives parameters to one model, but --model names "
              + files.size()
              + "; name one model with --weights, or the models alone");
    }
    return parameters.stream().map(file -> network(files.get(0), file)).toList();
  }
}
