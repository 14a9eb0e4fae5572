package dev.flatness.symmetry;

import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.network.Window;
import dev.flatness.tensor.Shape;
import dev.flatness.tensor.SparseMatrix;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** One forward pass of |θ|^p on an input of ones. */
final class PathPass {
  private final Network network;
  private final PathArithmetic field;
  private final boolean sumOverMaxPooling;
  private final boolean plainAveragePooling;
  private final double[][] values;

  PathPass(
      Network network,
      PathArithmetic field,
      boolean sumOverMaxPooling,
      boolean plainAveragePooling) {
    this.network = network;
    this.field = field;
    this.sumOverMaxPooling = sumOverMaxPooling;
    this.plainAveragePooling = plainAveragePooling;
    this.values = new double[network.nodes().size()][];
  }

  /**
   * The sum over outputs; empty if numbers on the way left the range in which products are safe.
   */
  OptionalDouble total() {
    int[] lastUse = new int[values.length];
    network.nodes().forEach(node -> node.inputs().forEach(input -> lastUse[input] = node.index()));
    for (Node node : network.nodes()) {
      double[] weight =
          node.weight() < 0 ? new double[0] : powers(network.values(network.weight(node)));
      double @Nullable [] bias =
          node.bias() < 0 ? null : powers(network.values(network.bias(node)));
      values[node.index()] = node.layer().accept(new Value(node, weight, bias));
      if (!inRange(weight) || !inRange(bias) || !inRange(values[node.index()])) {
        return OptionalDouble.empty();
      }
      for (int input : node.inputs()) {
        if (lastUse[input] == node.index()) {
          values[input] = null;
        }
      }
    }
    double sum = field.zero();
    for (double output : values[values.length - 1]) {
      sum = field.plus(sum, output);
    }
    return OptionalDouble.of(sum);
  }

  private double[] powers(double[] parameters) {
    Arrays.setAll(parameters, i -> field.power(parameters[i]));
    return parameters;
  }

  private boolean inRange(double @Nullable [] numbers) {
    return numbers == null || Arrays.stream(numbers).allMatch(field::inRange);
  }

  /** The value of one node. */
  private final class Value implements Layer.Visitor<double[]> {
    private final Node node;
    private final double[] weight;
    private final double @Nullable [] bias;
    private final double[] x;
    private final Shape shape;
    private final int positions;
    private final double[] y;

    Value(Node node, double[] weight, double @Nullable [] bias) {
      boolean first = node.inputs().isEmpty();
      this.node = node;
      this.weight = weight;
      this.bias = bias;
      this.x = first ? new double[0] : values[node.input()];
      this.shape = first ? node.shape() : network.node(node.input()).shape();
      this.positions = node.shape().positions();
      this.y = new double[node.shape().size()];
      Arrays.fill(y, field.zero());
    }

    @Override
    public double[] input(Layer.Input layer) {
      Arrays.fill(y, field.one());
      return y;
    }

    @Override
    public double[] dense(Layer.Dense layer) {
      for (int i = 0; i < weight.length; i++) {
        int s = i / x.length;
        y[s] = field.plus(y[s], field.times(weight[i], x[i % x.length]));
      }
      addBias(y, bias, 1);
      return y;
    }

    @Override
    public double[] convolution(Layer.Convolution layer) {
      convolve(layer, x, shape, weight, y, node.shape());
      addBias(y, bias, positions);
      return y;
    }

    @Override
    public double[] affine(Layer.Affine layer) {
      Arrays.setAll(y, e -> node.weight() < 0 ? x[e] : field.times(weight[e / positions], x[e]));
      addBias(y, bias, positions);
      return y;
    }

    @Override
    public double[] constant(Layer.Constant layer) {
      double[] scale = constants(layer.scale());
      double[] shift = constants(layer.shift());
      for (int e = 0; e < y.length; e++) {
        double scaled = field.times(scale[scale.length == 1 ? 0 : e / positions], x[e]);
        y[e] = field.plus(scaled, shift[shift.length == 1 ? 0 : e / positions]);
      }
      return y;
    }

    @Override
    public double[] activate(Layer.Activate layer) {
      return copy(); // Activations count as 1.
    }

    @Override
    public double[] maxPool(Layer.MaxPool layer) {
      Pooling kind = sumOverMaxPooling ? Pooling.SUM : Pooling.MAXIMUM;
      pool(layer.window(), x, shape, y, node.shape(), kind);
      return y;
    }

    @Override
    public double[] averagePool(Layer.AveragePool layer) {
      Pooling kind = layer.countPadding() ? Pooling.AVERAGE_WITH_PADDING : Pooling.AVERAGE;
      pool(layer.window(), x, shape, y, node.shape(), kind);
      return y;
    }

    @Override
    public double[] zeroPad(Layer.ZeroPad layer) {
      pad(layer, x, shape, y, node.shape());
      return y;
    }

