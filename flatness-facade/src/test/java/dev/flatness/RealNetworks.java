package dev.flatness;

import dev.flatness.data.DataSource;
import dev.flatness.data.Datasets;
import dev.flatness.data.FileDataset;
import dev.flatness.data.Preprocessing;
import dev.flatness.network.Network;
import dev.flatness.onnx.OnnxReader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Trained networks and MNIST beside the checkout; tests without them are skipped. */
final class RealNetworks {
  private RealNetworks() {}

  static Network read(String file) {
    return OnnxReader.withDefaults().read(shared("zoo/models/" + file + ".onnx")).network();
  }

  /** The first test images. */
  static FileDataset mnist(Network network, int samples, double mean, double deviation) {
    return Datasets.open(
        DataSource.of(shared("data/mnist/t10k-images-idx3-ubyte.gz"))
            .withLabels(shared("data/mnist/t10k-labels-idx1-ubyte.gz")),
        network.inputShape(),
        Preprocessing.withDefaults()
            .withMean(mean)
            .withStandardDeviation(deviation)
            .withLimit(samples));
  }

  private static Path shared(String path) {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path candidate = at.resolve("shared").resolve(path);
      if (Files.exists(candidate)) {
        return candidate;
      }
    }
    return Assumptions.abort("there is no shared/" + path + " beside the checkout");
  }
}
