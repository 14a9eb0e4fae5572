package dev.flatness.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.flatness.internal.parameters.ParameterSlot;
import dev.flatness.internal.parameters.ParameterSlot.Layout;
import dev.flatness.internal.parameters.ParameterSlot.Role;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Finds the parameters of a graph: what its initializers and constants are to the nodes. */
final class WeightSlots {
  private static final Set<String> LINEAR = Set.of("MatMul", "Gemm", "Conv", "ConvTranspose");
  private static final Set<String> ELEMENTWISE =
      Set.of("Add", "Sub", "Mul", "Div", "Pow", "Min", "Max", "Sum", "Clip", "Pad", "Resize");

  private final GraphProto graph;
  private final Map<String, NodeProto> makers = new HashMap<>();
  private final Map<String, TensorProto> tensors = new LinkedHashMap<>();
  private final Map<String, List<Use>> uses = new HashMap<>();
  private final Map<String, Set<String>> biases = new HashMap<>();

  /** What a tensor is to one of its readers. */
  private record Use(Role role, Layout layout, boolean required, List<String> layers) {}

  private WeightSlots(GraphProto graph) {
    this.graph = graph;
  }

  /** All floating-point tensors of the graph that its nodes read. */
  static List<ParameterSlot> of(GraphProto graph) {
    return new WeightSlots(graph).slots();
  }

  /** The tensor that a node of operator Constant holds; null for other nodes. */
  static TensorProto constant(NodeProto node) {
    boolean holds =
        node.getOpType().equals("Constant")
            && node.getAttributeCount() == 1
            && node.getAttribute(0).hasT();
    return holds ? node.getAttribute(0).getT() : null;
  }

  private List<ParameterSlot> slots() {
    for (TensorProto tensor : graph.getInitializerList()) {
      tensors.put(tensor.getName(), tensor);
    }
    for (NodeProto node : graph.getNodeList()) {
      node.getOutputList().forEach(name -> makers.put(name, node));
      TensorProto tensor = constant(node);
      if (tensor != null && node.getOutputCount() > 0) {
        tensors.putIfAbsent(node.getOutput(0), tensor);
      }
    }
    // an exporter stores equal tensors once and hands them on under their other names
    for (NodeProto node : graph.getNodeList()) {
      if (renames(node)) {
        tensors.putIfAbsent(node.getOutput(0), tensors.get(node.getInput(0)));
      }
    }
    readBiases();
    for (NodeProto node : graph.getNodeList()) {
      for (int i = 0; i < node.getInputCount() && !renames(node); i++) {
        if (tensors.containsKey(node.getInput(i))) {
          uses.computeIfAbsent(node.getInput(i), name -> new ArrayList<>()).add(use(node, i));
        }
      }
    }
    List<ParameterSlot> slots = new ArrayList<>();
    tensors.forEach(
        (name, tensor) -> {
          if (floating(tensor) && uses.containsKey(name)) {
            slots.add(slot(name, tensor));
          }
        });
    return slots;
  }

  /** Whether a node gives a tensor of the file another name. */
  private boolean renames(NodeProto node) {
    return node.getOpType().equals("Identity")
        && node.getInputCount() == 1
        && node.getOutputCount() == 1
        && tensors.containsKey(node.getInput(0));
  }

  private static boolean floating(TensorProto tensor) {
    return switch (tensor.getDataType()) {
      case TensorProto.DataType.FLOAT_VALUE,
          TensorProto.DataType.DOUBLE_VALUE,
          TensorProto.DataType.FLOAT16_VALUE,
          TensorProto.DataType.BFLOAT16_VALUE ->
          tensor.getDimsList().stream().allMatch(extent -> extent >= 0 && extent < 1L << 31);
      default -> false;
    };
  }

