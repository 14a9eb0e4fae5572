package dev.flatness.onnx;

import dev.flatness.network.Activation;
import dev.flatness.network.Layer;
import dev.flatness.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
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
          Map.entry("Celu", call -> activate(call, Activation.celu(positive(call, "alpha", 1)))),
          Map.entry("Gelu", ElementOperators::gelu),
          Map.entry("Selu", ElementOperators::selu),
          Map.entry("Mish", call -> activate(call, Activation.MISH)),
          Map.entry("Softsign", call -> activate(call, Activation.SOFTSIGN)),
          Map.entry("HardSwish", call -> activate(call, Activation.HARD_SWISH)),
          Map.entry("HardSigmoid", ElementOperators::hardSigmoid),
          Map.entry(
              "ThresholdedRelu",
              call -> activate(call, Activation.thresholdedRelu(call.node().number("alpha", 1)))),
          Map.entry("PRelu", ElementOperators::parametricRelu),
          Map.entry("Clip", ElementOperators::clip),
          Map.entry("Max", call -> bounded(call, true)),
          Map.entry("Min", call -> bounded(call, false)),
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

  private static Value selu(Call call) {
    double alpha = call.node().number("alpha", 1.67326319217681884765625);
    double gamma = call.node().number("gamma", 1.05070102214813232421875);
    return activate(call, Activation.selu(alpha, gamma));
  }

  private static double positive(Call call, String name, double otherwise) {
    double number = call.node().number(name, otherwise);
    if (!(number > 0)) {
      throw call.refuse("has " + name + " " + number + ", expected a positive number");
    }
    return number;
  }

  private static Value hardSigmoid(Call call) {
    double alpha = call.node().number("alpha", (float) 0.2);
    return activate(call, Activation.hardSigmoid(alpha, call.node().number("beta", 0.5)));
  }

  private static Value parametricRelu(Call call) {
    Value.Signal x = call.signal(0);
    Constant slope = call.constant(1, "slope");
    if (slope.size() == 0) {
      throw call.refuse("has no slope, expected one number");
    }
    boolean one = Arrays.stream(slope.entries()).allMatch(entry -> entry == slope.get(0));
    call.context()
        .note(
            call.node().described()
                + " was read as a leaky ReLU with "
                + (one ? "the constant slope " + slope.get(0) : slope.size() + " constant slopes")
                + (one ? "; the slope is no parameter" : "; the slopes are no parameters"));
    return one
        ? activate(call, Activation.leakyRelu(slope.get(0)))
        : Broadcast.of(call, x, byChannel(x, slope)).rectify();
  }

  /** Slopes in one row are of the channels where they do not fit the last axis. */
  private static Constant byChannel(Value.Signal x, Constant slope) {
    Shape s = x.shape();
    boolean channels =
        slope.rank() == 1
            && s.rank() > 1
            && slope.size() == s.extent(0)
            && slope.size() != s.extent(s.rank() - 1);
    int[] extents = new int[channels ? s.rank() : 0];
    Arrays.fill(extents, 1);
    if (channels) {
      extents[0] = slope.size();
    }
    return channels ? slope.withExtents(extents) : slope;
  }

  private static Value clip(Call call) {
    double low = bound(call, 1, "min", Double.NEGATIVE_INFINITY);
    double high = bound(call, 2, "max", Double.POSITIVE_INFINITY);
    if (!(low <= high)) {
      throw call.refuse("clips to [" + low + ", " + high + "], expected the smaller bound first");
    }
    return activate(call, clip(low, high));
  }

  /** Bounds that no float32 exceeds are none. */
  private static Activation clip(double low, double high) {
    return Activation.clip(
        low <= -FLOAT32_MAX ? Double.NEGATIVE_INFINITY : low,
        high >= FLOAT32_MAX ? Double.POSITIVE_INFINITY : high);
  }

  private static double bound(Call call, int index, String name, double otherwise) {
    Constant given = call.optional(index, name);
    return given != null && given.size() > 0 ? given.get(0) : call.node().number(name, otherwise);
  }

  /** The larger or the smaller of x and one number. */
  private static Value bounded(Call call, boolean max) {
    for (int i = 0; i < 2 && call.inputs().size() == 2; i++) {
      if (call.value(1 - i) instanceof Constant c && c.size() == 1 && !Double.isNaN(c.get(0))) {
        Value.Signal x = call.signal(i);
        Activation clip =
            max
                ? clip(c.get(0), Double.POSITIVE_INFINITY)
                : clip(Double.NEGATIVE_INFINITY, c.get(0));
        return x.with(call.draft().activate(call.node(), x.step(), clip));
      }
    }
    throw call.refuse(
        "takes the "
            + (max ? "larger" : "smaller")
            + " of several values, which has no layer here; only that of x and one number can be"
            + " read");
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
    Alignment common = Alignment.of(call, signals);
    List<Value.Signal> whole =
        signals.stream().map(signal -> common.expanded(call, signal)).toList();
    return whole
        .get(0)
        .with(call.draft().sum(call.node(), whole.stream().map(Value.Signal::step).toList()));
  }

  private static Value scale(Call call, boolean divide) {
    if (call.value(1) instanceof Constant c) {
      return Broadcast.of(call, call.signal(0), c).scale(divide);
    } else if (!divide && call.value(0) instanceof Constant c) {
      return Broadcast.of(call, call.signal(1), c).scale(false);
    }
    if (!divide
        && call.value(0) instanceof Value.Signal a
        && call.value(1) instanceof Value.Signal b
        && a.shape().equals(b.shape())
        && a.batchAxis() == b.batchAxis()) {
      Step product = ProductPattern.of(call, a.step(), b.step());
      product = product == null ? ProductPattern.of(call, b.step(), a.step()) : product;
      if (product != null) {
        return a.with(product);
      }
    }
    throw call.refuse(
        (divide ? "divides by" : "multiplies")
            + " activations, as gates of recurrent cells and attention do, which is not piecewise"
            + " linear and has no layer here; only constant factors can be read");
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
