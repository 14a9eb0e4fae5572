package dev.flatness.robustness;

import dev.flatness.linalg.Gemm;
import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.network.Window;
import dev.flatness.tensor.Shape;
import dev.flatness.tensor.SparseMatrix;
import java.util.List;

/**
 * The layers that are affine in what they read, on a chunk of samples: a value is a matrix
 * [features × samples], the samples contiguous. The same rules carry a change, without the constant
 * part, and bounds of it, by the absolute values of all factors.
 */
final class LinearRules implements Layer.Visitor<double[]> {
  /** What is carried. */
  enum Of {
    VALUE,
    CHANGE,
    BOUND
  }

  private final Network network;
  private final double[][] parameters;
  private final Gemm gemm;
  private final Node node;
  private final double[][] values;
  private final int samples;
  private final Of of;
  private final double[] x;
  private final Shape in;

  /**
   * Prepares a node.
   *
   * @param values by node; an empty one stands for zeros
   */
  LinearRules(
      Network network,
      double[][] parameters,
      Gemm gemm,
      Node node,
      double[][] values,
      int samples,
      Of of) {
    this.network = network;
    this.parameters = parameters;
    this.gemm = gemm;
    this.node = node;
    this.values = values;
    this.samples = samples;
    this.of = of;
    this.in = network.node(node.input()).shape();
    this.x = values[node.input()];
  }

  private IllegalStateException notAffine() {
    return new IllegalStateException("layer " + node.name() + " is not affine in what it reads");
  }

  private double[] weight() {
    return parameters[node.weight()];
  }

  private double[] factors(double[] raw) {
    if (of != Of.BOUND) {
      return raw;
    }
    double[] absolute = raw.clone();
    for (int i = 0; i < raw.length; i++) {
      absolute[i] = Math.abs(raw[i]);
    }
    return absolute;
  }

  private double[] empty() {
    return new double[node.shape().size() * samples];
  }

  private double[] biased(double[] y) {
    if (of == Of.VALUE && node.bias() >= 0) {
      addPerChannel(y, parameters[node.bias()]);
    }
    return y;
  }

  private void addPerChannel(double[] y, double[] shift) {
    int run = node.shape().positions() * samples;
    for (int i = 0; i < y.length; i++) {
      y[i] += shift[shift.length == 1 ? 0 : i / run];
    }
  }

  @Override
  public double[] input(Layer.Input layer) {
    throw notAffine();
  }

  @Override
  public double[] dense(Layer.Dense layer) {
    int d = layer.outputs();
    int m = layer.inputs();
    double[] y = empty();
    gemm.multiply(false, false, d, samples, m, 1, weight(), 0, m, x, 0, samples, 0, y, 0, samples);
    return biased(y);
  }

  @Override
  public double[] convolution(Layer.Convolution layer) {
    double[] patches = patches(layer, in, node.shape(), x, samples);
    double[] y = empty();
    product(gemm, layer, node.shape(), weight(), patches, y, samples);
    return biased(y);
  }

  /** W times the patches, group by group. */
  static void product(
      Gemm gemm,
      Layer.Convolution layer,
      Shape out,
      double[] weight,
      double[] patches,
      double[] y,
      int samples) {
    int run = out.positions() * samples;
    int rows = layer.outputChannels() / layer.groups();
    int m = layer.inputChannels() / layer.groups() * layer.window().taps();
    for (int group = 0; group < layer.groups(); group++) {
      int row = group * rows;
      gemm.multiply(
          false,
          false,
          rows,
          run,
          m,
          1,
          weight,
          row * m,
          m,
          patches,
          group * m * run,
          run,
          0,
          y,
          row * run,
          run);
    }
  }

  /** The patches of a convolution: a row for each channel and tap, a run for each position. */
  static double[] patches(Layer.Convolution layer, Shape in, Shape out, double[] x, int samples) {
    Window w = layer.window();
    int run = out.positions() * samples;
    double[] patches = new double[Math.multiplyExact(layer.inputChannels() * w.taps(), run)];
    int row = 0;
    for (int c = 0; c < in.extent(0); c++) {
      for (int kr = 0; kr < w.kernelHeight(); kr++) {
        for (int kc = 0; kc < w.kernelWidth(); kc++, row++) {
          for (int i = 0; i < out.extent(1); i++) {
            int r = i * w.strideHeight() - w.padTop() + kr * w.dilationHeight();
            for (int j = 0; j < out.extent(2); j++) {
              int q = j * w.strideWidth() - w.padLeft() + kc * w.dilationWidth();
              if (r >= 0 && r < in.extent(1) && q >= 0 && q < in.extent(2)) {
                int from = ((c * in.extent(1) + r) * in.extent(2) + q) * samples;
                int to = row * run + (i * out.extent(2) + j) * samples;
                System.arraycopy(x, from, patches, to, samples);
              }
            }
          }
        }
      }
    }
    return patches;
  }

  @Override
  public double[] affine(Layer.Affine layer) {
    return biased(node.weight() < 0 ? x.clone() : scaled(weight()));
  }

