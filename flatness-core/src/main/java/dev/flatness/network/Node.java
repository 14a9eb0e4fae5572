package dev.flatness.network;

import dev.flatness.tensor.Shape;
import java.util.List;

/**
 * One layer at its place in the graph.
 *
 * @param index the position in the network's topological order
 * @param name the layer's name, unique in the network
 * @param layer the operation
 * @param inputs the indices of the nodes it reads, all smaller than {@code index}
 * @param weight the index of its weight (or scale) parameter, −1 if it has none
 * @param bias the index of its bias (or shift) parameter, −1 if it has none
 * @param shape the shape of its output per sample
 */
public record Node(
    int index, String name, Layer layer, List<Integer> inputs, int weight, int bias, Shape shape) {
  /**
   * Copies the list.
   *
   * @param index the position in the network's topological order
   * @param name the layer's name, unique in the network
   * @param layer the operation
   * @param inputs the indices of the nodes it reads, all smaller than {@code index}
   * @param weight the index of its weight (or scale) parameter, −1 if it has none
   * @param bias the index of its bias (or shift) parameter, −1 if it has none
   * @param shape the shape of its output per sample
   */
  public Node {
    inputs = List.copyOf(inputs);
  }

  /**
   * Returns the node's only (or first) input.
   *
   * @return the index of the node it reads first
   */
  public int input() {
    return inputs.get(0);
  }
}
