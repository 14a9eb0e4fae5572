package dev.flatness.onnx;

import java.util.List;

/**
 * One node with the values it reads; an operator turns it into one of the node's outputs.
 *
 * @param inputs the values; null where an optional input is left out
 * @param output which of the node's outputs is wanted; 0 but for operators with several
 */
record Call(OnnxNode node, List<Value> inputs, Context context, int output) {
  /** The meaning of one operator. */
  interface Operator {
    Value apply(Call call);
  }

  Draft draft() {
    return context.draft();
  }

  IllegalArgumentException refuse(String what) {
    return node.refuse(what);
  }

  /** Takes room for numbers that are about to be made, eight bytes each. */
  void spend(double numbers) {
    context.budget().spend(node.described(), 8 * numbers);
  }

  boolean present(int index) {
    return index < inputs.size() && inputs.get(index) != null;
  }

  Value value(int index) {
    if (!present(index)) {
      throw refuse("lacks its input " + index + "; the file does not follow its opset");
    }
    return inputs.get(index);
  }

  Value.Signal signal(int index) {
    if (value(index) instanceof Value.Signal signal) {
      if (signal.step().end()) {
        throw refuse(
            "reads the result of a softmax; only a Softmax at the network's very end can be read");
      }
      return signal;
    }
    throw refuse("reads a constant, expected a value that depends on the network's input");
  }

  /** A signal whose batch axis comes first. */
  Value.Signal batched(int index) {
    Value.Signal signal = signal(index);
    if (signal.batchAxis() != 0) {
      throw refuse(
          "reads a value of shape " + signal.described() + ", expected the batch axis N first");
    }
    return signal;
  }

  Constant constant(int index, String what) {
    if (value(index) instanceof Constant constant) {
      return constant;
    }
    throw refuse(
        "has a "
            + what
            + " that is computed from the network's input, expected a constant; products"
            + " of activations are not piecewise linear and cannot be read");
  }

  Constant optional(int index, String what) {
    return present(index) ? constant(index, what) : null;
  }

  /** Integers of an attribute up to some opset, of an input after it; null where absent. */
  long[] integers(String attribute, int index) {
    Constant given = optional(index, attribute);
    return given != null ? given.toLongs(node, attribute) : node.integers(attribute);
  }

  boolean allConstant() {
    return inputs.stream().noneMatch(Value.Signal.class::isInstance);
  }
}
