package dev.flatness.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.flatness.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Walks a file's graph from its input to the chosen output and collects the steps of the network.
 */
final class GraphReader {
  private static final int SHOWN = 8;

  private final GraphProto graph;
  private final TensorDecoder decoder;
  private final Context context;
  private final String output;
  private final InputDeclaration input;
  private final Map<String, TensorProto> initializers = new HashMap<>();
  private final Map<String, Integer> producers = new HashMap<>();
  private final Map<String, Value> values = new HashMap<>();
  private final List<NodeProto> protos;
  private final List<Integer> order;
  private final List<OnnxNode> nodes;

  private GraphReader(ModelFile file, TensorDecoder decoder, String output, Shape inputShape) {
    this.graph = file.graph();
    this.decoder = decoder;
    this.output = chosen(output);
    this.protos = indexed();
    List<List<String>> reads = new ArrayList<>();
    protos.forEach(proto -> reads.add(new ArrayList<>(proto.getInputList())));
    this.order = GraphOrder.of(reads, producers, this.output);
    this.nodes = file.nodes(protos, running());
    Obstacles.requireNone(protos, nodes, order, inputs());
    Set<String> read = new HashSet<>();
    order.forEach(node -> read.addAll(reads.get(node)));
    this.input = InputDeclaration.of(graph, initializers.keySet(), read, inputShape);
    this.context = new Context(input.fixedBatch(), decoder, file.asWritten());
    file.notes().forEach(context::note);
    input.notes().forEach(context::note);
  }

  /** The inputs that no initializer gives a value. */
  private Set<String> inputs() {
    Set<String> inputs = new HashSet<>();
    graph.getInputList().forEach(info -> inputs.add(info.getName()));
    inputs.removeAll(initializers.keySet());
    return inputs;
  }

  /** The steps and the last of them. */
  record Result(Context context, Step output, String outputName, InputDeclaration input) {}

  static Result read(ModelFile file, TensorDecoder decoder, String output, Shape inputShape) {
    return new GraphReader(file, decoder, output, inputShape).read();
  }

  /** The output asked for, which may be what any node makes. */
  private String chosen(String asked) {
    List<String> names = graph.getOutputList().stream().map(ValueInfoProto::getName).toList();
    if (names.isEmpty()) {
      throw Messages.refused("its graph has no output; the file is damaged");
    }
    if (asked == null) {
      return names.get(0);
    }
    Set<String> inner = new LinkedHashSet<>();
    graph.getNodeList().forEach(node -> inner.addAll(node.getOutputList()));
    inner.removeAll(Set.copyOf(names));
    if (!names.contains(asked) && !inner.contains(asked) || asked.isEmpty()) {
      throw Messages.refused(
          "it has no output or internal tensor "
              + Messages.quoted(asked)
              + "; its outputs are "
              + names.stream().limit(SHOWN).map(Messages::plain).toList()
              + ", and its nodes make, among others, "
              + inner.stream()
                  .filter(name -> !name.isEmpty())
                  .limit(SHOWN)
                  .map(Messages::plain)
                  .toList());
    }
    return asked;
  }

  /** Notes who makes what; returns the nodes after patterns were replaced. */
  private List<NodeProto> indexed() {
    for (TensorProto tensor : graph.getInitializerList()) {
      initializers.put(tensor.getName(), tensor);
    }
    for (int i = 0; i < graph.getNodeCount(); i++) {
      for (String name : graph.getNode(i).getOutputList()) {
        if (!name.isEmpty() && producers.put(name, i) != null) {
          throw Messages.refused(
              "two nodes of its graph make " + Messages.quoted(name) + "; the file is damaged");
        }
      }
    }
    Map<String, NodeProto> makers = new HashMap<>();
    producers.forEach((name, node) -> makers.put(name, graph.getNode(node)));
    Map<String, Optional<Double>> scalars = new HashMap<>();
    GeluPattern gelu =
        new GeluPattern(
            makers,
            name ->
                scalars
                    .computeIfAbsent(name, key -> Optional.ofNullable(scalar(key, makers)))
                    .orElse(null));
    return graph.getNodeList().stream().map(gelu::replaced).toList();
  }

