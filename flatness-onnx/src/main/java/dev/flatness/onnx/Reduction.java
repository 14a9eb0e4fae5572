package dev.flatness.onnx;

/**
 * Which axes of a sample a node reduces.
 *
 * @param reduced for each axis of the sample whether it is reduced
 * @param keeps whether a reduced axis stays with one entry
 */
record Reduction(boolean[] reduced, boolean keeps) {
  /** Reads a node's axes; null where it reduces nothing. */
  static Reduction of(Call call, Value.Signal x) {
    OnnxNode node = call.node();
    long[] axes = call.integers("axes", 1);
    if (axes == null || axes.length == 0) {
      if (node.integer("noop_with_empty_axes", 0) != 0) {
        return null;
      }
      throw call.refuse("reduces over all axes, which mixes the samples of a batch");
    }
    boolean[] reduced = new boolean[x.shape().rank()];
    for (long axis : axes) {
      int sampleAxis = x.sampleAxis(node.axis(axis, x.rank()));
      if (sampleAxis < 0) {
        throw call.refuse("reduces over the batch axis, which mixes the samples of a batch");
      }
      reduced[sampleAxis] = true;
    }
    return new Reduction(reduced, node.integer("keepdims", 1) != 0);
  }

  /** The sample's shape after the reduction. */
  int[] extents(Value.Signal x) {
    return java.util.stream.IntStream.range(0, reduced.length)
        .filter(axis -> keeps || !reduced[axis])
        .map(axis -> reduced[axis] ? 1 : x.shape().extent(axis))
        .toArray();
  }

  /** The batch axis after the reduction. */
  int batchAxis(Value.Signal x) {
    int batchAxis = x.batchAxis();
    for (int axis = 0; axis < x.batchAxis(); axis++) {
      batchAxis -= !keeps && reduced[axis] ? 1 : 0;
    }
    return batchAxis;
  }
}
