package dev.flatness.symmetry;

import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.tensor.Shape;
import java.util.Arrays;

/**
 * How a value without parameters is made of the network's input: entry i is {@code scale[i] ·
 * x[source[i]] + shift[i]}.
 *
 * @param source an input position an entry
 * @param scale never 0
 * @param shift a constant an entry
 */
record InputReading(int[] source, double[] scale, double[] shift) {
  /** The input itself. */
  static InputReading input(int size) {
    int[] source = new int[size];
    double[] scale = new double[size];
    Arrays.setAll(source, i -> i);
    Arrays.fill(scale, 1);
    return new InputReading(source, scale, new double[size]);
  }

  /** What a node makes of this value, refused if an inverse map could not pass it. */
  InputReading through(Network network, Node node) {
    Layer layer = node.layer();
    if (layer instanceof Layer.Reshape) {
      return this;
    }
    if (layer instanceof Layer.Transpose transpose) {
      return transposed(network.node(node.input()).shape(), node.shape(), transpose);
    }
    if (layer instanceof Layer.Constant constant
        && constant.scale().stream().allMatch(scale -> scale != 0)) {
      return scaled(constant, node.shape());
    }
    throw new IllegalArgumentException(
        "layer \""
            + node.name()
            + "\" ("
            + layer
            + ") reads the input before any weight, expected a dense layer, a convolution or an"
            + " affine layer there: the inverse of the transformation cannot be folded into it");
  }

  private InputReading transposed(Shape from, Shape to, Layer.Transpose layer) {
    int rank = from.rank();
    int[] strides = new int[rank];
    for (int axis = rank - 1, stride = 1; axis >= 0; stride *= from.extent(axis--)) {
      strides[axis] = stride;
    }
    int[] order = new int[source.length];
    int[] at = new int[rank];
    for (int i = 0; i < order.length; i++) {
      int position = 0;
      for (int axis = 0; axis < rank; axis++) {
        position += at[axis] * strides[layer.axes().get(axis)];
      }
      order[i] = position;
      for (int axis = rank - 1; axis >= 0 && ++at[axis] == to.extent(axis); axis--) {
        at[axis] = 0;
      }
    }
    InputReading result = input(order.length);
    for (int i = 0; i < order.length; i++) {
      result.source[i] = source[order[i]];
      result.scale[i] = scale[order[i]];
      result.shift[i] = shift[order[i]];
    }
    return result;
  }

  private InputReading scaled(Layer.Constant layer, Shape shape) {
    int positions = shape.size() / shape.extent(0);
    InputReading result = new InputReading(source, scale.clone(), shift.clone());
    for (int i = 0; i < source.length; i++) {
      double factor = layer.scale().get(layer.scale().size() == 1 ? 0 : i / positions);
      double summand = layer.shift().get(layer.shift().size() == 1 ? 0 : i / positions);
      result.scale[i] *= factor;
      result.shift[i] = result.shift[i] * factor + summand;
    }
    return result;
  }
}
