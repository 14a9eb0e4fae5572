package dev.flatness.onnx;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Finds the meaning of a node's operator, or says what it means that there is none. */
final class Operators {
  private static final Map<String, Call.Operator> ON_SIGNALS = new HashMap<>();
  private static final Set<String> CONTROL = Set.of("If", "Loop", "Scan", "SequenceMap");
  private static final Set<String> RECURRENT = Set.of("LSTM", "GRU", "RNN");
  private static final Set<String> NORMALIZING =
      Set.of(
          "LayerNormalization",
          "InstanceNormalization",
          "GroupNormalization",
          "RMSNormalization",
          "MeanVarianceNormalization",
          "LpNormalization",
          "LRN");
  private static final Set<String> SELECTING =
      Set.of("GatherElements", "GatherND", "ScatterElements", "ScatterND", "ArgMax", "TopK");

  static {
    ON_SIGNALS.putAll(WeightOperators.ALL);
    ON_SIGNALS.putAll(PoolingOperators.ALL);
    ON_SIGNALS.putAll(LinearOperators.ALL);
    ON_SIGNALS.putAll(ShapeOperators.ALL);
    ON_SIGNALS.putAll(ElementOperators.ALL);
  }

  private Operators() {}

  /**
   * Why no set of inputs would make a node readable, as the rest of a sentence; null where one
   * would.
   *
   * @param dependent whether it reads what depends on the network's input
   */
  static String obstacle(OnnxNode node, boolean dependent) {
    String name = node.operator();
    if (!node.domain().isEmpty()) {
      return "belongs to domain "
          + Messages.plain(node.domain())
          + ", not to the standard operators of neural networks; what it computes is not known"
          + " here. Export the network with standard ONNX operators only";
    }
    if (node.opset() < 0) {
      return "is a standard operator, but the file imports no opset of the default domain, so its"
          + " meaning is unknown; export the model anew";
    }
    boolean known =
        ON_SIGNALS.containsKey(name) || !dependent && ConstantOperators.ALL.containsKey(name);
    return known ? null : unknown(name);
  }

  static Call.Operator of(Call call) {
    String name = call.node().operator();
    Call.Operator folded = call.allConstant() ? ConstantOperators.ALL.get(name) : null;
    if (folded != null) {
      return folded;
    }
    Call.Operator operator = ON_SIGNALS.get(name);
    if (operator == null) {
      throw call.refuse(unknown(call.node().operator()));
    }
    return operator;
  }

  private static String unknown(String name) {
    if (CONTROL.contains(name)) {
      return "is control flow, as in recurrent networks: the network would be a different function"
          + " for different inputs; export the model without branches and loops";
    } else if (RECURRENT.contains(name)) {
      return "is recurrent; only feed-forward networks can be read";
    } else if (NORMALIZING.contains(name)) {
      return "normalizes over activations, which is not piecewise linear and has no layer here; only"
          + " BatchNormalization, whose statistics are constants, can be read";
    } else if (SELECTING.contains(name)) {
      return "selects activations in a way that has no layer here; slices, splits and gathers by constant"
          + " indices can be read";
    } else if (name.contains("Quantize")
        || name.startsWith("QLinear")
        || name.endsWith("Integer")) {
      return "is quantized: its function is a staircase whose derivatives are 0; export the model in"
          + " floating point";
    }
    return "has no layer here that computes the same function; the network cannot be read. Export it"
        + " with dense, convolutional, pooling, batch normalization and activation layers only";
  }
}
