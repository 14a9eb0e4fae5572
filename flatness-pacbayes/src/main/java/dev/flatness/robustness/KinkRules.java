package dev.flatness.robustness;

import dev.flatness.network.Activation;
import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.tensor.Shape;

/**
 * Activations, max pooling and softmax on a chunk of samples, [features × samples]: their value,
 * its change with the input without cancellation, and how far a bounded change is from a kink.
 */
final class KinkRules {
  /** Entries of a window that agree to rounding are the same number: equal patches make them. */
  private static final double TIE = 0x1p-40;

  private static final int[][] NONE = {};

  private KinkRules() {}

  /**
   * How far a change reaches.
   *
   * @param reach the bound of the change of every entry at δ = 1, while no kink is crossed
   * @param margin the δ below which none is
   */
  record Bound(double[] reach, double margin) {}

  /** Whether a node is one of these. */
  static boolean holds(Node node) {
    return node.layer() instanceof Layer.Activate
        || node.layer() instanceof Layer.MaxPool
        || node.layer() instanceof Layer.Softmax;
  }

  /** The value of the node at the value x of what it reads. */
  static double[] value(int[][] windows, Node node, double[] x, int samples) {
    if (node.layer() instanceof Layer.Activate activate) {
      double[] y = new double[x.length];
      int run = node.shape().positions() * samples;
      for (int c = 0; c * run < x.length; c++) {
        Activation function = activate.function().at(c);
        for (int i = c * run; i < (c + 1) * run; i++) {
          y[i] = function.value(x[i]);
        }
      }
      return y;
    }
    double[] y = new double[node.shape().size() * samples];
    if (node.layer() instanceof Layer.MaxPool) {
      for (int to = 0; to < windows.length; to++) {
        for (int i = 0; i < samples; i++) {
          y[to * samples + i] = x[top(windows[to], x, samples, i) * samples + i];
        }
      }
      return y;
    }
    boolean logarithm = ((Layer.Softmax) node.layer()).logarithm();
    int outputs = y.length / samples;
    for (int i = 0; i < samples; i++) {
      double largest = Double.NEGATIVE_INFINITY;
      for (int k = 0; k < outputs; k++) {
        largest = Math.max(largest, x[k * samples + i]);
      }
      double sum = 0;
      for (int k = 0; k < outputs; k++) {
        sum += Math.exp(x[k * samples + i] - largest);
      }
      for (int k = 0; k < outputs; k++) {
        double logit = x[k * samples + i] - largest;
        y[k * samples + i] = logarithm ? logit - Math.log(sum) : Math.exp(logit) / sum;
      }
    }
    return y;
  }

  /** The positions that each output of a max pooling reads; none for another node. */
  static int[][] windows(Network network, Node node) {
    if (!(node.layer() instanceof Layer.MaxPool pool)) {
      return NONE;
    }
    Shape in = network.node(node.input()).shape();
    Shape out = node.shape();
    int[][] windows = new int[out.size()][];
    for (int to = 0; to < windows.length; to++) {
      int column = to % out.extent(2);
      int row = to / out.extent(2) % out.extent(1);
      windows[to] = LinearRules.window(pool.window(), in, to / out.positions(), row, column);
    }
    return windows;
  }

  private static int top(int[] window, double[] x, int samples, int sample) {
    int best = window[0];
    for (int position : window) {
      if (x[position * samples + sample] > x[best * samples + sample]) {
        best = position;
      }
    }
    return best;
  }

  /** The change of the node's value; marks the samples where a side or a maximum changed. */
  static double[] change(
      int[][] windows,
      int[] tops,
      Node node,
      double[][] values,
      double[] moving,
      int samples,
      boolean[] crossed) {
    double[] x = values[node.input()];
    if (node.layer() instanceof Layer.Activate activate) {
      double[] y = new double[x.length];
      int run = node.shape().positions() * samples;
      for (int c = 0; c * run < x.length; c++) {
        Activation function = activate.function().at(c);
        if (function.kind() == Activation.Kind.RELU) {
          rectified(x, moving, y, c * run, (c + 1) * run, samples, crossed);
        } else {
          activated(function, x, moving, y, c * run, (c + 1) * run, samples, crossed);
        }
      }
      return y;
    }
    if (node.layer() instanceof Layer.MaxPool) {
      return pooledChange(windows, tops, x, moving, samples, crossed);
    }
    return softmaxChange(node, values[node.index()], moving, samples);
  }

  /** max(0, z + Δ) − max(0, z) of rows of samples. */
  private static void rectified(
      double[] x, double[] moving, double[] y, int from, int to, int samples, boolean[] crossed) {
    for (int row = from; row < to; row += samples) {
      for (int i = 0; i < samples; i++) {
        double z = x[row + i];
        double change = moving[row + i];
        if (z > 0 != z + change > 0) {
          crossed[i] = true;
          y[row + i] = z > 0 ? -z : z + change;
        } else {
          y[row + i] = z > 0 ? change : 0;
        }
      }
    }
  }

