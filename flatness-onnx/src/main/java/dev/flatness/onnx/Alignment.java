package dev.flatness.onnx;

import dev.flatness.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The common shape of values that are combined entry by entry: axes are aligned from the last one,
 * and an axis of one entry is repeated.
 *
 * @param batchAxis the batch axis of the result, −1 where it has none
 * @param extents the extents of all axes, 1 for the batch axis
 */
record Alignment(int batchAxis, int[] extents) {
  /** The shape of a sum of signals. */
  static Alignment of(Call call, List<Value.Signal> signals) {
    Alignment common = new Alignment(-1, new int[0]);
    boolean fits = true;
    for (Value.Signal signal : signals) {
      fits &= common != null;
      common = fits ? common.and(of(signal)) : null;
    }
    boolean old = call.node().opset() < 7;
    for (Value.Signal signal : signals) {
      boolean same =
          signal.shape().equals(signals.get(0).shape())
              && signal.batchAxis() == signals.get(0).batchAxis();
      fits &= same || !old;
    }
    if (!fits || common == null) {
      throw call.refuse(
          "combines values of shapes "
              + signals.stream().map(Value.Signal::described).collect(Collectors.joining(" and "))
              + ", expected shapes that are equal or of one entry along each axis");
    }
    return common;
  }

  /** The shape to which a signal is expanded by a target shape. */
  static Alignment with(Call call, Value.Signal x, Constant target) {
    int[] extents = new int[target.size()];
    int shift = target.size() - x.rank();
    for (int i = 0; i < extents.length; i++) {
      boolean batch = x.batchAxis() >= 0 && i == x.batchAxis() + shift;
      double entry = target.get(i);
      boolean stays = target.isBatch(i) ? entry == 1 : entry == 1 || entry == fixed(call);
      if (batch ? !stays : target.isBatch(i) || entry < 1 || entry > 1 << 24) {
        throw misfit(call, x, target);
      }
      extents[i] = batch ? 1 : (int) entry;
    }
    Alignment common = of(x).and(new Alignment(-1, extents));
    if (common == null) {
      throw misfit(call, x, target);
    }
    return common;
  }

  private static long fixed(Call call) {
    return call.context().fixedBatch();
  }

  private static IllegalArgumentException misfit(Call call, Value.Signal x, Constant target) {
    return call.refuse(
        "expands a value of shape "
            + x.described()
            + " to "
            + Arrays.toString(target.entries())
            + ", expected the batch axis to stay and axes of one entry to be repeated");
  }

  private static Alignment of(Value.Signal x) {
    int[] extents = new int[x.rank()];
    for (int axis = 0; axis < extents.length; axis++) {
      extents[axis] = axis == x.batchAxis() ? 1 : x.shape().extent(x.sampleAxis(axis));
    }
    return new Alignment(x.batchAxis(), extents);
  }

  /** The common shape with another one, or null. */
  private Alignment and(Alignment other) {
    int rank = Math.max(extents.length, other.extents.length);
    int own = batchAxis < 0 ? -1 : batchAxis + rank - extents.length;
    int others = other.batchAxis < 0 ? -1 : other.batchAxis + rank - other.extents.length;
    if (own >= 0 && others >= 0 && own != others) {
      return null;
    }
    int batch = Math.max(own, others);
    int[] common = new int[rank];
    for (int axis = 0; axis < rank; axis++) {
      int a = extent(axis, rank);
      int b = other.extent(axis, rank);
      if (a != b && a != 1 && b != 1 || axis == batch && Math.max(a, b) != 1) {
        return null;
      }
      common[axis] = Math.max(a, b);
    }
    return new Alignment(batch, common);
  }

  private int extent(int axis, int rank) {
    int own = axis - rank + extents.length;
    return own < 0 ? 1 : extents[own];
  }

  /** A signal with its axes of one entry repeated to this shape. */
  Value.Signal expanded(Call call, Value.Signal x) {
    int[][] own = LinearOperators.offsets(call, x.shape());
    int[][] offsets = new int[batchAxis < 0 ? extents.length : extents.length - 1][];
    int at = 0;
    for (int axis = 0; axis < extents.length; axis++) {
      if (axis == batchAxis) {
        continue;
      }
      int source = axis - extents.length + x.rank();
      int sampleAxis = source < 0 ? -1 : x.sampleAxis(source);
      boolean repeated = sampleAxis < 0 || own[sampleAxis].length == 1;
      LinearOperators.requireRoom(call, extents[axis]);
      offsets[at++] = repeated ? new int[extents[axis]] : own[sampleAxis];
    }
    int[] shape = Arrays.stream(offsets).mapToInt(list -> list.length).toArray();
    boolean same = Shape.of(shape).size() == x.shape().size();
    Step y =
        same
            ? call.draft().reshape(call.node(), x.step(), shape)
            : LinearOperators.pick(call, x.step(), offsets);
    return new Value.Signal(y, batchAxis);
  }
}
