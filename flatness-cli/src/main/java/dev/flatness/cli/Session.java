package dev.flatness.cli;

import dev.flatness.data.Datasets;
import dev.flatness.data.FileDataset;
import dev.flatness.loss.Loss;
import dev.flatness.network.Network;
import dev.flatness.onnx.OnnxReader;
import dev.flatness.report.Report;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** A network read from a file and the data to evaluate it on, opened for its input. */
final class Session implements AutoCloseable {
  private final Network network;
  private final FileDataset data;
  private final ModelOptions model;
  private final DataOptions options;

  private Session(Network network, FileDataset data, ModelOptions model, DataOptions options) {
    this.network = network;
    this.data = data;
    this.model = model;
    this.options = options;
  }

  static Session open(ModelOptions model, DataOptions options) {
    Network network = read(model.file(), options.inputShape());
    FileDataset data =
        Datasets.open(options.source(), network.inputShape(), options.preprocessing());
    return new Session(network, data, model, options);
  }

  /** Reads a model; the shape helps where the file leaves it open. */
  static Network read(Path file, Quantities.Sizes inputShape) {
    try {
      return OnnxReader.withDefaults().read(file).network();
    } catch (IllegalArgumentException refused) {
      if (inputShape == null) {
        throw refused;
      }
      return OnnxReader.withDefaults().withInputShape(inputShape.values()).read(file).network();
    }
  }

  Network network() {
    return network;
  }

  FileDataset data() {
    return data;
  }

  Loss loss(String name) {
    return Losses.of(name, data, network.output().shape().size());
  }

  /** A report with the files, the notes and the options of this run. */
  Report described(Report report, EvaluationOptions evaluation) {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("loss", evaluation.loss());
    options.record(settings);
    return report
        .withModelFile(model.file().toString())
        .withDataFile(options.file().toString())
        .withNotes(data.notes())
        .withSettings(settings);
  }

  @Override
  public void close() {
    data.close();
  }
}