  /** The one entry of a small constant, for pattern matching. */
  private Double scalar(String name, Map<String, NodeProto> makers) {
    TensorProto tensor = initializers.get(name);
    NodeProto maker = makers.get(name);
    if (maker != null && maker.getOpType().equals("Constant") && maker.getAttributeCount() == 1) {
      if (maker.getAttribute(0).getName().equals("value_float")) {
        return (double) maker.getAttribute(0).getF();
      }
      tensor = maker.getAttribute(0).hasT() ? maker.getAttribute(0).getT() : null;
    }
    boolean single =
        tensor != null && tensor.getDimsList().stream().allMatch(extent -> extent == 1);
    boolean inside = single && tensor.getDataLocation() == TensorProto.DataLocation.DEFAULT;
    return inside ? decoder.decode(tensor, "constant").get(0) : null;
  }

  private Result read() {
    values.put(
        input.name(), new Value.Signal(context.draft().input(input.shape()), input.batchAxis()));
    for (int i : order) {
      int outputs = nodes.get(i).operator().equals("Split") ? nodes.get(i).outputs() : 1;
      for (int j = 0; j < outputs; j++) {
        values.put(protos.get(i).getOutput(j), evaluate(i, j));
      }
    }
    if (!(resolve(output, null) instanceof Value.Signal result)) {
      throw Messages.refused(
          "its output "
              + Messages.quoted(output)
              + " does not depend on the input "
              + Messages.quoted(input.name()));
    }
    if (graph.getOutputList().stream().noneMatch(info -> info.getName().equals(output))) {
      context.note("the internal tensor " + Messages.quoted(output) + " was taken as the output");
    } else if (graph.getOutputCount() > 1) {
      context.note(
          "the file has "
              + graph.getOutputCount()
              + " outputs; "
              + Messages.quoted(output)
              + " was taken (--output takes another one)");
    }
    return new Result(context, result.step(), output, input);
  }

  /** Counts the nodes of each operator in forward order, from 1. */
  private List<Integer> running() {
    Integer[] running = new Integer[protos.size()];
    Arrays.fill(running, 0);
    Map<String, Integer> counts = new HashMap<>();
    for (int i : order) {
      running[i] = counts.merge(protos.get(i).getOpType(), 1, Integer::sum);
    }
    return Arrays.asList(running);
  }

  private Value evaluate(int position, int output) {
    OnnxNode node = nodes.get(position);
    List<Value> inputs = new ArrayList<>();
    for (String name : protos.get(position).getInputList()) {
      inputs.add(name.isEmpty() ? null : resolve(name, node));
    }
    Call call = new Call(node, inputs, context, output);
    try {
      Value value = Operators.of(call).apply(call);
      boolean unnamed = value instanceof Constant c && c.root() == null;
      return unnamed ? ((Constant) value).withRoot(node.output()) : value;
    } catch (ArithmeticException | IndexOutOfBoundsException e) {
      throw node.refuse("has shapes that do not fit together; the file is damaged");
    }
  }

  private Value resolve(String name, OnnxNode reader) {
    Value known = values.get(name);
    if (known != null) {
      return known;
    }
    TensorProto tensor = initializers.get(name);
    if (tensor != null) {
      Constant constant =
          context.decode(tensor, "initializer " + Messages.quoted(name)).withRoot(name);
      values.put(name, constant);
      return constant;
    }
    String who = reader == null ? "the graph's output" : reader.described();
    Integer maker = producers.get(name);
    if (maker != null) {
      throw Messages.refused(
          who
              + " reads "
              + Messages.quoted(name)
              + ", a second output of "
              + nodes.get(maker).described()
              + "; only first outputs can be read");
    }
    if (graph.getInputList().stream().anyMatch(info -> info.getName().equals(name))) {
      throw Messages.refused(
          who
              + " reads "
              + Messages.quoted(name)
              + ", a second input of the model in addition to "
              + Messages.quoted(input.name())
              + "; only models with one input can be read, or an output (--output) that needs only one"
              + " of them");
    }
    throw Messages.refused(
        who
            + " reads "
            + Messages.quoted(name)
            + ", which nothing in the file makes; the file is damaged");
  }
}
