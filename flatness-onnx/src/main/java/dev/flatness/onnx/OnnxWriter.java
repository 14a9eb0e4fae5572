package dev.flatness.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.flatness.internal.files.OutputFile;
import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.tensor.Precision;
import dev.flatness.tensor.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes networks as ONNX files of standard operators with an open batch size, in opset 13, or the
 * first one that has the network's activations (14, 18 or 20).
 *
 * <p>Numbers are stored in the network's {@link Network#storedPrecision()}. {@link OnnxReader}
 * reads the same layers back under the same names, and in float64 the same θ to the last bit. The
 * output is the network's: a softmax that a reader removed is not put back.
 *
 * <p>Cost: memory of about twice the file. The file is written next to its place and moved there,
 * so an interrupted run leaves no part of it. A file that is replaced keeps its permissions.
 *
 * <p>Errors: {@link IllegalArgumentException} if a number does not fit the float type or the file
 * exists and may not be replaced; {@link UncheckedIOException} where it is read-only, its folder
 * does not exist or cannot be written to, or writing fails.
 *
 * <p>Source: the ONNX operator schemas. Immutable.
 */
public final class OnnxWriter {
  /** The property that tells the reader to leave the layers as they stand. */
  static final String AS_WRITTEN = "flatness.layers";

  private static final int OPSET = 13;
  private static final long LARGEST = 2_000_000_000;
  private static final OnnxWriter DEFAULTS = new OnnxWriter(false);

  private final boolean replacing;

  private OnnxWriter(boolean replacing) {
    this.replacing = replacing;
  }

  /**
   * Returns a writer that does not replace existing files.
   *
   * @return the writer
   */
  public static OnnxWriter withDefaults() {
    return DEFAULTS;
  }

  /**
   * Returns a writer that replaces existing files or does not.
   *
   * @param replace whether an existing file may be replaced
   * @return the changed copy
   */
  public OnnxWriter withReplacing(boolean replace) {
    return new OnnxWriter(replace);
  }

  /**
   * Writes a network.
   *
   * @param network the network
   * @param file the file, in an existing folder; a device or pipe is written to directly
   * @throws IllegalArgumentException if a parameter does not fit the network's stored precision,
   *     the file is a directory, or it exists and replacing was not allowed
   */
  public void write(Network network, Path file) {
    requireFree(file);
    ModelProto model = model(network, true);
    try {
      OutputFile.write(file, replacing, model::writeTo);
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  private void requireFree(Path file) {
    if (Files.isDirectory(file)) {
      throw new IllegalArgumentException("output " + file + " is a directory; name a file");
    }
    if (!replacing && Files.isRegularFile(file)) {
      throw new IllegalArgumentException(
          "file " + file + " exists; choose another name or allow it to be replaced");
    }
  }

  /** A model, which the reader leaves as it is or folds. */
  static ModelProto model(Network network, boolean asWritten) {
    int bytes = network.storedPrecision().bytes();
    if ((long) network.parameterCount() * bytes > LARGEST) {
      throw new IllegalArgumentException(
          "the network has "
              + network.parameterCount()
              + " parameters of "
              + bytes
              + " bytes, but an ONNX file ends at 2 GiB");
    }
    int opset = network.nodes().stream().mapToInt(OnnxWriter::opset).max().orElse(OPSET);
    GraphProto.Builder graph = GraphProto.newBuilder().setName("network");
    graph.addInput(value("input", network.inputShape(), network.storedPrecision()));
    graph.addOutput(value("output", network.output().shape(), network.storedPrecision()));
    new NodeWriter(network, graph).write();
    ModelProto.Builder model =
        ModelProto.newBuilder()
            .setIrVersion(opset >= 20 ? 9 : opset >= 15 ? 8 : 7)
            .setProducerName("flatness")
            .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(opset))
            .setGraph(graph);
    if (asWritten) {
      model.addMetadataProps(
          StringStringEntryProto.newBuilder().setKey(AS_WRITTEN).setValue("as written"));
    }
    return model.build();
  }

  /** The first opset that has what a node needs. */
  private static int opset(Node node) {
    if (!(node.layer() instanceof Layer.Activate activate)) {
      return OPSET;
    }
    return switch (activate.function().kind()) {
      case GELU, GELU_TANH -> 20;
      case MISH -> 18;
      case HARD_SWISH -> 14;
      default -> OPSET;
    };
  }

  private static ValueInfoProto value(String name, Shape shape, Precision precision) {
    TensorShapeProto.Builder dimensions = TensorShapeProto.newBuilder();
    dimensions.addDim(TensorShapeProto.Dimension.newBuilder().setDimParam("N"));
    for (int extent : shape.toArray()) {
      dimensions.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(extent));
    }
    TensorProto.DataType type =
        precision == Precision.FLOAT32 ? TensorProto.DataType.FLOAT : TensorProto.DataType.DOUBLE;
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder()
                        .setElemType(type.getNumber())
                        .setShape(dimensions)))
        .build();
  }
}
