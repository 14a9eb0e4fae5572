package dev.flatness.hessian;

import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.symmetry.DeadClasses;
import java.util.Arrays;

/**
 * Tsuzuku's minimisation as the paper writes it: best a for given b, best b for given a, many times
 * over.
 */
final class AlternatingScales {
  private static final int ROUNDS = 5_000;

  private AlternatingScales() {}

  /** inf Σ_ij (H_ij a_i b_j + W_ij²/(a_i b_j)); the last column is the bias, b = 1. */
  static double minimum(Network network, Node node, double[] diagonal) {
    int d = node.shape().extent(0);
    int columns = network.node(node.input()).shape().extent(0);
    double[][] h = new double[d][columns + 1];
    double[][] w = new double[d][columns + 1];
    double[] theta = network.parameterVector();
    DeadClasses.of(network).positions().stream()
        .forEach(
            position -> {
              theta[position] = 0;
              diagonal[position] = 0;
            });
    int offset = node.weight() < 0 ? 0 : network.weight(node).offset();
    int size = node.weight() < 0 ? 0 : network.weight(node).size();
    for (int e = 0; e < size; e++) {
      int row = e;
      int column = e;
      if (node.layer() instanceof Layer.Dense dense) {
        row = e / dense.inputs();
        column = e % dense.inputs();
      } else if (node.layer() instanceof Layer.Convolution c) {
        int reads = c.inputChannels() / c.groups();
        int taps = c.window().taps();
        row = e / (reads * taps);
        column = row / (c.outputChannels() / c.groups()) * reads + e / taps % reads;
      }
      h[row][column] += diagonal[offset + e];
      w[row][column] += theta[offset + e] * theta[offset + e];
    }
    for (int s = 0; node.bias() >= 0 && s < network.bias(node).size(); s++) {
      h[s][columns] = diagonal[network.bias(node).offset() + s];
      w[s][columns] = Math.pow(theta[network.bias(node).offset() + s], 2);
    }
    return alternate(h, w);
  }

  private static double alternate(double[][] h, double[][] w) {
    int d = h.length;
    int m = h[0].length;
    double[] a = new double[d];
    double[] b = new double[m];
    Arrays.fill(a, 1);
    Arrays.fill(b, 1);
    for (int round = 0; round < ROUNDS; round++) {
      for (int i = 0; i < d; i++) {
        double p = 0;
        double q = 0;
        for (int j = 0; j < m; j++) {
          p += h[i][j] * b[j];
          q += w[i][j] / b[j];
        }
        a[i] = scale(p, q, a[i]);
      }
      for (int j = 0; j < m - 1; j++) {
        double p = 0;
        double q = 0;
        for (int i = 0; i < d; i++) {
          p += h[i][j] * a[i];
          q += w[i][j] / a[i];
        }
        b[j] = scale(p, q, b[j]);
      }
    }
    double sum = 0;
    for (int i = 0; i < d; i++) {
      for (int j = 0; j < m; j++) {
        sum += h[i][j] * a[i] * b[j] + w[i][j] / (a[i] * b[j]);
      }
    }
    return sum;
  }

  /** argmin p s + q/s; a step of 10 a round towards an infimum that is not attained. */
  private static double scale(double p, double q, double old) {
    if (p > 0 && q > 0) {
      return Math.sqrt(q / p);
    }
    double next = p > 0 ? old / 10 : q > 0 ? old * 10 : old;
    return Math.max(1e-60, Math.min(1e60, next));
  }
}
