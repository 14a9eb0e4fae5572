package dev.flatness.cli;

import dev.flatness.data.Dataset;

/** What the targets of a dataset ask of a network. */
final class Targets {
  private static final int CHUNK = 4096;

  private Targets() {}

  /** The number of outputs: one for each class up to the largest label, or one for each number. */
  static int outputs(Dataset data) {
    if (data.targetKind() == Dataset.TargetKind.REAL) {
      return data.targetSize();
    }
    int chunk = Math.max(1, Math.min(CHUNK, (1 << 22) / data.inputShape().size()));
    double[] inputs = new double[chunk * data.inputShape().size()];
    double[] labels = new double[chunk];
    double largest = 0;
    for (int first = 0; first < data.size(); first += chunk) {
      int count = Math.min(chunk, data.size() - first);
      data.read(first, count, inputs, labels);
      for (int i = 0; i < count; i++) {
        largest = Math.max(largest, labels[i]);
      }
    }
    if (largest >= Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "the largest label of "
              + data.name()
              + " is "
              + (long) largest
              + ", but a network has one output per class; number the classes from 0");
    }
    return (int) largest + 1;
  }
}
