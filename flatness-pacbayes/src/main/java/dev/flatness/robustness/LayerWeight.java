package dev.flatness.robustness;

import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.Node;

/**
 * A layer's weight as matrices, one for each group of a convolution: d rows of m columns in all.
 *
 * @param node the layer
 * @param values row-major, the groups one after the other
 * @param rows d
 * @param columns m; of a convolution channels of a group times taps
 * @param groups the number of groups
 * @param taps taps of a kernel, 1 of a dense layer
 */
record LayerWeight(Node node, double[] values, int rows, int columns, int groups, int taps) {
  static LayerWeight of(Network network, Node node) {
    long users = network.nodes().stream().filter(each -> each.weight() == node.weight()).count();
    if (users > 1) {
      throw new IllegalArgumentException(
          "the weight of layer \""
              + node.name()
              + "\" is used by "
              + users
              + " layers; a change of the features that one of them reads is no change of the weight;"
              + " choose another layer, or untie the weights");
    }
    double[] values = network.values(network.weight(node));
    if (node.layer() instanceof Layer.Convolution convolution) {
      int taps = convolution.window().taps();
      int rows = convolution.outputChannels();
      int groups = convolution.groups();
      return new LayerWeight(node, values, rows, values.length / rows, groups, taps);
    }
    int rows = node.shape().size();
    return new LayerWeight(node, values, rows, values.length / rows, 1, 1);
  }

  boolean convolution() {
    return node.layer() instanceof Layer.Convolution;
  }

  /** The 2-norms of the rows. */
  double[] rowNorms() {
    double[] norms = new double[rows];
    for (int s = 0; s < rows; s++) {
      for (int t = 0; t < columns; t++) {
        norms[s] = Math.hypot(norms[s], values[s * columns + t]);
      }
    }
    return norms;
  }
}
