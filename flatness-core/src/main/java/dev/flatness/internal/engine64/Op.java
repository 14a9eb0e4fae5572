package dev.flatness.internal.engine64;

import dev.flatness.internal.engine.StorageLayout;
import dev.flatness.network.Node;

/** One node's arithmetic, that of sparse directions included. */
abstract class Op extends PassOp {
  Op(Node node, int inputFeatures, StorageLayout layout) {
    super(node, inputFeatures, layout);
  }

  /**
   * Marks the units of the output that a sparse direction's tangent reaches.
   *
   * @param result by unit, all false before
   */
  abstract void reach(SparseDirection v, boolean[] result);

  /**
   * Computes one sparse direction's tangent at the units it reaches, all else left as it is.
   *
   * @return ⟨g, d²F⟩ over the samples: what the value's cotangent makes of the second derivative
   *     along the direction
   */
  abstract /*64*/ double pushSparse(Frame f, SparseDirection v);

  /** Marks what the input's marks are. */
  final void reachAsInput(SparseDirection v, boolean[] result) {
    for (int unit : v.units(input)) {
      result[unit] = true;
    }
  }
}
