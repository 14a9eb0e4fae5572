package dev.flatness.data;

import dev.flatness.data.Dataset.TargetKind;
import dev.flatness.tensor.Shape;
import java.util.Arrays;

/**
 * The pass over all samples when a dataset is made: numbers finite, labels whole and not negative.
 */
final class DatasetChecks {
  private static final int CHUNK_ENTRIES = 1 << 16;

  private DatasetChecks() {}

  /**
   * Checks every sample.
   *
   * @param data the samples
   * @param file what to call them
   * @param firstNumber the number of the first sample in the file
   */
  static void requireValid(Dataset data, Object file, int firstNumber) {
    int size = data.inputShape().size();
    int width = data.targetSize();
    int chunk = Math.max(1, Math.min(data.size(), CHUNK_ENTRIES / Math.max(size, width)));
    double[] inputs = new double[chunk * size];
    double[] targets = new double[chunk * width];
    for (int first = 0; first < data.size(); first += chunk) {
      int count = Math.min(chunk, data.size() - first);
      data.read(first, count, inputs, targets);
      int bad = firstNotFinite(inputs, count * size);
      if (bad >= 0) {
        throw Refusal.of(
            file,
            "input of sample "
                + (firstNumber + first + bad / size)
                + " is "
                + inputs[bad]
                + " at position "
                + position(data.inputShape(), bad % size),
            "every input must be a finite number, repair the sample or leave it out");
      }
      for (int i = 0; i < count * width; i++) {
        requireTarget(
            data.targetKind(), targets[i], firstNumber + first + i / width, i % width, file);
      }
    }
  }

  private static void requireTarget(
      TargetKind kind, double target, int sample, int output, Object file) {
    if (kind == TargetKind.LABELS) {
      if (!(target >= 0 && target <= Integer.MAX_VALUE && target == Math.rint(target))) {
        throw Refusal.of(
            file,
            "label of sample " + sample + " is " + number(target) + ", expected 0, 1, …",
            "count classes from 0, or give real targets as floating-point numbers");
      }
    } else if (!Double.isFinite(target)) {
      throw Refusal.of(
          file,
          "target of sample " + sample + " is " + target + " at position [" + output + "]",
          "every target must be a finite number, repair the sample or leave it out");
    }
  }

  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }

  private static int firstNotFinite(double[] values, int count) {
    for (int i = 0; i < count; i++) {
      if (!Double.isFinite(values[i])) {
        return i;
      }
    }
    return -1;
  }

  private static String position(Shape shape, int index) {
    int[] at = new int[shape.rank()];
    int rest = index;
    for (int axis = shape.rank() - 1; axis >= 0; axis--) {
      at[axis] = rest % shape.extent(axis);
      rest /= shape.extent(axis);
    }
    return Arrays.toString(at);
  }

  /** The range of a read, and arrays that can take it. */
  static void requireRoom(Dataset data, int first, int count, double[] inputs, double[] targets) {
    java.util.Objects.checkFromIndexSize(first, count, data.size());
    long entries = (long) count * data.inputShape().size();
    long numbers = (long) count * data.targetSize();
    if (inputs.length < entries || targets.length < numbers) {
      throw new IndexOutOfBoundsException(
          "reading "
              + count
              + " samples of "
              + data.name()
              + " needs arrays of "
              + entries
              + " and "
              + numbers
              + " numbers, but they have "
              + inputs.length
              + " and "
              + targets.length);
    }
  }
}
