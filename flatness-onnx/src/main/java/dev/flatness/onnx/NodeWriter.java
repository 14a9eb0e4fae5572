package dev.flatness.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import dev.flatness.network.Activation;
import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.network.Parameter;
import dev.flatness.tensor.Precision;
import dev.flatness.tensor.SparseMatrix;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;

/** Writes each layer as the standard operators that compute it. */
final class NodeWriter {
  private final Network network;
  private final GraphProto.Builder graph;
  private final boolean single;
  private final Map<Integer, String> parameters = new HashMap<>();
  private final Set<String> names = new HashSet<>(Set.of("input", "output"));
  private final String[] values;

  NodeWriter(Network network, GraphProto.Builder graph) {
    this.network = network;
    this.graph = graph;
    this.single = network.storedPrecision() == Precision.FLOAT32;
    this.values = new String[network.nodes().size()];
    values[0] = "input";
  }

  void write() {
    for (Node node : network.nodes()) {
      if (node.index() > 0) {
        values[node.index()] = node.layer().accept(new Operators(node));
      }
    }
    graph.addNode(
        NodeProto.newBuilder()
            .setOpType("Identity")
            .addInput(values[values.length - 1])
            .addOutput("output"));
  }

  /** Writes one node; returns the name of its value. */
  private final class Operators implements Layer.Visitor<String> {
    private final Node node;
    private final List<String> in;
    private final int rank;

    Operators(Node node) {
      this.node = node;
      this.in = new ArrayList<>(node.inputs().stream().map(i -> values[i]).toList());
      this.rank = node.shape().rank();
    }

    @Override
    public String input(Layer.Input layer) {
      throw new IllegalArgumentException(
          "layer " + Messages.quoted(node.name()) + " of kind " + layer + " has no ONNX operator");
    }

    @Override
    public String dense(Layer.Dense layer) {
      addParameters(node, in);
      return operator(node, "Gemm", in, Attributes.integer("transB", 1));
    }

    @Override
    public String convolution(Layer.Convolution layer) {
      addParameters(node, in);
      AttributeProto groups = Attributes.integer("group", layer.groups());
      return operator(node, "Conv", in, Attributes.window(layer.window(), true, groups));
    }

    @Override
    public String affine(Layer.Affine layer) {
      if (node.weight() < 0) {
        return parameters(node, "Add", network.bias(node), in.get(0));
      } else if (node.bias() < 0) {
        return parameters(node, "Mul", network.weight(node), in.get(0));
      }
      addParameters(node, in);
      double[] mean = new double[layer.channels()];
      double[] variance = new double[layer.channels()];
      Arrays.fill(variance, 1);
      in.add(floats(node, "mean", mean, mean.length));
      in.add(floats(node, "variance", variance, variance.length));
      return operator(node, "BatchNormalization", in, Attributes.number("epsilon", 0));
    }

    @Override
    public String constant(Layer.Constant layer) {
      String scaled = elementwise(node, "Mul", in.get(0), layer.scale(), 1, rank);
      return elementwise(node, "Add", scaled, layer.shift(), 0, rank);
    }

    @Override
    public String activate(Layer.Activate layer) {
      return activation(node, in, layer.function());
    }

    @Override
    public String maxPool(Layer.MaxPool layer) {
      return operator(node, "MaxPool", in, Attributes.window(layer.window(), true));
    }

    @Override
    public String averagePool(Layer.AveragePool layer) {
      AttributeProto count = Attributes.integer("count_include_pad", layer.countPadding() ? 1 : 0);
      return operator(node, "AveragePool", in, Attributes.window(layer.window(), false, count));
    }

    @Override
    public String zeroPad(Layer.ZeroPad layer) {
      long[] pads = {0, 0, layer.top(), layer.left(), 0, 0, layer.bottom(), layer.right()};
      in.add(integers(node, "pads", pads));
      return operator(node, "Pad", in);
    }

    @Override
    public String reshape(Layer.Reshape layer) {
      if (rank == 1) {
        return operator(node, "Flatten", in, Attributes.integer("axis", 1));
      }
      int[] extents = node.shape().toArray();
      in.add(
          integers(
              node,
              "shape",
              LongStream.concat(LongStream.of(-1), Arrays.stream(extents).asLongStream())
                  .toArray()));
      return operator(node, "Reshape", in);
    }

    @Override
    public String transpose(Layer.Transpose layer) {
      LongStream axes = layer.axes().stream().mapToLong(axis -> axis + 1L);
      long[] all = LongStream.concat(LongStream.of(0), axes).toArray();
      return operator(node, "Transpose", in, Attributes.list("perm", all));
    }

