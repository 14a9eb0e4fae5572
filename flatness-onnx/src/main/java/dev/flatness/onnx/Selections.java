package dev.flatness.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Parts and joins of constants. */
final class Selections {
  private Selections() {}

  /** The tensor whose entry at an index is the constant's at offset + Σ index·stride. */
  static Constant pick(Constant c, int[] extents, int[] stride, int offset) {
    int size = ConstantOperators.size(extents);
    double[] entries = new double[size];
    boolean[] batch = new boolean[size];
    int[] index = new int[extents.length];
    for (int i = 0; i < size; i++) {
      int from = offset;
      for (int axis = 0; axis < extents.length; axis++) {
        from += index[axis] * stride[axis];
      }
      entries[i] = c.get(from);
      batch[i] = c.isBatch(from);
      for (int axis = extents.length - 1; axis >= 0; axis--) {
        if (++index[axis] < extents[axis]) {
          break;
        }
        index[axis] = 0;
      }
    }
    return Constant.of(c.type(), extents, entries).withBatch(batch);
  }

  static Value concat(Call call) {
    Constant first = call.constant(0, "part");
    int axis = call.node().axis(call.node().integer("axis", 1), first.rank());
    int[] extents = first.extents();
    extents[axis] = 0;
    int before = ConstantOperators.size(Arrays.copyOf(extents, axis));
    int total = 0;
    for (int i = 0; i < call.inputs().size(); i++) {
      Constant part = call.constant(i, "part");
      int[] own = part.extents();
      boolean fits = own.length == extents.length;
      if (fits) {
        total += own[axis];
        own[axis] = 0;
      }
      if (!fits || !Arrays.equals(own, extents)) {
        throw call.refuse(
            "joins constants "
                + first.described()
                + " and "
                + part.described()
                + " along axis "
                + axis
                + "; the shapes do not fit");
      }
    }
    extents[axis] = total;
    ConstantOperators.requireSize(
        call, Arrays.stream(extents).asDoubleStream().reduce(1, (a, b) -> a * b));
    int size = ConstantOperators.size(extents);
    double[] entries = new double[size];
    boolean[] batch = new boolean[size];
    int row = before == 0 ? 0 : size / before;
    int offset = 0;
    for (int i = 0; i < call.inputs().size(); i++) {
      Constant part = call.constant(i, "part");
      int own = before == 0 ? 0 : part.size() / before;
      for (int j = 0; j < part.size(); j++) {
        int to = j / own * row + offset + j % own;
        entries[to] = part.get(j);
        batch[to] = part.isBatch(j);
      }
      offset += own;
    }
    return Constant.of(first.type(), extents, entries).withBatch(batch);
  }

  static Value gather(Call call) {
    Constant c = call.constant(0, "source");
    Constant chosen = call.constant(1, "index");
    int axis = call.node().axis(call.node().integer("axis", 0), c.rank());
    long[] indices = chosen.toLongs(call.node(), "indices");
    int inner = ConstantOperators.size(Arrays.copyOfRange(c.extents(), axis + 1, c.rank()));
    int outer = ConstantOperators.size(Arrays.copyOf(c.extents(), axis));
    ConstantOperators.requireSize(call, (double) outer * indices.length * inner);
    int[] extents = new int[c.rank() - 1 + chosen.rank()];
    System.arraycopy(c.extents(), 0, extents, 0, axis);
    System.arraycopy(chosen.extents(), 0, extents, axis, chosen.rank());
    System.arraycopy(c.extents(), axis + 1, extents, axis + chosen.rank(), c.rank() - axis - 1);
    double[] entries = new double[outer * indices.length * inner];
    boolean[] batch = new boolean[entries.length];
    int to = 0;
    for (int o = 0; o < outer; o++) {
      for (long index : indices) {
        int at = call.node().axis(index, c.extent(axis));
        for (int i = 0; i < inner; i++, to++) {
          int from = (o * c.extent(axis) + at) * inner + i;
          entries[to] = c.get(from);
          batch[to] = c.isBatch(from);
        }
      }
    }
    return Constant.of(c.type(), extents, entries).withBatch(batch);
  }

  /** What a Slice takes of one axis, as stated. */
  record Range(int axis, long start, long end, long step) {
    /** The entries it takes of a list. */
    int[] of(int[] list) {
      int first = (int) first(list.length);
      int[] taken = new int[length(list.length)];
      for (int i = 0; i < taken.length; i++) {
        taken[i] = list[first + i * (int) step];
      }
      return taken;
    }

    private long first(int extent) {
      return clamped(start, extent, 0, step < 0 ? extent - 1 : extent);
    }

    private int length(int extent) {
      long last = clamped(end, extent, step < 0 ? -1 : 0, step < 0 ? extent - 1 : extent);
      return (int) Math.max(0, (last - first(extent) + step - Long.signum(step)) / step);
    }
  }

  /** What a Slice takes of a tensor of some rank. */
  static List<Range> ranges(Call call, int rank) {
    long[] starts = call.integers("starts", 1);
    long[] ends = call.integers("ends", 2);
    long[] axes = call.integers("axes", 3);
    long[] steps = call.integers("steps", 4);
    int count = starts == null ? 0 : starts.length;
    if (ends == null
        || ends.length != count
        || axes != null && axes.length != count
        || steps != null && steps.length != count
        || count > rank) {
      throw call.refuse("has starts, ends, axes and steps of different lengths");
    }
    List<Range> ranges = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int axis = call.node().axis(axes == null ? i : axes[i], rank);
      long step = steps == null ? 1 : steps[i];
      if (step == 0 || Math.abs(step) > Integer.MAX_VALUE) {
        throw call.refuse("has step " + step + ", expected a number other than 0");
      }
      ranges.add(new Range(axis, starts[i], ends[i], step));
    }
    return ranges;
  }

  static Value slice(Call call) {
    Constant c = call.constant(0, "source");
    int[] extents = c.extents();
    int[] stride = new int[c.rank()];
    for (int axis = 0; axis < stride.length; axis++) {
      stride[axis] = ConstantOperators.size(Arrays.copyOfRange(c.extents(), axis + 1, c.rank()));
    }
    int offset = 0;
    for (Range range : ranges(call, c.rank())) {
      int axis = range.axis();
      offset += (int) range.first(c.extent(axis)) * stride[axis];
      extents[axis] = range.length(c.extent(axis));
      stride[axis] *= (int) range.step();
    }
    ConstantOperators.requireSize(call, ConstantOperators.size(extents));
    return ConstantOperators.size(extents) == 0
        ? Constant.of(c.type(), extents, new double[0])
        : pick(c, extents, stride, offset);
  }

  private static long clamped(long index, int extent, long least, long most) {
    long counted = index < 0 ? index + extent : index;
    return Math.max(least, Math.min(most, counted));
  }
}
