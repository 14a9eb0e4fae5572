package dev.flatness.network;

import dev.flatness.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates a network one sample at a time by the definition of each layer, as plain loops in
 * float64; shares no code with the engine, which makes it an oracle for it.
 */
final class ForwardPass {
  private final Network network;
  private final double[][] parameters;

  ForwardPass(Network network) {
    this.network = network;
    this.parameters = network.parameters().stream().map(network::values).toArray(double[][]::new);
  }

  /** The value of every node for one input. */
  double[][] values(double[] sample) {
    if (sample.length != network.inputShape().size()) {
      throw new IllegalArgumentException(
          "sample has "
              + sample.length
              + " numbers, expected "
              + network.inputShape().size()
              + " for input "
              + network.inputShape());
    }
    double[][] values = new double[network.nodes().size()][];
    for (Node node : network.nodes()) {
      values[node.index()] = node.layer().accept(new Evaluation(node, sample, values));
    }
    return values;
  }

  /** The value of one node. */
  private final class Evaluation implements Layer.Visitor<double[]> {
    private final Node node;
    private final double[][] values;
    private final double[] x;
    private final Shape in;
    private final double[] weight;
    private final double @Nullable [] bias;

    Evaluation(Node node, double[] sample, double[][] values) {
      boolean first = node.inputs().isEmpty();
      this.node = node;
      this.values = values;
      this.x = first ? sample : values[node.input()];
      this.in = first ? node.shape() : network.node(node.input()).shape();
      this.weight = node.weight() < 0 ? new double[0] : parameters[node.weight()];
      this.bias = node.bias() < 0 ? null : parameters[node.bias()];
    }

    @Override
    public double[] input(Layer.Input layer) {
      return x.clone();
    }

    @Override
    public double[] dense(Layer.Dense layer) {
      return multiply(layer, x, weight, bias);
    }

    @Override
    public double[] convolution(Layer.Convolution layer) {
      return convolve(layer, x, in, node.shape(), weight, bias);
    }

    @Override
    public double[] affine(Layer.Affine layer) {
      return perChannel(
          x,
          in,
          node.weight() < 0 ? new double[] {1} : weight,
          bias == null ? new double[] {0} : bias);
    }

    @Override
    public double[] constant(Layer.Constant layer) {
      return perChannel(
          x,
          in,
          layer.scale().stream().mapToDouble(value -> value).toArray(),
          layer.shift().stream().mapToDouble(value -> value).toArray());
    }

    @Override
    public double[] activate(Layer.Activate layer) {
      double[] y = new double[x.length];
      Arrays.setAll(y, i -> layer.function().at(i / in.positions()).value(x[i]));
      return y;
    }

    @Override
    public double[] maxPool(Layer.MaxPool layer) {
      return pool(layer.window(), x, in, node.shape(), Pooling.MAX);
    }

    @Override
    public double[] averagePool(Layer.AveragePool layer) {
      Pooling pooling = layer.countPadding() ? Pooling.AVERAGE_OF_WINDOW : Pooling.AVERAGE_OF_INPUT;
      return pool(layer.window(), x, in, node.shape(), pooling);
    }

    @Override
    public double[] zeroPad(Layer.ZeroPad layer) {
      return pad(layer, x, in, node.shape());
    }

    @Override
    public double[] reshape(Layer.Reshape layer) {
      return x.clone();
    }

    @Override
    public double[] transpose(Layer.Transpose layer) {
      return permute(layer.axes(), x, in);
    }

    @Override
    public double[] linearMap(Layer.LinearMap layer) {
      return layer.matrix().multiply(x);
    }

    @Override
    public double[] add(Layer.Add layer) {
      return sum(node.inputs(), values);
    }

    @Override
    public double[] concatenate(Layer.Concatenate layer) {
      return join(node, values);
    }

    @Override
    public double[] softmax(Layer.Softmax layer) {
      double largest = Arrays.stream(x).max().orElse(0);
      double sum = Arrays.stream(x).map(each -> Math.exp(each - largest)).sum();
      return Arrays.stream(x)
          .map(
              each ->
                  layer.logarithm()
                      ? each - largest - Math.log(sum)
                      : Math.exp(each - largest) / sum)
          .toArray();
    }
  }

  private static double[] multiply(
      Layer.Dense layer, double[] x, double[] weight, double @Nullable [] bias) {
    double[] y = new double[layer.outputs()];
    for (int s = 0; s < y.length; s++) {
      y[s] = bias == null ? 0 : bias[s];
      for (int j = 0; j < x.length; j++) {
        y[s] += weight[s * x.length + j] * x[j];
      }
    }
    return y;
  }

