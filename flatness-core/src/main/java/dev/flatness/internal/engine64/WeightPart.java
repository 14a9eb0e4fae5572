package dev.flatness.internal.engine64;

/**
 * A sparse direction's entries in one group of a layer's weight, as the smallest block of rows that
 * holds them, columns of input channels without any left out.
 */
final class WeightPart {
  /** The first row of the block in the weight, and the one after the last. */
  final int from;

  final int to;

  /** The input channels of the whole layer that the columns read, ascending. */
  final int[] channels;

  /** Row-major, the taps of a channel side by side. */
  final double[] entries;

  /** Columns of the block. */
  final int width;

  private WeightPart(int from, int to, int[] channels, double[] entries, int width) {
    this.from = from;
    this.to = to;
    this.channels = channels;
    this.entries = entries;
    this.width = width;
  }

  /** The parts of a layer by group; null where the direction has no entry in its weight. */
  static WeightPart[] of(WeightOp op, SparseDirection v) {
    int first = v.place(op.weightOffset);
    int end = v.place(op.weightOffset + op.d * op.m);
    if (first == end) {
      return null;
    }
    WeightPart[] parts = new WeightPart[op.groups()];
    int dg = op.d / op.groups();
    while (first < end) {
      int group = (v.position(first) - op.weightOffset) / op.m / dg;
      int last = v.place(op.weightOffset + (group + 1) * dg * op.m);
      parts[group] = of(op, v, group, first, last);
      first = last;
    }
    return parts;
  }

  private static WeightPart of(WeightOp op, SparseDirection v, int group, int first, int end) {
    int taps = op.taps();
    int perGroup = op.m / taps;
    boolean[] used = new boolean[perGroup];
    for (int i = first; i < end; i++) {
      used[(v.position(i) - op.weightOffset) % op.m / taps] = true;
    }
    int[] channels = SparseDirection.indices(used);
    int[] place = new int[perGroup];
    for (int c = 0; c < channels.length; c++) {
      place[channels[c]] = c;
      channels[c] += group * perGroup;
    }
    int from = (v.position(first) - op.weightOffset) / op.m;
    int to = (v.position(end - 1) - op.weightOffset) / op.m + 1;
    int width = channels.length * taps;
    double[] entries = new double[(to - from) * width];
    for (int i = first; i < end; i++) {
      int e = v.position(i) - op.weightOffset;
      int column = e % op.m;
      entries[(e / op.m - from) * width + place[column / taps] * taps + column % taps] = v.value(i);
    }
    return new WeightPart(from, to, channels, entries, width);
  }

  int rows() {
    return to - from;
  }

  /** Whether a tangent of the input meets the block. */
  boolean meets(SparseDirection v, int input) {
    for (int channel : channels) {
      if (v.reaches(input, channel)) {
        return true;
      }
    }
    return false;
  }
}
