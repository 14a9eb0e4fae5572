package dev.flatness.nd4j;

import dev.flatness.data.Dataset;
import dev.flatness.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** Samples of INDArrays, one pair or one for each batch. */
final class ArrayDataset implements Dataset {
  /** Features with their targets. */
  record Part(ArraySamples inputs, ArraySamples targets) {
    int count() {
      return inputs.count();
    }
  }

  private final String name;
  private final Part[] parts;

  /** The position of the first sample of each part, and the number of all samples. */
  private final int[] starts;

  private final boolean oneHot;
  private final TargetKind kind;

  /** Parts of one shape. */
  ArrayDataset(String name, List<Part> parts, boolean realTargets) {
    this.name = name;
    this.parts = parts.toArray(new Part[0]);
    this.starts = new int[this.parts.length + 1];
    for (int i = 0; i < this.parts.length; i++) {
      starts[i + 1] = Math.addExact(starts[i], this.parts[i].count());
    }
    int width = this.parts[0].targets().shape().size();
    boolean whole = width == 1 && parts.stream().allMatch(part -> part.targets().whole());
    oneHot = !realTargets && width > 1 && allOneHot();
    kind = !realTargets && whole || oneHot ? TargetKind.LABELS : TargetKind.REAL;
  }

  private boolean allOneHot() {
    double[] row = new double[parts[0].targets().shape().size()];
    for (Part part : parts) {
      for (int i = 0; i < part.count(); i++) {
        part.targets().read(i, 1, row, 0);
        if (hot(row) < 0) {
          return false;
        }
      }
    }
    return true;
  }

  /** The position of the single 1 among zeros, or -1. */
  private static int hot(double[] row) {
    int hot = -1;
    for (int i = 0; i < row.length; i++) {
      if (row[i] == 1 && hot < 0) {
        hot = i;
      } else if (row[i] != 0) {
        return -1;
      }
    }
    return hot;
  }

  @Override
  public int size() {
    return starts[parts.length];
  }

  @Override
  public Shape inputShape() {
    return parts[0].inputs().shape();
  }

  @Override
  public TargetKind targetKind() {
    return kind;
  }

  @Override
  public int targetSize() {
    return oneHot ? 1 : parts[0].targets().shape().size();
  }

  @Override
  public void read(int first, int count, double[] inputs, double[] targets) {
    int width = inputShape().size();
    eachPart(
        first,
        count,
        (part, from, length, at) -> part.inputs().read(from, length, inputs, at * width));
    readTargets(first, count, targets);
  }

  @Override
  public void readTargets(int first, int count, double[] targets) {
    if (!oneHot) {
      int width = targetSize();
      eachPart(
          first,
          count,
          (part, from, length, at) -> part.targets().read(from, length, targets, at * width));
      return;
    }
    double[] row = new double[parts[0].targets().shape().size()];
    eachPart(
        first,
        count,
        (part, from, length, at) -> {
          for (int i = 0; i < length; i++) {
            part.targets().read(from + i, 1, row, 0);
            targets[at + i] = hot(row);
          }
        });
  }

  private interface Reader {
    void read(Part part, int from, int length, int at);
  }

  /** Cuts a range of samples into ranges of parts. */
  private void eachPart(int first, int count, Reader reader) {
    Objects.checkFromIndexSize(first, count, size());
    int p = Arrays.binarySearch(starts, first);
    p = p < 0 ? -p - 2 : p;
    for (int done = 0; done < count; p++) {
      int from = first + done - starts[p];
      int length = Math.min(count - done, parts[p].count() - from);
      reader.read(parts[p], from, length, done);
      done += length;
    }
  }

  @Override
  public String name() {
    return name;
  }
}
