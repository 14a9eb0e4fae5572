package dev.flatness.onnx;

import dev.flatness.network.Activation;
import dev.flatness.network.Layer;
import dev.flatness.network.Window;
import dev.flatness.tensor.Shape;
import dev.flatness.tensor.SparseMatrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * Collects steps in forward order. Moves of entries are simplified on the way: a reshape of a
 * reshape, a transposition that undoes another, one that only moves extents of 1.
 */
final class Draft {
  private static final int LARGEST_WINDOW = 1 << 15;
  private static final int LARGEST_EXTENT = 1 << 24;

  private static final int BOXED = 24; // a Double and its place in a list

  private final List<Step> steps = new ArrayList<>();
  private final boolean asWritten;

  /** Bytes that the scale classes of a network take for a feature that is a class of its own. */
  private static final int CLASSES = 32;

  private final Budget budget;

  /**
   * Starts without steps.
   *
   * @param asWritten whether only nodes of one layer's name may become one step
   * @param budget what the file may allocate, from which the layers' numbers are taken
   */
  Draft(boolean asWritten, Budget budget) {
    this.asWritten = asWritten;
    this.budget = budget;
  }

  List<Step> steps() {
    return steps;
  }

  Step input(Shape shape) {
    int channels = shape.rank() == 0 ? 1 : shape.extent(0);
    double bytes = (double) Double.BYTES * shape.size() + (double) CLASSES * channels;
    budget.spend("input of shape " + shape, bytes);
    return add("input", null, new Layer.Input(), shape, List.of());
  }

  Step dense(OnnxNode node, String name, Step x, Step.Weights weight, Step.Weights bias) {
    int out = weight.extents()[0];
    int in = weight.extents()[1];
    if (x.shape().rank() != 1 || x.shape().extent(0) != in) {
      throw node.refuse(
          "multiplies samples of shape "
              + x.shape()
              + " with a weight of "
              + in
              + " inputs and "
              + out
              + " outputs; the shapes do not fit");
    }
    Layer layer = new Layer.Dense(in, out);
    return weighted(add(name, node, layer, Shape.of(out), List.of(x)), weight, bias);
  }

  Step convolution(
      OnnxNode node,
      String name,
      Step x,
      Step.Weights weight,
      Step.Weights bias,
      Window w,
      int groups) {
    int out = weight.extents()[0];
    Layer layer = new Layer.Convolution(x.shape().extent(0), out, groups, w);
    Shape shape = windowed(node, w, x.shape(), out);
    return weighted(add(name, node, layer, shape, List.of(x)), weight, bias);
  }

  private Step weighted(Step step, Step.Weights weight, Step.Weights bias) {
    long numbers = weight == null ? 0 : weight.values().length;
    numbers += bias == null ? 0 : bias.values().length;
    budget.spend(step.origin().described(), 8.0 * numbers);
    return step.setWeights(weight, bias);
  }

  /** A scale and a shift per channel, or one shift for all, that are parameters; null without. */
  Step affine(OnnxNode node, String name, Step x, Step.Weights scale, Step.Weights shift) {
    Layer layer = new Layer.Affine(x.shape().extent(0));
    return weighted(add(name, node, layer, x.shape(), List.of(x)), scale, shift);
  }

  Step constant(OnnxNode node, Step x, double[] scale, double[] shift) {
    budget.spend(node.described(), (double) BOXED * (scale.length + shift.length));
    boolean joined = asWritten && allZero(shift) && joins(node, x);
    if (joined && x.layer() instanceof Layer.LinearMap map) {
      int each = scale.length == 1 ? x.shape().size() : x.shape().positions();
      return linear(node, x, scaled(node, map.matrix(), scale, each), x.shape());
    }
    if (!asWritten && factor(x) && scale.length == 1 && allZero(shift)) {
      double product = scale[0] * ((Layer.Constant) x.layer()).scale().get(0);
      return product == 1 ? x.input() : constant(node, x.input(), new double[] {product}, shift);
    }
    boolean shiftOnly = scale.length == 1 && scale[0] == 1;
    if (shiftOnly && x.layer() instanceof Layer.Constant factor && factor.linear()) {
      Layer both = new Layer.Constant(factor.scale(), boxed(shift));
      return add(x.name(), node, both, x.shape(), x.inputs());
    }
    Layer layer = new Layer.Constant(boxed(scale), boxed(shift));
    return add(node.layerName(), node, layer, x.shape(), List.of(x));
  }

  private static boolean factor(Step x) {
    return x.layer() instanceof Layer.Constant c && c.linear() && c.scale().size() == 1;
  }

  private static boolean allZero(double[] shift) {
    return Arrays.stream(shift).allMatch(value -> value == 0);
  }

  /** Whether a node may become one step with the one before it. */
  private boolean joins(OnnxNode node, Step x) {
    return !asWritten || node.layerName().equals(x.name());
  }

