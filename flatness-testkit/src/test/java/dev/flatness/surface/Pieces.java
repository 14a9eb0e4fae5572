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
 * activations and the choices of maximum poolings.
 */
final class Pieces {
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
        if (kinked(node)) {
          for (double x : values.get(node.input())) {
            pieces.add(x > 0 ? 1 : 0);
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
        if (kinked(node) && Arrays.stream(x).anyMatch(v -> v != 0 && Math.abs(v) < close)) {
          return true;
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

  private static boolean kinked(Node node) {
    return node.layer() instanceof Layer.Activate activate
        && switch (activate.function().kind()) {
          case RELU, LEAKY_RELU, ELU -> true;
          default -> false;
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
