package dev.flatness.internal.parameters;

import dev.flatness.tensor.Precision;
import dev.flatness.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Reorders the axes of tensors. */
final class Axes {
  private Axes() {}

  /** The extents that are not 1: what has the same ones in the same order is laid out alike. */
  static List<Integer> proper(List<Integer> extents) {
    return extents.stream().filter(extent -> extent != 1).toList();
  }

  static List<Integer> extents(Tensor tensor) {
    return Arrays.stream(tensor.shape().toArray()).boxed().toList();
  }

  /** The tensor whose axis i is axis {@code order[i]} of the given one. */
  static Tensor permuted(Tensor tensor, int... order) {
    int[] from = tensor.shape().toArray();
    int[] strides = new int[from.length];
    int stride = 1;
    for (int axis = from.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= from[axis];
    }
    int[] extents = IntStream.of(order).map(axis -> from[axis]).toArray();
    int[] positions = new int[tensor.size()];
    int[] at = new int[order.length];
    int position = 0;
    for (int i = 0; i < positions.length; i++) {
      positions[i] = position;
      for (int axis = order.length - 1; axis >= 0; axis--) {
        position += strides[order[axis]];
        if (++at[axis] < extents[axis]) {
          break;
        }
        position -= strides[order[axis]] * extents[axis];
        at[axis] = 0;
      }
    }
    if (tensor.precision() == Precision.FLOAT64) {
      return Tensor.of(Arrays.stream(positions).mapToDouble(tensor::get).toArray(), extents);
    }
    float[] entries = new float[positions.length];
    for (int i = 0; i < entries.length; i++) {
      entries[i] = (float) tensor.get(positions[i]);
    }
    return Tensor.of(entries, extents);
  }

  /** The same entries under a shape that differs in axes of extent 1. */
  static Tensor reshaped(Tensor tensor, List<Integer> extents) {
    List<Integer> own = new ArrayList<>(extents);
    return tensor.reshape(own.stream().mapToInt(Integer::intValue).toArray());
  }
}