  private ParameterSlot slot(String name, TensorProto tensor) {
    List<Use> of = uses.get(name);
    Use first = of.get(0);
    boolean alike =
        of.stream().allMatch(use -> use.role == first.role && use.layout == first.layout);
    Set<String> layers = new LinkedHashSet<>();
    of.forEach(use -> layers.addAll(use.layers));
    return new ParameterSlot(
        name,
        tensor.getDimsList().stream().map(Long::intValue).toList(),
        alike ? first.layout : Layout.PLAIN,
        alike ? first.role : Role.OTHER,
        new ArrayList<>(layers),
        of.stream().anyMatch(Use::required));
  }

  private Use use(NodeProto node, int input) {
    String name = node.getInput(input);
    return switch (node.getOpType()) {
      case "Conv", "ConvTranspose" ->
          input == 2
              ? use(Role.BIAS, Layout.PLAIN, name, node)
              : use(Role.WEIGHT, Layout.KERNEL, name, node);
      case "Gemm" ->
          input == 2
              ? use(Role.BIAS, Layout.PLAIN, name, node)
              : use(
                  Role.WEIGHT,
                  input == 1 && transposes(node) ? Layout.OUT_IN : Layout.IN_OUT,
                  name,
                  node);
      case "MatMul" -> use(Role.WEIGHT, input == 1 ? Layout.IN_OUT : Layout.OUT_IN, name, node);
      case "PRelu" -> use(Role.WEIGHT, Layout.PLAIN, name, node);
      case "BatchNormalization" -> use(normalization(input), Layout.PLAIN, name, node);
      default -> {
        NodeProto product = node.getOpType().equals("Add") ? product(node, input) : null;
        if (product != null) {
          yield use(Role.BIAS, Layout.PLAIN, name, product);
        }
        boolean required =
            !ELEMENTWISE.contains(node.getOpType()) && tensors.get(name).getDimsCount() > 0;
        yield new Use(Role.OTHER, Layout.PLAIN, required, List.of());
      }
    };
  }

  private Use use(Role role, Layout layout, String name, NodeProto node) {
    return new Use(role, layout, true, layers(name, role, node));
  }

  private static Role normalization(int input) {
    return switch (input) {
      case 1 -> Role.SCALE;
      case 2 -> Role.SHIFT;
      case 3 -> Role.MEAN;
      case 4 -> Role.VARIANCE;
      default -> Role.OTHER;
    };
  }

  private static boolean transposes(NodeProto node) {
    for (AttributeProto attribute : node.getAttributeList()) {
      if (attribute.getName().equals("transB")) {
        return attribute.getI() != 0;
      }
    }
    return false;
  }

  /** The product whose bias an addition adds. */
  private NodeProto product(NodeProto add, int input) {
    if (add.getInputCount() != 2) {
      return null;
    }
    NodeProto maker = makers.get(add.getInput(1 - input));
    return maker != null && LINEAR.contains(maker.getOpType()) ? maker : null;
  }

  /** What the layer of a parameter may be called. */
  private List<String> layers(String name, Role role, NodeProto node) {
    Set<String> layers = new LinkedHashSet<>();
    if (node.getOpType().equals("MatMul") && role == Role.WEIGHT && node.getOutputCount() > 0) {
      bias(node).ifPresent(bias -> layers.add(LayerNames.ofParameter(bias)));
    }
    layers.add(LayerNames.ofParameter(name));
    layers.add(LayerNames.ofNode(node.getName(), node.getOpType()));
    layers.remove("");
    return new ArrayList<>(layers);
  }

  /** The one tensor that is added to a product; empty without, or where there are several. */
  private Optional<String> bias(NodeProto product) {
    Set<String> added = biases.getOrDefault(product.getOutput(0), Set.of());
    return added.size() == 1 ? added.stream().findFirst() : Optional.empty();
  }

  private void readBiases() {
    for (NodeProto node : graph.getNodeList()) {
      if (node.getOpType().equals("Add") && node.getInputCount() == 2) {
        for (int i = 0; i < 2; i++) {
          if (tensors.containsKey(node.getInput(i))) {
            biases
                .computeIfAbsent(node.getInput(1 - i), name -> new LinkedHashSet<>())
                .add(node.getInput(i));
          }
        }
      }
    }
  }
}
