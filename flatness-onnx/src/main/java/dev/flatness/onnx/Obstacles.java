package dev.flatness.onnx;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Everything that has no layer here, found before any node is evaluated, so that one message names
 * it all: operators, products of two activations, gates of recurrent cells and normalizations that
 * exporters write out.
 */
final class Obstacles {
  private static final int SHOWN = 8;
  private static final int LONGEST = 8;
  private static final String NORMALIZATION =
      ": it normalizes over activations, which is not piecewise linear and has no layer here; only"
          + " BatchNormalization, whose statistics are constants, can be read";

  private record Kind(List<OnnxNode> nodes, String reason) {}

  private final List<NodeProto> protos;
  private final List<OnnxNode> nodes;
  private final List<Integer> order;
  private final Map<String, Integer> makers = new HashMap<>();
  private final Set<String> dependent = new HashSet<>();
  private final Map<String, Kind> found = new LinkedHashMap<>();

  private Obstacles(List<NodeProto> protos, List<OnnxNode> nodes, List<Integer> order) {
    this.protos = protos;
    this.nodes = nodes;
    this.order = order;
  }

  /**
   * Refuses a graph that cannot be read whatever its shapes are.
   *
   * @param order the nodes that lead to the output, in forward order
   * @param inputs the graph's inputs
   */
  static void requireNone(
      List<NodeProto> protos, List<OnnxNode> nodes, List<Integer> order, Set<String> inputs) {
    Obstacles obstacles = new Obstacles(protos, nodes, order);
    obstacles.trace(inputs);
    obstacles.collect();
    if (!obstacles.found.isEmpty()) {
      throw Messages.refused(obstacles.message());
    }
  }

  /** Marks what depends on the input's values; shapes do not. */
  private void trace(Set<String> inputs) {
    dependent.addAll(inputs);
    for (int i : order) {
      String operator = protos.get(i).getOpType();
      boolean shape = operator.equals("Shape") || operator.equals("Size");
      boolean depends = !shape && depends(i);
      for (String name : protos.get(i).getOutputList()) {
        makers.put(name, i);
        if (depends) {
          dependent.add(name);
        }
      }
    }
  }

  private boolean depends(int node) {
    return protos.get(node).getInputList().stream().anyMatch(dependent::contains);
  }

  private void collect() {
    Set<Integer> explained = new HashSet<>();
    Map<Integer, String> normalizations = new HashMap<>();
    for (int i : order) {
      String what = normalization(i, explained);
      if (what != null) {
        normalizations.put(i, what);
      }
    }
    boolean attention = order.stream().anyMatch(i -> product(i) && readsSoftmax(i));
    for (int i : order) {
      OnnxNode node = nodes.get(i);
      String what = normalizations.get(i);
      if (what != null) {
        String written = what + " written out in basic operators";
        add(written, node, "belongs to a " + written + NORMALIZATION);
      } else if (!explained.contains(i) && !inverse(i, normalizations.keySet())) {
        String reason = Operators.obstacle(node, depends(i));
        if (reason != null) {
          add(node.operator(), node, reason);
        } else if (gate(i)) {
          add(
              "gate of a recurrent cell written out in basic operators",
              node,
              "multiplies a Sigmoid with a Tanh, as the gates of recurrent cells (LSTM, GRU) do; only"
                  + " feed-forward networks can be read");
        } else if (product(i)) {
          add(
              node.operator() + " of two activations",
              node,
              "multiplies activations with activations"
                  + (attention ? ", as attention does" : "")
                  + ", which is not piecewise linear and has no layer here");
        }
      }
    }
  }

  /** Whether a node takes the reciprocal of what one of some nodes makes. */
  private boolean inverse(int i, Set<Integer> of) {
    return is(i, "Reciprocal")
        && protos.get(i).getInputCount() == 1
        && of.contains(makers.getOrDefault(protos.get(i).getInput(0), -1));
  }

  private void add(String what, OnnxNode node, String reason) {
    found.computeIfAbsent(what, key -> new Kind(new ArrayList<>(), reason)).nodes().add(node);
  }