  private static void activated(
      Activation function,
      double[] x,
      double[] moving,
      double[] y,
      int from,
      int to,
      int samples,
      boolean[] crossed) {
    double[] kinks = Kinks.of(function);
    for (int row = from; row < to; row += samples) {
      for (int i = 0; i < samples; i++) {
        double z = x[row + i];
        double change = moving[row + i];
        y[row + i] = Kinks.change(function, kinks, z, change);
        if (Kinks.crossed(kinks, z, change)) {
          crossed[i] = true;
        }
      }
    }
  }

  /** Of each output of a max pooling and each sample, the position of the maximum. */
  static int[] tops(int[][] windows, double[] x, int samples) {
    int[] tops = new int[windows.length * samples];
    for (int to = 0; to < windows.length; to++) {
      for (int i = 0; i < samples; i++) {
        tops[to * samples + i] = top(windows[to], x, samples, i);
      }
    }
    return tops;
  }

  private static double[] pooledChange(
      int[][] windows, int[] tops, double[] x, double[] moving, int samples, boolean[] crossed) {
    double[] y = new double[windows.length * samples];
    for (int to = 0; to < windows.length; to++) {
      for (int i = 0; i < samples; i++) {
        int top = tops[to * samples + i] * samples + i;
        double largest = moving[top];
        for (int position : windows[to]) {
          int at = position * samples + i;
          double change = x[at] - x[top] + moving[at];
          double tie = TIE * (Math.abs(moving[at]) + Math.abs(moving[top]));
          if (change > moving[top] + tie) {
            crossed[i] = true;
          }
          largest = Math.max(largest, change);
        }
        y[to * samples + i] = largest;
      }
    }
    return y;
  }

  /** p_k (e^{Δ_k − s} − 1) with s = ln Σ p e^Δ; of the logarithm Δ_k − s. */
  private static double[] softmaxChange(Node node, double[] own, double[] moving, int samples) {
    boolean logarithm = ((Layer.Softmax) node.layer()).logarithm();
    double[] y = new double[own.length];
    int outputs = own.length / samples;
    for (int i = 0; i < samples; i++) {
      double sum = 0;
      for (int k = 0; k < outputs; k++) {
        double p = own[k * samples + i];
        sum += (logarithm ? Math.exp(p) : p) * Math.expm1(moving[k * samples + i]);
      }
      double shift = Math.log1p(sum);
      for (int k = 0; k < outputs; k++) {
        int at = k * samples + i;
        y[at] = logarithm ? moving[at] - shift : own[at] * Math.expm1(moving[at] - shift);
      }
    }
    return y;
  }

  /** How far a change of what the node reads, bounded at δ = 1, reaches in the node's value. */
  static Bound bound(int[][] windows, Node node, double[][] values, double[] reach, int samples) {
    double[] x = values[node.input()];
    double margin = Double.POSITIVE_INFINITY;
    if (node.layer() instanceof Layer.Activate activate) {
      double[] y = new double[x.length];
      int run = node.shape().positions() * samples;
      for (int c = 0; c * run < x.length; c++) {
        Activation function = activate.function().at(c);
        double[] kinks = Kinks.of(function);
        for (int i = c * run; i < (c + 1) * run; i++) {
          y[i] = Math.abs(function.derivative(x[i])) * reach[i];
          if (reach[i] > 0) {
            margin = Math.min(margin, Kinks.distance(kinks, x[i]) / reach[i]);
          }
        }
      }
      return new Bound(y, margin);
    }
    if (node.layer() instanceof Layer.MaxPool) {
      double[] y = new double[windows.length * samples];
      for (int to = 0; to < windows.length; to++) {
        for (int i = 0; i < samples; i++) {
          int top = top(windows[to], x, samples, i) * samples + i;
          for (int position : windows[to]) {
            int at = position * samples + i;
            double gap = x[top] - x[at];
            double both = reach[top] + reach[at];
            if (both > 0 && gap > TIE * Math.abs(x[top])) {
              margin = Math.min(margin, gap / both);
            }
          }
          y[to * samples + i] = reach[top];
        }
      }
      return new Bound(y, margin);
    }
    double[] y = new double[reach.length];
    for (int i = 0; i < samples; i++) {
      double largest = 0;
      for (int at = i; at < reach.length; at += samples) {
        largest = Math.max(largest, reach[at]);
      }
      for (int at = i; at < reach.length; at += samples) {
        y[at] = 2 * largest;
      }
    }
    return new Bound(y, Double.POSITIVE_INFINITY);
  }
}
