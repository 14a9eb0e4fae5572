package dev.flatness.network;

import dev.flatness.tensor.Precision;
import dev.flatness.tensor.Shape;
import dev.flatness.tensor.SparseMatrix;
import dev.flatness.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Builds a network node by node; every method returns the new node's index, which later calls name
 * as input.
 *
 * <p>Errors: shapes that do not fit, names used twice, entries that are not finite and unknown
 * inputs are {@link IllegalArgumentException}s at the call that brings them. Nodes that do not lead
 * to the output are left out, and so are their parameters.
 */
public final class GraphBuilder {
  private final List<Node> nodes = new ArrayList<>();
  private final List<Parameter> parameters = new ArrayList<>();
  private final List<double[]> values = new ArrayList<>();
  private final Map<String, Integer> names = new HashMap<>();

  GraphBuilder(Shape inputShape) {
    if (inputShape.size() == 0) {
      throw new IllegalArgumentException(
          "network input has shape " + inputShape + ", expected no extent of 0");
    }
    add("input", new Layer.Input(), inputShape, -1, -1);
  }

  /**
   * Returns the index of the input node.
   *
   * @return 0
   */
  public int input() {
    return 0;
  }

  /**
   * Returns the shape of a node's value.
   *
   * @param node the node
   * @return its shape, without the batch axis
   */
  public Shape shape(int node) {
    return nodes.get(checked(node)).shape();
  }

  /**
   * Adds a parameter that several layers may use.
   *
   * @param name its full name
   * @param role what it does
   * @param value its entries
   * @return its index
   */
  public int parameter(String name, Parameter.Role role, Tensor value) {
    for (Parameter other : parameters) {
      if (other.name().equals(name)) {
        throw new IllegalArgumentException(
            "parameter name \"" + name + "\" is used twice; give each its own");
      }
    }
    Parameter parameter = new Parameter(parameters.size(), name, role, value.shape(), 0);
    double[] entries = value.toDoubles();
    requireFinite(parameter, entries, 0);
    parameters.add(parameter);
    values.add(entries);
    return parameter.index();
  }

  /**
   * Adds a dense layer.
   *
   * @param name the layer's name
   * @param input the node it reads, of rank 1
   * @param weight W, {@code [out, in]}
   * @param bias b, {@code [out]}, or null
   * @return the new node
   */
  public int dense(String name, int input, Tensor weight, @Nullable Tensor bias) {
    return dense(
        name,
        input,
        parameter(name + ".weight", Parameter.Role.WEIGHT, weight),
        biasOf(name, bias));
  }

  /**
   * Adds a dense layer that uses parameters already added.
   *
   * @param name the layer's name
   * @param input the node it reads, of rank 1
   * @param weight the index of W
   * @param bias the index of b, or −1
   * @return the new node
   */
  public int dense(String name, int input, int weight, int bias) {
    Shape w = parameter(name, weight).shape();
    Shape x = shape(input);
    if (w.rank() != 2) {
      throw wrong(name, "dense weight has shape " + w + ", expected [out, in]");
    }
    if (x.rank() != 1 || x.extent(0) != w.extent(1)) {
      throw wrong(
          name,
          "dense weight " + w + " does not fit input " + x + ", expected [" + w.extent(1) + "]");
    }
    checkBias(name, bias, w.extent(0));
    return add(
        name,
        new Layer.Dense(w.extent(1), w.extent(0)),
        Shape.of(w.extent(0)),
        weight,
        bias,
        input);
  }

  /**
   * Adds a two-dimensional convolution.
   *
   * @param name the layer's name
   * @param input the node it reads, {@code [channels, height, width]}
   * @param weight W, {@code [out, in / groups, kernelHeight, kernelWidth]}
   * @param bias b, {@code [out]}, or null
   * @param window the geometry; its kernel is the weight's
   * @param groups the number of groups
   * @return the new node
   */
  public int convolution(
      String name, int input, Tensor weight, @Nullable Tensor bias, Window window, int groups) {
    int w = parameter(name + ".weight", Parameter.Role.WEIGHT, weight);
    return convolution(name, input, w, biasOf(name, bias), window, groups);
  }

