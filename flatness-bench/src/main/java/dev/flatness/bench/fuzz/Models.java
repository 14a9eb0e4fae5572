package dev.flatness.bench.fuzz;

import dev.flatness.network.Activation;
import dev.flatness.network.Network;
import dev.flatness.network.Window;
import dev.flatness.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Well-formed ONNX models to start from, and the words they are changed by. */
final class Models {
  /** Operators and names that a changed text may become. */
  static final List<String> WORDS =
      List.of(
          "Conv",
          "ConvTranspose",
          "Gemm",
          "MatMul",
          "BatchNormalization",
          "Relu",
          "LeakyRelu",
          "PRelu",
          "Clip",
          "Max",
          "Min",
          "HardSigmoid",
          "Tanh",
          "Sigmoid",
          "Gelu",
          "Elu",
          "Mish",
          "MaxPool",
          "AveragePool",
          "GlobalMaxPool",
          "GlobalAveragePool",
          "ReduceMean",
          "ReduceMax",
          "ReduceSum",
          "ReduceProd",
          "Pad",
          "Flatten",
          "Reshape",
          "Squeeze",
          "Unsqueeze",
          "Transpose",
          "Slice",
          "Split",
          "Gather",
          "Expand",
          "Tile",
          "Add",
          "Sub",
          "Mul",
          "Div",
          "Sum",
          "Neg",
          "Concat",
          "Identity",
          "Dropout",
          "Cast",
          "Softmax",
          "LogSoftmax",
          "Log",
          "Constant",
          "ConstantOfShape",
          "Shape",
          "Size",
          "Range",
          "Sqrt",
          "Pow",
          "Erf",
          "Exp",
          "Abs",
          "Floor",
          "Loop",
          "LSTM",
          "x",
          "y",
          "h",
          "h0",
          "h1",
          "w",
          "w0",
          "w1",
          "s",
          "s0",
          "c",
          "",
          "axis",
          "axes",
          "pads",
          "strides",
          "kernel_shape",
          "dilations",
          "group",
          "perm",
          "alpha",
          "value",
          "to",
          "keepdims",
          "auto_pad",
          "output_padding",
          "SAME_UPPER",
          "\u001b[2J\n\u202e",
          "N");

  private Models() {}

  /** Models as the library itself writes them, and as exporters do. */
  static List<Network> networks() {
    Random random = new Random(1);
    Network dense =
        Network.sequential(4)
            .dense("fc1", normal(random, 5, 4), normal(random, 5))
            .activate(Activation.RELU)
            .dense("fc2", normal(random, 3, 5), normal(random, 3))
            .build();
    var builder = Network.builder(2, 6, 6);
    Window three = Window.of(3, 3).withPadding(1, 1, 1, 1);
    int a =
        builder.convolution("conv1", 0, normal(random, 4, 2, 3, 3), normal(random, 4), three, 1);
    int b = builder.activate("relu1", a, Activation.RELU);
    int c = builder.convolution("conv2", b, normal(random, 4, 2, 3, 3), null, three, 2);
    int d = builder.add("sum", b, c);
    int e = builder.maxPool("pool", d, Window.of(2, 2).withStride(2, 2));
    int f = builder.affine("scale", e, normal(random, 4), normal(random, 4));
    int g = builder.flatten("flat", f);
    int h = builder.dense("fc", g, normal(random, 3, 36), normal(random, 3));
    return List.of(dense, builder.build(h));
  }

  private static Tensor normal(Random random, int... extents) {
    int size = Arrays.stream(extents).reduce(1, (x, y) -> x * y);
    return Tensor.of(random.doubles(size, -1, 1).toArray(), extents);
  }

