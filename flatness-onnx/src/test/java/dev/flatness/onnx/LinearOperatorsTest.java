package dev.flatness.onnx;

import static dev.flatness.onnx.ModelBuilder.attribute;
import static dev.flatness.onnx.ModelBuilder.list;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.tensor.Shape;
import dev.flatness.tensor.SparseMatrix;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Selections, sums and products by constants, against loops over the entries. */
class LinearOperatorsTest {
  @TempDir Path folder;

  private static double[] ramp(int size) {
    return IntStream.range(0, size).mapToDouble(i -> 1 + i).toArray();
  }

  private static ModelBuilder images() {
    return new ModelBuilder(13).input("x", -1, 2, 3, 4);
  }

  /** Reads, and checks that writing brings back the same layers. */
  private Network read(ModelBuilder model, String output) {
    Network network = model.output(output).read(folder).network();
    Path copy = folder.resolve("copy.onnx");
    OnnxWriter.withDefaults().withReplacing(true).write(network, copy);
    Network again = OnnxReader.withDefaults().read(copy).network();
    assertThat(again.nodes()).isEqualTo(network.nodes());
    return network;
  }

  /** The entries c, h, w of a 2 × 3 × 4 map of the numbers from 1 on. */
  private static double[] at(int[] c, int[] h, int[] w) {
    return Arrays.stream(c)
        .boxed()
        .flatMapToDouble(
            i ->
                Arrays.stream(h)
                    .boxed()
                    .flatMapToDouble(
                        j -> Arrays.stream(w).mapToDouble(k -> 1 + (i * 3 + j) * 4 + k)))
        .toArray();
  }

  private static int[] all(int extent) {
    return IntStream.range(0, extent).toArray();
  }

  @Test
  void slicesTakeRangesOfAxes() {
    ModelBuilder model =
        images()
            .integers("starts", 0, -1, 1)
            .integers("ends", Integer.MAX_VALUE, -4, 3)
            .integers("axes", 0, 2, 3)
            .integers("steps", 1, -2, 1)
            .node("Slice", "x starts ends axes steps", "y");
    assertThat(read(model, "y").outputs(ramp(24)))
        .containsExactly(at(all(2), new int[] {2, 0}, new int[] {1, 2}));
  }

  @Test
  void slicesOfTheBatchAreRefused() {
    Path file =
        images()
            .integers("starts", 0)
            .integers("ends", 2)
            .node("Slice", "x starts ends", "y")
            .output("y")
            .write(folder);
    assertThatThrownBy(() -> OnnxReader.withDefaults().read(file))
        .hasMessageEndingWith(
            "node \"y\" (Slice, opset 13) selects samples of the batch, expected the whole batch axis;"
                + " a network acts on each sample alone");
  }

  @Test
  void splitsGiveAllTheirParts() {
    ModelBuilder model =
        images()
            .integers("parts", 1, 3)
            .node("Split", "x parts", "a b", attribute("axis", -1))
            .node("Concat", "b a", "y", attribute("axis", 3));
    assertThat(read(model, "y").outputs(ramp(24)))
        .containsExactly(at(all(2), all(3), new int[] {1, 2, 3, 0}));
    assertThat(
            read(images().node("Split", "x", "a b", attribute("axis", 1)), "b").outputs(ramp(24)))
        .containsExactly(at(new int[] {1}, all(3), all(4)));
  }