  /**
   * Adds a two-dimensional convolution that uses parameters already added.
   *
   * @param name the layer's name
   * @param input the node it reads, {@code [channels, height, width]}
   * @param weight the index of W
   * @param bias the index of b, or −1
   * @param window the geometry; its kernel is the weight's
   * @param groups the number of groups
   * @return the new node
   */
  public int convolution(String name, int input, int weight, int bias, Window window, int groups) {
    Shape w = parameter(name, weight).shape();
    Shape x = shape(input);
    if (w.rank() != 4
        || w.extent(2) != window.kernelHeight()
        || w.extent(3) != window.kernelWidth()) {
      throw wrong(
          name,
          "convolution weight has shape "
              + w
              + ", expected [out, in / groups, "
              + window.kernelHeight()
              + ", "
              + window.kernelWidth()
              + "]");
    }
    if (groups < 1 || w.extent(0) % groups != 0) {
      throw wrong(
          name,
          "has "
              + groups
              + " groups, expected a divisor of its "
              + w.extent(0)
              + " output channels");
    }
    if (x.rank() != 3 || x.extent(0) != w.extent(1) * groups) {
      throw wrong(
          name,
          "convolution weight "
              + w
              + " in "
              + groups
              + " groups does not fit input "
              + x
              + ", expected ["
              + w.extent(1) * groups
              + ", height, width]");
    }
    checkBias(name, bias, w.extent(0));
    Layer layer = new Layer.Convolution(x.extent(0), w.extent(0), groups, window);
    return add(name, layer, windowed(name, window, x, w.extent(0)), weight, bias, input);
  }

  /**
   * Adds an affine layer: one scale and one shift per channel, or one of them alone.
   *
   * @param name the layer's name
   * @param input the node it reads
   * @param scale {@code [channels]}, or null
   * @param shift {@code [channels]}, {@code [1]} for one number that is added to every channel, or
   *     null
   * @return the new node
   */
  public int affine(String name, int input, @Nullable Tensor scale, @Nullable Tensor shift) {
    int channels = channels(name, input);
    if (scale == null && shift == null) {
      throw wrong(name, "has neither a scale nor a shift, expected at least one of them");
    }
    int s = scale == null ? -1 : parameter(name + ".weight", Parameter.Role.SCALE, scale);
    int t = shift == null ? -1 : parameter(name + ".bias", Parameter.Role.SHIFT, shift);
    checkBias(name, s, channels);
    checkBias(name, t, shift != null && shift.shape().equals(Shape.of(1)) ? 1 : channels);
    return add(name, new Layer.Affine(channels), shape(input), s, t, input);
  }

  /**
   * Adds a scaling and shift by constants.
   *
   * @param name the layer's name
   * @param input the node it reads
   * @param scale one factor, or one per channel
   * @param shift one summand, or one per channel
   * @return the new node
   */
  public int constant(String name, int input, List<Double> scale, List<Double> shift) {
    int channels = channels(name, input);
    for (List<Double> list : List.of(scale, shift)) {
      if (list.size() != 1 && list.size() != channels) {
        throw wrong(
            name,
            "has " + list.size() + " constants, expected 1 or one per channel (" + channels + ")");
      }
      for (double value : list) {
        if (!Double.isFinite(value)) {
          throw wrong(name, "has the constant " + value + ", expected finite numbers");
        }
      }
    }
    return add(name, new Layer.Constant(scale, shift), shape(input), -1, -1, input);
  }

  /**
   * Adds an activation.
   *
   * @param name the layer's name
   * @param input the node it reads
   * @param function the function
   * @return the new node
   */
  public int activate(String name, int input, Activation function) {
    int slopes = function.parameters().size();
    if (function.perChannel() && channels(name, input) != slopes) {
      throw wrong(
          name,
          "has "
              + slopes
              + " slopes, expected 1 or one per channel ("
              + channels(name, input)
              + ")");
    }
    return add(name, new Layer.Activate(function), shape(input), -1, -1, input);
  }

  /**
   * Adds a max pooling.
   *
   * @param name the layer's name
   * @param input the node it reads, {@code [channels, height, width]}
   * @param window the window
   * @return the new node
   */
  public int maxPool(String name, int input, Window window) {
    Shape x = featureMap(name, input);
    requireEntries(name, window, x);
    return add(
        name, new Layer.MaxPool(window), windowed(name, window, x, x.extent(0)), -1, -1, input);
  }