  /**
   * A constant linear map, from the entries of x to those of the result. It becomes one with a map
   * before it where no two of their paths meet.
   */
  Step linearMap(OnnxNode node, Step x, SparseMatrix matrix, int... extents) {
    budget.spend(node.described(), (double) CLASSES * matrix.rows());
    Step source = x;
    while (source.layer() instanceof Layer.Reshape && joins(node, source)) {
      source = source.input();
    }
    Shape shape = Shape.of(extents);
    if (source.layer() instanceof Layer.LinearMap inner && joins(node, source)) {
      SparseMatrix product = product(node, matrix, inner.matrix());
      if (product != null) {
        return linear(node, source, product, shape);
      }
    }
    return add(node.layerName(), node, new Layer.LinearMap(matrix, shape), shape, List.of(source));
  }

  /** Another map of what a map reads. */
  private Step linear(OnnxNode node, Step map, SparseMatrix matrix, Shape shape) {
    return add(node.layerName(), node, new Layer.LinearMap(matrix, shape), shape, map.inputs());
  }

  /** A·B where each entry is one product, all finite, and it is no larger than both; else null. */
  private SparseMatrix product(OnnxNode node, SparseMatrix a, SparseMatrix b) {
    long products = 0;
    for (int e = 0; e < a.entries(); e++) {
      products += b.start(a.column(e) + 1) - b.start(a.column(e));
    }
    if (products > (long) a.entries() + b.entries()
        || products + a.rows() >= SparseMatrix.LARGEST) {
      return null;
    }
    budget.spend(node.described(), 16.0 * (products + a.rows()));
    SparseMatrix.Builder product = SparseMatrix.builder(b.columns());
    for (int row = 0; row < a.rows(); row++) {
      for (int e = a.start(row); e < a.start(row + 1); e++) {
        for (int f = b.start(a.column(e)); f < b.start(a.column(e) + 1); f++) {
          double value = a.value(e) * b.value(f);
          if (!Double.isFinite(value)) {
            return null;
          }
          product.add(b.column(f), value);
        }
      }
      product.endRow();
    }
    SparseMatrix result = product.build();
    return result.entries() == products ? result : null;
  }

  private SparseMatrix scaled(OnnxNode node, SparseMatrix a, double[] scale, int each) {
    budget.spend(node.described(), 16.0 * (a.entries() + a.rows()));
    SparseMatrix.Builder scaled = SparseMatrix.builder(a.columns());
    for (int row = 0; row < a.rows(); row++) {
      for (int e = a.start(row); e < a.start(row + 1); e++) {
        scaled.add(a.column(e), a.value(e) * scale[row / each]);
      }
      scaled.endRow();
    }
    return scaled.build();
  }

  Step activate(OnnxNode node, Step x, Activation function) {
    if (function.kind() == Activation.Kind.IDENTITY) {
      return x;
    }
    return add(node.layerName(), node, new Layer.Activate(function), x.shape(), List.of(x));
  }

  Step maxPool(OnnxNode node, Step x, Window w) {
    requirePaddingBelowKernel(node, w);
    Shape shape = pooled(node, w, x.shape());
    return add(node.layerName(), node, new Layer.MaxPool(w), shape, List.of(x));
  }

  Step averagePool(OnnxNode node, Step x, Window w, boolean countPadding) {
    requirePaddingBelowKernel(node, w);
    Shape shape = pooled(node, w, x.shape());
    return add(node.layerName(), node, new Layer.AveragePool(w, countPadding), shape, List.of(x));
  }

  Step zeroPad(OnnxNode node, Step x, int top, int left, int bottom, int right) {
    Shape s = x.shape();
    Shape shape = Shape.of(s.extent(0), s.extent(1) + top + bottom, s.extent(2) + left + right);
    return add(
        node.layerName(), node, new Layer.ZeroPad(top, left, bottom, right), shape, List.of(x));
  }

  Step reshape(OnnxNode node, Step x, int... extents) {
    Shape shape = Shape.of(extents);
    if (x.shape().equals(shape)) {
      return x;
    }
    if (asWritten && x.layer() instanceof Layer.LinearMap map && joins(node, x)) {
      return linear(node, x, map.matrix(), shape);
    }
    Step source = x.layer() instanceof Layer.Reshape && joins(node, x) ? x.input() : x;
    if (source.shape().equals(shape)) {
      return source;
    }
    return add(node.layerName(), node, new Layer.Reshape(shape), shape, List.of(source));
  }

  Step transpose(OnnxNode node, Step x, int... axes) {
    if (Arrays.equals(axes, IntStream.range(0, axes.length).toArray())) {
      return x;
    }
    if (x.layer() instanceof Layer.Transpose inner) {
      int[] composed = Arrays.stream(axes).map(axis -> inner.axes().get(axis)).toArray();
      return transpose(node, x.input(), composed);
    }
    int[] extents = Arrays.stream(axes).map(axis -> x.shape().extent(axis)).toArray();
    int last = -1;
    boolean moves = false;
    for (int axis : axes) {
      if (x.shape().extent(axis) != 1) {
        moves |= axis < last;
        last = axis;
      }
    }
    if (!moves) {
      return reshape(node, x, extents);
    }
    List<Integer> list = Arrays.stream(axes).boxed().toList();
    return add(node.layerName(), node, new Layer.Transpose(list), Shape.of(extents), List.of(x));
  }

