package dev.flatness.internal.engine64;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The weights of dense layers, or blocks of directions of them, packed once for the products of all
 * chunks of a pass.
 *
 * <p>Chunks are small so that they stay in the caches; copying weights for each of them took an
 * eighth of a product of wide layers.
 */
final class PackedWeights {
  /** So many chunks are worth packing for; fewer copy weights at least as fast themselves. */
  private static final int CHUNKS = 4;

  /** With fewer samples in a chunk products are too small for the kernels that read packed ones. */
  private static final int COLUMNS = 16;

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

  /** Whether passes over a number of chunks of a number of samples read packed weights. */
  static boolean pay(int chunks, int columns) {
    return chunks >= CHUNKS && columns >= COLUMNS;
  }

  /** Numbers that a block of directions takes at most. */
  long size(int block) {
    long size = 0;
    for (DenseOp layer : layers) {
      size += 2L * block * layer.d * layer.m;
    }
    return size;
  }

  /**
   * Packs k directions, laid out as those of a {@link Frame}; θ is one.
   *
   * @param wanted the layers that will be read
   * @param back whether their transposes will be read, where a parameter is before the layer
   */
  void pack(int k, double[] from, Predicate<DenseOp> wanted, boolean back, NetworkEngine engine) {
    for (DenseOp layer : layers) {
      if (wanted.test(layer)) {
        int node = layer.node.index();
        int size = Math.multiplyExact(k, layer.d * layer.m);
        asTheyAre[node] = room(asTheyAre[node], size);
        if (back && engine.dependent[layer.input]) {
          transposed[node] = room(transposed[node], size);
        }
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
          if (!wanted.test(layer)) {
            return;
          }
          if (direction < 0) {
            layer.packWeight(from, k, asTheyAre[node]);
          } else if (back && engine.dependent[layer.input]) {
            layer.packTransposedWeight(from, k, direction, transposed[node]);
          }
        });
  }

  private static double[] room(double[] array, int size) {
    return array != null && array.length == size ? array : new double[size];
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
