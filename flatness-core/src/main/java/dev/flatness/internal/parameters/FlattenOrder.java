package dev.flatness.internal.parameters;

import dev.flatness.internal.text.Printable;
import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The order in which a network flattens its maps.
 *
 * <p>Keras flattens channels last. The columns of a dense layer after a flatten of channels first
 * are in another order, which no shape shows.
 *
 * <p>Each axis of a value has a label: 0 for channels, 1 and 2 for positions. Axes of extent 1
 * order nothing.
 */
public final class FlattenOrder {
  private static final int CHANNELS = 0;
  private static final int[] NATURAL = {CHANNELS, 1, 2};

  private final Network network;
  private final int[][] labels;
  // axes of the network's input that a convolution or a pooling reads as channels
  private final Set<Integer> channels = new HashSet<>();
  // whether the labels of a node still tell axes of the input
  private final boolean[] raw;

  private FlattenOrder(Network network) {
    this.network = network;
    this.labels = new int[network.nodes().size()][];
    this.raw = new boolean[labels.length];
  }

  /**
   * Refuses a network that flattens a map of several channels and positions in another order than
   * Keras.
   *
   * @param network a network with kernels that came by Keras' names
   * @param source what they were read from, for the message
   * @throws IllegalArgumentException if it flattens channels first
   */
  public static void requireChannelsLast(Network network, String source) {
    Shape input = network.inputShape();
    FlattenOrder order = new FlattenOrder(network);
    order.follow(IntStream.range(0, input.rank()).toArray());
    order.follow(order.ofInput(input));
    boolean[] read = order.readByParameters();
    for (Node node : network.nodes()) {
      boolean flattens = node.layer() instanceof Layer.Reshape && node.shape().rank() == 1;
      if (flattens && read[node.index()]) {
        Node maker = network.node(node.input());
        if (!order.flattensAsKeras(maker)) {
          throw new IllegalArgumentException(
              "layer \""
                  + Printable.cut(node.name())
                  + "\" flattens "
                  + maker.shape()
                  + " channels first, but Keras ("
                  + Printable.of(source)
                  + ") flattens channels last, so the columns of the next layer are in another"
                  + " order; take a network with a transpose to height, width, channels before it:"
                  + " in Java transpose(1, 2, 0), in ONNX the file that tf2onnx writes of the Keras"
                  + " model");
        }
      }
    }
  }

  /** Whether parameters of a later layer depend on the order of a node's entries. */
  private boolean[] readByParameters() {
    boolean[] read = new boolean[labels.length];
    for (int at = labels.length - 1; at >= 0; at--) {
      Node node = network.node(at);
      for (int input : node.inputs()) {
        read[input] |= read[at] || node.weight() >= 0 || node.bias() >= 0;
      }
    }
    return read;
  }

  /** Labels of the input's axes, where the layers tell; else the smaller end is the channels. */
  private int[] ofInput(Shape input) {
    int rank = input.rank();
    if (rank < 2) {
      return new int[rank];
    }
    boolean first = rank == 3 && input.extent(0) <= input.extent(2);
    if (channels.size() == 1) {
      first = channels.contains(0);
    }
    return first ? natural(rank) : keras(rank);
  }

  private static int[] natural(int rank) {
    return IntStream.range(0, rank).toArray();
  }

  private static int[] keras(int rank) {
    return IntStream.range(0, rank).map(axis -> (axis + 1) % rank).toArray();
  }

  private void follow(int[] input) {
    for (Node node : network.nodes()) {
      int at = node.index();
      if (node.inputs().isEmpty()) {
        labels[at] = input;
        raw[at] = true;
        continue;
      }
      Node maker = network.node(node.input());
      int[] from = labels[maker.index()];
      boolean fromRaw = raw[maker.index()];
      int rank = node.shape().rank();
      boolean spatial =
          node.layer() instanceof Layer.Convolution
              || node.layer() instanceof Layer.MaxPool
              || node.layer() instanceof Layer.AveragePool;
      if (fromRaw && from.length == 3 && (spatial || node.layer() instanceof Layer.Affine)) {
        channels.add(from[0]);
      }
      raw[at] = fromRaw && !spatial;
      if (spatial && rank == 3) {
        labels[at] = NATURAL;
      } else if (node.layer() instanceof Layer.Transpose transpose) {
        labels[at] = transpose.axes().stream().mapToInt(axis -> from[axis]).toArray();
      } else if (node.layer() instanceof Layer.Reshape) {
        labels[at] = reshaped(maker.shape(), from, node.shape());
      } else {
        labels[at] = from.length == rank ? from : natural(rank);
      }
    }
  }

  private static int[] reshaped(Shape before, int[] from, Shape after) {
    int rank = after.rank();
    if (before.rank() == 1) {
      // a flatten gives the vector back as it was
      return keras(rank);
    }
    List<Integer> proper = proper(before, from);
    int[] labels = new int[rank];
    if (proper(before, before.toArray()).equals(proper(after, after.toArray()))) {
      int next = 0;
      for (int axis = 0; axis < rank; axis++) {
        labels[axis] = after.extent(axis) == 1 ? -1 : proper.get(next++);
      }
      return labels;
    }
    // positions were joined; where the channels stayed last they still are
    int last = before.rank() - 1;
    boolean stays =
        from[last] == CHANNELS && rank > 1 && before.extent(last) == after.extent(rank - 1);
    return stays ? keras(rank) : natural(rank);
  }

  private static List<Integer> proper(Shape shape, int[] values) {
    List<Integer> proper = new ArrayList<>();
    for (int axis = 0; axis < values.length; axis++) {
      if (shape.extent(axis) != 1) {
        proper.add(values[axis]);
      }
    }
    return proper;
  }

  private boolean flattensAsKeras(Node maker) {
    int[] order = labels[maker.index()];
    if (order.length < 2) {
      return true;
    }
    int end = Arrays.stream(order).max().orElse(0) + 1;
    List<Integer> proper = proper(maker.shape(), order);
    for (int i = 1; i < proper.size(); i++) {
      if (keyed(proper.get(i), end) < keyed(proper.get(i - 1), end)) {
        return false;
      }
    }
    return true;
  }

  private static int keyed(int label, int end) {
    return label == CHANNELS ? end : label;
  }
}