  /** Models with the operators that the library does not write. */
  static List<byte[]> exported() {
    return List.of(
        exported(
            List.of(4L, 6L),
            "Shape x -> s",
            "Gather s,i0 -> n axis=0",
            "Unsqueeze n -> n1 axes=0",
            "Concat n1,m1 -> t axis=0",
            "Reshape x,t -> f",
            "MatMul f,w24 -> h0",
            "Add h0,v4 -> h1",
            "Mul h1,half -> y"),
        exported(
            List.of(2L, 6L, 6L),
            "Pad x,p8 -> q",
            "Conv q,k -> h kernel_shape=3,3 strides=1,1 pads=0,0,0,0 dilations=1,1 group=1",
            "BatchNormalization h,v4,v4,v4,a4 -> h1",
            "Clip h1,zero,half -> h2",
            "AveragePool h2 -> h3 kernel_shape=2,2 strides=2,2",
            "Transpose h3 -> h4 perm=0,2,3,1",
            "Slice h4,i0,i2,i1 -> h5",
            "ReduceMean h5 -> h6 axes=1,2 keepdims=0",
            "Softmax h6 -> y axis=1"),
        exported(
            List.of(4L, 6L),
            "Slice x,i0,i2,i1 -> a",
            "Tile a,r3 -> b",
            "Transpose b -> c perm=0,2,1",
            "Gather c,i2 -> d axis=1",
            "ReduceSum d,i1 -> e",
            "ConstantOfShape i2 -> z",
            "ReduceProd z -> z1",
            "Mul e,z1 -> g",
            "Sigmoid g -> u",
            "Mul g,u -> y"),
        exported(
            List.of(2L, 4L, 4L),
            "ConvTranspose x,k2 -> h kernel_shape=3,3 strides=2,2 output_padding=1,1",
            "PRelu h,half -> h1",
            "MaxPool h1 -> h2 kernel_shape=2,2 auto_pad=SAME_UPPER",
            "Expand v4,i1 -> v",
            "GlobalAveragePool h2 -> h3",
            "Flatten h3 -> h4 axis=1",
            "Gemm h4,w2,v3 -> y transB=1 alpha=2"));
  }

  /** A model of nodes written as {@code Operator in,in -> out name=1,2}. */
  private static byte[] exported(List<Long> input, String... nodes) {
    Random random = new Random(2);
    Wire graph = new Wire("graph").text(2, "g");
    for (String line : nodes) {
      graph.message(1, node(line));
    }
    graph.message(5, floats("w24", random, 24, 4)).message(5, floats("w2", random, 3, 4));
    graph.message(5, floats("k", random, 4, 2, 3, 3)).message(5, floats("k2", random, 2, 4, 3, 3));
    graph.message(5, floats("v4", random, 4)).message(5, floats("v3", random, 3));
    graph.message(5, floats("a4", random, 4)).message(5, floats("half", random));
    graph.message(5, floats("zero", random)).message(5, longs("i0", 0)).message(5, longs("i1", 1));
    graph.message(5, longs("i2", 2)).message(5, longs("m1", -1)).message(5, longs("r3", 1, 2, 3));
    graph.message(5, longs("p8", 0, 0, 1, 1, 0, 0, 1, 1));
    Wire shape = new Wire("shape").message(1, new Wire("dimension").text(2, "N"));
    input.forEach(extent -> shape.message(1, new Wire("dimension").number(1, extent)));
    Wire type = new Wire("tensorType").number(1, 1).message(2, shape);
    graph.message(11, new Wire("value").text(1, "x").message(2, new Wire("type").message(1, type)));
    graph.message(12, new Wire("value").text(1, "y"));
    return new Wire("model")
        .number(1, 7)
        .message(7, graph)
        .message(8, new Wire("opset").text(1, "").number(2, 12))
        .toByteArray();
  }

  private static Wire node(String line) {
    List<String> words = new ArrayList<>(List.of(line.split(" ")));
    Wire node = new Wire("node");
    for (String name : words.get(1).split(",")) {
      node.text(1, name);
    }
    node.text(2, words.get(3)).text(3, "n_" + words.get(3)).text(4, words.get(0));
    for (String attribute : words.subList(4, words.size())) {
      String[] parts = attribute.split("=");
      Wire wire = new Wire("attribute").text(1, parts[0]);
      List<String> values = List.of(parts[1].split(","));
      if (!values.get(0).matches("-?\\d+")) {
        wire.text(4, parts[1]).number(20, 3);
      } else if (values.size() == 1 && !parts[0].equals("axes")) {
        wire.number(3, Long.parseLong(parts[1])).number(20, 2);
      } else {
        values.forEach(value -> wire.number(8, Long.parseLong(value)));
        wire.number(20, 7);
      }
      node.message(5, wire);
    }
    return node;
  }

  private static Wire floats(String name, Random random, int... extents) {
    int size = Arrays.stream(extents).reduce(1, (a, b) -> a * b);
    ByteBuffer raw = ByteBuffer.allocate(4 * size).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < size; i++) {
      raw.putFloat(name.equals("zero") ? 0 : 0.1f + random.nextFloat());
    }
    Wire tensor = new Wire("tensor");
    Arrays.stream(extents).forEach(extent -> tensor.number(1, extent));
    return tensor.number(2, 1).text(8, name).bytes(9, raw.array());
  }

  private static Wire longs(String name, long... entries) {
    Wire tensor = new Wire("tensor").number(1, entries.length).number(2, 7);
    Arrays.stream(entries).forEach(entry -> tensor.number(7, entry));
    return tensor.text(8, name);
  }
}
