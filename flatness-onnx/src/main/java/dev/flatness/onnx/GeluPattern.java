package dev.flatness.onnx;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Recognizes x·½·(1 + erf(x/√2)), which exporters before opset 20 write for a GELU, and replaces
 * its last multiplication by one Gelu node.
 */
final class GeluPattern {
  private static final double TOLERANCE = 1e-3; // float16 constants are that coarse

  private final Map<String, NodeProto> producers;
  private final Function<String, Double> scalars;

  /**
   * Prepares a graph.
   *
   * @param producers the nodes by the names they make
   * @param scalars the value of a constant of one entry, null for other names
   */
  GeluPattern(Map<String, NodeProto> producers, Function<String, Double> scalars) {
    this.producers = producers;
    this.scalars = scalars;
  }

  /** The Gelu node in place of this one, or the node itself. */
  NodeProto replaced(NodeProto node) {
    if (!node.getOpType().equals("Mul") || !node.getDomain().isEmpty()) {
      return node;
    }
    List<String> factors = new ArrayList<>();
    double constant = factors(node, factors, 0);
    if (factors.size() != 2 || Math.abs(constant - 0.5) > 0.5 * TOLERANCE) {
      return node;
    }
    for (int i = 0; i < 2; i++) {
      String x = factors.get(i);
      if (x.equals(erfArgument(factors.get(1 - i)))) {
        return NodeProto.newBuilder()
            .setName(node.getName())
            .setOpType("Gelu")
            .addInput(x)
            .addOutput(node.getOutput(0))
            .build();
      }
    }
    return node;
  }

  /**
   * Collects the factors of a product of at most three multiplications; returns the constant one.
   */
  private double factors(NodeProto node, List<String> factors, int depth) {
    double constant = 1;
    for (String input : node.getInputList()) {
      Double scalar = scalars.apply(input);
      NodeProto inner = producers.get(input);
      if (scalar != null) {
        constant *= scalar;
      } else if (depth < 2 && inner != null && inner.getOpType().equals("Mul")) {
        constant *= factors(inner, factors, depth + 1);
      } else {
        factors.add(input);
      }
    }
    return constant;
  }

  /** The x of 1 + erf(x/√2), or null. */
  private String erfArgument(String name) {
    NodeProto add = producers.get(name);
    String sum = add == null || !add.getOpType().equals("Add") ? null : other(add, 1);
    NodeProto erf = sum == null ? null : producers.get(sum);
    if (erf == null || !erf.getOpType().equals("Erf") || erf.getInputCount() != 1) {
      return null;
    }
    NodeProto argument = producers.get(erf.getInput(0));
    if (argument == null || argument.getInputCount() != 2) {
      return null;
    } else if (argument.getOpType().equals("Mul")) {
      return other(argument, Math.sqrt(0.5));
    }
    Double divisor = scalars.apply(argument.getInput(1));
    boolean root = divisor != null && near(divisor, Math.sqrt(2));
    return argument.getOpType().equals("Div") && root ? argument.getInput(0) : null;
  }

  /** The operand beside a constant of this value, or null. */
  private String other(NodeProto node, double value) {
    for (int i = 0; i < 2 && node.getInputCount() == 2; i++) {
      Double scalar = scalars.apply(node.getInput(i));
      if (scalar != null && near(scalar, value)) {
        return node.getInput(1 - i);
      }
    }
    return null;
  }

  private static boolean near(double value, double expected) {
    return Math.abs(value - expected) <= TOLERANCE * expected;
  }
}
