package dev.flatness.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Recognizes x·½·(1 + erf(x/√2)) and x·½·(1 + tanh(√(2/π)(x + 0.044715x³))), which exporters before
 * opset 20 write for a GELU, in any order of the factors, and replaces the last multiplication by
 * one Gelu node.
 */
final class GeluPattern {
  private static final double TOLERANCE = 1e-3; // float16 constants are that coarse
  private static final int DEEPEST = 6;
  private static final int MOST_VISITS = 64; // what exporters write takes some ten

  private final Map<String, NodeProto> producers;
  private final Function<String, Double> scalars;
  private int visits;

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
    if (!node.getOpType().equals("Mul")
        || !node.getDomain().isEmpty()
        || node.getInputCount() != 2) {
      return node;
    }
    for (Product product : products(node, 0)) {
      if (product.factors().size() != 2 || !near(product.constant(), 0.5)) {
        continue;
      }
      for (int i = 0; i < 2; i++) {
        String x = product.factors().get(i);
        String form = form(product.factors().get(1 - i), x);
        if (form != null) {
          return gelu(node, x, form);
        }
      }
    }
    return node;
  }

  private static NodeProto gelu(NodeProto node, String x, String form) {
    return NodeProto.newBuilder()
        .setName(node.getName())
        .setOpType("Gelu")
        .addAttribute(
            AttributeProto.newBuilder()
                .setName("approximate")
                .setType(AttributeProto.AttributeType.STRING)
                .setS(ByteString.copyFromUtf8(form)))
        .addInput(x)
        .addOutput(node.getOutput(0))
        .build();
  }

  private record Product(double constant, List<String> factors) {
    Product times(Product other) {
      List<String> all = new ArrayList<>(factors);
      all.addAll(other.factors);
      return new Product(constant * other.constant, all);
    }
  }

  /** The ways to read a node as a product of at most three multiplications. */
  private List<Product> products(NodeProto node, int depth) {
    List<Product> products = List.of(new Product(1, List.of()));
    for (String input : node.getInputList()) {
      Double scalar = scalars.apply(input);
      NodeProto inner = producers.get(input);
      List<Product> ways = new ArrayList<>();
      if (scalar != null) {
        ways.add(new Product(scalar, List.of()));
      } else {
        ways.add(new Product(1, List.of(input)));
        boolean product = inner != null && inner.getOpType().equals("Mul");
        if (product && depth < 2 && inner.getInputCount() == 2) {
          ways.addAll(products(inner, depth + 1));
        }
      }
      List<Product> longer = new ArrayList<>();
      products.forEach(left -> ways.forEach(right -> longer.add(left.times(right))));
      products = longer;
    }
    return products;
  }

  /** Whether an operand is 1 + erf(x/√2), or the tanh form; the attribute, or null. */
  private String form(String name, String x) {
    NodeProto add = producers.get(name);
    String sum = add == null || !add.getOpType().equals("Add") ? null : besideOne(add);
    NodeProto function = sum == null ? null : producers.get(sum);
    if (function == null || function.getInputCount() != 1) {
      return null;
    }
    visits = 0;
    double[] argument = polynomial(function.getInput(0), x, 0);
    double root = Math.sqrt(2 / Math.PI);
    if (function.getOpType().equals("Erf")) {
      return fits(argument, 0, Math.sqrt(0.5), 0, 0) ? "none" : null;
    }
    boolean tanh = function.getOpType().equals("Tanh");
    return tanh && fits(argument, 0, root, 0, 0.044715 * root) ? "tanh" : null;
  }

  private static boolean fits(double[] polynomial, double... expected) {
    boolean fits = polynomial != null;
    for (int i = 0; fits && i < expected.length; i++) {
      fits = near(polynomial[i], expected[i]);
    }
    return fits;
  }

  /** The operand beside a constant 1, or null. */
  private String besideOne(NodeProto node) {
    for (int i = 0; i < 2 && node.getInputCount() == 2; i++) {
      Double scalar = scalars.apply(node.getInput(i));
      if (scalar != null && near(scalar, 1)) {
        return node.getInput(1 - i);
      }
    }
    return null;
  }

  /** The coefficients up to x³ of what a name is as a polynomial of x, or null. */
  private double[] polynomial(String name, String x, int depth) {
    if (++visits > MOST_VISITS) {
      return null;
    }
    if (name.equals(x)) {
      return new double[] {0, 1, 0, 0};
    }
    Double scalar = scalars.apply(name);
    if (scalar != null) {
      return new double[] {scalar, 0, 0, 0};
    }
    NodeProto node = producers.get(name);
    if (node == null || node.getInputCount() != 2 || depth > DEEPEST) {
      return null;
    }
    double[] a = polynomial(node.getInput(0), x, depth + 1);
    double[] b = a == null ? null : polynomial(node.getInput(1), x, depth + 1);
    if (b == null) {
      return null;
    }
    boolean constant = b[1] == 0 && b[2] == 0 && b[3] == 0;
    return switch (node.getOpType()) {
      case "Add" -> new double[] {a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3]};
      case "Mul" -> times(a, b);
      case "Div" -> constant && b[0] != 0 ? times(a, new double[] {1 / b[0], 0, 0, 0}) : null;
      case "Pow" -> constant && b[0] == 2 ? times(a, a) : constant && b[0] == 3 ? cube(a) : null;
      default -> null;
    };
  }

  private static double[] cube(double[] a) {
    double[] square = times(a, a);
    return square == null ? null : times(a, square);
  }

  private static double[] times(double[] a, double[] b) {
    double[] product = new double[4];
    for (int i = 0; i < 4; i++) {
      for (int j = 0; j < 4; j++) {
        if (i + j < 4) {
          product[i + j] += a[i] * b[j];
        } else if (a[i] * b[j] != 0) {
          return null;
        }
      }
    }
    return product;
  }

  private static boolean near(double value, double expected) {
    return Math.abs(value - expected) <= TOLERANCE * expected;
  }
}