  private boolean product(int i) {
    NodeProto proto = protos.get(i);
    return (proto.getOpType().equals("MatMul") || proto.getOpType().equals("Gemm"))
        && proto.getInputCount() >= 2
        && dependent.contains(proto.getInput(0))
        && dependent.contains(proto.getInput(1));
  }

  /** σ(…) · tanh(…), or (1 − σ(…)) · tanh(…). */
  private boolean gate(int i) {
    NodeProto proto = protos.get(i);
    if (!proto.getOpType().equals("Mul") || proto.getInputCount() != 2) {
      return false;
    }
    String first = proto.getInput(0);
    String second = proto.getInput(1);
    return opens(first) && bounded(second) || opens(second) && bounded(first);
  }

  private boolean bounded(String name) {
    return is(makers.get(name), "Tanh") && dependent.contains(name);
  }

  private boolean opens(String name) {
    Integer node = makers.get(name);
    if (is(node, "Sub") && protos.get(node).getInputCount() == 2) {
      node = makers.get(protos.get(node).getInput(1));
    }
    return dependent.contains(name) && (is(node, "Sigmoid") || is(node, "HardSigmoid"));
  }

  private boolean readsSoftmax(int i) {
    return protos.get(i).getInputList().stream()
        .map(name -> before(name, "Dropout", "Identity", "Cast", "Reshape", "Transpose"))
        .anyMatch(node -> is(node, "Softmax"));
  }

  /** The node that makes a name, before operators that change no number. */
  private Integer before(String name, String... passed) {
    Integer node = makers.get(name);
    Set<String> skipped = Set.of(passed);
    for (int steps = 0;
        steps < LONGEST
            && node != null
            && skipped.contains(protos.get(node).getOpType())
            && protos.get(node).getInputCount() > 0;
        steps++) {
      node = makers.get(protos.get(node).getInput(0));
    }
    return node;
  }

  /** The first name that a node reads, or nothing. */
  private String first(int node) {
    return protos.get(node).getInputCount() == 0 ? "" : protos.get(node).getInput(0);
  }

  private boolean is(Integer node, String operator) {
    return node != null && protos.get(node).getOpType().equals(operator);
  }

  /** What √(mean d² + ε) is the divisor of; null where a node is none. */
  private String normalization(int i, Set<Integer> explained) {
    if (!is(i, "Sqrt") || !depends(i) || protos.get(i).getInputCount() != 1) {
      return null;
    }
    Integer mean = makers.get(protos.get(i).getInput(0));
    if (is(mean, "Add") && protos.get(mean).getInputCount() == 2) {
      mean =
          protos.get(mean).getInputList().stream()
              .filter(dependent::contains)
              .findFirst()
              .map(makers::get)
              .orElse(null);
    }
    Integer square = is(mean, "ReduceMean") ? makers.get(first(mean)) : null;
    boolean power = is(square, "Pow");
    boolean product =
        is(square, "Mul")
            && protos.get(square).getInputCount() == 2
            && protos.get(square).getInput(0).equals(protos.get(square).getInput(1));
    if (!power && !product) {
      return null;
    }
    explained.add(square);
    boolean centered = is(before(first(square), "Cast"), "Sub");
    return centered ? "layer normalization" : "root-mean-square normalization";
  }

  private String message() {
    int count = found.values().stream().mapToInt(kind -> kind.nodes().size()).sum();
    Set<String> reasons = new HashSet<>();
    Set<String> told = new LinkedHashSet<>();
    for (Kind kind : found.values()) {
      if (reasons.add(kind.reason()) && told.size() < SHOWN) {
        told.add(kind.nodes().get(0).described() + " " + kind.reason());
      }
    }
    String explained = String.join("; ", told);
    if (count == 1) {
      return explained;
    }
    String listed =
        found.entrySet().stream()
            .limit(SHOWN)
            .map(entry -> entry.getValue().nodes().size() + " × " + Messages.plain(entry.getKey()))
            .collect(Collectors.joining(", "));
    int more = found.size() - SHOWN;
    return "it has "
        + count
        + " nodes that cannot be read: "
        + listed
        + (more > 0 ? " and " + more + " other operators" : "")
        + "; "
        + explained;
  }
}
