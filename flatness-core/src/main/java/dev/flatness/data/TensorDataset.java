package dev.flatness.data;

import dev.flatness.tensor.Shape;
import dev.flatness.tensor.Tensor;
import java.util.Arrays;
import java.util.Objects;

/** Samples in memory. */
final class TensorDataset implements Dataset {
  private final String name;
  private final Tensor inputs;
  private final Shape inputShape;
  private final Tensor targets;
  private final TargetKind kind;

  /** Targets: [n] or [n, k], labels as whole numbers. */
  TensorDataset(String name, Tensor inputs, Tensor targets, TargetKind kind) {
    this.name = Objects.requireNonNull(name, "name");
    this.inputs = Objects.requireNonNull(inputs, "inputs");
    this.targets = Objects.requireNonNull(targets, "targets");
    this.kind = kind;
    int[] extents = inputs.shape().toArray();
    if (extents.length == 0 || inputs.size() == 0) {
      throw new IllegalArgumentException(
          "inputs have shape "
              + inputs.shape()
              + ", expected [samples, …] with at least one number");
    }
    int rank = targets.shape().rank();
    if (rank != 1 && rank != 2 || targets.size() == 0) {
      throw new IllegalArgumentException(
          "targets have shape " + targets.shape() + ", expected [samples] or [samples, outputs]");
    }
    if (targets.shape().extent(0) != extents[0]) {
      throw new IllegalArgumentException(
          "inputs have "
              + extents[0]
              + " samples, but there are "
              + targets.shape().extent(0)
              + (kind == TargetKind.LABELS ? " labels" : " targets")
              + "; give one for each sample");
    }
    this.inputShape =
        extents.length == 1
            ? Shape.of(1)
            : Shape.of(Arrays.copyOfRange(extents, 1, extents.length));
    DatasetChecks.requireValid(this, name, 0);
  }

  @Override
  public int size() {
    return inputs.shape().extent(0);
  }

  @Override
  public Shape inputShape() {
    return inputShape;
  }

  @Override
  public TargetKind targetKind() {
    return kind;
  }

  @Override
  public int targetSize() {
    return targets.shape().positions();
  }

  @Override
  public void read(int first, int count, double[] inputs, double[] targets) {
    DatasetChecks.requireRoom(this, first, count, inputs, targets);
    copy(this.inputs, first, count, inputs);
    copy(this.targets, first, count, targets);
  }

  private static void copy(Tensor from, int first, int count, double[] into) {
    int width = from.shape().positions();
    int start = first * width;
    for (int i = 0; i < count * width; i++) {
      into[i] = from.get(start + i);
    }
  }

  @Override
  public String name() {
    return name;
  }
}
