package dev.flatness.onnx;

import dev.flatness.tensor.Shape;
import dev.flatness.tensor.SparseMatrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Operators that select, repeat or sum entries of each sample: constant linear maps. */
final class LinearOperators {
  static final Map<String, Call.Operator> ALL =
      Map.of(
          "Slice", LinearOperators::slice,
          "Split", LinearOperators::split,
          "Gather", LinearOperators::gather,
          "Expand", LinearOperators::expand,
          "Tile", LinearOperators::tile,
          "ReduceSum", LinearOperators::sum);

  private LinearOperators() {}

  /**
   * The value whose entry at an index is x's at the sum of one offset per axis.
   *
   * @param offsets for each axis of the result the offset of each index in x's entries
   */
  static Step pick(Call call, Step x, int[][] offsets) {
    int[] extents = Arrays.stream(offsets).mapToInt(list -> list.length).toArray();
    double size = Arrays.stream(extents).asDoubleStream().reduce(1, (a, b) -> a * b);
    requireRoom(call, size);
    int[] sources = {0};
    for (int[] axis : offsets) {
      int[] longer = new int[sources.length * axis.length];
      for (int i = 0; i < longer.length; i++) {
        longer[i] = sources[i / axis.length] + axis[i % axis.length];
      }
      sources = longer;
    }
    if (sources.length == 0) {
      throw call.refuse("selects nothing of a value of shape " + x.shape());
    }
    boolean all = sources.length == x.shape().size() && !call.context().asWritten();
    for (int i = 0; all && i < sources.length; i++) {
      all = sources[i] == i;
    }
    return all
        ? call.draft().reshape(call.node(), x, extents)
        : call.draft()
            .linearMap(call.node(), x, SparseMatrix.selection(x.shape().size(), sources), extents);
  }

  static void requireRoom(Call call, double entries) {
    if (entries >= SparseMatrix.LARGEST / 2) {
      throw call.refuse(
          "makes a linear map of "
              + (long) entries
              + " rows or entries, expected fewer than "
              + SparseMatrix.LARGEST / 2);
    }
    call.spend(4 * entries); // starts, columns and values, and the list they are made of
  }

  /** The offsets of all indices of every axis. */
  static int[][] offsets(Call call, Shape shape) {
    call.spend(Arrays.stream(shape.toArray()).asLongStream().sum() / 2.0);
    int[][] offsets = new int[shape.rank()][];
    int stride = 1;
    for (int axis = offsets.length - 1; axis >= 0; axis--) {
      offsets[axis] = new int[shape.extent(axis)];
      for (int i = 0; i < offsets[axis].length; i++) {
        offsets[axis][i] = i * stride;
      }
      stride *= shape.extent(axis);
    }
    return offsets;
  }

  private static Value slice(Call call) {
    Value.Signal x = call.signal(0);
    int[][] offsets = offsets(call, x.shape());
    for (Selections.Range range : Selections.ranges(call, x.rank())) {
      int axis = x.sampleAxis(range.axis());
      if (axis < 0) {
        boolean whole = range.start() == 0 && range.step() == 1 && range.end() >= most(call);
        if (!whole) {
          throw call.refuse(
              "selects samples of the batch, expected the whole batch axis; a network acts on each"
                  + " sample alone");
        }
        continue;
      }
      offsets[axis] = range.of(offsets[axis]);
    }
    return x.with(pick(call, x.step(), offsets));
  }

  /** The end of a slice that surely takes the whole batch. */
  private static long most(Call call) {
    return call.context().fixedBatch() > 0 ? call.context().fixedBatch() : Integer.MAX_VALUE;
  }

  private static Value split(Call call) {
    Value.Signal x = call.signal(0);
    OnnxNode node = call.node();
    int axis = sampleAxis(call, x, node.integer("axis", 0));
    int extent = x.shape().extent(axis);
    long stated = node.integer("num_outputs", node.outputs());
    if (stated != node.outputs()) {
      throw call.refuse(
          "has num_outputs "
              + stated
              + ", expected "
              + node.outputs()
              + ", the number of its outputs; the file is damaged");
    }
    int count = node.outputs();
    long[] parts = call.integers("split", 1);
    if (parts == null) {
      long each = (extent + count - 1L) / count;
      parts = new long[count];
      for (int i = 0; i < count; i++) {
        parts[i] = Math.max(0, Math.min(each, extent - i * each));
      }
    }
    long first = 0;
    long total = 0;
    for (int i = 0; i < parts.length; i++) {
      if (parts[i] < 0 || parts[i] > extent) {
        total = -1;
        break;
      }
      first += i < call.output() ? parts[i] : 0;
      total += parts[i];
    }
    if (total != extent || call.output() >= parts.length) {
      throw call.refuse(
          "splits axis of "
              + extent
              + " entries in parts "
              + Arrays.toString(parts)
              + " for "
              + node.outputs()
              + " outputs; the numbers do not fit");
    }
    int[][] offsets = offsets(call, x.shape());
    int end = (int) (first + parts[call.output()]);
    offsets[axis] = Arrays.copyOfRange(offsets[axis], (int) first, end);
    return x.with(pick(call, x.step(), offsets));
  }

