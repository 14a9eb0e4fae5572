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

/**
 * A network in files: the model, and how it is read.
 *
 * @param model the ONNX file
 * @param weights parameters that take the place of the model's, null for its own
 * @param output the output to take, null for the first
 * @param untie whether every layer gets a weight of its own
 */
record NetworkFile(Path model, @Nullable Path weights, @Nullable String output, boolean untie) {
  /** The file that tells this network from others of the same run. */
  Path own() {
    return weights == null ? model : weights;
  }

  /** All files that the network is made of. */
  List<Path> files() {
    return weights == null ? List.of(model) : List.of(model, weights);
  }

  /** The report with the names of these files. */
  Report described(Report report) {
    Report named = report.withModelFile(model.toString());
    return weights == null ? named : named.withWeightsFile(weights.toString());
  }

  /** Reads the network; the shape helps where the file leaves it open. */
  Network read(Quantities.@Nullable Sizes inputShape) {
    if (weights == null) {
      return read(model, inputShape);
    }
    ParameterFile parameters = ParameterFile.read(weights);
    OnnxReader reader =
        OnnxReader.withDefaults().withWeights(parameters.tensors(), weights.toString());
    return read(reader, model, inputShape).withNotes(parameters.notes());
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