  /**
   * Adds an average pooling.
   *
   * @param name the layer's name
   * @param input the node it reads, {@code [channels, height, width]}
   * @param window the window, of dilation 1
   * @param countPadding whether zeros of the padding count in the divisor
   * @return the new node
   */
  public int averagePool(String name, int input, Window window, boolean countPadding) {
    if (window.dilationHeight() != 1 || window.dilationWidth() != 1) {
      throw wrong(
          name,
          "average pooling has dilation "
              + window.dilationHeight()
              + "×"
              + window.dilationWidth()
              + ", expected 1×1");
    }
    Shape x = featureMap(name, input);
    requireEntries(name, window, x);
    Layer layer = new Layer.AveragePool(window, countPadding);
    return add(name, layer, windowed(name, window, x, x.extent(0)), -1, -1, input);
  }

  /**
   * Adds an average over all positions of a feature map.
   *
   * @param name the layer's name
   * @param input the node it reads, {@code [channels, height, width]}
   * @return the new node, {@code [channels, 1, 1]}
   */
  public int globalAveragePool(String name, int input) {
    Shape x = featureMap(name, input);
    return averagePool(name, input, Window.of(x.extent(1), x.extent(2)), false);
  }

  /**
   * Adds zeros around a feature map.
   *
   * @param name the layer's name
   * @param input the node it reads, {@code [channels, height, width]}
   * @param top rows above
   * @param left columns at the left
   * @param bottom rows below
   * @param right columns at the right
   * @return the new node
   */
  public int zeroPad(String name, int input, int top, int left, int bottom, int right) {
    Shape x = featureMap(name, input);
    if (Math.min(Math.min(top, left), Math.min(bottom, right)) < 0) {
      throw wrong(name, "has a negative padding, expected at least 0 on every side");
    }
    Shape y = Shape.of(x.extent(0), x.extent(1) + top + bottom, x.extent(2) + left + right);
    return add(name, new Layer.ZeroPad(top, left, bottom, right), y, -1, -1, input);
  }

  /**
   * Adds a change of shape.
   *
   * @param name the layer's name
   * @param input the node it reads
   * @param extents the new shape, with as many elements
   * @return the new node
   */
  public int reshape(String name, int input, int... extents) {
    Shape y = Shape.of(extents);
    if (y.size() != shape(input).size()) {
      throw wrong(
          name, "cannot reshape " + shape(input) + " to " + y + ": the numbers of elements differ");
    }
    return add(name, new Layer.Reshape(y), y, -1, -1, input);
  }

  /**
   * Adds a reshape to rank 1.
   *
   * @param name the layer's name
   * @param input the node it reads
   * @return the new node
   */
  public int flatten(String name, int input) {
    return reshape(name, input, shape(input).size());
  }

  /**
   * Adds a permutation of axes.
   *
   * @param name the layer's name
   * @param input the node it reads
   * @param axes output axis i is input axis {@code axes[i]}; the batch axis does not count
   * @return the new node
   */
  public int transpose(String name, int input, int... axes) {
    Shape x = shape(input);
    int[] sorted = axes.clone();
    Arrays.sort(sorted);
    int[] y = new int[axes.length];
    for (int i = 0; i < axes.length; i++) {
      if (axes.length != x.rank() || sorted[i] != i) {
        throw wrong(
            name,
            "has axes "
                + Arrays.toString(axes)
                + ", expected a permutation of the "
                + x.rank()
                + " axes of "
                + x);
      }
      y[i] = x.extent(axes[i]);
    }
    List<Integer> list = Arrays.stream(axes).boxed().toList();
    return add(name, new Layer.Transpose(list), Shape.of(y), -1, -1, input);
  }

  /**
   * Adds a constant linear map.
   *
   * @param name the layer's name
   * @param input the node it reads
   * @param matrix A, from the entries of the input to those of the output, both row-major
   * @param extents the output's shape, with as many entries as A has rows
   * @return the new node
   */
  public int linearMap(String name, int input, SparseMatrix matrix, int... extents) {
    Shape y = Shape.of(extents);
    if (matrix.columns() != shape(input).size() || matrix.rows() != y.size()) {
      throw wrong(
          name,
          "has " + matrix + ", which does not fit input " + shape(input) + " and output " + y);
    }
    return add(name, new Layer.LinearMap(matrix, y), y, -1, -1, input);
  }

  /**
   * Adds an element-wise sum.
   *
   * @param name the layer's name
   * @param inputs two or more nodes of one shape
   * @return the new node
   */
  public int add(String name, int... inputs) {
    if (inputs.length < 2) {
      throw wrong(name, "adds " + inputs.length + " values, expected at least 2");
    }
    for (int input : inputs) {
      if (!shape(input).equals(shape(inputs[0]))) {
        throw wrong(
            name,
            "adds values of shapes "
                + shape(inputs[0])
                + " and "
                + shape(input)
                + ", expected equal shapes");
      }
    }
    return add(name, new Layer.Add(), shape(inputs[0]), -1, -1, inputs);
  }

