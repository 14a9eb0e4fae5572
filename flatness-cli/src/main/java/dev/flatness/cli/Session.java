package dev.flatness.cli;

import dev.flatness.data.Datasets;
import dev.flatness.data.FileDataset;
import dev.flatness.loss.Loss;
import dev.flatness.network.Network;
import dev.flatness.onnx.OnnxReader;
import java.nio.file.Path;

/** A network read from a file and the data to evaluate it on, opened for its input. */
final class Session implements AutoCloseable {
  private final Network network;
  private final FileDataset data;

  private Session(Network network, FileDataset data) {
    this.network = network;
    this.data = data;
  }

  static Session open(ModelOptions model, DataOptions options) {
    Network network = read(model.file(), options.inputShape());
    FileDataset data =
        Datasets.open(options.source(), network.inputShape(), options.preprocessing());
    return new Session(network, data);
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

  @Override
  public void close() {
    data.close();
  }
}
