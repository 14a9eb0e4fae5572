package dev.flatness.cli;

import dev.flatness.data.Dataset;
import dev.flatness.data.Datasets;
import dev.flatness.random.Seed;
import dev.flatness.tensor.Tensor;
import java.util.random.RandomGenerator;

/** The data of the demonstration: Gaussian clusters around random centres. */
final class DemoData {
  static final int CLASSES = 4;
  private static final int DIMENSIONS = 8;
  private static final int SAMPLES = 400;
  private static final double DISTANCE = 1.2;

  private DemoData() {}

  static Dataset clusters(Seed seed) {
    RandomGenerator random = seed.generator();
    double[] centres = new double[CLASSES * DIMENSIONS];
    for (int i = 0; i < centres.length; i++) {
      centres[i] = DISTANCE * random.nextGaussian();
    }
    double[] inputs = new double[SAMPLES * DIMENSIONS];
    int[] labels = new int[SAMPLES];
    for (int sample = 0; sample < SAMPLES; sample++) {
      labels[sample] = sample % CLASSES;
      for (int j = 0; j < DIMENSIONS; j++) {
        inputs[sample * DIMENSIONS + j] =
            centres[labels[sample] * DIMENSIONS + j] + random.nextGaussian();
      }
    }
    return Datasets.of(Tensor.of(inputs, SAMPLES, DIMENSIONS), labels);
  }
}
