package dev.flatness.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;

/** Evaluates nodes that read constants only: shape computations and rearranged weights. */
final class ConstantOperators {
  /** Far above any shape computation; a hostile file cannot ask for more. */
  static final long LARGEST = 1L << 26;

  static final Map<String, Call.Operator> ALL =
      Map.ofEntries(
          Map.entry("Constant", ConstantOperators::constant),
          Map.entry("ConstantOfShape", ConstantOperators::constantOfShape),
          Map.entry("Range", ConstantOperators::range),
          Map.entry("Shape", ConstantOperators::shape),
          Map.entry("Size", call -> Constant.scalar(Constant.Type.INTEGER, first(call).size())),
          Map.entry("Identity", ConstantOperators::first),
          Map.entry("Dropout", ConstantOperators::first),
          Map.entry("Cast", ConstantOperators::cast),
          Map.entry("Reshape", ConstantOperators::reshape),
          Map.entry("Flatten", ConstantOperators::flatten),
          Map.entry("Squeeze", ConstantOperators::squeeze),
          Map.entry("Unsqueeze", ConstantOperators::unsqueeze),
          Map.entry("Transpose", ConstantOperators::transpose),
          Map.entry("Expand", ConstantOperators::expand),
          Map.entry("Concat", Selections::concat),
          Map.entry("Gather", Selections::gather),
          Map.entry("Slice", Selections::slice),
          Map.entry("Add", Arithmetic::apply),
          Map.entry("Sub", Arithmetic::apply),
          Map.entry("Mul", Arithmetic::apply),
          Map.entry("Div", Arithmetic::apply),
          Map.entry("ReduceProd", ConstantOperators::product),
          Map.entry("Sqrt", call -> each(call, Math::sqrt)),
          Map.entry("Neg", call -> each(call, value -> -value)),
          Map.entry("Abs", call -> each(call, Math::abs)),
          Map.entry("Exp", call -> each(call, Math::exp)),
          Map.entry("Floor", call -> each(call, Math::floor)),
          Map.entry("Ceil", call -> each(call, Math::ceil)),
          Map.entry("Reciprocal", call -> each(call, value -> 1 / value)));

  private ConstantOperators() {}

  private static Constant first(Call call) {
    return call.constant(0, "input");
  }

  /** Refuses a constant that is too large, and takes room for others. */
  static void requireSize(Call call, double size) {
    requireAtMost(call, size);
    call.spend(2 * size); // the entries, and their marks
  }

  private static void requireAtMost(Call call, double size) {
    if (size > LARGEST) {
      throw call.refuse(
          "computes a constant of " + (long) size + " entries, expected at most " + LARGEST);
    }
  }

  private static Value constant(Call call) {
    OnnxNode node = call.node();
    if (node.has("value_float")) {
      return Constant.scalar(Constant.Type.FLOAT32, node.number("value_float", 0));
    } else if (node.has("value_int")) {
      return Constant.scalar(Constant.Type.INTEGER, node.integer("value_int", 0));
    } else if (node.has("value_ints")) {
      return Constant.integers(
          Arrays.stream(node.integers("value_ints")).asDoubleStream().toArray());
    } else if (node.has("value_floats")) {
      List<Float> list = node.numbers("value_floats");
      double[] entries = list.stream().mapToDouble(Float::doubleValue).toArray();
      return Constant.of(Constant.Type.FLOAT32, new int[] {entries.length}, entries);
    } else if (node.has("value")) {
      return call.context()
          .decode(
              node.attribute("value", AttributeType.TENSOR).getT(), node.described() + ": value");
    }
    throw call.refuse(
        "holds no tensor and no numbers, expected value, value_float(s) or value_int(s); sparse and"
            + " text constants cannot be read");
  }

  private static Value constantOfShape(Call call) {
    long[] extents = first(call).toLongs(call.node(), "extents");
    int[] shape = extents(call, extents);
    Constant value =
        call.node().has("value")
            ? call.context()
                .decode(
                    call.node().attribute("value", AttributeType.TENSOR).getT(),
                    call.node().described() + ": value")
            : Constant.scalar(Constant.Type.FLOAT32, 0);
    if (value.size() != 1) {
      throw call.refuse("has a value of " + value.size() + " entries, expected 1");
    }
    requireSize(call, size(shape));
    double[] entries = new double[size(shape)];
    Arrays.fill(entries, value.get(0));
    return Constant.of(value.type(), shape, entries);
  }

