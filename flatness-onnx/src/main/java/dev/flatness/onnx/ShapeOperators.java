package dev.flatness.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Operators that move, rename or drop axes and leave the numbers unchanged. */
final class ShapeOperators {
  static final Map<String, Call.Operator> ALL =
      Map.ofEntries(
          Map.entry("Identity", call -> call.value(0)),
          Map.entry("Dropout", ShapeOperators::dropout),
          Map.entry("Cast", ShapeOperators::cast),
          Map.entry("Flatten", ShapeOperators::flatten),
          Map.entry("Reshape", Reshapes::reshape),
          Map.entry("Squeeze", ShapeOperators::squeeze),
          Map.entry("Unsqueeze", ShapeOperators::unsqueeze),
          Map.entry("Transpose", ShapeOperators::transpose),
          Map.entry("Concat", ShapeOperators::concat),
          Map.entry("Shape", ShapeOperators::shape),
          Map.entry("Size", ShapeOperators::size));

  private ShapeOperators() {}

  private static Value dropout(Call call) {
    OnnxNode node = call.node();
    Constant training = call.optional(2, "training_mode");
    if (training != null && training.get(0) != 0) {
      throw call.refuse(
          "was exported in training mode, where it drops units at random; export the model for"
              + " inference (model.eval())");
    }
    if (node.opset() < 7 && node.integer("is_test", 0) == 0) {
      call.context().note(node.described() + " is marked for training (is_test=0); it was dropped");
    }
    return call.value(0);
  }

  private static Value cast(Call call) {
    Value.Signal x = signalOrEnd(call);
    long to = call.node().integer("to", 1);
    boolean floating = to == 1 || to == 10 || to == 11 || to == 16;
    if (!floating) {
      throw call.refuse(
          "casts activations to element type "
              + to
              + ", expected a floating-point type; rounding has no derivative");
    }
    return x;
  }

  /** The end of a network may be renamed and reshaped after its softmax. */
  private static Value.Signal signalOrEnd(Call call) {
    return call.value(0) instanceof Value.Signal signal ? signal : call.signal(0);
  }

  private static Value flatten(Call call) {
    Value.Signal x = signalOrEnd(call);
    int axis = (int) call.node().integer("axis", 1);
    if (axis != x.rank()) {
      axis = call.node().axis(axis, x.rank());
    }
    long before = 1;
    for (int i = 0; i < axis; i++) {
      before *= i == x.batchAxis() ? 1 : x.shape().extent(x.sampleAxis(i));
    }
    // With a batch of one, the samples are what follows, wherever the batch axis is.
    boolean one = x.batchAxis() < 0 || call.context().fixedBatch() == 1;
    if (axis <= x.batchAxis() && !one || before != 1) {
      int expected = x.batchAxis() + 1; // 0 without a batch axis
      throw call.refuse(
          "flattens a value of shape "
              + x.described()
              + " at axis "
              + axis
              + (axis <= x.batchAxis()
                  ? ", which mixes the samples of a batch"
                  : ", which splits a sample")
              + "; expected axis "
              + expected);
    }
    return new Value.Signal(call.draft().reshape(call.node(), x.step(), x.shape().size()), 0);
  }

  private static Value squeeze(Call call) {
    Value.Signal x = signalOrEnd(call);
    long[] axes = call.integers("axes", 1);
    boolean[] dropped = new boolean[x.rank()];
    if (axes == null) {
      for (int axis = 0; axis < dropped.length; axis++) {
        dropped[axis] =
            axis == x.batchAxis()
                ? call.context().fixedBatch() == 1
                : x.shape().extent(x.sampleAxis(axis)) == 1;
      }
    } else {
      for (long axis : axes) {
        dropped[call.node().axis(axis, x.rank())] = true;
      }
    }
    List<Integer> kept = new ArrayList<>();
    int batchAxis = -1;
    for (int axis = 0, position = 0; axis < dropped.length; axis++) {
      if (axis == x.batchAxis()) {
        if (!dropped[axis]) {
          batchAxis = position++;
        } else if (call.context().fixedBatch() != 1) {
          throw call.refuse("drops the batch axis, expected it to stay");
        }
      } else if (!dropped[axis]) {
        kept.add(x.shape().extent(x.sampleAxis(axis)));
        position++;
      } else if (x.shape().extent(x.sampleAxis(axis)) != 1) {
        throw call.refuse(
            "drops axis "
                + axis
                + " of a value of shape "
                + x.described()
                + ", expected an axis of one entry");
      }
    }
    return new Value.Signal(reshape(call, x, kept), batchAxis);
  }

