package dev.flatness.surface;

import dev.flatness.data.Dataset;
import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.network.Window;
import dev.flatness.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * On which linear piece of its kinked functions a network stands on each sample: the signs before
 * activations, or between which of their kinks they stand, and the choices of maximum poolings.
 */
final class Pieces {
  private static final double[] NONE = {};
  private static final double[] ZERO = {0};
  private static final double[] HARD_SWISH = {-3, 3};

  private Pieces() {}

  /** The samples of a dataset, one row each. */
  static double[][] samples(Dataset data) {
    int width = data.inputShape().size();
    double[] inputs = new double[data.size() * width];
    data.read(0, data.size(), inputs, new double[data.size() * data.targetSize()]);
    double[][] samples = new double[data.size()][];
    Arrays.setAll(samples, i -> Arrays.copyOfRange(inputs, i * width, (i + 1) * width));
    return samples;
  }

  /** Signs and choices on all samples. */
  static List<Integer> of(Network network, double[][] samples) {
    List<Integer> pieces = new ArrayList<>();
    Network reference = network;
    for (double[] sample : samples) {
      List<double[]> values = reference.activations(sample);
      for (Node node : network.nodes()) {
        double[] kinks = kinks(node);
        if (kinks.length > 0) {
          for (double x : values.get(node.input())) {
            pieces.add((int) Arrays.stream(kinks).filter(kink -> x > kink).count());
          }
        } else if (node.layer() instanceof Layer.MaxPool pool) {
          for (int[] window : windows(network, node, pool)) {
            pieces.add(choice(values.get(node.input()), window));
          }
        }
      }
    }
    return pieces;
  }

  /**
   * Whether some value lies so close to a kink, relative to the largest of its layer, that rounding
   * to another precision may carry it over.
   */
  static boolean near(Network network, double[][] samples, double distance) {
    Network reference = network;
    for (double[] sample : samples) {
      List<double[]> values = reference.activations(sample);
      for (Node node : network.nodes()) {
        if (node.inputs().isEmpty()) {
          continue;
        }
        double[] x = values.get(node.input());
        double close = distance * Arrays.stream(x).map(Math::abs).max().orElse(0);
        for (double kink : kinks(node)) {
          if (Arrays.stream(x).anyMatch(v -> v != kink && Math.abs(v - kink) < close)) {
            return true;
          }
        }
        if (node.layer() instanceof Layer.MaxPool pool) {
          for (int[] window : windows(network, node, pool)) {
            double top = x[choice(x, window)];
            if (Arrays.stream(window).anyMatch(i -> x[i] != top && top - x[i] < close)) {
              return true;
            }
          }
        }
      }
    }
    return false;
  }

  /** Where the function of a node has no first or no second derivative; none elsewhere. */
  private static double[] kinks(Node node) {
    if (!(node.layer() instanceof Layer.Activate activate)) {
      return NONE;
    }
    List<Double> p = activate.function().parameters();
    return switch (activate.function().kind()) {
      case RELU, LEAKY_RELU, ELU, CELU, SELU, SOFTSIGN -> ZERO;
      case HARD_SWISH -> HARD_SWISH;
      case HARD_SIGMOID -> new double[] {-p.get(1) / p.get(0), (1 - p.get(1)) / p.get(0)};
      case CLIP -> new double[] {p.get(0), p.get(1)};
      case THRESHOLDED_RELU -> new double[] {p.get(0)};
      case IDENTITY, TANH, SIGMOID, SOFTPLUS, GELU, GELU_TANH, SILU, MISH -> NONE;
    };
  }

  private static int choice(double[] x, int[] window) {
    int best = window[0];
    for (int i : window) {
      best = x[i] > x[best] ? i : best;
    }
    return best;
  }

  private static List<int[]> windows(Network network, Node node, Layer.MaxPool pool) {
    Shape in = network.node(node.input()).shape();
    Window w = pool.window();
    List<int[]> windows = new ArrayList<>();
    for (int c = 0; c < in.extent(0); c++) {
      for (int oy = 0; oy < node.shape().extent(1); oy++) {
        for (int ox = 0; ox < node.shape().extent(2); ox++) {
          List<Integer> entries = new ArrayList<>();
          for (int tap = 0; tap < w.taps(); tap++) {
            int y = oy * w.strideHeight() - w.padTop() + tap / w.kernelWidth() * w.dilationHeight();
            int x = ox * w.strideWidth() - w.padLeft() + tap % w.kernelWidth() * w.dilationWidth();
            if (y >= 0 && y < in.extent(1) && x >= 0 && x < in.extent(2)) {
              entries.add((c * in.extent(1) + y) * in.extent(2) + x);
            }
          }
          windows.add(entries.stream().mapToInt(i -> i).toArray());
        }
      }
    }
    return windows;
  }
}
