package dev.flatness.onnx;

import dev.flatness.network.Activation;
import dev.flatness.network.Layer;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A constant that scales or shifts a signal. Before the first layer with weights it is
 * preprocessing and stays a constant; later a factor per channel or a summand is a parameter.
 */
final class Broadcast {
  private static final int SCALAR = -1;
  private static final int EVERY_ENTRY = -2;

  private final Call call;
  private final Value.Signal x;
  private final Constant given;
  private final Constant constant;
  private final int axis;
  private final double[] values;

  private Broadcast(
      Call call, Value.Signal x, Constant given, Constant constant, int axis, double[] values) {
    this.call = call;
    this.x = x;
    this.given = given;
    this.constant = constant;
    this.axis = axis;
    this.values = values;
  }

  static Broadcast of(Call call, Value.Signal x, Constant given) {
    Constant c = aligned(call, x, given);
    int missing = x.rank() - c.rank();
    boolean fits = missing >= 0 && !c.anyBatch();
    int count = 0;
    int only = SCALAR;
    for (int i = 0; fits && i < c.rank(); i++) {
      int sampleAxis = x.sampleAxis(i + missing);
      if (c.extent(i) != 1) {
        fits = sampleAxis >= 0 && x.shape().extent(sampleAxis) == c.extent(i);
        only = sampleAxis;
        count++;
      }
    }
    if (!fits) {
      throw call.refuse(
          "combines a value of shape "
              + x.described()
              + " with a constant "
              + given.described()
              + ", expected one number, one per channel or one per entry of a sample");
    }
    return count <= 1
        ? new Broadcast(call, x, given, c, only, c.entries())
        : new Broadcast(call, x, given, c, EVERY_ENTRY, expanded(x, c, missing));
  }

  /** Before opset 7 a constant's first axis could be placed by the attribute axis. */
  private static Constant aligned(Call call, Value.Signal x, Constant c) {
    OnnxNode node = call.node();
    if (node.opset() >= 7 || node.integer("broadcast", 0) == 0 || !node.has("axis")) {
      return c;
    }
    int first = node.axis(node.integer("axis", 0), x.rank());
    if (first + c.rank() > x.rank()) {
      throw call.refuse(
          "places a constant "
              + c.described()
              + " at axis "
              + first
              + " of a value of shape "
              + x.described()
              + "; the shapes do not fit");
    }
    int[] extents = new int[x.rank() - first];
    Arrays.fill(extents, 1);
    System.arraycopy(c.extents(), 0, extents, 0, c.rank());
    return c.withExtents(extents);
  }

  private static double[] expanded(Value.Signal x, Constant c, int missing) {
    int rank = x.shape().rank();
    int[] stride = new int[rank];
    int step = 1;
    for (int i = c.rank() - 1; i >= 0; i--) {
      int sampleAxis = x.sampleAxis(i + missing);
      if (sampleAxis >= 0) {
        stride[sampleAxis] = c.extent(i) == 1 ? 0 : step;
      }
      step *= c.extent(i);
    }
    double[] values = new double[x.shape().size()];
    int[] index = new int[rank];
    for (int i = 0; i < values.length; i++) {
      int from = 0;
      for (int axis = 0; axis < rank; axis++) {
        from += index[axis] * stride[axis];
      }
      values[i] = c.get(from);
      for (int axis = rank - 1; axis >= 0; axis--) {
        if (++index[axis] < x.shape().extent(axis)) {
          break;
        }
        index[axis] = 0;
      }
    }
    return values;
  }

  /** x + sign·c. */
  Value.Signal shift(double sign) {
    double[] summand = Arrays.stream(values).map(value -> sign * value).toArray();
    if (withoutEffect(summand, 0)) {
      return x;
    }
    if (preprocessing()) {
      return along(step -> call.draft().constant(call.node(), step, new double[] {1}, summand));
    }
    return along(step -> call.draft().affine(call.node(), name(), step, null, vector(summand)));
  }

  /** c − x, as in 1 − p: one number is a constant, not a parameter. */
  Value.Signal minuend() {
    double[] minus = {-1};
    if (axis == SCALAR) {
      return along(step -> call.draft().constant(call.node(), step, minus, values));
    }
    Value.Signal negated =
        along(step -> call.draft().constant(call.node(), step, minus, new double[] {0}));
    return of(call, negated, constant).shift(1);
  }

  /** x·c or x/c. */
  Value.Signal scale(boolean divide) {
    double[] factor = Arrays.stream(values).map(value -> divide ? 1 / value : value).toArray();
    if (withoutEffect(factor, 1)) {
      return x;
    }
    for (double value : factor) {
      if (!Double.isFinite(value)) {
        throw call.refuse("divides by a constant 0 or not a number");
      }
    }
    if (axis == SCALAR || preprocessing()) {
      return along(step -> call.draft().constant(call.node(), step, factor, new double[] {0}));
    }
    call.context().perChannel(constant);
    return along(step -> call.draft().affine(call.node(), name(), step, vector(factor), null));
  }

  /** x where it is positive, else c·x. */
  Value.Signal rectify() {
    List<Double> slopes = Arrays.stream(values).boxed().toList();
    return along(step -> call.draft().activate(call.node(), step, Activation.leakyRelu(slopes)));
  }

  /**
   * Whether a constant changes nothing and is no parameter either: one number, or preprocessing. A
   * bias that stands at 0, or a scale per channel at 1, is a parameter like any other.
   */
  private boolean withoutEffect(double[] entries, double neutral) {
    return Arrays.stream(entries).allMatch(entry -> entry == neutral)
        && !call.context().asWritten()
        && (axis == SCALAR || isInput(x.step()));
  }

  private String name() {
    return call.node().layerName(constant);
  }

  private Step.Weights vector(double[] entries) {
    boolean unchanged = Arrays.equals(entries, constant.entries());
    return call.context()
        .weights(unchanged ? constant : constant.withRoot(null), entries, entries.length);
  }

  private Value.Signal along(UnaryOperator<Step> action) {
    Draft draft = call.draft();
    if (axis == EVERY_ENTRY || x.shape().rank() == 0) {
      int[] extents = x.shape().toArray();
      Step flat = draft.reshape(call.node(), x.step(), x.shape().size());
      return x.with(draft.reshape(call.node(), action.apply(flat), extents));
    }
    return x.with(draft.alongAxis(call.node(), x.step(), Math.max(0, axis), action));
  }

  /** Whether a step is the input but for constants and moves. */
  static boolean isInput(Step step) {
    Step source = step;
    while (source.moves()
        || source.layer() instanceof Layer.Constant
        || source.layer() instanceof Layer.LinearMap) {
      source = source.input();
    }
    return source.layer() instanceof Layer.Input;
  }

  private boolean preprocessing() {
    if (call.context().asWritten()) {
      return call.inputs().get(0) != given; // what is a parameter stands first
    }
    boolean at = isInput(x.step());
    if (at) {
      call.context()
          .note(
              "the file scales or shifts its input itself ("
                  + call.node().described()
                  + "); do not do so again");
    }
    return at;
  }
}
