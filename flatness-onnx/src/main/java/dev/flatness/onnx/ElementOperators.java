package dev.flatness.onnx;

import dev.flatness.network.Activation;
import dev.flatness.network.Layer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Activations, sums, constants that scale and shift, and softmax tails. */
final class ElementOperators {
  private static final double FLOAT32_MAX = Float.MAX_VALUE;

  static final Map<String, Call.Operator> ALL =
      Map.ofEntries(
          Map.entry("Relu", call -> activate(call, Activation.RELU)),
          Map.entry("Sigmoid", call -> activate(call, Activation.SIGMOID)),
          Map.entry("Tanh", call -> activate(call, Activation.TANH)),
          Map.entry("Softplus", call -> activate(call, Activation.SOFTPLUS)),
          Map.entry(
              "LeakyRelu",
              call ->
                  activate(call, Activation.leakyRelu(call.node().number("alpha", (float) 0.01)))),
          Map.entry("Elu", call -> activate(call, Activation.elu(call.node().number("alpha", 1)))),
          Map.entry("Gelu", ElementOperators::gelu),
          Map.entry("Selu", ElementOperators::selu),
          Map.entry("PRelu", ElementOperators::parametricRelu),
          Map.entry("Clip", ElementOperators::clip),
          Map.entry("Max", ElementOperators::max),
          Map.entry("Add", call -> combine(call, 1)),
          Map.entry("Sub", call -> combine(call, -1)),
          Map.entry("Sum", ElementOperators::sum),
          Map.entry("Mul", call -> scale(call, false)),
          Map.entry("Div", call -> scale(call, true)),
          Map.entry("Neg", call -> scaled(call, call.signal(0), -1)),
          Map.entry("Softmax", call -> softmax(call, false)),
          Map.entry("LogSoftmax", call -> softmax(call, true)),
          Map.entry("Log", ElementOperators::log));

  private ElementOperators() {}

  private static Value activate(Call call, Activation function) {
    Value.Signal x = call.signal(0);
    return x.with(call.draft().activate(call.node(), x.step(), function));
  }

  private static Value gelu(Call call) {
    String approximate = call.node().text("approximate", "none");
    if (!approximate.equals("none") && !approximate.equals("tanh")) {
      throw call.refuse(
          "has approximate " + Messages.quoted(approximate) + ", expected none or tanh");
    }
    return activate(call, approximate.equals("none") ? Activation.GELU : Activation.GELU_TANH);
  }

  /** γ·elu(x) with elu's own α. */
  private static Value selu(Call call) {
    double alpha = call.node().number("alpha", 1.67326319217681884765625);
    double gamma = call.node().number("gamma", 1.05070102214813232421875);
    Value.Signal x = call.signal(0);
    return scaled(
        call, x.with(call.draft().activate(call.node(), x.step(), Activation.elu(alpha))), gamma);
  }

  private static Value parametricRelu(Call call) {
    Constant slope = call.constant(1, "slope");
    for (int i = 1; i < slope.size(); i++) {
      if (slope.get(i) != slope.get(0)) {
        throw call.refuse(
            "has different slopes per channel, expected one slope; no activation here differs by"
                + " channel");
      }
    }
    if (slope.size() == 0) {
      throw call.refuse("has no slope, expected one number");
    }
    call.context()
        .note(
            call.node().described()
                + " was read as a leaky ReLU with the constant slope "
                + slope.get(0)
                + "; the slope is no parameter");
    return activate(call, Activation.leakyRelu(slope.get(0)));
  }

  private static Value clip(Call call) {
    double low = bound(call, 1, "min", Double.NEGATIVE_INFINITY);
    double high = bound(call, 2, "max", Double.POSITIVE_INFINITY);
    boolean open = high >= FLOAT32_MAX;
    if (open && low == 0) {
      return activate(call, Activation.RELU);
    } else if (open && low <= -FLOAT32_MAX) {
      return call.signal(0);
    }
    throw call.refuse(
        "clips activations to ["
            + low
            + ", "
            + high
            + "] (ReLU6 and the like), which is not positively homogeneous and has no layer here;"
            + " train or export the model with ReLU");
  }

  private static double bound(Call call, int index, String name, double otherwise) {
    Constant given = call.optional(index, name);
    return given != null && given.size() > 0 ? given.get(0) : call.node().number(name, otherwise);
  }