  @Test
  void splitsThatDoNotFitAreRefused() {
    Path file =
        images()
            .integers("parts", 1, 2)
            .node("Split", "x parts", "a b", attribute("axis", -1))
            .output("b")
            .write(folder);
    assertThatThrownBy(() -> OnnxReader.withDefaults().read(file))
        .hasMessageContaining(
            "splits axis of 4 entries in parts [1, 2] for 2 outputs; the numbers do not fit");
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 0, 1, 3, 1 << 30, 1L << 32, (1L << 32) + 2})
  void splitsIntoAnotherNumberOfOutputsAreRefused(long count) {
    Path file =
        images()
            .node("Split", "x", "a b", attribute("axis", 1), attribute("num_outputs", count))
            .output("b")
            .write(folder);
    assertThatThrownBy(() -> OnnxReader.withDefaults().read(file))
        .hasMessageEndingWith(
            "node \"a\" (Split, opset 13) has num_outputs "
                + count
                + ", expected 2, the number of its outputs; the file is damaged");
  }

  @Test
  void gathersPickByConstantIndices() {
    ModelBuilder model =
        images().integers("i", 2, 0, -1, 2).node("Gather", "x i", "y", attribute("axis", 2));
    Network network = read(model, "y");
    assertThat(network.outputs(ramp(24)))
        .containsExactly(at(all(2), new int[] {2, 0, 2, 2}, all(4)));
    ModelBuilder scalar = images();
    scalar.graph.addInitializer(
        ai.onnx.proto.OnnxMl.TensorProto.newBuilder()
            .setName("i")
            .setDataType(ai.onnx.proto.OnnxMl.TensorProto.DataType.INT64_VALUE)
            .addInt64Data(1));
    Network one = read(scalar.node("Gather", "x i", "y", attribute("axis", 1)), "y");
    assertThat(one.outputs(ramp(24))).containsExactly(at(new int[] {1}, all(3), all(4)));
  }

  @Test
  void sumsAddOverAxes() {
    ModelBuilder model =
        images().integers("axes", 1, -1).node("ReduceSum", "x axes", "y", attribute("keepdims", 0));
    double[] expected = new double[3];
    for (int h = 0; h < 3; h++) {
      expected[h] = DoubleStream.of(at(all(2), new int[] {h}, all(4))).sum();
    }
    assertThat(read(model, "y").outputs(ramp(24))).containsExactly(expected);
  }

  @Test
  void sumsOfReversedEntriesAreReadAtOnce() {
    int size = 1 << 20;
    ModelBuilder model =
        new ModelBuilder(13)
            .input("x", -1, size)
            .integers("starts", -1)
            .integers("ends", Long.MIN_VALUE + 1)
            .integers("one", 1)
            .integers("steps", -1)
            .node("Slice", "x starts ends one steps", "r")
            .node("ReduceSum", "r one", "y")
            .output("y");
    Network network = model.read(folder).network();
    assertThat(network.nodes()).hasSize(2);
    assertThat(network.outputs(ramp(size))).containsExactly(0.5 * size * (size + 1.0));
  }

  @Test
  void mapsWhoseProductIsTooLargeANumberStayApart() {
    SparseMatrix large = SparseMatrix.builder(1).add(0, 1e200).endRow().build();
    Draft draft = new Draft(false, new Budget(0, Long.MAX_VALUE));
    OnnxNode node =
        new OnnxNode(ai.onnx.proto.OnnxMl.NodeProto.getDefaultInstance(), "Tile", 0, 13, 0);
    Step x = draft.input(Shape.of(1));
    Step y = draft.linearMap(node, draft.linearMap(node, x, large, 1), large, 1);
    assertThat(y.input().input()).isSameAs(x);
  }

  @Test
  void aShiftIsNoPartOfALinearMap() {
    Draft draft = new Draft(true, new Budget(0, Long.MAX_VALUE));
    OnnxNode node =
        new OnnxNode(ai.onnx.proto.OnnxMl.NodeProto.getDefaultInstance(), "Mul", 0, 13, 0);
    SparseMatrix one = SparseMatrix.selection(1, new int[] {0});
    Step map = draft.linearMap(node, draft.input(Shape.of(1)), one, 1);
    Step scaled = draft.constant(node, map, new double[] {2}, new double[] {0});
    assertThat(((Layer.LinearMap) scaled.layer()).matrix().value(0)).isEqualTo(2);
    Step shifted = draft.constant(node, map, new double[] {2}, new double[] {3});
    assertThat(shifted.layer())
        .isEqualTo(new Layer.Constant(java.util.List.of(2.0), java.util.List.of(3.0)));
    assertThat(shifted.input()).isSameAs(map);
  }

  @Test
  void expandAndTileRepeat() {
    ModelBuilder expand =
        new ModelBuilder(13)
            .input("x", -1, 2, 1)
            .integers("shape", 1, 1, 2, 3)
            .integers("one", 1)
            .node("Unsqueeze", "x one", "u")
            .node("Expand", "u shape", "y");
    assertThat(read(expand, "y").outputs(new double[] {1, 2})).containsExactly(1, 1, 1, 2, 2, 2);
    ModelBuilder tile =
        new ModelBuilder(13).input("x", -1, 2, 2).integers("n", 1, 2, 1).node("Tile", "x n", "y");
    assertThat(read(tile, "y").outputs(ramp(4))).containsExactly(1, 2, 3, 4, 1, 2, 3, 4);
  }

  @Test
  void sumsOfActivationsBroadcast() {
    ModelBuilder model =
        new ModelBuilder(13)
            .input("x", -1, 3)
            .weights("w", 3, 1)
            .node("MatMul", "x w", "v")
            .node("ReduceMean", "x", "m", attribute("axes", list(1)))
            .node("Sub", "x m", "c")
            .node("Add", "v c", "y");
    Network network = read(model, "y");
    double[] x = {0.5, -2, 4};
    double[] w = network.parameterVector();
    double v = w[0] * x[0] + w[1] * x[1] + w[2] * x[2];
    double[] y = network.outputs(x);
    for (int i = 0; i < 3; i++) {
      assertThat(y[i]).isCloseTo(v + x[i] - 2.5 / 3, org.assertj.core.data.Offset.offset(1e-14));
    }
  }

  @Test
  void twoSelectionsBecomeOneMap() {
    ModelBuilder model =
        images()
            .integers("i", 2, 0)
            .integers("j", 1, 0, 1)
            .node("Gather", "x i", "a", attribute("axis", 2))
            .node("Gather", "a j", "y", attribute("axis", 3));
    Network network = read(model, "y");
    assertThat(network.nodes().stream().filter(n -> n.layer() instanceof Layer.LinearMap))
        .hasSize(1);
    assertThat(network.outputs(ramp(24)))
        .containsExactly(at(all(2), new int[] {2, 0}, new int[] {1, 0, 1}));
  }

  @Test
  void aDiagonalMatrixAtTheInputIsNoParameter() {
    ModelBuilder model =
        new ModelBuilder(13)
            .input("x", -1, 2, 2, 2)
            .doubles("d", new double[] {2, 0, 0, 2, 3, 0, 0, 5}, 1, 2, 2, 2)
            .node("MatMul", "x d", "s")
            .node("Flatten", "s", "f")
            .weights("w", 8, 1)
            .node("MatMul", "f w", "y");
    Network network = read(model, "y");
    assertThat(network.parameterCount()).isEqualTo(8);
    double[] w = network.parameterVector();
    double[] scales = {2, 2, 2, 2, 3, 5, 3, 5};
    double[] x = ramp(8);
    double expected = IntStream.range(0, 8).mapToDouble(i -> w[i] * scales[i] * x[i]).sum();
    assertThat(network.outputs(x)[0])
        .isCloseTo(expected, org.assertj.core.data.Offset.offset(1e-13));
  }

  @ParameterizedTest
  @CsvSource({"0", "1"})
  void aDenseLayerAtEveryPositionIsAConvolution(int leading) {
    ModelBuilder model =
        new ModelBuilder(13)
            .input("x", -1, 3, 2)
            .weights("w", leading == 0 ? new long[] {2, 4} : new long[] {1, 2, 4})
            .weights("b", 4)
            .node("MatMul", "x w", "m")
            .node("Add", "m b", "a")
            .node("Relu", "a", "y");
    Network network = read(model, "y");
    assertThat(network.parameters()).hasSize(2);
    double[] w = network.values(network.parameters().get(0));
    double[] b = network.values(network.parameters().get(1));
    double[] x = {1, -2, 0.5, 3, -1, 0.25};
    double[] y = network.outputs(x);
    for (int t = 0; t < 3; t++) {
      for (int s = 0; s < 4; s++) {
        double expected = b[s] + w[2 * s] * x[2 * t] + w[2 * s + 1] * x[2 * t + 1];
        assertThat(y[4 * t + s])
            .isCloseTo(Math.max(0, expected), org.assertj.core.data.Offset.offset(1e-14));
      }
    }
  }

  @Test
  void aMatrixFromTheLeftActsOnTheSecondLastAxis() {
    ModelBuilder model =
        new ModelBuilder(13).input("x", -1, 3, 2).weights("w", 4, 3).node("MatMul", "w x", "y");
    Network network = read(model, "y");
    double[] w = network.parameterVector();
    double[] x = {1, -2, 0.5, 3, -1, 0.25};
    double[] y = network.outputs(x);
    for (int s = 0; s < 4; s++) {
      for (int t = 0; t < 2; t++) {
        double expected = w[3 * s] * x[t] + w[3 * s + 1] * x[2 + t] + w[3 * s + 2] * x[4 + t];
        assertThat(y[2 * s + t]).isCloseTo(expected, org.assertj.core.data.Offset.offset(1e-14));
      }
    }
  }

  @Test
  void selectionsTooLargeToKeepAreRefused() {
    Path file =
        new ModelBuilder(13)
            .input("x", -1, 4)
            .integers("n", 1, 1L << 40)
            .node("Tile", "x n", "y")
            .output("y")
            .write(folder);
    assertThatThrownBy(() -> OnnxReader.withDefaults().read(file))
        .hasMessageEndingWith(
            "node \"y\" (Tile, opset 13) makes a linear map of 4398046511104 rows or entries, expected"
                + " fewer than 8388608");
  }
}
