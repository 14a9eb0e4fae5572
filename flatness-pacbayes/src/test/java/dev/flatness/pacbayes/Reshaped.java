package dev.flatness.pacbayes;

import dev.flatness.data.Dataset;
import dev.flatness.tensor.Shape;

/** The same samples under another input shape. */
record Reshaped(Dataset data, Shape inputShape) implements Dataset {
  @Override
  public int size() {
    return data.size();
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
  public void read(int first, int count, double[] inputs, double[] targets) {
    data.read(first, count, inputs, targets);
  }

  @Override
  public String name() {
    return data.name();
  }
}
