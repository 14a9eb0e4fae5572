package dev.flatness.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.NodeProto;
import dev.flatness.internal.text.Printable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One node of the file's graph with checked access to its attributes. */
final class OnnxNode {
  private final NodeProto proto;
  private final String operator;
  private final int position;
  private final long opset;
  private final int running;
  private final Map<String, AttributeProto> attributes = new HashMap<>();

  /**
   * Wraps a node.
   *
   * @param position its place in the file
   * @param opset the version of its domain
   * @param running its number among the nodes of its operator
   */
  OnnxNode(NodeProto proto, String operator, int position, long opset, int running) {
    this.proto = proto;
    this.operator = operator;
    this.position = position;
    this.opset = opset;
    this.running = running;
    for (AttributeProto attribute : proto.getAttributeList()) {
      attributes.put(attribute.getName(), attribute);
    }
  }

  String operator() {
    return operator;
  }

  long opset() {
    return opset;
  }

  String domain() {
    return proto.getDomain().equals("ai.onnx") ? "" : proto.getDomain();
  }

  int inputCount() {
    return proto.getInputCount();
  }

  /** The number of outputs that have a name. */
  int outputCount() {
    return (int) proto.getOutputList().stream().filter(name -> !name.isEmpty()).count();
  }

  /** The number of outputs, those without a name included. */
  int outputs() {
    return proto.getOutputCount();
  }

  String output() {
    return proto.getOutput(0);
  }

  /** The name a layer takes from this node, control characters escaped. */
  String layerName() {
    String name = proto.getName();
    if (name.startsWith("/")) {
      name = name.substring(1);
    }
    if (name.equals(proto.getOpType())) {
      name = "";
    } else if (name.endsWith("/" + proto.getOpType())) {
      name = name.substring(0, name.length() - proto.getOpType().length() - 1);
    }
    return Printable.of(name.isBlank() ? operator + "_" + running : name);
  }

  /** The name of a layer with this weight. */
  String layerName(Constant weight) {
    String root = weight.root();
    String suffix = ".weight";
    boolean named = root != null && root.endsWith(suffix) && root.length() > suffix.length();
    return named ? Printable.of(root.substring(0, root.length() - suffix.length())) : layerName();
  }

  String described() {
    String which =
        !proto.getName().isEmpty()
            ? Messages.quoted(proto.getName())
            : position
                + (proto.getOutputCount() > 0
                    ? ", which makes " + Messages.quoted(proto.getOutput(0))
                    : "");
    String where = domain().isEmpty() ? "" : ", domain " + Messages.plain(domain());
    String version = opset < 0 ? "" : ", opset " + opset;
    return "node " + which + " (" + Messages.plain(proto.getOpType()) + where + version + ")";
  }

  IllegalArgumentException refuse(String what) {
    return Messages.refused(described() + " " + what);
  }

  boolean has(String name) {
    return attributes.containsKey(name);
  }

  AttributeProto attribute(String name, AttributeType type) {
    AttributeProto attribute = attributes.get(name);
    if (attribute != null && attribute.hasType() && attribute.getType() != type) {
      throw refuse(
          "has attribute "
              + name
              + " of type "
              + attribute.getType()
              + ", expected "
              + type
              + "; the file does not follow its opset");
    }
    return attribute;
  }

  long integer(String name, long otherwise) {
    AttributeProto attribute = attribute(name, AttributeType.INT);
    return attribute == null ? otherwise : attribute.getI();
  }

  double number(String name, double otherwise) {
    AttributeProto attribute = attribute(name, AttributeType.FLOAT);
    return attribute == null ? otherwise : attribute.getF();
  }

  String text(String name, String otherwise) {
    AttributeProto attribute = attribute(name, AttributeType.STRING);
    return attribute == null ? otherwise : attribute.getS().toStringUtf8();
  }

  /** The integers of an attribute, or null where it is absent. */
  long[] integers(String name) {
    AttributeProto attribute = attribute(name, AttributeType.INTS);
    return attribute == null
        ? null
        : attribute.getIntsList().stream().mapToLong(Long::longValue).toArray();
  }

  List<Float> numbers(String name) {
    return attribute(name, AttributeType.FLOATS).getFloatsList();
  }

  /** An axis counted from the end where negative. */
  int axis(long axis, int rank) {
    if (axis < -rank || axis >= rank) {
      throw refuse(
          "has axis "
              + axis
              + ", expected "
              + -rank
              + " to "
              + (rank - 1)
              + " for a tensor of rank "
              + rank);
    }
    return (int) (axis < 0 ? axis + rank : axis);
  }
}
