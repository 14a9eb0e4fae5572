package dev.flatness.data;

import dev.flatness.tensor.Shape;
import java.util.Objects;

/** Consecutive samples of a dataset. */
final class Subset implements Dataset {
  private final Dataset data;
  private final int skip;
  private final int size;

  Subset(Dataset data, int skip, int limit) {
    this.data = Objects.requireNonNull(data, "data");
    this.skip = skip;
    this.size = size(data.name(), data.size(), skip, limit);
  }

  /** How many samples are left of {@code all}: at least one. */
  static int size(String name, int all, int skip, int limit) {
    if (skip < 0 || skip >= all) {
      throw new IllegalArgumentException(
          "skip "
              + skip
              + " leaves no sample of "
              + name
              + ", which has "
              + all
              + "; expected 0 to "
              + (all - 1));
    }
    if (limit < 1) {
      throw new IllegalArgumentException(
          "limit " + limit + " leaves no sample of " + name + "; expected at least 1");
    }
    return Math.min(limit, all - skip);
  }

  static String name(String name, int all, int skip, int size) {
    return size == all ? name : name + ", samples " + skip + " to " + (skip + size - 1);
  }

  @Override
  public int size() {
    return size;
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
    Objects.checkFromIndexSize(first, count, size);
    data.read(skip + first, count, inputs, targets);
  }

  @Override
  public void readTargets(int first, int count, double[] targets) {
    Objects.checkFromIndexSize(first, count, size);
    data.readTargets(skip + first, count, targets);
  }

  @Override
  public String name() {
    return name(data.name(), data.size(), skip, size);
  }
}
