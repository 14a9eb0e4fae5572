package dev.flatness.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Writes small models by hand, as exporters do and as they should not. */
final class ModelBuilder {
  final ModelProto.Builder model = ModelProto.newBuilder().setIrVersion(7);
  final GraphProto.Builder graph = GraphProto.newBuilder();

  ModelBuilder(long opset) {
    model.addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(opset));
  }

  /** An input; extent −1 is the symbol N. */
  ModelBuilder input(String name, long... extents) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (long extent : extents) {
      TensorShapeProto.Dimension.Builder d = TensorShapeProto.Dimension.newBuilder();
      shape.addDim(extent == -1 ? d.setDimParam("N") : d.setDimValue(extent));
    }
    graph.addInput(
        ValueInfoProto.newBuilder()
            .setName(name)
            .setType(
                TypeProto.newBuilder()
                    .setTensorType(TypeProto.Tensor.newBuilder().setElemType(1).setShape(shape))));
    return this;
  }

  ModelBuilder output(String... names) {
    for (String name : names) {
      graph.addOutput(ValueInfoProto.newBuilder().setName(name));
    }
    return this;
  }

  /** Float64 entries. */
  ModelBuilder doubles(String name, double[] entries, long... extents) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setName(name).setDataType(TensorProto.DataType.DOUBLE_VALUE);
    Arrays.stream(extents).forEach(tensor::addDims);
    Arrays.stream(entries).forEach(tensor::addDoubleData);
    graph.addInitializer(tensor);
    return this;
  }

  /** Distinct small float64 entries. */
  ModelBuilder weights(String name, long... extents) {
    int size = (int) Arrays.stream(extents).reduce(1, (a, b) -> a * b);
    double[] entries =
        IntStream.range(0, size).mapToDouble(i -> Math.sin(1 + i + name.hashCode())).toArray();
    return doubles(name, entries, extents);
  }

  ModelBuilder integers(String name, long... entries) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(TensorProto.DataType.INT64_VALUE)
            .addDims(entries.length);
    Arrays.stream(entries).forEach(tensor::addInt64Data);
    graph.addInitializer(tensor);
    return this;
  }

  /** A node named after its output; inputs separated by spaces, an empty one is written _. */
  ModelBuilder node(String operator, String inputs, String output, AttributeProto... attributes) {
    List<String> in =
        inputs.isEmpty()
            ? List.of()
            : Arrays.stream(inputs.split(" ")).map(name -> name.equals("_") ? "" : name).toList();
    graph.addNode(
        NodeProto.newBuilder()
            .setName(output.split(" ")[0])
            .setOpType(operator)
            .addAllInput(in)
            .addAllOutput(List.of(output.split(" ")))
            .addAllAttribute(List.of(attributes)));
    return this;
  }

  static AttributeProto attribute(String name, long value) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeType.INT).setI(value).build();
  }

  static AttributeProto attribute(String name, float value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeType.FLOAT)
        .setF(value)
        .build();
  }

  static AttributeProto attribute(String name, String value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeType.STRING)
        .setS(ByteString.copyFromUtf8(value))
        .build();
  }

  static AttributeProto attribute(String name, long[] values) {
    AttributeProto.Builder list = AttributeProto.newBuilder().setName(name);
    Arrays.stream(values).forEach(list::addInts);
    return list.setType(AttributeType.INTS).build();
  }

  static long[] list(long... values) {
    return values;
  }

  Path write(Path folder) {
    Path file = folder.resolve("model.onnx");
    try {
      Files.write(file, model.setGraph(graph).build().toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return file;
  }

  OnnxModel read(Path folder) {
    return OnnxReader.withDefaults().read(write(folder));
  }
}