  private static int sampleAxis(Call call, Value.Signal x, long stated) {
    int axis = x.sampleAxis(call.node().axis(stated, x.rank()));
    if (axis < 0) {
      throw call.refuse(
          "selects along the batch axis of a value of shape "
              + x.described()
              + ", expected an axis of the samples; a network acts on each sample alone");
    }
    return axis;
  }

  private static Value gather(Call call) {
    Value.Signal x = call.signal(0);
    Constant chosen = call.constant(1, "index");
    long[] indices = chosen.toLongs(call.node(), "indices");
    int full = call.node().axis(call.node().integer("axis", 0), x.rank());
    boolean first = chosen.rank() == 0 && (indices[0] == 0 || indices[0] == -1);
    if (full == x.batchAxis() && first && call.context().fixedBatch() == 1) {
      return new Value.Signal(x.step(), -1);
    }
    int axis = sampleAxis(call, x, full);
    int[][] old = offsets(call, x.shape());
    List<int[]> offsets = new ArrayList<>(Arrays.asList(old));
    int[] picked = new int[indices.length];
    for (int i = 0; i < picked.length; i++) {
      picked[i] = old[axis][call.node().axis(indices[i], old[axis].length)];
    }
    offsets.set(axis, picked);
    Step y = pick(call, x.step(), offsets.toArray(int[][]::new));
    // The picked axis has the axes of the indices, none where they are one number.
    List<Integer> extents = new ArrayList<>();
    for (int i = 0; i < old.length; i++) {
      if (i != axis) {
        extents.add(old[i].length);
      } else {
        Arrays.stream(chosen.extents()).forEach(extents::add);
      }
    }
    int batchAxis = x.batchAxis() > full ? x.batchAxis() + chosen.rank() - 1 : x.batchAxis();
    int[] list = extents.stream().mapToInt(Integer::intValue).toArray();
    return new Value.Signal(call.draft().reshape(call.node(), y, list), batchAxis);
  }

  private static Value expand(Call call) {
    Value.Signal x = call.signal(0);
    return Alignment.with(call, x, call.constant(1, "target shape")).expanded(call, x);
  }

  private static Value tile(Call call) {
    Value.Signal x = call.signal(0);
    long[] repeats = call.constant(1, "number of repeats").toLongs(call.node(), "repeats");
    if (repeats.length != x.rank()) {
      throw call.refuse(
          "has repeats "
              + Arrays.toString(repeats)
              + ", expected one for each of "
              + x.rank()
              + " axes");
    }
    int[][] offsets = offsets(call, x.shape());
    for (int i = 0; i < repeats.length; i++) {
      int axis = x.sampleAxis(i);
      if (repeats[i] < 1 || axis < 0 && repeats[i] != 1) {
        throw call.refuse(
            "has repeats "
                + Arrays.toString(repeats)
                + ", expected at least 1, and 1 for the batch axis");
      } else if (axis >= 0) {
        int[] once = offsets[axis];
        requireRoom(call, (double) once.length * repeats[i]);
        offsets[axis] = new int[(int) (once.length * repeats[i])];
        Arrays.setAll(offsets[axis], j -> once[j % once.length]);
      }
    }
    return x.with(pick(call, x.step(), offsets));
  }

  private static Value sum(Call call) {
    Value.Signal x = call.signal(0);
    Reduction reduction = Reduction.of(call, x);
    if (reduction == null) {
      return x;
    }
    Shape s = x.shape();
    requireRoom(call, s.size());
    int[][] offsets = offsets(call, s);
    int[] kept = {0};
    int[] reduced = {0};
    for (int axis = 0; axis < s.rank(); axis++) {
      if (reduction.reduced()[axis]) {
        reduced = sums(reduced, offsets[axis]);
      } else {
        kept = sums(kept, offsets[axis]);
      }
    }
    SparseMatrix.Builder matrix = SparseMatrix.builder(s.size());
    for (int base : kept) {
      for (int offset : reduced) {
        matrix.add(base + offset, 1);
      }
      matrix.endRow();
    }
    int[] extents = reduction.extents(x);
    Step y = call.draft().linearMap(call.node(), x.step(), matrix.build(), extents);
    return new Value.Signal(y, reduction.batchAxis(x));
  }

  private static int[] sums(int[] a, int[] b) {
    int[] all = new int[a.length * b.length];
    Arrays.setAll(all, i -> a[i / b.length] + b[i % b.length]);
    return all;
  }
}
