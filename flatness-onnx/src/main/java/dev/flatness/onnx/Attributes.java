package dev.flatness.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import com.google.protobuf.ByteString;
import dev.flatness.network.Window;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Attributes of nodes that are written. */
final class Attributes {
  private Attributes() {}

  static AttributeProto[] window(Window w, boolean dilated, AttributeProto... more) {
    List<AttributeProto> list = new ArrayList<>(List.of(more));
    list.add(list("kernel_shape", w.kernelHeight(), w.kernelWidth()));
    list.add(list("strides", w.strideHeight(), w.strideWidth()));
    list.add(list("pads", w.padTop(), w.padLeft(), w.padBottom(), w.padRight()));
    if (dilated) {
      list.add(list("dilations", w.dilationHeight(), w.dilationWidth()));
    }
    return list.toArray(AttributeProto[]::new);
  }

  private static AttributeProto.Builder attribute(String name, AttributeProto.AttributeType type) {
    return AttributeProto.newBuilder().setName(name).setType(type);
  }

  static AttributeProto integer(String name, long value) {
    return attribute(name, AttributeProto.AttributeType.INT).setI(value).build();
  }

  static AttributeProto number(String name, double value) {
    return attribute(name, AttributeProto.AttributeType.FLOAT).setF((float) value).build();
  }

  static AttributeProto text(String name, String value) {
    return attribute(name, AttributeProto.AttributeType.STRING)
        .setS(ByteString.copyFromUtf8(value))
        .build();
  }

  static AttributeProto list(String name, long... values) {
    AttributeProto.Builder list = attribute(name, AttributeProto.AttributeType.INTS);
    Arrays.stream(values).forEach(list::addInts);
    return list.build();
  }
}
