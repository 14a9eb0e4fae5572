package dev.flatness.onnx;

import static dev.flatness.onnx.ModelBuilder.attribute;
import static dev.flatness.onnx.ModelBuilder.list;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.flatness.testkit.OracleCases;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What cannot be read is refused in words, whatever the bytes. */
class RefusalTest {
  @TempDir Path folder;

  private void refused(ModelBuilder model, String reason) {
    Path file = model.write(folder);
    assertThatThrownBy(() -> OnnxReader.withDefaults().read(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("cannot read model " + file + ": " + reason);
  }

  private static ModelBuilder images(long opset) {
    return new ModelBuilder(opset).input("x", -1, 2, 4, 4);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "If | is control flow, as in recurrent networks: the network would be a different function for"
            + " different inputs; export the model without branches and loops",
        "LSTM | is recurrent; only feed-forward networks can be read",
        "InstanceNormalization | normalizes over activations, which is not piecewise linear and has no"
            + " layer here; only BatchNormalization, whose statistics are constants, can be read",
        "Split | selects along the batch axis of a value of shape [N, 2, 4, 4], expected an axis of the"
            + " samples; a network acts on each sample alone",
        "TopK | selects activations in a way that has no layer here; slices, splits and gathers by"
            + " constant indices can be read",
        "QLinearConv | is quantized: its function is a staircase whose derivatives are 0; export the"
            + " model in floating point",
        "Erf | has no layer here that computes the same function; the network cannot be read."
            + " Export it with dense, convolutional, pooling, batch normalization and activation layers"
            + " only"
      })
  void operatorsWithoutALayerAreNamedWithWhatTheyMean(String operator, String reason) {
    refused(
        images(14).node(operator, "x", "y").output("y"),
        "node \"y\" (" + operator + ", opset 14) " + reason);
  }

  @Test
  void clippingToAnEmptyRangeIsRefused() {
    refused(
        images(6).node("Clip", "x", "y", attribute("min", 6f), attribute("max", 0f)).output("y"),
        "node \"y\" (Clip, opset 6) clips to [6.0, 0.0], expected the smaller bound first");
  }

  @Test
  void aSoftmaxInsideIsRefused() {
    refused(
        new ModelBuilder(13)
            .input("x", -1, 2)
            .node("Softmax", "x", "s")
            .node("Relu", "s", "y")
            .output("y"),
        "node \"y\" (Relu, opset 13) reads the result of a softmax; only a Softmax at the"
            + " network's very end can be read");
  }

  @Test
  void aSoftmaxOverOneOfSeveralAxesIsRefused() {
    refused(
        images(13).node("Softmax", "x", "y", attribute("axis", 1)).output("y"),
        "node \"y\" (Softmax, opset 13) normalizes axis 1 of a value of shape [N, 2, 4, 4], expected"
            + " all outputs of a sample together");
  }

  @Test
  void productsOfActivationsAreRefused() {
    refused(
        images(13).node("Tanh", "x", "s").node("Mul", "x s", "y").output("y"),
        "node \"y\" (Mul, opset 13) multiplies activations, as gates of recurrent cells and attention"
            + " do, which is not piecewise linear and has no layer here; only constant factors can be"
            + " read");
  }

  @Test
  void paddingWithOtherThanZerosIsRefused() {
    refused(
        images(2 + 8)
            .node(
                "Pad",
                "x",
                "y",
                attribute("pads", list(0, 0, 1, 0, 0, 0, 0, 0)),
                attribute("mode", "reflect"))
            .output("y"),
        "node \"y\" (Pad, opset 10) pads with mode reflect, expected zeros; other padding is not"
            + " homogeneous and cannot be read");
  }

  @Test
  void trainingModeIsRefused() {
    ModelBuilder model = images(13).doubles("r", new double[] {0.5});
    TensorProto.Builder training =
        TensorProto.newBuilder().setName("t").setDataType(TensorProto.DataType.BOOL_VALUE);
    model.graph.addInitializer(training.addInt32Data(1));
    refused(
        model.node("Dropout", "x r t", "y").output("y"),
        "node \"y\" (Dropout, opset 13) was exported in training mode, where it drops units at random;"
            + " export the model for inference (model.eval())");
  }

  @Test
  void aWeightFromTheLeftIsRefused() {
    refused(
        new ModelBuilder(13)
            .input("x", -1, 4, 3)
            .weights("w", 2, 5)
            .node("MatMul", "w x", "y")
            .output("y"),
        "node \"y\" (MatMul, opset 13) multiplies a constant [2, 5] from the left with a value of"
            + " shape [N, 4, 3], which mixes positions; expected the samples at the left and the"
            + " weight at the right; export the layer as x·W");
  }

  @Test
  void aFlattenOfOneSampleExpectsAxis0() {
    refused(
        new ModelBuilder(13)
            .input("x", 4)
            .integers("shape", 2, 2)
            .node("Reshape", "x shape", "r")
            .node("Flatten", "r", "y", attribute("axis", 1))
            .output("y"),
        "node \"y\" (Flatten, opset 13) flattens a value of shape [2, 2] at axis 1, which splits a"
            + " sample; expected axis 0");
  }

  @Test
  void aFlattenThatMixesSamplesSaysWhichAxisWouldNot() {
    refused(
        new ModelBuilder(9)
            .input("x", -1, 4)
            .integers("t", 1, -1, 4, 1)
            .node("Reshape", "x t", "u")
            .node("Flatten", "u", "y", attribute("axis", 1))
            .output("y"),
        "node \"y\" (Flatten, opset 9) flattens a value of shape [1, N, 4, 1] at axis 1, which mixes"
            + " the samples of a batch; expected axis 2");
    refused(
        images(13).node("Flatten", "x", "y", attribute("axis", 2)).output("y"),
        "node \"y\" (Flatten, opset 13) flattens a value of shape [N, 2, 4, 4] at axis 2, which splits"
            + " a sample; expected axis 1");
  }

  @Test
  void aReshapeThatMixesSamplesIsRefused() {
    refused(
        images(13).integers("t", -1, 7).node("Reshape", "x t", "y").output("y"),
        "node \"y\" (Reshape, opset 13) reshapes a value of shape [N, 2, 4, 4] to [-1, 7], which does"
            + " not divide evenly; expected the batch axis to stay");
    refused(
        images(13).integers("t", -1, 16).node("Reshape", "x t", "y").output("y"),
        "node \"y\" (Reshape, opset 13) reshapes a value of shape [N, 2, 4, 4] to [-1, 16], which does"
            + " not keep each sample by itself; expected the batch axis to stay");
  }

  @Test
  void damagedGraphsAreRefused() {
    refused(
        new ModelBuilder(13)
            .input("x", -1, 2)
            .node("Add", "x z", "y")
            .node("Relu", "y", "z")
            .output("z"),
        "its graph has a cycle through node 0; a feed-forward network was expected, the file is"
            + " damaged");
    refused(
        new ModelBuilder(13).input("x", -1, 2).node("Add", "x z", "y").output("y"),
        "node \"y\" (Add, opset 13) reads \"z\", which nothing in the file makes; the file is"
            + " damaged");
    refused(
        new ModelBuilder(13)
            .input("x", -1, 2)
            .input("z", -1, 2)
            .node("Add", "x z", "y")
            .output("y"),
        "node \"y\" (Add, opset 13) reads \"z\", a second input of the model in addition to \"x\";"
            + " only models with one input can be read, or an output (--output) that needs only one of"
            + " them");
    refused(
        new ModelBuilder(13)
            .input("x", -1, 2)
            .node("Relu", "x", "y")
            .node("Relu", "x", "y")
            .output("y"),
        "two nodes of its graph make \"y\"; the file is damaged");
  }

  @Test
  void versionsThatAreNotKnownAreRefused() {
    refused(
        images(99).node("Relu", "x", "y").output("y"),
        "it uses opset 99, expected 6 to 23; convert it with onnx.version_converter or export the"
            + " model with such an opset");
    ModelBuilder absurd = images(13).node("Relu", "x", "y").output("y");
    absurd.model.setIrVersion(1L << 40);
    refused(
        absurd,
        "it says IR version 1099511627776, expected 3 to 13; export the model anew with a current"
            + " exporter");
    ModelBuilder none = images(13).node("Relu", "x", "y").output("y");
    none.model.clearOpsetImport();
    refused(
        none,
        "it names no opset (opset_import is empty), so the meaning of its operators is unknown;"
            + " export the model anew");
  }

  @Test
  void sizesAreCheckedBeforeMemoryIsTaken() {
    refused(
        new ModelBuilder(13)
            .input("x", -1, 4)
            .doubles("w", new double[] {1}, 4, 1 << 28)
            .node("MatMul", "x w", "y")
            .output("y"),
        "initializer \"w\" of shape [4, 268435456] has 1 entries, expected 1073741824; the file is"
            + " damaged");
    refused(
        new ModelBuilder(13)
            .input("x", -1, 4)
            .doubles("w", new double[] {1}, -4, 2)
            .node("MatMul", "x w", "y")
            .output("y"),
        "initializer \"w\" has extent -4, expected 0 to 2147483647; the file is damaged");
    refused(
        new ModelBuilder(13)
            .input("x", -1, 4)
            .integers("s", 1L << 20, 1L << 20)
            .node("ConstantOfShape", "s", "w")
            .node("MatMul", "x w", "y")
            .output("y"),
        "node \"w\" (ConstantOfShape, opset 13) computes a constant of 1099511627776 entries,"
            + " expected at most 67108864");
    refused(
        new ModelBuilder(13).input("x", -1, 1L << 20, 1L << 20).node("Relu", "x", "y").output("y"),
        "its input \"x\" has shape [N, 1048576, 1048576], expected at most 2147483647 entries a"
            + " sample; the file is damaged");
    refused(
        images(13)
            .weights("w", 1, 2, 1, 1)
            .node("Conv", "x w", "y", attribute("pads", list(1L << 40, 0, 0, 0)))
            .output("y"),
        "node \"y\" (Conv, opset 13) has pads [1099511627776, 0, 0, 0], expected numbers from 0 to"
            + " 32768");
  }

  // ---- external data

  private ModelBuilder external(String location, Long offset, Long length) {
    ModelBuilder model =
        new ModelBuilder(13).input("x", -1, 2).node("MatMul", "x w", "y").output("y");
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName("w")
            .setDataType(TensorProto.DataType.FLOAT_VALUE)
            .addDims(2)
            .addDims(1)
            .setDataLocation(TensorProto.DataLocation.EXTERNAL)
            .addExternalData(entry("location", location));
    if (offset != null) {
      tensor.addExternalData(entry("offset", String.valueOf(offset)));
    }
    if (length != null) {
      tensor.addExternalData(entry("length", String.valueOf(length)));
    }
    model.graph.addInitializer(tensor);
    return model;
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }

  @Test
  void externalDataAreReadAtTheirOffset() throws Exception {
    ByteBuffer bytes = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putFloat(7).putFloat(0.5f).putFloat(-3);
    Files.createDirectory(folder.resolve("data"));
    Files.write(folder.resolve("data/w.bin"), bytes.array());
    OnnxModel model = external("data/w.bin", 4L, 8L).read(folder);
    assertThat(model.network().parameterVector()).containsExactly(0.5, -3);
    refused(
        external("data/w.bin", 8L, 8L),
        "initializer \"w\" ends at byte 8 + 8 of external data \"data/w.bin\", which has 12 bytes;"
            + " copy that file completely");
    refused(
        external("data/w.bin", Long.MAX_VALUE, 8L),
        "initializer \"w\" ends at byte 9223372036854775807 + 8 of external data \"data/w.bin\", which"
            + " has 12 bytes; copy that file completely");
    refused(
        external("data/w.bin", null, null),
        "initializer \"w\" has 12 bytes in external data \"data/w.bin\", expected 8; the files do not"
            + " belong together");
    refused(
        external("data/w.bin", -4L, 8L),
        "initializer \"w\" has offset \"-4\" in external data, expected a number of bytes");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../w.bin", "/etc/hostname", "data/../../w.bin", "link.bin"})
  void externalDataOutsideTheFolderAreRefused(String location) throws Exception {
    Path outside = Files.createTempFile("w", ".bin");
    Files.createSymbolicLink(folder.resolve("link.bin"), outside);
    refused(
        external(location, null, null),
        "initializer \"w\" lies in external data \""
            + location
            + "\", outside the model's folder; put it in the model's folder");
    Files.delete(outside);
  }

  // ---- files

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "PK__________ | it is a zip archive, perhaps a PyTorch checkpoint; export the model with"
            + " torch.onnx.export",
        "<html></html> | it is a web page or XML; download the model again",
        "version https://git-lfs.github.com/spec/v1 | it is a Git LFS pointer; fetch the model itself"
            + " with \"git lfs pull\""
      })
  void filesOfOtherKindsAreRecognised(String content, String reason) throws Exception {
    Path file = Files.writeString(folder.resolve("m.onnx"), content);
    assertThatThrownBy(() -> OnnxReader.withDefaults().read(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("cannot read model " + file + ": it is not an ONNX file: " + reason);
  }

  @Test
  void missingFilesAreNamed() {
    Path file = folder.resolve("none.onnx");
    assertThatThrownBy(() -> OnnxReader.withDefaults().read(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("cannot read model " + file + ": there is no such file; check the path");
  }

  /** Whatever is changed in a file, reading ends in a network or in words. */
  @ParameterizedTest
  @ValueSource(strings = {"mlp-bias-unequal", "lenet-small", "residual-small"})
  void damagedBytesNeverEscapeAsAnotherException(String name) throws Exception {
    byte[] whole = Files.readAllBytes(OracleCases.copyTo(name, folder).resolve("network.onnx"));
    Random random = new Random(11);
    Path file = folder.resolve("damaged.onnx");
    int refused = 0;
    for (int i = 0; i < 600; i++) {
      byte[] bytes =
          java.util.Arrays.copyOf(whole, i % 3 == 0 ? random.nextInt(whole.length) : whole.length);
      for (int k = 0; k < i % 4 && bytes.length > 0; k++) {
        // The graph's structure stands at the beginning, before the weights.
        bytes[random.nextInt(Math.min(bytes.length, 1800))] = (byte) random.nextInt(256);
      }
      Files.write(file, bytes);
      try {
        OnnxReader.withDefaults().read(file);
      } catch (IllegalArgumentException e) {
        assertThat(e.getMessage()).startsWith("cannot read model " + file + ": ");
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(200);
  }
}
