package dev.flatness.bench;

import dev.flatness.data.Dataset;
import dev.flatness.random.Seed;
import dev.flatness.tensor.Shape;
import java.util.random.RandomGenerator;

/**
 * A prototype a class under uniform noise, one label in ten drawn at random: a task that a network
 * learns, but not to a loss of 0, as real ones are.
 */
public record NoisyClasses(Shape inputShape, int size, int classes) implements Dataset {
  private static final double SHARE_OF_WRONG_LABELS = 0.1;
  private static final double CONTRAST = 0.25;

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
      RandomGenerator random = Seed.of(first + i).generator();
      int label = random.nextInt(classes);
      RandomGenerator prototype = Seed.of(-1 - label).generator();
      for (int j = 0; j < features; j++) {
        inputs[i * features + j] = random.nextDouble() - 0.5 + CONTRAST * prototype.nextDouble();
      }
      targets[i] = random.nextDouble() < SHARE_OF_WRONG_LABELS ? random.nextInt(classes) : label;
    }
  }

  @Override
  public String name() {
    return "noisy classes";
  }
}