    @Override
    public String linearMap(Layer.LinearMap layer) {
      return selection(node, in.get(0), layer.matrix());
    }

    @Override
    public String add(Layer.Add layer) {
      return operator(node, in.size() == 2 ? "Add" : "Sum", in);
    }

    @Override
    public String concatenate(Layer.Concatenate layer) {
      return operator(node, "Concat", in, Attributes.integer("axis", 1));
    }

    @Override
    public String softmax(Layer.Softmax layer) {
      return operator(
          node, layer.logarithm() ? "LogSoftmax" : "Softmax", in, Attributes.integer("axis", 1));
    }
  }

  private String activation(Node node, List<String> in, Activation function) {
    List<Double> numbers = function.parameters();
    return switch (function.kind()) {
      case RELU -> operator(node, "Relu", in);
      case IDENTITY -> operator(node, "Identity", in);
      case TANH -> operator(node, "Tanh", in);
      case SIGMOID -> operator(node, "Sigmoid", in);
      case SOFTPLUS -> operator(node, "Softplus", in);
      case GELU -> operator(node, "Gelu", in, Attributes.text("approximate", "none"));
      case GELU_TANH -> operator(node, "Gelu", in, Attributes.text("approximate", "tanh"));
      case MISH -> operator(node, "Mish", in);
      case SOFTSIGN -> operator(node, "Softsign", in);
      case HARD_SWISH -> operator(node, "HardSwish", in);
      case LEAKY_RELU -> {
        double slope = numbers.get(0);
        if (!function.perChannel() && (single || slope == (float) slope)) {
          yield operator(node, "LeakyRelu", in, Attributes.number("alpha", slope));
        }
        // An attribute has float32 only; a slope in a tensor keeps all its digits.
        in.add(numbers(node, "slope", numbers, node.shape().rank()));
        yield operator(node, "PRelu", in);
      }
      case CLIP -> {
        in.add(bound(node, "min", numbers.get(0)));
        in.add(bound(node, "max", numbers.get(1)));
        yield operator(node, "Clip", in);
      }
      case SILU -> {
        String scaled = elementwise(node, "Mul", in.get(0), numbers, 1, 0);
        String sigmoid = operator(node, "Sigmoid", List.of(scaled));
        yield operator(node, "Mul", List.of(in.get(0), sigmoid));
      }
      case ELU -> operator(node, "Elu", in, exact(node, "alpha", numbers.get(0)));
      case CELU -> operator(node, "Celu", in, exact(node, "alpha", numbers.get(0)));
      case THRESHOLDED_RELU ->
          operator(node, "ThresholdedRelu", in, exact(node, "alpha", numbers.get(0)));
      case SELU ->
          operator(
              node,
              "Selu",
              in,
              exact(node, "alpha", numbers.get(0)),
              exact(node, "gamma", numbers.get(1)));
      case HARD_SIGMOID ->
          operator(
              node,
              "HardSigmoid",
              in,
              exact(node, "alpha", numbers.get(0)),
              exact(node, "beta", numbers.get(1)));
    };
  }

  private String bound(Node node, String what, double bound) {
    return Double.isInfinite(bound) ? "" : floats(node, what, new double[] {bound});
  }

  /** An attribute, which holds a float32, for a number that is one. */
  private AttributeProto exact(Node node, String name, double value) {
    if (!single && value != (float) value) {
      throw new IllegalArgumentException(
          "layer "
              + Messages.quoted(node.name())
              + " has "
              + name
              + " "
              + value
              + ", but ONNX keeps that number in float32; use "
              + (double) (float) value);
    }
    return Attributes.number(name, value);
  }

  /** A linear map as a selection of entries, scaled and summed row by row. */
  private String selection(Node node, String in, SparseMatrix a) {
    PaddedRows rows = PaddedRows.of(node, a);
    int longest = rows.longest();
    double[] values = rows.values();
    String flat = operator(node, "Flatten", List.of(in), Attributes.integer("axis", 1));
    String picked = integers(node, "indices", rows.indices());
    String value = operator(node, "Gather", List.of(flat, picked), Attributes.integer("axis", 1));
    if (Arrays.stream(values).anyMatch(v -> v != 1)) {
      value =
          operator(node, "Mul", List.of(value, floats(node, "factors", values, 1, values.length)));
    }
    if (longest > 1) {
      String shape = integers(node, "rows", -1, a.rows(), longest);
      value = operator(node, "Reshape", List.of(value, shape));
      String axis = integers(node, "axis", 2);
      value = operator(node, "ReduceSum", List.of(value, axis), Attributes.integer("keepdims", 0));
    }
    if (rows.divisor() != 1) {
      String number = floats(node, "divisor", new double[] {rows.divisor()});
      value = operator(node, "Div", List.of(value, number));
    }
    LongStream extents = Arrays.stream(node.shape().toArray()).asLongStream();
    String shape = integers(node, "shape", LongStream.concat(LongStream.of(-1), extents).toArray());
    return operator(node, "Reshape", List.of(value, shape));
  }

