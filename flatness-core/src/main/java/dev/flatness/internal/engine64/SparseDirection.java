package dev.flatness.internal.engine64;

import dev.flatness.network.Node;
import java.util.Arrays;

/**
 * A direction with few non-zero entries, and which units of every node its tangent can reach.
 *
 * <p>A unit is a channel of a feature map, a feature of a flat node. Whatever a direction does not
 * reach is neither computed nor read.
 */
final class SparseDirection {
  private static final int[] NONE = {};

  private final NetworkEngine engine;

  /** Ascending positions in θ. */
  private final int[] positions;

  private final /*64*/ double[] values;
  private final int[][] units;
  private final boolean[][] reached;

  /** By node; null where the direction leaves the layer's weight as it is. */
  private final WeightPart[][] parts;

  SparseDirection(NetworkEngine engine, int[] positions, /*64*/ double[] values) {
    this.engine = engine;
    this.positions = positions;
    this.values = values;
    int nodes = engine.ops.length;
    this.units = new int[nodes][];
    this.reached = new boolean[nodes][];
    this.parts = new WeightPart[nodes][];
    for (int i = 0; i < nodes; i++) {
      Op op = engine.ops[i];
      Node node = engine.network.node(i);
      if (op instanceof WeightOp weight) {
        parts[i] = WeightPart.of(weight, this);
      }
      reached[i] = new boolean[node.shape().extent(0)];
      if (op != null) {
        op.reach(this, reached[i]);
      } else if (!node.inputs().isEmpty()) {
        reshape(node, reached[i]);
      }
      units[i] = indices(reached[i]);
    }
  }

  /** A reshape's units are those that hold a reached feature. */
  private void reshape(Node node, boolean[] result) {
    Node from = engine.network.node(node.input());
    int before = from.shape().positions();
    int after = node.shape().positions();
    for (int row = 0; row < node.shape().size(); row++) {
      result[row / after] |= reached[from.index()][row / before];
    }
  }

  /** The units of a node that are reached, ascending. */
  int[] units(int node) {
    return node < 0 ? NONE : units[node];
  }

  boolean reaches(int node, int unit) {
    return reached[node][unit];
  }

  boolean reaches(int node) {
    return node >= 0 && units[node].length > 0;
  }

  /** A layer's part of the direction for a group, null where it is 0. */
  WeightPart part(int node, int group) {
    return parts[node] == null ? null : parts[node][group];
  }

  /** The first place in {@link #positions} that is not before a position in θ. */
  int place(int position) {
    int at = Arrays.binarySearch(positions, position);
    return at < 0 ? -at - 1 : at;
  }

  int count() {
    return positions.length;
  }

  int position(int place) {
    return positions[place];
  }

  double value(int place) {
    return (double) values[place];
  }

  /** The entry at a position in θ. */
  double at(int position) {
    int at = Arrays.binarySearch(positions, position);
    return at < 0 ? 0 : (double) values[at];
  }

  /** Fills what a reshape's units hold beside the reached features with zeros. */
  void completeReshape(Node node, Frame f) {
    Node from = engine.network.node(node.input());
    int before = from.shape().positions();
    int after = node.shape().positions();
    if (before >= after && before % after == 0) {
      return;
    }
    double[] tangent = f.tangent(node.index());
    for (int unit : units[node.index()]) {
      for (int row = unit * after; row < (unit + 1) * after; row++) {
        if (!reached[from.index()][row / before]) {
          Arrays.fill(tangent, row * f.columns, (row + 1) * f.columns, 0);
        }
      }
    }
  }

  static int[] indices(boolean[] flags) {
    int[] indices = new int[flags.length];
    int count = 0;
    for (int i = 0; i < flags.length; i++) {
      if (flags[i]) {
        indices[count++] = i;
      }
    }
    return Arrays.copyOf(indices, count);
  }
}
