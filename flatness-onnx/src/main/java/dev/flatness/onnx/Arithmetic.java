package dev.flatness.onnx;

/** Sums, products and quotients of constants; the batch size may be one factor. */
final class Arithmetic {
  private Arithmetic() {}

  static Value apply(Call call) {
    Constant a = call.constant(0, "operand");
    Constant b = call.constant(1, "operand");
    int rank = Math.max(a.rank(), b.rank());
    int[] extents = new int[rank];
    int[] strideA = strides(a, rank);
    int[] strideB = strides(b, rank);
    double size = 1;
    for (int i = 0; i < rank; i++) {
      int x = extent(a, i, rank);
      int y = extent(b, i, rank);
      if (x != y && x != 1 && y != 1) {
        throw call.refuse(
            "combines constants "
                + a.described()
                + " and "
                + b.described()
                + "; the shapes do not fit");
      }
      extents[i] = x == 1 ? y : x;
      size *= extents[i];
    }
    ConstantOperators.requireSize(call, size); // the result
    call.spend(4 * size); // both operands at its shape
    Constant left = Selections.pick(a, extents, strideA, 0);
    Constant right = Selections.pick(b, extents, strideB, 0);
    double[] entries = new double[left.size()];
    boolean[] batch = new boolean[entries.length];
    for (int i = 0; i < entries.length; i++) {
      entries[i] = combine(call, left, right, i);
      batch[i] = left.isBatch(i) != right.isBatch(i);
    }
    Constant.Type type = a.type() == Constant.Type.INTEGER ? b.type() : a.type();
    return Constant.of(type, extents, entries).withBatch(batch);
  }

  private static double combine(Call call, Constant a, Constant b, int i) {
    double x = a.get(i);
    double y = b.get(i);
    boolean none = !a.isBatch(i) && !b.isBatch(i);
    switch (call.node().operator()) {
      case "Add":
        if (none || x == 0 || y == 0) {
          return x + y;
        }
        break;
      case "Sub":
        if (none || y == 0) {
          return x - y;
        }
        break;
      case "Mul":
        if (!a.isBatch(i) || !b.isBatch(i)) {
          return x * y;
        }
        break;
      default:
        boolean integer = a.type() == Constant.Type.INTEGER && b.type() == Constant.Type.INTEGER;
        if (integer && y == 0) {
          throw call.refuse("divides an integer by 0");
        }
        double quotient = x / y;
        boolean exact = quotient == Math.rint(quotient);
        if (none || (!b.isBatch(i) || a.isBatch(i)) && (exact || !integer)) {
          return !integer || exact
              ? quotient
              : quotient < 0 ? Math.ceil(quotient) : Math.floor(quotient);
        }
    }
    throw call.refuse(
        "computes with the batch size in a way that depends on its value; a network acts on each"
            + " sample alone");
  }

  private static int extent(Constant c, int axis, int rank) {
    int own = axis - rank + c.rank();
    return own < 0 ? 1 : c.extent(own);
  }

  private static int[] strides(Constant c, int rank) {
    int[] strides = new int[rank];
    int step = 1;
    for (int axis = c.rank() - 1; axis >= 0; axis--) {
      strides[axis + rank - c.rank()] = c.extent(axis) == 1 ? 0 : step;
      step *= c.extent(axis);
    }
    return strides;
  }
}
