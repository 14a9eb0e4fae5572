package dev.flatness.data;

import dev.flatness.tensor.Shape;
import java.util.Objects;

/** Samples of a dataset by their positions. */
final class Selection implements Dataset {
  private final Dataset data;
  private final int[] positions;

  Selection(Dataset data, int[] positions) {
    this.data = Objects.requireNonNull(data, "data");
    this.positions = positions.clone();
    if (positions.length == 0) {
      throw new IllegalArgumentException(
          "no sample of " + data.name() + " is selected, expected at least one");
    }
    int last = -1;
    for (int position : positions) {
      if (position <= last || position >= data.size()) {
        throw new IllegalArgumentException(
            "position "
                + position
                + " after "
                + last
                + " is no ascending position of "
                + data.name()
                + ", which has "
                + data.size()
                + " samples");
      }
      last = position;
    }
  }

  @Override
  public int size() {
    return positions.length;
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

  /** Reads a run of consecutive positions. */
  private interface Run {
    void read(int position, int count, int at);
  }

  private void forEachRun(int first, int count, Run run) {
    Objects.checkFromIndexSize(first, count, positions.length);
    for (int from = 0; from < count; ) {
      int to = from + 1;
      while (to < count && positions[first + to] == positions[first + to - 1] + 1) {
        to++;
      }
      run.read(positions[first + from], to - from, from);
      from = to;
    }
  }

  @Override
  public void read(int first, int count, double[] inputs, double[] targets) {
    int inputSize = inputShape().size();
    int targetSize = targetSize();
    forEachRun(
        first,
        count,
        (position, run, at) -> {
          double[] x = new double[run * inputSize];
          double[] y = new double[run * targetSize];
          data.read(position, run, x, y);
          System.arraycopy(x, 0, inputs, at * inputSize, x.length);
          System.arraycopy(y, 0, targets, at * targetSize, y.length);
        });
  }

  @Override
  public void readTargets(int first, int count, double[] targets) {
    int targetSize = targetSize();
    forEachRun(
        first,
        count,
        (position, run, at) -> {
          double[] y = new double[run * targetSize];
          data.readTargets(position, run, y);
          System.arraycopy(y, 0, targets, at * targetSize, y.length);
        });
  }

  @Override
  public String name() {
    return data.name() + ", " + positions.length + " of " + data.size() + " samples";
  }
}
