package dev.flatness.pacbayes;

import dev.flatness.data.Dataset;
import dev.flatness.tensor.Precision;
import org.jspecify.annotations.Nullable;

/**
 * The samples of a dataset one by one, in any order and from any number of threads. In float32 the
 * inputs are rounded, and kept where they take no more memory than allowed; that changes no bit.
 */
final class SampleRows {
  private final Dataset data;
  private final boolean rounded;
  private final int features;
  private final int width;
  private final double[] targets;
  private final float @Nullable [][] kept;

  SampleRows(Dataset data, Precision precision, long cacheBytes) {
    this.data = data;
    this.rounded = precision == Precision.FLOAT32;
    this.features = data.inputShape().size();
    this.width = data.targetSize();
    this.targets = new double[Math.multiplyExact(data.size(), width)];
    data.readTargets(0, data.size(), targets);
    boolean keep = rounded && (long) data.size() * (4L * features + 16) <= cacheBytes;
    this.kept = keep ? inputs() : null;
  }

  private float[][] inputs() {
    float[][] rows = new float[data.size()][features];
    int block = Math.max(1, (1 << 20) / features);
    double[] x = new double[Math.min(block, rows.length) * features];
    double[] y = new double[Math.min(block, rows.length) * width];
    for (int from = 0; from < rows.length; from += block) {
      int count = Math.min(block, rows.length - from);
      data.read(from, count, x, y);
      for (int i = 0; i < count; i++) {
        for (int j = 0; j < features; j++) {
          rows[from + i][j] = (float) x[i * features + j];
        }
      }
    }
    return rows;
  }

  int size() {
    return data.size();
  }

  int features() {
    return features;
  }

  int targetSize() {
    return width;
  }

  /** Reads one sample. */
  void read(int sample, double[] x, double[] y) {
    System.arraycopy(targets, sample * width, y, 0, width);
    if (kept != null) {
      float[] row = kept[sample];
      for (int j = 0; j < features; j++) {
        x[j] = row[j];
      }
      return;
    }
    data.read(sample, 1, x, y);
    if (rounded) {
      for (int j = 0; j < features; j++) {
        x[j] = (float) x[j];
      }
    }
  }
}
