package dev.flatness.onnx;

import static dev.flatness.onnx.ModelBuilder.attribute;
import static dev.flatness.onnx.ModelBuilder.list;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One message names all that stands in the way. */
class ObstaclesTest {
  @TempDir private Path folder;

  private static ModelBuilder sequences() {
    return new ModelBuilder(13).input("x", -1, 3, 4);
  }

  private void refused(ModelBuilder model, String... parts) {
    assertThatThrownBy(() -> model.read(folder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(parts);
  }

  @Test
  void everyOperatorIsListedWithItsNumberOfNodes() {
    ModelBuilder model = sequences().weights("g", 4).weights("b", 4);
    model.node("LayerNormalization", "x g b", "n1").node("LayerNormalization", "n1 g b", "n2");
    refused(
        model.node("Einsum", "n2", "e").node("InstanceNormalization", "e g b", "y").output("y"),
        "it has 4 nodes that cannot be read: 2 × LayerNormalization, 1 × Einsum, 1 ×"
            + " InstanceNormalization; node \"n1\" (LayerNormalization, opset 13) normalizes",
        "node \"e\" (Einsum, opset 13) has no layer here");
  }

  @Test
  void recurrentLayersAreNamedBeforeTheShapesAroundThem() {
    ModelBuilder model = sequences().integers("i", 0).integers("one", 1, 1, 5).weights("w", 1, 5);
    model.node("Shape", "x", "s").node("Gather", "s i", "n");
    model.node("Mul", "one n", "e").node("Expand", "w e", "h");
    refused(
        model.node("GRU", "x w w w _ h", "y").output("y"),
        "model.onnx: node \"y\" (GRU, opset 13) is recurrent; only feed-forward networks can be read");
  }

  @Test
  void attentionIsNamed() {
    ModelBuilder model = sequences().weights("q", 4, 4).weights("k", 4, 4);
    model.node("MatMul", "x q", "a").node("MatMul", "x k", "b");
    model.node("Transpose", "b", "t", attribute("perm", list(0, 2, 1)));
    model.node("MatMul", "a t", "s").node("Softmax", "s", "p").node("MatMul", "p x", "y");
    refused(
        model.output("y"),
        "it has 2 nodes that cannot be read: 2 × MatMul of two activations; node \"s\" (MatMul, opset"
            + " 13) multiplies activations with activations, as attention does, which is not"
            + " piecewise linear and has no layer here");
  }

  private static ModelBuilder normalized(boolean centered) {
    ModelBuilder model = new ModelBuilder(13).input("x", -1, 4);
    model.doubles("two", new double[] {2}).doubles("epsilon", new double[] {1e-5});
    model.weights("w", 4, 4).node("MatMul", "x w", "h");
    model.node("ReduceMean", "h", "m", attribute("axes", list(-1)));
    model.node(centered ? "Sub" : "Add", "h m", "d").node("Pow", centered ? "d two" : "h two", "p");
    model.node("ReduceMean", "p", "v", attribute("axes", list(-1)));
    model.node("Add", "v epsilon", "e").node("Sqrt", "e", "r");
    return centered
        ? model.node("Div", "d r", "y").output("y")
        : model.node("Reciprocal", "r", "i").node("Mul", "h i", "y").output("y");
  }

  @Test
  void normalizationsAreNamedWhereTheyAreWrittenOut() {
    refused(
        normalized(true),
        "model.onnx: node \"r\" (Sqrt, opset 13) belongs to a layer normalization written out in"
            + " basic operators: it normalizes over activations");
    refused(
        normalized(false),
        "model.onnx: node \"r\" (Sqrt, opset 13) belongs to a root-mean-square normalization written"
            + " out in basic operators: it normalizes over activations");
  }

  /** One step of a GRU as exporters unroll it. */
  @Test
  void gatesOfUnrolledCellsAreNamed() {
    ModelBuilder model = new ModelBuilder(13).input("x", -1, 4).weights("u", 4, 4);
    model.weights("w", 4, 4).doubles("one", new double[] {1});
    model.node("MatMul", "x u", "a").node("Sigmoid", "a", "z").node("Sub", "one z", "keep");
    model.node("MatMul", "x w", "b").node("Tanh", "b", "n").node("Mul", "keep n", "h");
    refused(
        model.node("Relu", "h", "y").output("y"),
        "model.onnx: node \"h\" (Mul, opset 13) multiplies a Sigmoid with a Tanh, as the gates of"
            + " recurrent cells (LSTM, GRU) do; only feed-forward networks can be read");
  }

  @Test
  void optionsHaveTheirNames() {
    refused(
        new ModelBuilder(13).input("x", -1, -1, 4).node("Relu", "x", "y").output("y"),
        "leaves axis 1 open; give the shape of one sample with --input-shape");
  }
}
