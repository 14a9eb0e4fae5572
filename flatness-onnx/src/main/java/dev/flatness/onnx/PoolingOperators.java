package dev.flatness.onnx;

import dev.flatness.network.Window;
import dev.flatness.tensor.Shape;
import java.util.Arrays;
import java.util.Map;

/** Poolings, reductions over positions, and padding. */
final class PoolingOperators {
  static final Map<String, Call.Operator> ALL =
      Map.of(
          "MaxPool", call -> pool(call, true),
          "AveragePool", call -> pool(call, false),
          "GlobalMaxPool", call -> global(call, true),
          "GlobalAveragePool", call -> global(call, false),
          "ReduceMean", call -> reduce(call, false),
          "ReduceMax", call -> reduce(call, true),
          "Pad", PoolingOperators::pad);

  private PoolingOperators() {}

  private static Value pool(Call call, boolean max) {
    Value.Signal x = call.batched(0);
    int spatial = x.shape().rank() - 1;
    if (spatial < 1 || spatial > 2) {
      throw call.refuse(
          "pools a value of shape "
              + x.described()
              + ", expected one- or two-dimensional feature maps");
    }
    OnnxNode node = call.node();
    long[] kernel = Windows.list(node, "kernel_shape", null, 1);
    if (kernel == null || node.integers("kernel_shape").length != spatial) {
      throw call.refuse("has no kernel_shape for " + spatial + " axes");
    }
    for (long extent : kernel) {
      if (extent < 1 || extent > Short.MAX_VALUE) {
        throw call.refuse(
            "has kernel_shape "
                + Arrays.toString(node.integers("kernel_shape"))
                + ", expected numbers from 1 to "
                + Short.MAX_VALUE);
      }
    }
    boolean countPadding = !max && node.integer("count_include_pad", 0) != 0;
    Step image = Windows.asImage(call, x.step());
    int[] size = {(int) kernel[0], (int) kernel[1]};
    Window window = Windows.of(call, image.shape(), size, !countPadding);
    Step y;
    if (max) {
      y = call.draft().maxPool(node, image, window);
    } else {
      if (window.dilationHeight() != 1 || window.dilationWidth() != 1) {
        throw call.refuse("averages over a dilated window, which no layer here can do");
      }
      y = call.draft().averagePool(node, image, window, countPadding);
    }
    return x.with(Windows.fromImage(call, y, spatial));
  }

  private static Value global(Call call, boolean max) {
    Value.Signal x = call.batched(0);
    Shape s = x.shape();
    if (s.rank() < 2) {
      throw call.refuse("pools a value of shape " + x.described() + ", expected feature maps");
    }
    int[] extents = new int[s.rank()];
    Arrays.fill(extents, 1);
    extents[0] = s.extent(0);
    Step y = whole(call, x.step(), max);
    return x.with(call.draft().reshape(call.node(), y, extents));
  }

  /** Pools all positions of each channel into one. */
  private static Step whole(Call call, Step x, boolean max) {
    Shape s = x.shape();
    Step image =
        s.rank() == 3 ? x : call.draft().reshape(call.node(), x, s.extent(0), s.positions(), 1);
    Window all = Window.of(image.shape().extent(1), image.shape().extent(2));
    return max
        ? call.draft().maxPool(call.node(), image, all)
        : call.draft().averagePool(call.node(), image, all, false);
  }

  private static Value reduce(Call call, boolean max) {
    Value.Signal x = call.signal(0);
    OnnxNode node = call.node();
    Reduction reduction = Reduction.of(call, x);
    if (reduction == null) {
      return x;
    }
    boolean[] reduced = reduction.reduced();
    Shape s = x.shape();
    int[] order = new int[s.rank()];
    int next = 0;
    int kept = 1;
    for (int axis = 0; axis < s.rank(); axis++) {
      if (!reduced[axis]) {
        order[next++] = axis;
        kept *= s.extent(axis);
      }
    }
    int remaining = next;
    for (int axis = 0; axis < s.rank(); axis++) {
      if (reduced[axis]) {
        order[next++] = axis;
      }
    }
    Draft draft = call.draft();
    Step moved = draft.transpose(node, x.step(), order);
    boolean image = remaining == 1 && s.rank() == 3;
    Step rows = image ? moved : draft.reshape(node, moved, kept, s.size() / Math.max(1, kept));
    Step y = draft.reshape(node, whole(call, rows, max), reduction.extents(x));
    return new Value.Signal(y, reduction.batchAxis(x));
  }

  private static Value pad(Call call) {
    Value.Signal x = call.signal(0);
    OnnxNode node = call.node();
    long[] given = node.has("paddings") ? node.integers("paddings") : call.integers("pads", 1);
    Constant value = call.optional(2, "padding value");
    long[] axes = call.present(3) ? call.constant(3, "axes").toLongs(node, "axes") : null;
    int count = axes == null ? x.rank() : axes.length;
    if (given == null || given.length != 2 * count) {
      throw call.refuse(
          "has pads "
              + Arrays.toString(given)
              + ", expected a beginning and an end for "
              + count
              + " axes");
    }
    long[] before = new long[x.shape().rank()];
    long[] after = new long[x.shape().rank()];
    boolean any = false;
    for (int i = 0; i < count; i++) {
      if (given[i] == 0 && given[i + count] == 0) {
        continue;
      }
      int axis = x.sampleAxis(axes == null ? i : node.axis(axes[i], x.rank()));
      if (axis < 0
          || Math.min(given[i], given[i + count]) < 0
          || Math.max(given[i], given[i + count]) > Short.MAX_VALUE) {
        throw call.refuse(
            "has pads "
                + Arrays.toString(given)
                + ", expected 0 to "
                + Short.MAX_VALUE
                + " and 0 for the batch axis");
      }
      before[axis] = given[i];
      after[axis] = given[i + count];
      any = true;
    }
    if (!any) {
      return x;
    }
    String mode = node.text("mode", "constant");
    double constant = value == null ? node.number("value", 0) : value.get(0);
    if (!mode.equals("constant") || constant != 0) {
      throw call.refuse(
          "pads with "
              + (mode.equals("constant") ? "the value " + constant : "mode " + mode)
              + ", expected zeros; other padding is not homogeneous and cannot be read");
    }
    return x.with(zeros(call, x, before, after));
  }

  private static Step zeros(Call call, Value.Signal x, long[] before, long[] after) {
    int rank = x.shape().rank();
    int free = -1;
    for (int axis = 0; axis < rank; axis++) {
      if (free < 0 && before[axis] == 0 && after[axis] == 0) {
        free = axis;
      }
    }
    if (rank < 2 || rank > 3 || free < 0) {
      throw call.refuse(
          "pads a value of shape "
              + x.described()
              + ", expected feature maps that are padded along one or two axes");
    }
    int r = rank == 3 ? (free == 0 ? 1 : 0) : -1;
    int c = rank == 3 ? (free == 2 ? 1 : 2) : 1 - free;
    int top = r < 0 ? 0 : (int) before[r];
    int bottom = r < 0 ? 0 : (int) after[r];
    int left = (int) before[c];
    int right = (int) after[c];
    return call.draft()
        .alongAxis(
            call.node(),
            x.step(),
            free,
            step -> {
              Step image = Windows.asImage(call, step);
              Step y = call.draft().zeroPad(call.node(), image, top, left, bottom, right);
              return Windows.fromImage(call, y, rank - 1);
            });
  }
}
