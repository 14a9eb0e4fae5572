package dev.flatness.bench;

import dev.flatness.data.Dataset;
import dev.flatness.random.Seed;
import dev.flatness.tensor.Shape;

/** Uniform noise with random labels: what a benchmark needs of data. */
public record RandomImages(Shape inputShape, int size, int classes) implements Dataset {
  @Override
  public TargetKind targetKind() {
    return TargetKind.LABELS;
  }

  @Override
  public int targetSize() {
    return 1;
  }

  @Override
  public void read(int first, int count, double[] inputs, double[] targets) {
    int features = inputShape.size();
    for (int i = 0; i < count; i++) {
      var random = Seed.of(first + i).generator();
      for (int j = 0; j < features; j++) {
        inputs[i * features + j] = random.nextDouble();
      }
      targets[i] = random.nextInt(classes);
    }
  }

  @Override
  public String name() {
    return "random images";
  }
}