  private double[] scaled(double[] scale) {
    double[] y = empty();
    int run = node.shape().positions() * samples;
    for (int i = 0; i < y.length; i++) {
      y[i] = x[i] * scale[scale.length == 1 ? 0 : i / run];
    }
    return y;
  }

  @Override
  public double[] constant(Layer.Constant layer) {
    double[] y = scaled(factors(numbers(layer.scale())));
    if (of == Of.VALUE) {
      addPerChannel(y, numbers(layer.shift()));
    }
    return y;
  }

  private static double[] numbers(List<Double> list) {
    return list.stream().mapToDouble(Double::doubleValue).toArray();
  }

  @Override
  public double[] activate(Layer.Activate layer) {
    throw notAffine();
  }

  @Override
  public double[] maxPool(Layer.MaxPool layer) {
    throw notAffine();
  }

  @Override
  public double[] softmax(Layer.Softmax layer) {
    throw notAffine();
  }

  @Override
  public double[] averagePool(Layer.AveragePool layer) {
    Window w = layer.window();
    Shape out = node.shape();
    double[] y = empty();
    for (int c = 0; c < out.extent(0); c++) {
      for (int i = 0; i < out.extent(1); i++) {
        for (int j = 0; j < out.extent(2); j++) {
          int[] from = window(w, in, c, i, j);
          int to = ((c * out.extent(1) + i) * out.extent(2) + j) * samples;
          double divisor = layer.countPadding() ? w.taps() : from.length;
          for (int position : from) {
            for (int k = 0; k < samples; k++) {
              y[to + k] += x[position * samples + k];
            }
          }
          for (int k = 0; k < samples; k++) {
            y[to + k] /= divisor;
          }
        }
      }
    }
    return y;
  }

  /** The positions of a feature map under a window. */
  static int[] window(Window w, Shape in, int channel, int i, int j) {
    int[] found = new int[w.taps()];
    int count = 0;
    for (int kr = 0; kr < w.kernelHeight(); kr++) {
      for (int kc = 0; kc < w.kernelWidth(); kc++) {
        int r = i * w.strideHeight() - w.padTop() + kr * w.dilationHeight();
        int q = j * w.strideWidth() - w.padLeft() + kc * w.dilationWidth();
        if (r >= 0 && r < in.extent(1) && q >= 0 && q < in.extent(2)) {
          found[count++] = (channel * in.extent(1) + r) * in.extent(2) + q;
        }
      }
    }
    return java.util.Arrays.copyOf(found, count);
  }

  @Override
  public double[] zeroPad(Layer.ZeroPad pad) {
    Shape out = node.shape();
    double[] y = empty();
    for (int c = 0; c < in.extent(0); c++) {
      for (int row = 0; row < in.extent(1); row++) {
        int from = (c * in.extent(1) + row) * in.extent(2);
        int to = (c * out.extent(1) + row + pad.top()) * out.extent(2) + pad.left();
        System.arraycopy(x, from * samples, y, to * samples, in.extent(2) * samples);
      }
    }
    return y;
  }

  @Override
  public double[] reshape(Layer.Reshape layer) {
    return x;
  }

  @Override
  public double[] transpose(Layer.Transpose layer) {
    int rank = in.rank();
    int[] stride = new int[rank];
    for (int axis = rank - 1, step = 1; axis >= 0; step *= in.extent(axis--)) {
      stride[axis] = step;
    }
    double[] y = empty();
    int[] index = new int[rank];
    for (int i = 0; i < node.shape().size(); i++) {
      int from = 0;
      for (int axis = 0; axis < rank; axis++) {
        from += index[axis] * stride[layer.axes().get(axis)];
      }
      System.arraycopy(x, from * samples, y, i * samples, samples);
      for (int axis = rank - 1; axis >= 0; axis--) {
        if (++index[axis] < in.extent(layer.axes().get(axis))) {
          break;
        }
        index[axis] = 0;
      }
    }
    return y;
  }

  @Override
  public double[] linearMap(Layer.LinearMap layer) {
    SparseMatrix matrix = layer.matrix();
    double[] y = empty();
    for (int row = 0; row < matrix.rows(); row++) {
      for (int entry = matrix.start(row); entry < matrix.start(row + 1); entry++) {
        double raw = matrix.value(entry);
        double factor = of == Of.BOUND ? Math.abs(raw) : raw;
        int from = matrix.column(entry) * samples;
        for (int k = 0; k < samples; k++) {
          y[row * samples + k] += factor * x[from + k];
        }
      }
    }
    return y;
  }

  @Override
  public double[] add(Layer.Add layer) {
    double[] y = empty();
    for (int input : node.inputs()) {
      double[] addend = values[input];
      for (int i = 0; i < addend.length; i++) {
        y[i] += addend[i];
      }
    }
    return y;
  }

  @Override
  public double[] concatenate(Layer.Concatenate layer) {
    double[] y = empty();
    int at = 0;
    for (int input : node.inputs()) {
      System.arraycopy(values[input], 0, y, at, values[input].length);
      at += network.node(input).shape().size() * samples;
    }
    return y;
  }
}