  private String elementwise(
      Node node, String operator, String in, List<Double> list, double neutral, int rank) {
    if (list.stream().allMatch(value -> value == neutral)) {
      return in;
    }
    String value = numbers(node, operator.toLowerCase(java.util.Locale.ROOT), list, rank);
    return operator(node, operator, List.of(in, value));
  }

  /** One number, or one per channel of values of some rank. */
  private String numbers(Node node, String what, List<Double> list, int rank) {
    long[] extents = new long[list.size() == 1 ? 0 : rank];
    Arrays.fill(extents, 1);
    if (extents.length > 0) {
      extents[0] = list.size();
    }
    double[] entries = list.stream().mapToDouble(Double::doubleValue).toArray();
    return floats(node, what, entries, extents);
  }

  private String operator(
      Node node, String operator, List<String> in, AttributeProto... attributes) {
    String name = "/" + node.name() + "/" + operator;
    String output = unique(name + "_output_0");
    graph.addNode(
        NodeProto.newBuilder()
            .setName(name)
            .setOpType(operator)
            .addAllInput(in)
            .addOutput(output)
            .addAllAttribute(List.of(attributes)));
    return output;
  }

  /** A parameter stands first, where a constant would stand second. */
  private String parameters(Node node, String operator, Parameter parameter, String in) {
    String own = node.name() + (operator.equals("Mul") ? ".weight" : ".bias");
    long[] extents = new long[parameter.size() == 1 ? 1 : node.shape().rank()];
    Arrays.fill(extents, 1);
    extents[0] = parameter.size();
    String name = unique(own);
    tensor(name, network.values(parameter), extents, "parameter " + Messages.quoted(own));
    return operator(node, operator, List.of(name, in));
  }

  private void addParameters(Node node, List<String> in) {
    in.add(parameter(network.weight(node), node.name() + ".weight"));
    if (node.bias() >= 0) {
      in.add(parameter(network.bias(node), node.name() + ".bias"));
    }
  }

  /** A shared parameter is written once; its name must not rename the layers that use it. */
  private String parameter(Parameter parameter, String own) {
    String known = parameters.get(parameter.index());
    if (known == null) {
      boolean shared =
          network.nodes().stream()
                  .filter(n -> n.weight() == parameter.index() || n.bias() == parameter.index())
                  .count()
              > 1;
      known = unique(shared ? own + "/shared" : own);
      parameters.put(parameter.index(), known);
      long[] extents = Arrays.stream(parameter.shape().toArray()).asLongStream().toArray();
      tensor(
          known,
          network.values(parameter),
          extents,
          "parameter " + Messages.quoted(parameter.name()));
    }
    return known;
  }

  private String floats(Node node, String what, double[] entries, long... extents) {
    String name = unique("/" + node.name() + "/" + what);
    tensor(name, entries, extents, "layer " + Messages.quoted(node.name()));
    return name;
  }

  private void tensor(String name, double[] entries, long[] extents, String what) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(entries.length, single ? 4 : 8))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < entries.length; i++) {
      if (!single) {
        bytes.putDouble(entries[i]);
      } else if (Float.isInfinite((float) entries[i])) {
        throw new IllegalArgumentException(
            what
                + " has "
                + entries[i]
                + " at position "
                + i
                + ", which the file's float32 cannot hold; write the network in float64"
                + " (withStoredPrecision) or rescale it less");
      } else {
        bytes.putFloat((float) entries[i]);
      }
    }
    TensorProto.DataType type = single ? TensorProto.DataType.FLOAT : TensorProto.DataType.DOUBLE;
    add(name, type, bytes, extents);
  }

  private String integers(Node node, String what, long... entries) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * entries.length).order(ByteOrder.LITTLE_ENDIAN);
    Arrays.stream(entries).forEach(bytes::putLong);
    String name = unique("/" + node.name() + "/" + what);
    add(name, TensorProto.DataType.INT64, bytes, entries.length);
    return name;
  }

  private void add(String name, TensorProto.DataType type, ByteBuffer bytes, long... extents) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setName(name).setDataType(type.getNumber());
    Arrays.stream(extents).forEach(tensor::addDims);
    graph.addInitializer(tensor.setRawData(ByteString.copyFrom(bytes.flip())));
  }

  private String unique(String wish) {
    String name = wish;
    for (int i = 2; !names.add(name); i++) {
      name = wish + "_" + i;
    }
    return name;
  }
}