  /**
   * Adds a concatenation along the first axis.
   *
   * @param name the layer's name
   * @param inputs two or more nodes that agree in all other extents
   * @return the new node
   */
  public int concatenate(String name, int... inputs) {
    if (inputs.length < 2) {
      throw wrong(name, "concatenates " + inputs.length + " values, expected at least 2");
    }
    channels(name, inputs[0]);
    int[] y = shape(inputs[0]).toArray();
    y[0] = 0;
    for (int input : inputs) {
      int[] x = shape(input).toArray();
      if (x.length != y.length || !Arrays.equals(x, 1, x.length, y, 1, y.length)) {
        throw wrong(
            name,
            "concatenates shapes "
                + shape(inputs[0])
                + " and "
                + shape(input)
                + ", expected all extents but the first to agree");
      }
      y[0] += x[0];
    }
    return add(name, new Layer.Concatenate(), Shape.of(y), -1, -1, inputs);
  }

  /**
   * Adds a softmax over all entries of a sample. It can only be the network's last layer.
   *
   * @param name the layer's name
   * @param input the node it reads, whose value has one axis
   * @param logarithm whether the logarithm is taken
   * @return the new node
   */
  public int softmax(String name, int input, boolean logarithm) {
    Shape x = shape(input);
    if (x.rank() != 1) {
      throw wrong(name, "reads a value of shape " + x + ", expected one axis; flatten it before");
    }
    return add(name, new Layer.Softmax(logarithm), x, -1, -1, input);
  }

  /**
   * Ends the graph.
   *
   * @param output the node whose value is the network's output
   * @return the network of all nodes that lead to it
   */
  public Network build(int output) {
    boolean[] used = new boolean[nodes.size()];
    used[checked(output)] = true;
    int end = output;
    while (nodes.get(end).layer() instanceof Layer.Reshape) {
      end = nodes.get(end).input();
    }
    for (int i = output; i > 0; i--) {
      if (used[i]) {
        if (i != end && nodes.get(i).layer() instanceof Layer.Softmax) {
          throw wrong(
              nodes.get(i).name(), "is a softmax inside the network, expected it to be last");
        }
        nodes.get(i).inputs().forEach(input -> used[input] = true);
      }
    }
    if (!used[0]) {
      throw new IllegalArgumentException("the output does not depend on the network's input");
    }
    int[] nodeIndex = new int[nodes.size()];
    int[] parameterIndex = new int[parameters.size()];
    Arrays.fill(parameterIndex, -1);
    List<Node> keptNodes = new ArrayList<>();
    List<Parameter> keptParameters = new ArrayList<>();
    List<double[]> keptValues = new ArrayList<>();
    int offset = 0;
    for (int i = 0; i <= output; i++) {
      if (!used[i]) {
        continue;
      }
      Node node = nodes.get(i);
      for (int p : new int[] {node.weight(), node.bias()}) {
        if (p >= 0 && parameterIndex[p] < 0) {
          Parameter old = parameters.get(p);
          parameterIndex[p] = keptParameters.size();
          keptParameters.add(
              new Parameter(parameterIndex[p], old.name(), old.role(), old.shape(), offset));
          keptValues.add(values.get(p));
          offset = Math.addExact(offset, old.size());
        }
      }
      nodeIndex[i] = keptNodes.size();
      keptNodes.add(
          new Node(
              nodeIndex[i],
              node.name(),
              node.layer(),
              node.inputs().stream().map(input -> nodeIndex[input]).toList(),
              node.weight() < 0 ? -1 : parameterIndex[node.weight()],
              node.bias() < 0 ? -1 : parameterIndex[node.bias()],
              node.shape()));
    }
    double[] theta = new double[offset];
    for (Parameter parameter : keptParameters) {
      System.arraycopy(
          keptValues.get(parameter.index()), 0, theta, parameter.offset(), parameter.size());
    }
    return new Network(keptNodes, keptParameters, theta, Precision.FLOAT64, List.of(), false);
  }

  static void requireFinite(List<Parameter> parameters, double[] theta) {
    for (Parameter parameter : parameters) {
      requireFinite(parameter, theta, parameter.offset());
    }
  }

