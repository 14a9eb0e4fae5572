package dev.flatness.internal.engine64;

import dev.flatness.data.Dataset;

/**
 * The dataset in chunks of B samples, features by samples; kept in memory where they fit the
 * budget.
 */
final class Chunks {
  private final Dataset data;
  private final int size;
  private final int columns;
  private final int features;
  private final int targetSize;
  private final long keptBytes;
  private final double[][] keptInputs;
  private final /*64*/ double[][] keptTargets;

  Chunks(Dataset data, int columns, int bytes, long budget) {
    this.data = data;
    this.size = data.size();
    this.columns = columns;
    this.features = data.inputShape().size();
    this.targetSize = data.targetSize();
    long whole = size * (features * (long) bytes + 8L * targetSize);
    boolean keep = whole <= budget;
    this.keptBytes = keep ? whole : 0;
    this.keptInputs = keep ? new double[count()][] : null;
    this.keptTargets = keep ? new /*64*/ double[count()][] : null;
  }

  /** Bytes that all chunks take in memory, 0 if they are read again for every pass. */
  long keptBytes() {
    return keptBytes;
  }

  int count() {
    return (size + columns - 1) / columns;
  }

  int columns() {
    return columns;
  }

  int columns(int chunk) {
    return Math.min(columns, size - chunk * columns);
  }

  /** What a worker reads chunks into. */
  static final class Reader {
    /** [features × columns]. */
    double[] inputs;

    /** [columns × targetSize]. */
    /*64*/ double[] targets;

    private /*64*/ double[] rows;
    private double[] ownInputs;
    private /*64*/ double[] ownTargets;
  }

  void read(int chunk, Reader reader) {
    if (keptInputs != null && keptInputs[chunk] != null) {
      reader.inputs = keptInputs[chunk];
      reader.targets = keptTargets[chunk];
      return;
    }
    int b = columns(chunk);
    if (reader.rows == null) {
      reader.rows = new /*64*/ double[columns * features];
    }
    if (keptInputs != null) {
      reader.inputs = new double[b * features];
      reader.targets = new /*64*/ double[b * targetSize];
    } else {
      if (reader.ownInputs == null) {
        reader.ownInputs = new double[columns * features];
        reader.ownTargets = new /*64*/ double[columns * targetSize];
      }
      reader.inputs = reader.ownInputs;
      reader.targets = reader.ownTargets;
    }
    read(chunk * columns, b, reader.rows, reader.inputs, reader.targets);
    if (keptInputs != null) {
      keptTargets[chunk] = reader.targets;
      keptInputs[chunk] = reader.inputs;
    }
  }

  private void read(
      int first, int b, /*64*/ double[] rows, double[] inputs, /*64*/ double[] targets) {
    data.read(first, b, rows, targets);
    for (int j = 0; j < b; j++) {
      for (int t = 0; t < features; t++) {
        inputs[t * b + j] = (double) rows[j * features + t];
      }
    }
  }
}
