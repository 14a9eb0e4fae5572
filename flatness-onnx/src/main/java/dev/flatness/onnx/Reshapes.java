package dev.flatness.onnx;

import java.util.ArrayList;
import java.util.List;

/** Reads the target of a Reshape as a change of shape of each sample. */
final class Reshapes {
  private final Call call;
  private final Value.Signal x;
  private final Constant target;
  private final int rank;
  private final long size;

  private Reshapes(Call call, Value.Signal x, Constant target) {
    this.call = call;
    this.x = x;
    this.target = target;
    this.rank = target.size();
    this.size = x.shape().size();
  }

  static Value reshape(Call call) {
    if (!(call.value(0) instanceof Value.Signal x)) {
      return call.signal(0);
    }
    Constant target;
    if (call.present(1)) {
      target = call.constant(1, "target shape");
    } else {
      long[] given = call.node().integers("shape");
      if (given == null) {
        throw call.refuse("has no target shape; the file does not follow its opset");
      }
      target = Constant.integers(java.util.Arrays.stream(given).asDoubleStream().toArray());
    }
    return new Reshapes(call, x, target).read();
  }

  private Value read() {
    double[] entries = target.entries();
    boolean[] batch = new boolean[rank];
    boolean zeroCopies = call.node().integer("allowzero", 0) == 0;
    int open = -1;
    int marks = 0;
    for (int i = 0; i < rank; i++) {
      batch[i] = target.isBatch(i);
      if (!batch[i] && entries[i] == 0 && zeroCopies) {
        if (i >= x.rank()) {
          throw wrong("has no axis " + i + " to copy");
        }
        batch[i] = i == x.batchAxis();
        entries[i] = batch[i] ? 1 : x.shape().extent(x.sampleAxis(i));
      }
      if (batch[i]) {
        marks++;
      } else if (entries[i] == -1) {
        if (open >= 0) {
          throw wrong("has two entries −1");
        }
        open = i;
      } else if (entries[i] < 1 || entries[i] > Integer.MAX_VALUE) {
        throw wrong("has the entry " + (long) entries[i]);
      }
    }
    if (marks > 1) {
      throw wrong("names the batch size twice");
    }
    return marks == 1 ? marked(entries, batch, open) : unmarked(entries, open);
  }

  /** One entry is a multiple of the batch size. */
  private Value marked(double[] entries, boolean[] batch, int open) {
    int batchAxis = 0;
    while (!batch[batchAxis]) {
      batchAxis++;
    }
    fill(entries, open, size);
    if (entries[batchAxis] != 1) {
      throw wrong("multiplies the batch size by " + entries[batchAxis]);
    }
    return result(entries, batchAxis);
  }

  /** The batch size is the entry −1, or it is baked in. */
  private Value unmarked(double[] entries, int open) {
    if (open >= 0 && product(entries, open, -1) == size) {
      return result(entries, open);
    }
    long stated = call.context().fixedBatch();
    long batch = stated < 0 ? 1 : stated;
    fill(entries, open, batch * (double) size);
    if (batch == 1
        && x.batchAxis() < 0
        && rank > 0
        && entries[0] == 1
        && product(entries, -1, -1) == size) {
      return result(entries, 0);
    }
    for (int axis = 0; axis < rank; axis++) {
      if (entries[axis] == batch && product(entries, -1, axis) == size) {
        call.context()
            .note(call.node().described() + " bakes in batch size " + batch + "; it was freed");
        return result(entries, axis);
      }
      if (entries[axis] != 1) {
        break;
      }
    }
    if (stated == 1 && product(entries, -1, -1) == size) {
      return new Value.Signal(step(entries, -1), -1);
    }
    throw wrong("does not keep each sample by itself");
  }

  /** Resolves the entry −1. */
  private void fill(double[] entries, int open, double total) {
    if (open >= 0) {
      entries[open] = total / product(entries, open, -1);
      if (entries[open] != Math.rint(entries[open])) {
        throw wrong("does not divide evenly");
      }
    }
  }

  private double product(double[] entries, int without, int orWithout) {
    double product = 1;
    for (int i = 0; i < rank; i++) {
      product *= i == without || i == orWithout ? 1 : entries[i];
    }
    return product;
  }

  private Value result(double[] entries, int batchAxis) {
    double before = 1;
    for (int i = 0; i < batchAxis; i++) {
      before *= entries[i];
    }
    if (before != 1 || !x.batchLeads() || product(entries, -1, batchAxis) != size) {
      throw wrong("does not keep each sample by itself");
    }
    return new Value.Signal(step(entries, batchAxis), batchAxis);
  }

  private Step step(double[] entries, int batchAxis) {
    List<Integer> extents = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      if (i != batchAxis) {
        extents.add((int) entries[i]);
      }
    }
    int[] list = extents.stream().mapToInt(Integer::intValue).toArray();
    return call.draft().reshape(call.node(), x.step(), list);
  }

  private IllegalArgumentException wrong(String why) {
    StringBuilder text = new StringBuilder("[");
    for (int i = 0; i < Math.min(rank, 16); i++) {
      String entry = String.valueOf((long) target.get(i));
      text.append(i == 0 ? "" : ", ");
      text.append(target.isBatch(i) ? (target.get(i) == 1 ? "N" : entry + "·N") : entry);
    }
    return call.refuse(
        "reshapes a value of shape "
            + x.described()
            + " to "
            + text.append(']')
            + ", which "
            + why
            + "; expected the batch axis to stay");
  }
}
