package dev.flatness.testkit;

import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.network.Window;
import dev.flatness.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates a network one sample at a time by the definition of each layer: an oracle for engines.
 *
 * <p>Formula: those of {@link Layer}, as plain loops in float64, no shared code with any engine.
 *
 * <p>Cost: slow on purpose; one pass allocates every intermediate value. Immutable.
 */
public final class ReferenceNetwork {
  private final Network network;
  private final double[][] parameters;

  private ReferenceNetwork(Network network) {
    this.network = network;
    this.parameters = network.parameters().stream().map(network::values).toArray(double[][]::new);
  }

  /**
   * Prepares a network for evaluation.
   *
   * @param network the network
   * @return its evaluator
   */
  public static ReferenceNetwork of(Network network) {
    return new ReferenceNetwork(network);
  }

  /**
   * Returns the network's output for one input.
   *
   * @param sample the input, row-major, {@code network.inputShape().size()} numbers
   * @return the value of the last node
   * @throws IllegalArgumentException if the sample has another length
   */
  public double[] output(double[] sample) {
    List<double[]> values = values(sample);
    return values.get(values.size() - 1);
  }

  /**
   * Returns the value of every node for one input.
   *
   * @param sample the input, row-major, {@code network.inputShape().size()} numbers
   * @return one array a node, in the network's order
   * @throws IllegalArgumentException if the sample has another length
   */
  public List<double[]> values(double[] sample) {
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
      values[node.index()] = node.inputs().isEmpty() ? sample.clone() : evaluate(node, values);
    }
    return Arrays.asList(values);
  }

  private double[] evaluate(Node node, double[][] values) {
    double[] x = values[node.input()];
    Shape in = network.node(node.input()).shape();
    double[] weight = node.weight() < 0 ? new double[0] : parameters[node.weight()];
    double[] bias = node.bias() < 0 ? null : parameters[node.bias()];
    Layer layer = node.layer();
    if (layer instanceof Layer.Dense dense) {
      return dense(dense, x, weight, bias);
    } else if (layer instanceof Layer.Convolution convolution) {
      return convolve(convolution, x, in, node.shape(), weight, bias);
    } else if (layer instanceof Layer.Affine) {
      return perChannel(x, in, weight, Objects.requireNonNull(bias));
    } else if (layer instanceof Layer.Constant constant) {
      return perChannel(
          x,
          in,
          constant.scale().stream().mapToDouble(value -> value).toArray(),
          constant.shift().stream().mapToDouble(value -> value).toArray());
    } else if (layer instanceof Layer.Activate activate) {
      return Arrays.stream(x).map(activate.function()::value).toArray();
    } else if (layer instanceof Layer.MaxPool pool) {
      return pool(pool.window(), x, in, node.shape(), Pooling.MAX);
    } else if (layer instanceof Layer.AveragePool pool) {
      Pooling pooling = pool.countPadding() ? Pooling.AVERAGE_OF_WINDOW : Pooling.AVERAGE_OF_INPUT;
      return pool(pool.window(), x, in, node.shape(), pooling);
    } else if (layer instanceof Layer.ZeroPad pad) {
      return pad(pad, x, in, node.shape());
    } else if (layer instanceof Layer.Reshape) {
      return x.clone();
    } else if (layer instanceof Layer.Transpose transpose) {
      return transpose(transpose.axes(), x, in);
    } else if (layer instanceof Layer.Add) {
      return sum(node.inputs(), values);
    } else if (layer instanceof Layer.Concatenate) {
      return concatenate(node, values);
    }
    throw new IllegalArgumentException("layer \"" + node.name() + "\" is of unknown kind " + layer);
  }

  private static double[] dense(
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

  private static double[] transpose(List<Integer> axes, double[] x, Shape in) {
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

  private static double[] concatenate(Node node, double[][] values) {
    double[] y = new double[node.shape().size()];
    int offset = 0;
    for (int input : node.inputs()) {
      System.arraycopy(values[input], 0, y, offset, values[input].length);
      offset += values[input].length;
    }
    return y;
  }
}