  /** Extents whose product is small enough to allocate. */
  private static int[] extents(Call call, long[] extents) {
    double size = 1;
    for (long extent : extents) {
      if (extent < 0) {
        throw call.refuse("has extent " + extent + ", expected at least 0");
      }
      size *= extent;
      requireAtMost(call, Math.max(size, extent));
    }
    return Arrays.stream(extents).mapToInt(extent -> (int) extent).toArray();
  }

  static int size(int[] extents) {
    return Arrays.stream(extents).reduce(1, (a, b) -> a * b);
  }

  private static Value range(Call call) {
    double start = scalar(call, 0);
    double limit = scalar(call, 1);
    double delta = scalar(call, 2);
    double count = Math.max(0, Math.ceil((limit - start) / delta));
    if (!(count >= 0)) {
      throw call.refuse("has step " + delta + ", expected a number other than 0");
    }
    requireSize(call, count);
    double[] entries = new double[(int) count];
    for (int i = 0; i < entries.length; i++) {
      entries[i] = start + i * delta;
    }
    return Constant.of(first(call).type(), new int[] {entries.length}, entries);
  }

  private static double scalar(Call call, int index) {
    Constant c = call.constant(index, "bound");
    if (c.size() != 1 || c.anyBatch()) {
      throw call.refuse("has bounds that are not single known numbers");
    }
    return c.get(0);
  }

  private static Value shape(Call call) {
    int[] extents = first(call).extents();
    return Constant.integers(Arrays.stream(extents).asDoubleStream().toArray());
  }

  private static Value cast(Call call) {
    Constant c = first(call);
    long to = call.node().integer("to", 1);
    if (to == 1 || to == 10 || to == 16) {
      Constant.Type type =
          to == 1
              ? Constant.Type.FLOAT32
              : to == 10 ? Constant.Type.FLOAT16 : Constant.Type.BFLOAT16;
      if (c.type() == Constant.Type.FLOAT64) {
        c = mapped(call, c, value -> (double) (float) value).withRoot(c.root());
      }
      return c.withType(c.half() ? c.type() : type);
    } else if (to == 11) {
      return c.withType(Constant.Type.FLOAT64);
    } else if (to == 9) {
      return mapped(call, c, value -> value == 0 ? 0 : 1).withType(Constant.Type.BOOLEAN);
    }
    return mapped(call, c, value -> value < 0 ? Math.ceil(value) : Math.floor(value))
        .withType(Constant.Type.INTEGER);
  }

  private static Value reshape(Call call) {
    Constant c = first(call);
    long[] target = call.integers("shape", 1);
    if (target == null) {
      throw call.refuse("has no target shape; the file does not follow its opset");
    }
    boolean copies = call.node().integer("allowzero", 0) == 0;
    int open = -1;
    long known = 1;
    for (int i = 0; i < target.length; i++) {
      if (target[i] == 0 && copies && i < c.rank()) {
        target[i] = c.extent(i);
      }
      if (target[i] == -1 && open < 0) {
        open = i;
      } else if (target[i] < 0 || target[i] > 0 && known > Integer.MAX_VALUE / target[i]) {
        throw misfit(call, c, target);
      } else {
        known *= target[i];
      }
    }
    if (open >= 0) {
      target[open] = known == 0 ? 0 : c.size() / known;
      known *= target[open];
    }
    if (known != c.size()) {
      throw misfit(call, c, target);
    }
    return c.withExtents(Arrays.stream(target).mapToInt(extent -> (int) extent).toArray());
  }

  private static IllegalArgumentException misfit(Call call, Constant c, long[] target) {
    return call.refuse(
        "reshapes a constant "
            + c.described()
            + " to "
            + Arrays.toString(target)
            + "; the numbers of entries differ");
  }

  private static Value flatten(Call call) {
    Constant c = first(call);
    long stated = call.node().integer("axis", 1);
    int axis = stated == c.rank() ? c.rank() : call.node().axis(stated, c.rank());
    int before = size(Arrays.copyOf(c.extents(), axis));
    return c.withExtents(before, before == 0 ? 0 : c.size() / before);
  }

