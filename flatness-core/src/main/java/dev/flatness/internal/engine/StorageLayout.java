package dev.flatness.internal.engine;

import dev.flatness.network.Activation;
import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import java.util.Arrays;
import java.util.List;

/**
 * Which buffer holds each node's value and cotangent: a compile-time decision that no sample
 * changes.
 *
 * <p>A node's value over a chunk of B samples is the matrix [features × B], samples contiguous:
 * every layer then is row copies, row arithmetic and matrix products, flatten costs nothing, and a
 * convolution over the whole chunk is one matrix product. A reshape shares its input's storage, and
 * so does a ReLU that is its input's only reader. Cotangents live only from a node's last reader
 * down to the node: storages share slots by linear scan in reverse order.
 */
public final class StorageLayout {
  /** The storage of the network's input, which has neither tangent nor cotangent. */
  public static final int INPUT = 0;

  private final int[] storageOf;
  private final int[] storageSize;
  private final int[] slotOf;
  private final int[] slotSize;
  private final boolean[][] accumulates;

  private StorageLayout(
      int[] storageOf, int[] storageSize, int[] slotOf, int[] slotSize, boolean[][] accumulates) {
    this.storageOf = storageOf;
    this.storageSize = storageSize;
    this.slotOf = slotOf;
    this.slotSize = slotSize;
    this.accumulates = accumulates;
  }

  /** Plans a network. */
  public static StorageLayout of(Network network) {
    List<Node> nodes = network.nodes();
    int n = nodes.size();
    int[] readers = new int[n];
    for (Node node : nodes) {
      node.inputs().forEach(input -> readers[input]++);
    }
    int[] storageOf = new int[n];
    int[] storageSize = new int[n];
    int storages = 0;
    int[] storageReaders = new int[n];
    for (Node node : nodes) {
      int i = node.index();
      boolean shares =
          node.layer() instanceof Layer.Reshape
              || (node.layer() instanceof Layer.Activate activate
                  && keepsSigns(activate.function())
                  && storageOf[node.input()] != 0
                  && storageReaders[storageOf[node.input()]] == 1);
      storageOf[i] = shares ? storageOf[node.input()] : storages++;
      storageSize[storageOf[i]] = node.shape().size();
      // A storage's readers: nodes that read any node in it and do not themselves live in it.
      if (shares) {
        storageReaders[storageOf[i]] += readers[i] - 1;
      } else {
        storageReaders[storageOf[i]] = readers[i];
      }
    }
    storageSize = Arrays.copyOf(storageSize, storages);

    // In reverse order the first writer of a storage's cotangent assigns, later ones accumulate.
    boolean[] written = new boolean[storages];
    boolean[][] accumulates = new boolean[n][];
    int[] born = new int[storages];
    int[] dies = new int[storages];
    Arrays.fill(born, -1);
    written[storageOf[n - 1]] = true;
    born[storageOf[n - 1]] = n;
    for (int i = n - 1; i >= 0; i--) {
      Node node = nodes.get(i);
      dies[storageOf[i]] = i;
      accumulates[i] = new boolean[node.inputs().size()];
      for (int j = 0; j < accumulates[i].length; j++) {
        int s = storageOf[node.inputs().get(j)];
        if (s != storageOf[i]) {
          accumulates[i][j] = written[s];
          written[s] = true;
          born[s] = Math.max(born[s], i);
        }
      }
    }
    int[] slotOf = new int[storages];
    int[] slotSize = new int[storages];
    int[] freeFrom = new int[storages];
    int slots = 0;
    Integer[] order = new Integer[storages];
    Arrays.setAll(order, s -> s);
    Arrays.sort(order, (a, b) -> born[b] - born[a]);
    for (int s : order) {
      if (s == INPUT) {
        continue;
      }
      int best = -1;
      for (int k = 0; k < slots; k++) {
        // A node's own cotangent is still read while its inputs' are written: strictly later.
        if (freeFrom[k] > born[s]
            && (best < 0
                || fit(slotSize[k], storageSize[s]) < fit(slotSize[best], storageSize[s]))) {
          best = k;
        }
      }
      if (best < 0) {
        best = slots++;
      }
      slotOf[s] = best;
      slotSize[best] = Math.max(slotSize[best], storageSize[s]);
      freeFrom[best] = dies[s];
    }
    return new StorageLayout(
        storageOf, storageSize, slotOf, Arrays.copyOf(slotSize, slots), accumulates);
  }

  /** Whether a value of an activation tells the slope at its argument, as a ReLU's does. */
  public static boolean keepsSigns(Activation function) {
    return function.positivelyHomogeneous()
        && function.parameters().stream().allMatch(slope -> slope >= 0);
  }

  private static long fit(int size, int wanted) {
    return size >= wanted ? size - wanted : 4L * (wanted - size);
  }

  /** The storage of a node's value. */
  public int storage(int node) {
    return storageOf[node];
  }

  /** The slot of a node's cotangent. */
  public int slot(int node) {
    return slotOf[storageOf[node]];
  }

  /** The number of storages. */
  public int storages() {
    return storageSize.length;
  }

  /** The features of a storage. */
  public int storageSize(int storage) {
    return storageSize[storage];
  }

  /** The number of slots. */
  public int slots() {
    return slotSize.length;
  }

  /** The features of a slot. */
  public int slotSize(int slot) {
    return slotSize[slot];
  }

  /** Whether a node adds to the cotangent of its j-th input instead of assigning it. */
  public boolean accumulates(int node, int j) {
    return accumulates[node][j];
  }

  /**
   * The nodes that depend on one of the active parameters: those whose tangents and cotangents
   * matter.
   */
  public static boolean[] live(Network network, boolean[] active) {
    boolean[] live = new boolean[network.nodes().size()];
    for (Node node : network.nodes()) {
      live[node.index()] =
          (node.weight() >= 0 && active[node.weight()])
              || (node.bias() >= 0 && active[node.bias()])
              || node.inputs().stream().anyMatch(input -> live[input]);
    }
    return live;
  }
}
