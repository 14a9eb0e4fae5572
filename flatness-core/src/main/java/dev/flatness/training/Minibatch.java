package dev.flatness.training;

import dev.flatness.data.Dataset;
import dev.flatness.tensor.Shape;

/**
 * A window of fixed length onto a permuted dataset, moved from step to step; read while it stands
 * still.
 */
final class Minibatch implements Dataset {
  private final Dataset data;
  private final int[] order;
  private final int length;
  private int first;

  Minibatch(Dataset data, int[] order, int length) {
    this.data = data;
    this.order = order;
    this.length = length;
  }

  void moveTo(int position) {
    first = position;
  }

  @Override
  public int size() {
    return length;
  }

  @Override
  public Shape inputShape() {
    return data.inputShape();
  }

  @Override
  public TargetKind targetKind() {
    return data.targetKind();
  }

  @Override
  public int targetSize() {
    return data.targetSize();
  }

  @Override
  public void read(int from, int count, double[] inputs, double[] targets) {
    int features = inputShape().size();
    double[] x = new double[features];
    double[] y = new double[targetSize()];
    for (int i = 0; i < count; i++) {
      data.read(order[first + from + i], 1, x, y);
      System.arraycopy(x, 0, inputs, i * features, features);
      System.arraycopy(y, 0, targets, i * y.length, y.length);
    }
  }

  @Override
  public String name() {
    return data.name();
  }
}
