package dev.flatness.basispath;

import dev.flatness.network.Network;
import dev.flatness.network.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One weight as an edge of a path.
 *
 * <p>Units: the index is that of the tensor in the library's layout, as {@code [output unit, input
 * unit]} or {@code [output channel, input channel, row, column]}.
 *
 * @param position the position in θ
 * @param parameter the tensor's name, as {@code conv1.weight}
 * @param index the entry's index in the tensor
 */
public record PathEdge(int position, String parameter, List<Integer> index) {
  /**
   * Copies the index.
   *
   * @param position the position in θ
   * @param parameter the tensor's name, as {@code conv1.weight}
   * @param index the entry's index in the tensor
   */
  public PathEdge {
    index = List.copyOf(index);
  }

  /**
   * Names the weight at a position.
   *
   * @param network the network
   * @param position the position in θ
   * @return its edge
   * @throws IndexOutOfBoundsException if the position is not one of θ
   */
  public static PathEdge of(Network network, int position) {
    Parameter parameter = network.parameterAt(position);
    int[] extents = parameter.shape().toArray();
    List<Integer> index = new ArrayList<>();
    int rest = position - parameter.offset();
    for (int axis = extents.length - 1; axis >= 0; axis--) {
      index.add(0, rest % extents[axis]);
      rest /= extents[axis];
    }
    return new PathEdge(position, parameter.name(), index);
  }

  /** The place of the entry in its tensor, row-major. */
  int entry(Network network) {
    return position - network.parameterAt(position).offset();
  }

  /** Returns for instance {@code fc1.weight[3,4]}. */
  @Override
  public String toString() {
    return parameter
        + index.stream().map(String::valueOf).collect(Collectors.joining(",", "[", "]"));
  }
}
