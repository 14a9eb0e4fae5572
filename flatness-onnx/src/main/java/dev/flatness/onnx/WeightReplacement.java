package dev.flatness.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.UnsafeByteOperations;
import dev.flatness.internal.parameters.ParameterMatching;
import dev.flatness.tensor.Precision;
import dev.flatness.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Parameters of another file in the place of a model's own. */
final class WeightReplacement {
  private final Map<String, Tensor> tensors;
  private final String source;

  /** The source is told in messages. */
  WeightReplacement(Map<String, Tensor> tensors, String source) {
    this.tensors = Map.copyOf(tensors);
    this.source = source;
  }

  /** The changed model, what was noticed, and whether kernels came by Keras' names. */
  record Changed(ModelProto model, List<String> notes, long bytes, boolean keras) {}

  /** What the parameters were read from. */
  String source() {
    return source;
  }

  Changed in(ModelProto model) {
    GraphProto graph = model.getGraph();
    ParameterMatching.Match match = ParameterMatching.match(source, tensors, WeightSlots.of(graph));
    Map<String, Tensor> left = new HashMap<>(match.tensors());
    GraphProto.Builder changed = graph.toBuilder().clearInitializer().clearNode();
    long bytes = 0;
    for (TensorProto tensor : graph.getInitializerList()) {
      Tensor replaced = left.remove(tensor.getName());
      changed.addInitializer(replaced == null ? tensor : proto(tensor.getName(), replaced));
    }
    for (NodeProto node : graph.getNodeList()) {
      // constants and renamed tensors that were found become initializers of their own
      boolean found = node.getOutputCount() == 1 && left.containsKey(node.getOutput(0));
      if (found) {
        String name = node.getOutput(0);
        changed.addInitializer(proto(name, left.remove(name)));
      } else {
        changed.addNode(node);
      }
    }
    for (Tensor tensor : match.tensors().values()) {
      bytes += (long) tensor.size() * (tensor.precision() == Precision.FLOAT64 ? 8 : 4);
    }
    return new Changed(
        model.toBuilder().setGraph(changed).build(), match.notes(), bytes, match.keras());
  }

  private static TensorProto proto(String name, Tensor tensor) {
    boolean twice = tensor.precision() == Precision.FLOAT64;
    ByteBuffer raw =
        ByteBuffer.allocate(Math.multiplyExact(tensor.size(), twice ? 8 : 4))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < tensor.size(); i++) {
      if (twice) {
        raw.putDouble(tensor.get(i));
      } else {
        raw.putFloat((float) tensor.get(i));
      }
    }
    TensorProto.Builder proto =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(
                twice ? TensorProto.DataType.DOUBLE_VALUE : TensorProto.DataType.FLOAT_VALUE)
            .setRawData(UnsafeByteOperations.unsafeWrap(raw.flip()));
    for (int extent : tensor.shape().toArray()) {
      proto.addDims(extent);
    }
    return proto.build();
  }
}