  /** Applies something that acts along the first axis along another one. */
  Step alongAxis(OnnxNode node, Step x, int axis, UnaryOperator<Step> action) {
    int rank = x.shape().rank();
    int[] front = new int[rank];
    int[] back = new int[rank];
    front[0] = axis;
    for (int i = 0, next = 1; i < rank; i++) {
      if (i != axis) {
        front[next++] = i;
      }
    }
    for (int i = 0; i < rank; i++) {
      back[front[i]] = i;
    }
    return transpose(node, action.apply(transpose(node, x, front)), back);
  }

  Step sum(OnnxNode node, List<Step> inputs) {
    return add(node.layerName(), node, new Layer.Add(), inputs.get(0).shape(), inputs);
  }

  /** Along the first axis; the shapes have been checked. */
  Step concatenate(OnnxNode node, List<Step> inputs) {
    int[] extents = inputs.get(0).shape().toArray();
    extents[0] = inputs.stream().mapToInt(input -> input.shape().extent(0)).sum();
    return add(node.layerName(), node, new Layer.Concatenate(), Shape.of(extents), inputs);
  }

  /** Over all entries of a sample. */
  Step softmax(OnnxNode node, Step x, boolean logarithm) {
    Step row = reshape(node, x, x.shape().size());
    Layer layer = new Layer.Softmax(logarithm);
    Step step = add(node.layerName(), node, layer, row.shape(), List.of(row));
    return reshape(node, step, x.shape().toArray());
  }

  private Step add(String name, OnnxNode node, Layer layer, Shape shape, List<Step> inputs) {
    Constant.requireAxes(shape.rank());
    Step step = new Step(name, node, layer, shape, List.copyOf(inputs));
    steps.add(step);
    return step;
  }

  private static List<Double> boxed(double[] values) {
    return Arrays.stream(values).boxed().toList();
  }

  /** A window after all its numbers were checked, so that no sum of them overflows. */
  static Window window(
      OnnxNode node, long[] kernel, long[] strides, long[] pads, long[] dilations) {
    requireRange(node, "kernel_shape", kernel, 1);
    requireRange(node, "strides", strides, 1);
    requireRange(node, "pads", pads, 0);
    requireRange(node, "dilations", dilations, 1);
    return new Window(
        (int) kernel[0],
        (int) kernel[1],
        (int) strides[0],
        (int) strides[1],
        (int) pads[0],
        (int) pads[1],
        (int) pads[2],
        (int) pads[3],
        (int) dilations[0],
        (int) dilations[1]);
  }

  private static void requireRange(OnnxNode node, String what, long[] values, long least) {
    for (long value : values) {
      if (value < least || value > LARGEST_WINDOW) {
        throw node.refuse(
            "has "
                + what
                + " "
                + Arrays.toString(values)
                + ", expected numbers from "
                + least
                + " to "
                + LARGEST_WINDOW);
      }
    }
  }

  private static void requirePaddingBelowKernel(OnnxNode node, Window w) {
    if (Math.max(w.padTop(), w.padBottom()) > w.dilationHeight() * (w.kernelHeight() - 1)
        || Math.max(w.padLeft(), w.padRight()) > w.dilationWidth() * (w.kernelWidth() - 1)) {
      throw node.refuse(
          "has a padding as large as its window "
              + w.kernelHeight()
              + "×"
              + w.kernelWidth()
              + ", so some windows hold padding only; expected smaller padding");
    }
  }

  /** The shape of a pooling, whose table of positions is taken from the budget. */
  private Shape pooled(OnnxNode node, Window w, Shape x) {
    Shape shape = windowed(node, w, x, x.extent(0));
    budget.spend(node.described(), (double) Integer.BYTES * shape.positions() * w.taps());
    return shape;
  }

  private static Shape windowed(OnnxNode node, Window w, Shape x, int channels) {
    if (Math.max(x.extent(1), x.extent(2)) > LARGEST_EXTENT) {
      throw node.refuse(
          "reads feature maps " + x + ", expected at most " + LARGEST_EXTENT + " rows and columns");
    }
    int height = w.outputHeight(x.extent(1));
    int width = w.outputWidth(x.extent(2));
    if (height < 1 || width < 1) {
      throw node.refuse(
          "has a window "
              + w.kernelHeight()
              + "×"
              + w.kernelWidth()
              + " that does not fit feature maps "
              + x
              + " with their padding");
    }
    return Shape.of(channels, height, width);
  }
}