  private static double[] convolve(
      Layer.Convolution layer,
      double[] x,
      Shape in,
      Shape out,
      double[] weight,
      double @Nullable [] bias) {
    Window w = layer.window();
    int channelsPerGroup = layer.inputChannels() / layer.groups();
    double[] y = new double[out.size()];
    for (int s = 0; s < out.extent(0); s++) {
      int group = s / (layer.outputChannels() / layer.groups());
      for (int row = 0; row < out.extent(1); row++) {
        for (int column = 0; column < out.extent(2); column++) {
          double total = bias == null ? 0 : bias[s];
          for (int c = 0; c < channelsPerGroup; c++) {
            for (int kr = 0; kr < w.kernelHeight(); kr++) {
              for (int kc = 0; kc < w.kernelWidth(); kc++) {
                int r = row * w.strideHeight() - w.padTop() + kr * w.dilationHeight();
                int q = column * w.strideWidth() - w.padLeft() + kc * w.dilationWidth();
                if (r >= 0 && r < in.extent(1) && q >= 0 && q < in.extent(2)) {
                  int channel = group * channelsPerGroup + c;
                  int tap =
                      ((s * channelsPerGroup + c) * w.kernelHeight() + kr) * w.kernelWidth() + kc;
                  total += weight[tap] * x[(channel * in.extent(1) + r) * in.extent(2) + q];
                }
              }
            }
          }
          y[(s * out.extent(1) + row) * out.extent(2) + column] = total;
        }
      }
    }
    return y;
  }

  private static double[] perChannel(double[] x, Shape in, double[] scale, double[] shift) {
    double[] y = new double[x.length];
    for (int i = 0; i < y.length; i++) {
      int channel = i / in.positions();
      y[i] = x[i] * scale[scale.length == 1 ? 0 : channel];
      y[i] += shift[shift.length == 1 ? 0 : channel];
    }
    return y;
  }

  private enum Pooling {
    MAX,
    AVERAGE_OF_WINDOW,
    AVERAGE_OF_INPUT
  }

  private static double[] pool(Window w, double[] x, Shape in, Shape out, Pooling pooling) {
    double[] y = new double[out.size()];
    for (int c = 0; c < out.extent(0); c++) {
      for (int row = 0; row < out.extent(1); row++) {
        for (int column = 0; column < out.extent(2); column++) {
          double largest = Double.NEGATIVE_INFINITY;
          double total = 0;
          int inside = 0;
          for (int kr = 0; kr < w.kernelHeight(); kr++) {
            for (int kc = 0; kc < w.kernelWidth(); kc++) {
              int r = row * w.strideHeight() - w.padTop() + kr * w.dilationHeight();
              int q = column * w.strideWidth() - w.padLeft() + kc * w.dilationWidth();
              if (r >= 0 && r < in.extent(1) && q >= 0 && q < in.extent(2)) {
                double value = x[(c * in.extent(1) + r) * in.extent(2) + q];
                largest = Math.max(largest, value);
                total += value;
                inside++;
              }
            }
          }
          double value =
              switch (pooling) {
                case MAX -> largest;
                case AVERAGE_OF_WINDOW -> total / w.taps();
                case AVERAGE_OF_INPUT -> total / inside;
              };
          y[(c * out.extent(1) + row) * out.extent(2) + column] = value;
        }
      }
    }
    return y;
  }

  private static double[] pad(Layer.ZeroPad pad, double[] x, Shape in, Shape out) {
    double[] y = new double[out.size()];
    for (int c = 0; c < in.extent(0); c++) {
      for (int row = 0; row < in.extent(1); row++) {
        int from = (c * in.extent(1) + row) * in.extent(2);
        int to = (c * out.extent(1) + row + pad.top()) * out.extent(2) + pad.left();
        System.arraycopy(x, from, y, to, in.extent(2));
      }
    }
    return y;
  }

  private static double[] permute(List<Integer> axes, double[] x, Shape in) {
    int rank = in.rank();
    int[] stride = new int[rank];
    for (int axis = rank - 1, step = 1; axis >= 0; step *= in.extent(axis--)) {
      stride[axis] = step;
    }
    double[] y = new double[x.length];
    int[] index = new int[rank];
    for (int i = 0; i < y.length; i++) {
      int from = 0;
      for (int axis = 0; axis < rank; axis++) {
        from += index[axis] * stride[axes.get(axis)];
      }
      y[i] = x[from];
      for (int axis = rank - 1; axis >= 0; axis--) {
        if (++index[axis] < in.extent(axes.get(axis))) {
          break;
        }
        index[axis] = 0;
      }
    }
    return y;
  }

  private static double[] sum(List<Integer> inputs, double[][] values) {
    double[] y = values[inputs.get(0)].clone();
    for (int input : inputs.subList(1, inputs.size())) {
      for (int i = 0; i < y.length; i++) {
        y[i] += values[input][i];
      }
    }
    return y;
  }

  private static double[] join(Node node, double[][] values) {
    double[] y = new double[node.shape().size()];
    int offset = 0;
    for (int input : node.inputs()) {
      System.arraycopy(values[input], 0, y, offset, values[input].length);
      offset += values[input].length;
    }
    return y;
  }
}
