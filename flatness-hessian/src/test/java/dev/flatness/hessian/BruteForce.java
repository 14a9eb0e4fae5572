package dev.flatness.hessian;

import dev.flatness.data.Dataset;
import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.network.Parameter;
import dev.flatness.spectral.DenseSymmetric;
import dev.flatness.surface.NetworkSurface;
import java.util.ArrayList;
import java.util.List;

/** The layer measures by their definitions on the entries of the dense Hessian. */
final class BruteForce {
  private final NetworkSurface surface;
  private final Network network;
  final DenseSymmetric hessian;

  BruteForce(NetworkSurface surface) {
    this.surface = surface;
    this.network = surface.network();
    this.hessian = DenseSymmetric.of(Hessian.of(surface).at(network.parameterVector()));
  }

  /** One layer's weight and Hessian block, and how its entries lie. */
  final class Block {
    final Node node;
    final double[] w;
    final int groups;
    final int rows;
    final int inputs;
    final int taps;
    private final int offset;

    Block(Node node) {
      this.node = node;
      Parameter weight = network.weight(node);
      this.w = network.values(weight);
      this.offset = weight.offset();
      if (node.layer() instanceof Layer.Convolution c) {
        groups = c.groups();
        rows = c.outputChannels();
        inputs = c.inputChannels() / groups;
        taps = weight.shape().extent(2) * weight.shape().extent(3);
      } else {
        groups = 1;
        rows = weight.shape().extent(0);
        inputs = weight.shape().extent(1);
        taps = 1;
      }
    }

    double h(int e, int f) {
      return hessian.entry(offset + e, offset + f);
    }

    int entry(int row, int input, int tap) {
      return (row * inputs + input) * taps + tap;
    }

    boolean sameGroup(int s, int t) {
      return s / (rows / groups) == t / (rows / groups);
    }

    double squaredNorm() {
      double sum = 0;
      for (double x : w) {
        sum += x * x;
      }
      return sum;
    }

    double trace() {
      double sum = 0;
      for (int e = 0; e < w.length; e++) {
        sum += h(e, e);
      }
      return sum;
    }

    double largestEigenvalue() {
      double[] entries = new double[w.length * w.length];
      for (int e = 0; e < w.length; e++) {
        for (int f = 0; f < w.length; f++) {
          entries[e * w.length + f] = h(e, f);
        }
      }
      return DenseSymmetric.of(w.length, entries).eigenvalues()[w.length - 1];
    }

    /** wᵀHw over the entries of one neuron. */
    private double form(List<Integer> entries) {
      double sum = 0;
      for (int e : entries) {
        for (int f : entries) {
          sum += w[e] * h(e, f) * w[f];
        }
      }
      return sum;
    }

    double[] rhoColumns() {
      double[] rho = new double[groups * inputs];
      for (int column = 0; column < rho.length; column++) {
        List<Integer> entries = new ArrayList<>();
        for (int row = 0; row < rows; row++) {
          for (int tap = 0; tap < taps && row / (rows / groups) == column / inputs; tap++) {
            entries.add(entry(row, column % inputs, tap));
          }
        }
        rho[column] = form(entries);
      }
      return rho;
    }

    double[] rhoRows() {
      double[] rho = new double[rows];
      for (int row = 0; row < rows; row++) {
        List<Integer> entries = new ArrayList<>();
        for (int e = row * inputs * taps; e < (row + 1) * inputs * taps; e++) {
          entries.add(e);
        }
        rho[row] = form(entries);
      }
      return rho;
    }

    /**
     * Σ (σ_t/σ_t')² W_st W_s't H_{st',s't'}, σ per input channel of the row's group; null for 1.
     */
    double relativeFlatness(double[] spread) {
      int length = inputs * taps;
      double sum = 0;
      for (int s = 0; s < rows; s++) {
        for (int r = 0; r < rows; r++) {
          if (!sameGroup(s, r)) {
            continue;
          }
          int first = s / (rows / groups) * inputs;
          for (int t = 0; t < length; t++) {
            for (int u = 0; u < length; u++) {
              double ratio = 1;
              if (spread != null) {
                double from = spread[first + u / taps];
                double to = spread[first + t / taps];
                ratio = from == 0 || to == 0 ? 0 : to / from;
              }
              sum +=
                  ratio
                      * ratio
                      * w[s * length + t]
                      * w[r * length + t]
                      * h(s * length + u, r * length + u);
            }
          }
        }
      }
      return sum;
    }

    /** The spread of each input channel over samples and positions; 0 for a dropped one. */
    double[] spreads() {
      Dataset data = surface.dataset();
      int width = network.inputShape().size();
      double[] inputsOfData = new double[data.size() * width];
      data.read(0, data.size(), inputsOfData, new double[data.size() * data.targetSize()]);
      int channels = groups * inputs;
      double[][] seen = new double[data.size()][];
      for (int i = 0; i < data.size(); i++) {
        double[] x = java.util.Arrays.copyOfRange(inputsOfData, i * width, (i + 1) * width);
        seen[i] = network.activations(x).get(node.input());
      }
      int positions = seen[0].length / channels;
      double[] spread = new double[channels];
      for (int c = 0; c < channels; c++) {
        double n = (double) positions * seen.length;
        double mean = 0;
        double squares = 0;
        double deviation = 0;
        for (double[] map : seen) {
          for (int p = 0; p < positions; p++) {
            mean += map[c * positions + p] / n;
            squares += map[c * positions + p] * map[c * positions + p] / n;
          }
        }
        for (double[] map : seen) {
          for (int p = 0; p < positions; p++) {
            deviation += Math.pow(map[c * positions + p] - mean, 2) / n;
          }
        }
        boolean constant = Math.sqrt(deviation) <= 1e-10 * Math.sqrt(squares);
        spread[c] = constant ? Math.abs(mean) : Math.sqrt(deviation);
      }
      return spread;
    }
  }
}
