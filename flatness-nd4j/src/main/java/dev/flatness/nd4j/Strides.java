package dev.flatness.nd4j;

import java.util.Arrays;

/**
 * Where the numbers of an array lie in its buffer, visited in row-major order of its axes.
 *
 * <p>Axes that follow one another without a gap are one axis here, so that an array of order 'c' is
 * one run.
 */
final class Strides {
  private final int[] extents;
  private final long[] strides;
  private final int size;

  private Strides(int[] extents, long[] strides) {
    this.extents = extents;
    this.strides = strides;
    this.size = Arrays.stream(extents).reduce(1, (a, b) -> a * b);
  }

  /** Numbers at equal distances: the first, the distance, how many, and the index of the first. */
  interface Run {
    void take(long position, long stride, int count, int index);
  }

  /** Of axes whose product is an int. */
  static Strides of(long[] shape, long[] stride) {
    int[] extents = new int[shape.length + 1];
    long[] strides = new long[shape.length + 1];
    // A first axis of extent 1, so that a scalar is a run too.
    extents[0] = 1;
    int last = 0;
    for (int axis = 0; axis < shape.length; axis++) {
      if (shape[axis] == 1) {
        continue;
      }
      if (extents[last] == 1 || strides[last] == shape[axis] * stride[axis]) {
        extents[last] *= (int) shape[axis];
      } else {
        extents[++last] = (int) shape[axis];
      }
      strides[last] = stride[axis];
    }
    return new Strides(Arrays.copyOf(extents, last + 1), Arrays.copyOf(strides, last + 1));
  }

  /** Visits all numbers of an array whose first one is at {@code start}. */
  void runs(long start, Run run) {
    int last = extents.length - 1;
    int width = extents[last];
    int[] at = new int[last];
    long position = start;
    for (int index = 0; index < size; index += width) {
      run.take(position, strides[last], width, index);
      for (int axis = last - 1; axis >= 0; axis--) {
        position += strides[axis];
        if (++at[axis] < extents[axis]) {
          break;
        }
        position -= extents[axis] * strides[axis];
        at[axis] = 0;
      }
    }
  }
}