    @Override
    public double[] reshape(Layer.Reshape layer) {
      return copy();
    }

    private double[] copy() {
      System.arraycopy(x, 0, y, 0, y.length);
      return y;
    }

    @Override
    public double[] transpose(Layer.Transpose layer) {
      int[] source = FeatureJoins.transposition(shape, layer.axes());
      Arrays.setAll(y, e -> x[source[e]]);
      return y;
    }

    @Override
    public double[] linearMap(Layer.LinearMap layer) {
      SparseMatrix a = layer.matrix();
      for (int row = 0; row < y.length; row++) {
        for (int e = a.start(row); e < a.start(row + 1); e++) {
          y[row] = field.plus(y[row], field.times(field.power(a.value(e)), x[a.column(e)]));
        }
      }
      return y;
    }

    @Override
    public double[] add(Layer.Add layer) {
      for (int input : node.inputs()) {
        double[] addend = values[input];
        Arrays.setAll(y, e -> field.plus(y[e], addend[e]));
      }
      return y;
    }

    @Override
    public double[] concatenate(Layer.Concatenate layer) {
      int at = 0;
      for (int input : node.inputs()) {
        System.arraycopy(values[input], 0, y, at, values[input].length);
        at += values[input].length;
      }
      return y;
    }

    @Override
    public double[] softmax(Layer.Softmax layer) {
      return copy(); // As activations do.
    }
  }

  private void addBias(double[] y, double @Nullable [] bias, int positions) {
    if (bias != null) {
      Arrays.setAll(y, e -> field.plus(y[e], bias[bias.length == 1 ? 0 : e / positions]));
    }
  }

  private double[] constants(List<Double> list) {
    return list.stream().mapToDouble(field::power).toArray();
  }

  private void convolve(
      Layer.Convolution layer, double[] x, Shape in, double[] weight, double[] y, Shape out) {
    Window window = layer.window();
    int reads = layer.inputChannels() / layer.groups();
    int at = 0;
    for (int s = 0; s < layer.outputChannels(); s++) {
      int first = ScaleClasses.firstInput(layer, s);
      for (int c = first; c < first + reads; c++) {
        for (int kh = 0; kh < window.kernelHeight(); kh++) {
          for (int kw = 0; kw < window.kernelWidth(); kw++) {
            double w = weight[at++];
            for (int i = 0; i < out.extent(1); i++) {
              int row = i * window.strideHeight() - window.padTop() + kh * window.dilationHeight();
              if (row < 0 || row >= in.extent(1)) {
                continue;
              }
              for (int j = 0; j < out.extent(2); j++) {
                int column =
                    j * window.strideWidth() - window.padLeft() + kw * window.dilationWidth();
                if (column >= 0 && column < in.extent(2)) {
                  int e = (s * out.extent(1) + i) * out.extent(2) + j;
                  double value = x[(c * in.extent(1) + row) * in.extent(2) + column];
                  y[e] = field.plus(y[e], field.times(w, value));
                }
              }
            }
          }
        }
      }
    }
  }

  private enum Pooling {
    MAXIMUM,
    SUM,
    AVERAGE,
    AVERAGE_WITH_PADDING
  }

  private void pool(Window window, double[] x, Shape in, double[] y, Shape out, Pooling kind) {
    for (int e = 0; e < y.length; e++) {
      int j = e % out.extent(2);
      int i = e / out.extent(2) % out.extent(1);
      int channel = e / out.positions() * in.positions();
      int inside = 0;
      double sum = field.zero();
      double largest = field.zero();
      for (int kh = 0; kh < window.kernelHeight(); kh++) {
        int row = i * window.strideHeight() - window.padTop() + kh * window.dilationHeight();
        for (int kw = 0; kw < window.kernelWidth(); kw++) {
          int column = j * window.strideWidth() - window.padLeft() + kw * window.dilationWidth();
          if (row >= 0 && row < in.extent(1) && column >= 0 && column < in.extent(2)) {
            double value = x[channel + row * in.extent(2) + column];
            inside++;
            sum = field.plus(sum, value);
            largest = Math.max(largest, value);
          }
        }
      }
      y[e] =
          switch (kind) {
            case MAXIMUM -> largest;
            case SUM -> sum;
            case AVERAGE -> field.times(sum, average(inside));
            case AVERAGE_WITH_PADDING -> field.times(sum, average(window.taps()));
          };
    }
  }

  private double average(int count) {
    return plainAveragePooling ? field.number(1.0 / count) : field.power(1.0 / count);
  }

  private static void pad(Layer.ZeroPad pad, double[] x, Shape in, double[] y, Shape out) {
    int width = in.extent(2);
    for (int row = 0; row < in.extent(0) * in.extent(1); row++) {
      int c = row / in.extent(1);
      int i = row % in.extent(1) + pad.top();
      System.arraycopy(
          x, row * width, y, (c * out.extent(1) + i) * out.extent(2) + pad.left(), width);
    }
  }
}
