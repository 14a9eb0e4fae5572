package dev.flatness.cli;

import dev.flatness.network.Network;
import dev.flatness.onnx.OnnxReader;
import dev.flatness.report.Report;
import dev.flatness.weights.ParameterFile;
import java.nio.file.Path;
import java.util.List;
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

  @Option(
      names = "--weights",
      paramLabel = "FILE",
      description = {
        "Parameters by name for the model, from a .safetensors, Keras .h5 or PyTorch file.",
        "Default: the model's own."
      })
  private @Nullable Path weights;

  Path file() {
    return file;
  }

  /** All files that the network is made of. */
  List<Path> files() {
    return weights == null ? List.of(file) : List.of(file, weights);
  }

  /** The report with the names of these files. */
  Report described(Report report) {
    Report named = report.withModelFile(file.toString());
    return weights == null ? named : named.withWeightsFile(weights.toString());
  }

  /** Reads the model; the shape helps where the file leaves it open. */
  Network read(Quantities.@Nullable Sizes inputShape) {
    if (weights == null) {
      return read(file, inputShape);
    }
    ParameterFile parameters = ParameterFile.read(weights);
    OnnxReader reader =
        OnnxReader.withDefaults().withWeights(parameters.tensors(), weights.toString());
    return read(reader, file, inputShape).withNotes(parameters.notes());
  }

  /** Reads another file of the same kind, with its own parameters. */
  Network read(Path file, Quantities.@Nullable Sizes inputShape) {
    return read(OnnxReader.withDefaults(), file, inputShape);
  }

  private Network read(OnnxReader plain, Path file, Quantities.@Nullable Sizes inputShape) {
    if (file.toString().toLowerCase(Locale.ROOT).endsWith(".zip")) {
      throw new IllegalArgumentException(
          file
              + " is no ONNX file; if it is a model of DL4J, convert it first: flatness convert "
              + file
              + " model.onnx");
    }
    OnnxReader reader = plain;
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