  private static Value squeeze(Call call) {
    Constant c = first(call);
    long[] axes = call.integers("axes", 1);
    boolean[] dropped = new boolean[c.rank()];
    for (int axis = 0; axes == null && axis < dropped.length; axis++) {
      dropped[axis] = c.extent(axis) == 1;
    }
    for (int i = 0; axes != null && i < axes.length; i++) {
      int axis = call.node().axis(axes[i], c.rank());
      if (c.extent(axis) != 1) {
        throw call.refuse(
            "drops axis "
                + axis
                + " of a constant "
                + c.described()
                + ", expected an axis of one entry");
      }
      dropped[axis] = true;
    }
    List<Integer> extents = new ArrayList<>();
    for (int axis = 0; axis < dropped.length; axis++) {
      if (!dropped[axis]) {
        extents.add(c.extent(axis));
      }
    }
    return c.withExtents(extents.stream().mapToInt(Integer::intValue).toArray());
  }

  private static Value unsqueeze(Call call) {
    Constant c = first(call);
    long[] axes = call.integers("axes", 1);
    if (axes == null || axes.length > 8) {
      throw call.refuse("has axes " + Arrays.toString(axes) + ", expected one to eight axes");
    }
    int[] extents = new int[c.rank() + axes.length];
    for (long axis : axes) {
      extents[call.node().axis(axis, extents.length)] = 1;
    }
    int source = 0;
    for (int i = 0; i < extents.length && source < c.rank(); i++) {
      extents[i] = extents[i] == 1 ? 1 : c.extent(source++);
    }
    if (size(extents) != c.size()) {
      throw call.refuse("has axes " + Arrays.toString(axes) + ", expected each of them once");
    }
    return c.withExtents(extents);
  }

  private static Value transpose(Call call) {
    Constant c = first(call);
    long[] perm = ShapeOperators.permutation(call.node(), c.rank());
    int[] extents = new int[c.rank()];
    int[] stride = new int[c.rank()];
    for (int i = 0; i < extents.length; i++) {
      extents[i] = c.extent((int) perm[i]);
      stride[i] = size(Arrays.copyOfRange(c.extents(), (int) perm[i] + 1, c.rank()));
    }
    requireSize(call, c.size());
    return Selections.pick(c, extents, stride, 0).withRoot(c.root());
  }

  private static Value expand(Call call) {
    Constant c = first(call);
    long[] target = call.constant(1, "target shape").toLongs(call.node(), "extents");
    int[] asked = extents(call, target);
    int rank = Math.max(c.rank(), asked.length);
    int[] extents = new int[rank];
    int[] stride = new int[rank];
    double total = 1;
    for (int i = rank - 1, step = 1; i >= 0; i--) {
      int own = i - rank + c.rank() < 0 ? 1 : c.extent(i - rank + c.rank());
      int other = i - rank + asked.length < 0 ? 1 : asked[i - rank + asked.length];
      if (own != other && own != 1 && other != 1) {
        throw misfit(call, c, target);
      }
      extents[i] = own == 1 ? other : own;
      stride[i] = own == 1 ? 0 : step;
      step *= own;
      total *= extents[i];
    }
    requireSize(call, total);
    return Selections.pick(c, extents, stride, 0);
  }

  private static Value product(Call call) {
    Constant c = first(call);
    double product = 1;
    boolean batch = false;
    for (int i = 0; i < c.size(); i++) {
      if (c.isBatch(i) && batch) {
        throw call.refuse("multiplies the batch size by itself");
      }
      batch |= c.isBatch(i);
      product *= c.get(i);
    }
    long[] axes = call.integers("axes", 1);
    if (c.rank() != 1 && axes != null) {
      throw call.refuse("reduces a constant " + c.described() + ", expected one axis");
    }
    boolean keep = call.node().integer("keepdims", 1) != 0;
    int[] extents = new int[keep ? c.rank() : 0];
    Arrays.fill(extents, 1);
    return Constant.of(c.type(), extents, new double[] {product}).withBatch(new boolean[] {batch});
  }

  private static Value each(Call call, DoubleUnaryOperator function) {
    Constant c = first(call);
    if (c.anyBatch() && !List.of("Floor", "Ceil").contains(call.node().operator())) {
      throw call.refuse("computes with the batch size, which is not known");
    }
    return mapped(call, c, function);
  }

  private static Constant mapped(Call call, Constant c, DoubleUnaryOperator function) {
    requireSize(call, c.size());
    double[] entries = Arrays.stream(c.entries()).map(function).toArray();
    boolean[] batch = new boolean[entries.length];
    for (int i = 0; i < batch.length; i++) {
      batch[i] = c.isBatch(i);
    }
    return Constant.of(c.type(), c.extents(), entries).withBatch(batch);
  }
}
