package dev.flatness.symmetry;

import dev.flatness.coordinates.AffineMap;
import dev.flatness.data.Dataset;
import dev.flatness.tensor.Shape;

/** The samples of a dataset with transformed inputs. */
record TransformedDataset(Dataset data, AffineMap map) implements Dataset {
  @Override
  public int size() {
    return data.size();
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
  public void read(int first, int count, double[] inputs, double[] targets) {
    data.read(first, count, inputs, targets);
    int size = inputShape().size();
    double[] sample = new double[size];
    for (int i = 0; i < count; i++) {
      System.arraycopy(inputs, i * size, sample, 0, size);
      System.arraycopy(map.parametersAt(sample), 0, inputs, i * size, size);
    }
  }

  @Override
  public void readTargets(int first, int count, double[] targets) {
    data.readTargets(first, count, targets);
  }

  @Override
  public String name() {
    return data.name() + " in another representation";
  }
}
