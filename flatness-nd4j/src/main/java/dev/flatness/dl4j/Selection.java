package dev.flatness.dl4j;

import dev.flatness.tensor.Shape;
import dev.flatness.tensor.SparseMatrix;
import java.util.function.UnaryOperator;

/** A value whose entries are entries of another: cut out or repeated. */
final class Selection {
  private Selection() {}

  /**
   * Adds the node.
   *
   * @param shape the shape of the value, of the rank of what is read
   * @param source the position that is read, for each position of the value
   */
  static int of(Assembly assembly, int read, Shape shape, UnaryOperator<int[]> source) {
    Shape from = assembly.builder().shape(read);
    String name = assembly.name();
    if (shape.size() > SparseMatrix.LARGEST / 2) {
      throw new IllegalArgumentException(
          "layer \"" + name + "\" makes " + shape.size() + " entries, too many to select");
    }
    int[] sources = new int[shape.size()];
    int[] at = new int[shape.rank()];
    for (int entry = 0; entry < sources.length; entry++) {
      int rest = entry;
      for (int axis = at.length - 1; axis >= 0; axis--) {
        at[axis] = rest % shape.extent(axis);
        rest /= shape.extent(axis);
      }
      int[] position = source.apply(at.clone());
      int index = 0;
      for (int axis = 0; axis < position.length; axis++) {
        index = index * from.extent(axis) + position[axis];
      }
      sources[entry] = index;
    }
    return assembly
        .builder()
        .linearMap(name, read, SparseMatrix.selection(from.size(), sources), shape.toArray());
  }
}
