package dev.flatness.internal.engine64;

import java.util.ArrayList;
import java.util.List;

/**
 * The weights of dense layers, or blocks of directions of them, packed once for the products of all
 * chunks of a pass.
 *
 * <p>Chunks are small so that they stay in the caches; copying weights for each of them took an
 * eighth of a product of wide layers.
 */
final class PackedWeights {
  /** So many chunks are worth packing for; fewer copy weights at least as fast themselves. */
  static final int CHUNKS = 4;

  private final List<DenseOp> layers = new ArrayList<>();

  /** By node: k matrices [d × m] one below the other, and each of them transposed. */
  private final double[][] asTheyAre;

  private final double[][] transposed;

  PackedWeights(Op[] ops) {
    for (Op op : ops) {
      if (op instanceof DenseOp dense && dense.packs()) {
        layers.add(dense);
      }
    }
    asTheyAre = new double[ops.length][];
    transposed = new double[ops.length][];
  }

  /** Numbers that a block of directions takes. */
  long size(int block) {
    return layers.stream().mapToLong(layer -> 2L * block * layer.d * layer.m).sum();
  }

  /** Packs k directions, laid out as those of a {@link Frame}; θ is one. */
  void pack(int k, double[] from, NetworkEngine engine) {
    for (DenseOp layer : layers) {
      int node = layer.node.index();
      int size = Math.multiplyExact(k, layer.d * layer.m);
      if (asTheyAre[node] == null || asTheyAre[node].length != size) {
        asTheyAre[node] = new double[size];
        transposed[node] = new double[size];
      }
    }
    int each = k + 1;
    engine.forEach(
        layers.size() * each,
        size(k),
        task -> {
          DenseOp layer = layers.get(task / each);
          int node = layer.node.index();
          int direction = task % each - 1;
          if (direction < 0) {
            layer.packWeight(from, k, asTheyAre[node]);
          } else {
            layer.packTransposedWeight(from, k, direction, transposed[node]);
          }
        });
  }

  /** A layer's k matrices, packed as one; null if the layer has none here. */
  double[] asTheyAre(int node) {
    return asTheyAre[node];
  }

  /** A layer's k transposes, packed one after the other; null if the layer has none here. */
  double[] transposed(int node) {
    return transposed[node];
  }
}
