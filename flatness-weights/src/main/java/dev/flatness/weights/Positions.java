package dev.flatness.weights;

import java.util.Arrays;

/** The positions of a tensor's entries in its storage, in row-major order of the tensor. */
final class Positions {
  private final int[] extents;
  private final long[] strides;
  private final int size;
  private final int[] at;
  private long position;

  /** The shape was checked: its size is that of an array. */
  Positions(int[] extents, long[] strides, long offset) {
    this.extents = extents.clone();
    this.strides = strides.clone();
    this.size = Arrays.stream(extents).reduce(1, Math::multiplyExact);
    this.at = new int[extents.length];
    this.position = offset;
  }

  /** One after the other. */
  static Positions rowMajor(int... extents) {
    long[] strides = new long[extents.length];
    long stride = 1;
    for (int axis = extents.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= Math.max(1, extents[axis]);
    }
    return new Positions(extents, strides, 0);
  }

  int size() {
    return size;
  }

  int next() {
    int now = Math.toIntExact(position);
    for (int axis = extents.length - 1; axis >= 0; axis--) {
      position += strides[axis];
      if (++at[axis] < extents[axis]) {
        break;
      }
      position -= strides[axis] * extents[axis];
      at[axis] = 0;
    }
    return now;
  }
}
