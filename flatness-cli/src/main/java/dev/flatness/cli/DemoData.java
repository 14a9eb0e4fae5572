package dev.flatness.cli;

import dev.flatness.data.Dataset;
import dev.flatness.data.synthetic.GaussianClusters;
import dev.flatness.internal.files.OutputFile;
import dev.flatness.random.Seed;
import java.io.IOException;
import java.nio.file.Path;

/** The data of the demonstration: overlapping Gaussian clusters. */
final class DemoData {
  static final int CLASSES = 4;
  private static final int SAMPLES = 400;

  private DemoData() {}

  static Dataset clusters(Seed seed) {
    return GaussianClusters.withDefaults()
        .withClasses(CLASSES)
        .withDimension(8)
        .withSeparation(4)
        .generate(SAMPLES, seed);
  }

  /** Writes samples as comma-separated values with the label last. */
  static void write(Dataset data, Path file, boolean overwrite) throws IOException {
    int width = data.inputShape().size();
    double[] inputs = new double[data.size() * width];
    double[] labels = new double[data.size()];
    data.read(0, data.size(), inputs, labels);
    OutputFile.writeText(
        file,
        overwrite,
        writer -> {
          for (int sample = 0; sample < data.size(); sample++) {
            for (int j = 0; j < width; j++) {
              // Reads back as the same double.
              writer.write(Double.toString(inputs[sample * width + j]) + ",");
            }
            writer.write((int) labels[sample] + "\n");
          }
        });
  }
}