  private static Value unsqueeze(Call call) {
    Value.Signal x = signalOrEnd(call);
    long[] axes = call.integers("axes", 1);
    if (axes == null || axes.length > 8) {
      throw call.refuse("has axes " + Arrays.toString(axes) + ", expected one to eight axes");
    }
    int rank = x.rank() + axes.length;
    boolean[] added = new boolean[rank];
    for (long axis : axes) {
      int at = call.node().axis(axis, rank);
      if (added[at]) {
        throw call.refuse("has axes " + Arrays.toString(axes) + ", expected each of them once");
      }
      added[at] = true;
    }
    List<Integer> extents = new ArrayList<>();
    int batchAxis = -1;
    for (int axis = 0, source = 0; axis < rank; axis++) {
      if (added[axis]) {
        extents.add(1);
      } else {
        if (source == x.batchAxis()) {
          batchAxis = axis;
        } else {
          extents.add(x.shape().extent(x.sampleAxis(source)));
        }
        source++;
      }
    }
    if (x.batchAxis() < 0 && added[0]) {
      // The batch of one that an earlier node dropped comes back.
      extents.remove(0);
      batchAxis = 0;
    }
    return new Value.Signal(reshape(call, x, extents), batchAxis);
  }

  private static Step reshape(Call call, Value.Signal x, List<Integer> extents) {
    int[] list = extents.stream().mapToInt(Integer::intValue).toArray();
    return call.draft().reshape(call.node(), x.step(), list);
  }

  private static Value transpose(Call call) {
    Value.Signal x = signalOrEnd(call);
    int rank = x.rank();
    long[] perm = permutation(call.node(), rank);
    int[] axes = new int[x.shape().rank()];
    int batchAxis = -1;
    int next = 0;
    for (int i = 0; i < rank; i++) {
      if (perm[i] == x.batchAxis()) {
        batchAxis = i;
      } else {
        axes[next++] = x.sampleAxis((int) perm[i]);
      }
    }
    return new Value.Signal(call.draft().transpose(call.node(), x.step(), axes), batchAxis);
  }

  /** The node's permutation; reversed axes where it states none. */
  static long[] permutation(OnnxNode node, int rank) {
    long[] perm = node.integers("perm");
    if (perm == null) {
      perm = new long[rank];
      for (int i = 0; i < rank; i++) {
        perm[i] = rank - 1L - i;
      }
    }
    boolean[] seen = new boolean[rank];
    boolean fits = perm.length == rank;
    for (long axis : perm) {
      fits = fits && axis >= 0 && axis < rank && !seen[(int) axis];
      if (fits) {
        seen[(int) axis] = true;
      }
    }
    if (!fits) {
      throw node.refuse(
          "has perm " + Arrays.toString(perm) + ", expected a permutation of " + rank + " axes");
    }
    return perm;
  }

  private static Value concat(Call call) {
    List<Value.Signal> signals = new ArrayList<>();
    for (int i = 0; i < call.inputs().size(); i++) {
      signals.add(call.signal(i));
    }
    Value.Signal first = signals.get(0);
    int full = call.node().axis(call.node().integer("axis", 1), first.rank());
    int axis = first.sampleAxis(full);
    if (axis < 0) {
      throw call.refuse("concatenates along the batch axis, which mixes samples");
    }
    for (Value.Signal signal : signals) {
      int[] one = first.shape().toArray();
      int[] other = signal.shape().toArray();
      boolean fits = signal.batchAxis() == first.batchAxis() && one.length == other.length;
      if (fits) {
        one[axis] = 0;
        other[axis] = 0;
      }
      if (!fits || !Arrays.equals(one, other)) {
        throw call.refuse(
            "concatenates values of shapes "
                + first.described()
                + " and "
                + signal.described()
                + " along axis "
                + full
                + ", expected all other extents to agree");
      }
    }
    if (signals.size() == 1) {
      return first;
    }
    Draft draft = call.draft();
    if (axis == 0) {
      return first.with(
          draft.concatenate(call.node(), signals.stream().map(Value.Signal::step).toList()));
    }
    int rank = first.shape().rank();
    int[] front = new int[rank];
    int[] back = new int[rank];
    for (int i = 0; i < rank; i++) {
      front[i] = i == 0 ? axis : i <= axis ? i - 1 : i;
      back[front[i]] = i;
    }
    List<Step> moved = new ArrayList<>();
    for (Value.Signal signal : signals) {
      moved.add(draft.transpose(call.node(), signal.step(), front));
    }
    return first.with(draft.transpose(call.node(), draft.concatenate(call.node(), moved), back));
  }

  private static Value shape(Call call) {
    Value.Signal x = signalOrEnd(call);
    int rank = x.rank();
    int start = bound(call.node().integer("start", 0), rank);
    int end = bound(call.node().integer("end", rank), rank);
    int count = Math.max(0, end - start);
    double[] entries = new double[count];
    boolean[] batch = new boolean[count];
    for (int i = 0; i < count; i++) {
      batch[i] = start + i == x.batchAxis();
      entries[i] = batch[i] ? 1 : x.shape().extent(x.sampleAxis(start + i));
    }
    return Constant.integers(entries).withBatch(batch);
  }

  private static int bound(long index, int rank) {
    return (int) Math.max(0, Math.min(rank, index < 0 ? index + rank : index));
  }

  private static Value size(Call call) {
    Value.Signal x = signalOrEnd(call);
    return Constant.scalar(Constant.Type.INTEGER, x.shape().size())
        .withBatch(new boolean[] {x.batchAxis() >= 0});
  }
}