  private static Value max(Call call) {
    for (int i = 0; i < 2 && call.inputs().size() == 2; i++) {
      if (call.value(1 - i) instanceof Constant c && c.size() == 1 && c.get(0) == 0) {
        Value.Signal x = call.signal(i);
        return x.with(call.draft().activate(call.node(), x.step(), Activation.RELU));
      }
    }
    throw call.refuse(
        "takes the larger of several values, which has no layer here; only Max(x, 0) can be read");
  }

  /** a + sign·b where either may be a constant. */
  private static Value combine(Call call, double sign) {
    Value a = call.value(0);
    Value b = call.value(1);
    if (b instanceof Constant c) {
      return Broadcast.of(call, call.signal(0), c).shift(sign);
    } else if (a instanceof Constant c) {
      Value.Signal x = call.signal(1);
      return sign < 0 ? Broadcast.of(call, x, c).minuend() : Broadcast.of(call, x, c).shift(1);
    }
    Value.Signal y = call.signal(1);
    return added(call, List.of(call.signal(0), sign < 0 ? scaled(call, y, -1) : y));
  }

  private static Value sum(Call call) {
    List<Value.Signal> signals = new ArrayList<>();
    List<Constant> constants = new ArrayList<>();
    for (int i = 0; i < call.inputs().size(); i++) {
      if (call.value(i) instanceof Constant constant) {
        constants.add(constant);
      } else {
        signals.add(call.signal(i));
      }
    }
    Value.Signal total = signals.size() == 1 ? signals.get(0) : added(call, signals);
    for (Constant constant : constants) {
      total = Broadcast.of(call, total, constant).shift(1);
    }
    return total;
  }

  private static Value.Signal added(Call call, List<Value.Signal> signals) {
    Value.Signal first = signals.get(0);
    for (Value.Signal other : signals) {
      if (!other.shape().equals(first.shape()) || other.batchAxis() != first.batchAxis()) {
        throw call.refuse(
            "adds values of shapes "
                + first.described()
                + " and "
                + other.described()
                + ", expected equal shapes");
      }
    }
    return first.with(
        call.draft().sum(call.node(), signals.stream().map(Value.Signal::step).toList()));
  }

  private static Value scale(Call call, boolean divide) {
    if (call.value(1) instanceof Constant c) {
      return Broadcast.of(call, call.signal(0), c).scale(divide);
    } else if (!divide && call.value(0) instanceof Constant c) {
      return Broadcast.of(call, call.signal(1), c).scale(false);
    }
    throw call.refuse(
        (divide ? "divides by" : "multiplies")
            + " activations, which is not piecewise linear and has no layer here; only constant"
            + " factors can be read");
  }

  private static Value.Signal scaled(Call call, Value.Signal x, double factor) {
    return x.with(
        call.draft().constant(call.node(), x.step(), new double[] {factor}, new double[] {0}));
  }

  private static Value softmax(Call call, boolean logarithm) {
    Value.Signal x = call.signal(0);
    OnnxNode node = call.node();
    boolean coerced = node.opset() < 13;
    int axis = node.axis(node.integer("axis", coerced ? 1 : -1), x.rank());
    long over = 1;
    boolean batch = false;
    for (int i = axis; i < (coerced ? x.rank() : axis + 1); i++) {
      batch |= i == x.batchAxis();
      over *= i == x.batchAxis() ? 1 : x.shape().extent(x.sampleAxis(i));
    }
    if (batch || over != x.shape().size()) {
      throw call.refuse(
          "normalizes axis "
              + axis
              + " of a value of shape "
              + x.described()
              + ", expected all outputs of a sample together");
    }
    return x.with(call.draft().softmax(node, x.step(), logarithm));
  }

  private static Value log(Call call) {
    if (call.value(0) instanceof Value.Signal x) {
      Step step = x.step();
      while (step.layer() instanceof Layer.Reshape) {
        step = step.input();
      }
      if (step.layer() instanceof Layer.Softmax softmax && !softmax.logarithm()) {
        Step logits = call.draft().reshape(call.node(), step.input(), x.shape().toArray());
        return x.with(call.draft().softmax(call.node(), logits, true));
      }
    }
    throw call.refuse(
        "takes the logarithm of activations, which has no layer here; only Softmax → Log at the end"
            + " can be read");
  }
}