  private static void requireFinite(Parameter parameter, double[] entries, int offset) {
    for (int i = 0; i < parameter.size(); i++) {
      if (!Double.isFinite(entries[offset + i])) {
        throw new IllegalArgumentException(
            "parameter \""
                + parameter.name()
                + "\" has "
                + entries[offset + i]
                + " at position "
                + i
                + ", expected finite numbers; was the training diverging?");
      }
    }
  }

  private int biasOf(String name, @Nullable Tensor bias) {
    return bias == null ? -1 : parameter(name + ".bias", Parameter.Role.BIAS, bias);
  }

  private Parameter parameter(String name, int index) {
    if (index < 0 || index >= parameters.size()) {
      throw wrong(
          name,
          "uses parameter "
              + index
              + ", which does not exist, expected one of the "
              + parameters.size()
              + " added before");
    }
    return parameters.get(index);
  }

  private void checkBias(String name, int bias, int outputs) {
    if (bias != -1 && !parameter(name, bias).shape().equals(Shape.of(outputs))) {
      throw wrong(
          name,
          parameters.get(bias).name()
              + " has shape "
              + parameters.get(bias).shape()
              + ", expected ["
              + outputs
              + "]");
    }
  }

  private int channels(String name, int input) {
    Shape x = shape(input);
    if (x.rank() == 0) {
      throw wrong(name, "reads a value without axes, expected at least one; reshape it");
    }
    return x.extent(0);
  }

  private Shape featureMap(String name, int input) {
    Shape x = shape(input);
    if (x.rank() != 3) {
      throw wrong(name, "reads a value of shape " + x + ", expected [channels, height, width]");
    }
    return x;
  }

  private static Shape windowed(String name, Window window, Shape x, int channels) {
    int height = window.outputHeight(x.extent(1));
    int width = window.outputWidth(x.extent(2));
    if (height < 1 || width < 1) {
      throw wrong(
          name,
          "window "
              + window.kernelHeight()
              + "×"
              + window.kernelWidth()
              + " does not fit input "
              + x
              + " with its padding");
    }
    return Shape.of(channels, height, width);
  }

  /** Every position of a pooling must see an entry of its input. */
  private static void requireEntries(String name, Window window, Shape x) {
    boolean enough =
        window.padTop() <= window.dilationHeight() * (window.kernelHeight() - 1)
            && window.padBottom() <= window.dilationHeight() * (window.kernelHeight() - 1)
            && window.padLeft() <= window.dilationWidth() * (window.kernelWidth() - 1)
            && window.padRight() <= window.dilationWidth() * (window.kernelWidth() - 1);
    for (int y = 0; enough && y < window.outputHeight(x.extent(1)); y++) {
      int top = y * window.strideHeight() - window.padTop();
      enough = meets(top, window.kernelHeight(), window.dilationHeight(), x.extent(1));
    }
    for (int y = 0; enough && y < window.outputWidth(x.extent(2)); y++) {
      int left = y * window.strideWidth() - window.padLeft();
      enough = meets(left, window.kernelWidth(), window.dilationWidth(), x.extent(2));
    }
    if (!enough) {
      throw wrong(
          name,
          "pooling window "
              + window.kernelHeight()
              + "×"
              + window.kernelWidth()
              + " sees nothing but padding somewhere, expected padding below the kernel's extent");
    }
  }

  private static boolean meets(int first, int kernel, int dilation, int extent) {
    for (int tap = 0; tap < kernel; tap++) {
      int at = first + tap * dilation;
      if (at >= 0 && at < extent) {
        return true;
      }
    }
    return false;
  }

  private int checked(int node) {
    if (node < 0 || node >= nodes.size()) {
      throw new IllegalArgumentException(
          "node " + node + " does not exist, expected 0 to " + (nodes.size() - 1));
    }
    return node;
  }

  private int add(String name, Layer layer, Shape shape, int weight, int bias, int... inputs) {
    for (int input : inputs) {
      checked(input);
    }
    if (shape.size() == 0) {
      throw wrong(name, "gives shape " + shape + ", expected no extent of 0");
    }
    if (names.putIfAbsent(name, nodes.size()) != null) {
      throw new IllegalArgumentException(
          "layer name \"" + name + "\" is used twice; give each its own");
    }
    List<Integer> list = Arrays.stream(inputs).boxed().toList();
    nodes.add(new Node(nodes.size(), name, layer, list, weight, bias, shape));
    return nodes.size() - 1;
  }

  private static IllegalArgumentException wrong(String layer, String what) {
    return new IllegalArgumentException("layer \"" + layer + "\" " + what);
  }
}
