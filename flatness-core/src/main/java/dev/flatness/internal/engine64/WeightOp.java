package dev.flatness.internal.engine64;

import dev.flatness.internal.engine.StorageLayout;
import dev.flatness.internal.kernels64.Kernels;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import java.util.Arrays;

/**
 * What dense and convolutional layers share: a weight W of d rows and m columns, perhaps a bias.
 */
abstract class WeightOp extends Op {
  final Kernels kernels;

  /** Output units. */
  final int d;

  /** Weights per output unit. */
  final int m;

  final int weightOffset;
  final int biasOffset;

  WeightOp(Network network, Node node, StorageLayout layout, Kernels kernels) {
    super(node, network.node(node.input()).shape().size(), layout);
    this.kernels = kernels;
    this.d = network.weight(node).shape().extent(0);
    this.m = network.weight(node).size() / d;
    this.weightOffset = network.weight(node).offset();
    this.biasOffset = node.bias() < 0 ? -1 : network.bias(node).offset();
  }

  @Override
  boolean secondOrder() {
    return true;
  }

  /** Positions a sample's output has: 1 for a dense layer. */
  abstract int positions();

  /** y = V x for a weight-shaped direction V at an offset of {@code v}, without the bias. */
  abstract void applyWeight(Frame f, double[] v, int offset, double[] y);

  /** sums[weight] += Σ over samples of y xᵀ (over patches for a convolution). */
  abstract void addWeightGradient(Frame f, double[] y, double[] sums);

  /** Numbers of scratch that a block of directions takes, whatever the samples. */
  long fixedScratch(int block) {
    return 0;
  }

  /** Groups of a convolution, else 1. */
  int groups() {
    return 1;
  }

  /** Weights of a row that read one input channel. */
  int taps() {
    return 1;
  }

  @Override
  final void reach(SparseDirection v, boolean[] result) {
    int dg = d / groups();
    int perGroup = m / taps();
    for (int channel : v.units(input)) {
      int group = channel / perGroup;
      Arrays.fill(result, group * dg, (group + 1) * dg, true);
    }
    for (int group = 0; group < groups(); group++) {
      WeightPart part = v.part(output, group);
      if (part != null) {
        Arrays.fill(result, part.from, part.to, true);
      }
    }
    if (biasOffset >= 0) {
      for (int i = v.place(biasOffset); i < v.place(biasOffset + d); i++) {
        result[v.position(i) - biasOffset] = true;
      }
    }
  }

  /** dy = the bias's direction at the units that are reached. */
  final void startSparse(Frame f, SparseDirection v, double[] dy, int n) {
    for (int unit : v.units(output)) {
      Arrays.fill(dy, unit * n, (unit + 1) * n, biasOffset < 0 ? 0 : v.at(biasOffset + unit));
    }
  }

  /** Columns of W's rows from … from+rows that read some channels, side by side. */
  final double[] columnsOf(double[] theta, int from, int rows, int[] channels, double[] packed) {
    int taps = taps();
    int perGroup = m / taps;
    int at = 0;
    for (int s = from; s < from + rows; s++) {
      for (int channel : channels) {
        System.arraycopy(theta, weightOffset + s * m + channel % perGroup * taps, packed, at, taps);
        at += taps;
      }
    }
    return packed;
  }

  final boolean hasBias(Frame f) {
    return biasOffset >= 0 && f.active[node.bias()];
  }

  /** y[s, ·] = bias_s, or 0 without a bias. */
  final void fillBias(double[] y, int at, double[] bias, int offset, int columns, int positions) {
    int n = positions * columns;
    for (int s = 0; s < d; s++) {
      Arrays.fill(y, at + s * n, at + (s + 1) * n, offset < 0 ? 0 : bias[offset + s]);
    }
  }

  /** y[s, ·] += bias_s. */
  final void addBias(double[] y, int at, double[] bias, int offset, int columns, int positions) {
    int n = positions * columns;
    for (int s = 0; s < d; s++) {
      double add = bias[offset + s];
      int from = at + s * n;
      for (int j = from; j < from + n; j++) {
        y[j] += add;
      }
    }
  }

  /** sums_i[bias_s] += Σ g_i[s, ·]. */
  final void sumRows(double[] g, double[] sums, int k, int columns, int positions) {
    kernels.addRowSums(k * d, positions * columns, g, 0, sums, k * biasOffset);
  }
}
