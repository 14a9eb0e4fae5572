package dev.flatness.onnx;

import static dev.flatness.onnx.ModelBuilder.attribute;
import static dev.flatness.onnx.ModelBuilder.list;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import dev.flatness.network.Activation;
import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.OutputActivation;
import dev.flatness.network.Parameter;
import dev.flatness.tensor.Precision;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What exporters write, in models made by hand; values worked out by hand or by another layer. */
class OnnxReaderTest {
  @TempDir Path folder;

  private static double[] run(Network network, double... x) {
    return network.outputs(x);
  }

  private static double[] ramp(int size) {
    return IntStream.range(0, size).mapToDouble(i -> Math.cos(i)).toArray();
  }

  private static void assertClose(double[] actual, double[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
    for (int i = 0; i < expected.length; i++) {
      assertThat(Math.abs(actual[i] - expected[i])).isLessThanOrEqualTo(1e-12 * largest);
    }
  }

  private static List<String> kinds(Network network) {
    return network.nodes().stream().map(n -> n.layer().getClass().getSimpleName()).toList();
  }

  private static List<String> parameters(Network network) {
    return network.parameters().stream().map(Parameter::name).toList();
  }

  // ---- matrix products

  @Test
  void gemmScalesAndTransposes() {
    ModelBuilder model =
        new ModelBuilder(13)
            .input("x", -1, 2)
            .doubles("w", new double[] {1, 2, 3, 4}, 2, 2)
            .doubles("b", new double[] {10, 20}, 1, 2)
            .node("Gemm", "x w b", "y", attribute("alpha", 2f), attribute("beta", 0.5f))
            .output("y");
    Network network = model.read(folder).network();
    assertThat(network.parameterVector()).as("the file's own").containsExactly(1, 3, 2, 4, 10, 20);
    assertThat(run(network, 1, -1)).containsExactly(2 - 6 + 5, 4 - 8 + 10);
    assertThat(network.storedPrecision()).isEqualTo(Precision.FLOAT64);
  }

  @Test
  void gemmReadsATransposedBatch() {
    Network network =
        new ModelBuilder(13)
            .input("x", 4, 2)
            .doubles("w.weight", new double[] {1, 2, 3, 4}, 2, 2)
            .node("Transpose", "x", "t")
            .node("Gemm", "t w.weight", "y", attribute("transA", 1), attribute("transB", 1))
            .output("y")
            .read(folder)
            .network();
    assertThat(run(network, 1, -1)).containsExactly(-1, -1);
    assertThat(parameters(network)).containsExactly("w.weight");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void matMulTakesABiasFromAnAddOfAnyRank(long rank) {
    ModelBuilder model = new ModelBuilder(9).input("x", 1, 2).weights("w", 2, 3);
    double[] bias = {1, 2, 3};
    model = rank == 1 ? model.doubles("b", bias, 3) : model.doubles("b", bias, 1, 3);
    Network network =
        model.node("MatMul", "x w", "m").node("Add", "b m", "y").output("y").read(folder).network();
    assertThat(parameters(network)).containsExactly("m.weight", "m.bias");
    assertThat(run(network, 0, 0)).containsExactly(1, 2, 3);
  }

  @Test
  void oneWeightInTwoLayersIsOneParameter() {
    Network network =
        new ModelBuilder(13)
            .input("x", -1, 2)
            .weights("fc.weight", 2, 2)
            .node("MatMul", "x fc.weight", "a")
            .node("Relu", "a", "r")
            .node("MatMul", "r fc.weight", "y")
            .output("y")
            .read(folder)
            .network();
    assertThat(network.sharesParameters()).isTrue();
    assertThat(network.parameterCount()).isEqualTo(4);
    assertThat(network.weightLayers())
        .extracting(node -> node.name())
        .containsExactly("fc", "fc_2");
    assertThat(network.notes())
        .containsExactly("initializer \"fc.weight\" is used by more than one layer: one parameter");
  }

  // ---- folding

  private static ModelBuilder normalized(long pad, boolean before, boolean second) {
    ModelBuilder model =
        new ModelBuilder(11)
            .input("x", -1, 2, 4, 4)
            .weights("c1.weight", 3, 2, 3, 3)
            .weights("c2.weight", 2, 3, 3, 3)
            .weights("bn.weight", 3)
            .weights("bn.bias", 3)
            .weights("mean", 3)
            .doubles("var", new double[] {0.5, 1.5, 2}, 3)
            .node("Conv", "x c1.weight", "a", attribute("pads", list(1, 1, 1, 1)));
    String bn = " bn.weight bn.bias mean var";
    model =
        before
            ? model.node("BatchNormalization", "a" + bn, "n").node("Relu", "n", "r")
            : model.node("Relu", "a", "n").node("BatchNormalization", "n" + bn, "r");
    model.node("Conv", "r c2.weight", "y", attribute("pads", list(pad, pad, pad, pad)));
    return second
        ? model
            .node("GlobalAveragePool", "r", "g")
            .node("GlobalAveragePool", "y", "h")
            .node("Flatten", "g", "i")
            .node("Flatten", "h", "j")
            .node("Concat", "i j", "z", attribute("axis", 1))
            .output("z")
        : model.output("y");
  }

  /** The same model read layer by layer, with the normalization standing. */
  private double[] unfolded(ModelBuilder model, double[] x) {
    model.model.addMetadataPropsBuilder().setKey(OnnxWriter.AS_WRITTEN).setValue("as written");
    return run(model.read(folder).network(), x);
  }

  @Test
  void normalizationBeforeTheActivationFoldsIntoTheLayerBefore() {
    ModelBuilder model = normalized(1, true, false);
    Network network = model.read(folder).network();
    assertThat(parameters(network)).containsExactly("c1.weight", "c1.bias", "c2.weight");
    assertClose(run(network, ramp(32)), unfolded(model, ramp(32)));
  }

  @Test
  void normalizationAfterTheActivationFoldsIntoTheLayerAfter() {
    ModelBuilder model = normalized(0, false, false);
    Network network = model.read(folder).network();
    assertThat(parameters(network)).containsExactly("c1.weight", "c2.weight", "c2.bias");
    assertClose(run(network, ramp(32)), unfolded(model, ramp(32)));
  }

  @ParameterizedTest
  @CsvSource({"1, false", "0, true"})
  void normalizationStandsBeforeZeroPaddingAndBeforeTwoReaders(long pad, boolean second) {
    ModelBuilder model = normalized(pad, false, second);
    Network network = model.read(folder).network();
    assertThat(parameters(network))
        .containsExactly("c1.weight", "bn.weight", "bn.bias", "c2.weight");
    assertThat(network.parameters().get(1).role()).isEqualTo(Parameter.Role.SCALE);
    assertClose(run(network, ramp(32)), unfolded(model, ramp(32)));
  }

  @Test
  void normalizationFoldsThroughAFlattenIntoADenseLayer() {
    ModelBuilder model =
        new ModelBuilder(13)
            .input("x", -1, 2, 2, 2)
            .weights("g", 2)
            .weights("b", 2)
            .weights("m", 2)
            .doubles("v", new double[] {1, 2}, 2)
            .weights("fc.weight", 3, 8)
            .node("Relu", "x", "r")
            .node("BatchNormalization", "r g b m v", "n")
            .node("Transpose", "n", "t", attribute("perm", list(0, 2, 3, 1)))
            .node("Flatten", "t", "f")
            .node("Gemm", "f fc.weight", "y", attribute("transB", 1))
            .output("y");
    Network network = model.read(folder).network();
    assertThat(parameters(network)).containsExactly("fc.weight", "fc.bias");
    assertClose(run(network, ramp(8)), unfolded(model, ramp(8)));
  }

  @Test
  void aNormalizationWrittenAsMulAndAddFoldsToo() {
    Network network =
        new ModelBuilder(13)
            .input("x", -1, 1, 2, 2)
            .doubles("c.weight", new double[] {1, 2}, 2, 1, 1, 1)
            .doubles("s", new double[] {3, 5}, 2, 1, 1)
            .doubles("t", new double[] {7, 11}, 1, 2, 1, 1)
            .node("Conv", "x c.weight", "c")
            .node("Mul", "c s", "m")
            .node("Add", "t m", "y")
            .output("y")
            .read(folder)
            .network();
    assertThat(parameters(network)).containsExactly("c.weight", "c.bias");
    assertThat(network.parameterVector()).containsExactly(3, 10, 7, 11);
  }

  @Test
  void anAddedConstantOfOpset6IsPlacedByItsAxis() {
    Network network =
        new ModelBuilder(6)
            .input("x", 1, 1, 2, 2)
            .doubles("c.weight", new double[] {1, 2}, 2, 1, 1, 1)
            .doubles("b", new double[] {7, 11}, 2)
            .node("Conv", "x c.weight", "c")
            .node("Add", "c b", "y", attribute("broadcast", 1), attribute("axis", 1))
            .output("y")
            .read(folder)
            .network();
    assertThat(network.parameterVector()).containsExactly(1, 2, 7, 11);
  }

  @Test
  void sumsConcatenationsAndNegationsKeepTheirOperands() {
    Network network =
        new ModelBuilder(13)
            .input("x", -1, 2, 1, 2)
            .node("Neg", "x", "n")
            .node("Sum", "x x n", "s")
            .node("Concat", "s x", "c", attribute("axis", -1))
            .node("Sub", "c c", "z")
            .node("Add", "z c", "y")
            .output("y")
            .read(folder)
            .network();
    assertThat(run(network, 1, 2, 3, 4)).containsExactly(1, 2, 1, 2, 3, 4, 3, 4);
  }

  @Test
  void zeroPaddingBecomesTheConvolutions() {
    for (long opset : new long[] {10, 13}) {
      ModelBuilder model =
          new ModelBuilder(opset).input("x", 1, 1, 3, 3).weights("c.weight", 1, 1, 2, 2);
      long[] pads = {0, 0, 1, 0, 0, 0, 0, 2};
      model =
          opset == 10
              ? model.node("Pad", "x", "p", attribute("pads", pads))
              : model.integers("pads", pads).node("Pad", "x pads", "p");
      Network network = model.node("Conv", "p c.weight", "y").output("y").read(folder).network();
      assertThat(kinds(network)).containsExactly("Input", "Convolution", "Reshape");
      Layer.Convolution layer = (Layer.Convolution) network.node(1).layer();
      assertThat(layer.window().padTop()).isEqualTo(1);
      assertThat(layer.window().padRight()).isEqualTo(2);
      assertThat(network.node(1).shape().toArray()).containsExactly(1, 3, 4);
    }
  }

  @Test
  void preprocessingInTheFileStaysAConstant() {
    Network network =
        new ModelBuilder(13)
            .input("x", -1, 2, 2, 3)
            .doubles("mean", new double[] {1, 2, 3}, 3)
            .doubles("std", new double[] {2}, 1)
            .weights("c.weight", 1, 3, 2, 2)
            .node("Sub", "x mean", "s")
            .node("Div", "s std", "d")
            .node("Transpose", "d", "t", attribute("perm", list(0, 3, 1, 2)))
            .node("Conv", "t c.weight", "y")
            .output("y")
            .read(folder)
            .network();
    assertThat(network.parameterCount()).isEqualTo(12);
    double[] w = network.parameterVector();
    double expected = 0;
    double[] x = ramp(12);
    for (int p = 0; p < 4; p++) {
      for (int c = 0; c < 3; c++) {
        expected += w[c * 4 + p] * (x[p * 3 + c] - (c + 1)) / 2;
      }
    }
    assertClose(run(network, x), new double[] {expected});
    assertThat(network.notes())
        .contains(
            "the file scales or shifts its input itself (node \"s\" (Sub, opset 13)); do not do so"
                + " again");
  }

  // ---- windows

  @ParameterizedTest
  @CsvSource({
    "SAME_UPPER, 5, 2, 2, 0, 1", "SAME_LOWER, 5, 2, 2, 1, 0", "SAME_UPPER, 5, 3, 1, 1, 1",
    "VALID, 5, 3, 2, 0, 0", "SAME_UPPER, 4, 1, 3, 0, 0", "SAME_LOWER, 6, 4, 1, 2, 1"
  })
  void autoPadBecomesPadding(String auto, int extent, int kernel, int stride, int first, int last) {
    Network network =
        new ModelBuilder(9)
            .input("x", 1, 1, extent, extent)
            .weights("c.weight", 1, 1, kernel, kernel)
            .node(
                "Conv",
                "x c.weight",
                "y",
                attribute("auto_pad", auto),
                attribute("strides", list(stride, stride)))
            .output("y")
            .read(folder)
            .network();
    Layer.Convolution layer = (Layer.Convolution) network.node(1).layer();
    assertThat(layer.window().padTop()).isEqualTo(first);
    assertThat(layer.window().padBottom()).isEqualTo(last);
    int expected =
        auto.equals("VALID") ? (extent - kernel) / stride + 1 : (extent + stride - 1) / stride;
    assertThat(network.node(1).shape().toArray()).containsExactly(1, expected, expected);
  }

  @Test
  void ceilModeAddsWindowsThatStartInside() {
    Network network =
        new ModelBuilder(12)
            .input("x", 1, 1, 4, 5)
            .node(
                "MaxPool",
                "x",
                "y",
                attribute("kernel_shape", list(3, 3)),
                attribute("strides", list(2, 2)),
                attribute("ceil_mode", 1))
            .output("y")
            .read(folder)
            .network();
    assertThat(network.node(1).shape().toArray()).containsExactly(1, 2, 2);
    double[] x = IntStream.range(0, 20).mapToDouble(i -> i).toArray();
    assertThat(run(network, x)).containsExactly(12, 14, 17, 19);
  }

  @Test
  void oneDimensionalLayersAreReadAsRows() {
    Network network =
        new ModelBuilder(13)
            .input("x", -1, 1, 4)
            .doubles("c.weight", new double[] {1, 10}, 1, 1, 2)
            .node("Conv", "x c.weight", "c", attribute("pads", list(0, 1)))
            .node(
                "MaxPool",
                "c",
                "m",
                attribute("kernel_shape", list(2)),
                attribute("strides", list(2)))
            .node("Flatten", "m", "y")
            .output("y")
            .read(folder)
            .network();
    assertThat(run(network, 1, 2, 3, 4)).containsExactly(32, 43);
  }

  @Test
  void reduceMeanOverSomeAxesIsAPooling() {
    Network network =
        new ModelBuilder(13)
            .input("x", -1, 2, 2, 2)
            .node("ReduceMean", "x", "y", attribute("axes", list(-3, 2)), attribute("keepdims", 0))
            .output("y")
            .read(folder)
            .network();
    assertThat(run(network, 1, 2, 3, 4, 5, 6, 7, 8)).containsExactly(4, 5);
  }

  // ---- shapes

  @Test
  void aReshapeToAComputedShapeKeepsTheBatch() {
    Network network =
        new ModelBuilder(11)
            .input("x", 1, 2, 2, 3)
            .integers("zero", 0)
            .integers("minus", -1)
            .integers("rest", 2, 3)
            .node("Shape", "x", "s")
            .node("Gather", "s zero", "b", attribute("axis", 0))
            .node("Concat", "b minus", "t", attribute("axis", 0))
            .node("Reshape", "x t", "y")
            .output("y")
            .read(folder)
            .network();
    assertThat(kinds(network)).containsExactly("Input", "Reshape");
    assertThat(network.output().shape().toArray()).containsExactly(12);
  }

  @Test
  void aBatchSizeInAReshapeIsFreed() {
    Network network =
        new ModelBuilder(9)
            .input("x", 64, 2, 3)
            .integers("t", 64, 6)
            .node("Reshape", "x t", "y")
            .output("y")
            .read(folder)
            .network();
    assertThat(network.notes())
        .containsExactly(
            "the file's fixed batch size 64 was freed",
            "node \"y\" (Reshape, opset 9) bakes in batch size 64; it was freed");
  }

  @Test
  void nodesMayStandInAnyOrderAndUnusedOnesDoNotMatter() {
    OnnxModel model =
        new ModelBuilder(13)
            .input("x", -1, 2)
            .input("fc.weight", 2, 2)
            .weights("fc.weight", 2, 2)
            .weights("never", 7)
            .node("Identity", "r", "y")
            .node("Erf", "x", "unread")
            .node("Relu", "m", "r")
            .node("Dropout", "x", "d mask")
            .node("MatMul", "d fc.weight", "m")
            .output("y", "r")
            .read(folder);
    assertThat(kinds(model.network())).containsExactly("Input", "Dense", "Activate");
    assertThat(model.output()).isEqualTo("y");
    assertThat(model.network().notes())
        .containsExactly("the file has 2 outputs; \"y\" was taken (--output takes another one)");
  }

  @Test
  void anotherOutputCanBeAskedFor() {
    Path file =
        new ModelBuilder(13)
            .input("x", -1, 2)
            .node("Relu", "x", "hidden")
            .node("Tanh", "hidden", "y")
            .output("y", "hidden")
            .write(folder);
    OnnxModel model = OnnxReader.withDefaults().withOutput("hidden").read(file);
    assertThat(kinds(model.network())).containsExactly("Input", "Activate");
  }

  @Test
  void anInternalTensorCanBeTheOutput() {
    Path file =
        new ModelBuilder(13)
            .input("x", -1, 2)
            .input("mask", -1, 2)
            .weights("fc.weight", 2, 3)
            .node("MatMul", "x fc.weight", "hidden")
            .node("Relu", "hidden", "r")
            .node("Mul", "r mask", "y")
            .output("y")
            .write(folder);
    OnnxModel model = OnnxReader.withDefaults().withOutput("r").read(file);
    assertThat(kinds(model.network())).containsExactly("Input", "Dense", "Activate");
    assertThat(model.output()).isEqualTo("r");
    assertThat(model.network().notes())
        .containsExactly(
            "input \"mask\" is not needed and was left out",
            "the internal tensor \"r\" was taken as the output");
    assertThatThrownBy(() -> OnnxReader.withDefaults().withOutput("fc").read(file))
        .hasMessage(
            "cannot read model "
                + file
                + ": it has no output or internal tensor \"fc\"; its outputs are"
                + " [y], and its nodes make, among others, [hidden, r]");
  }

  @Test
  void anInputOfOneAxisIsOneSample() {
    Network network =
        new ModelBuilder(13)
            .input("x", 3)
            .weights("w", 3, 2)
            .weights("b", 2)
            .node("MatMul", "x w", "m")
            .node("Add", "m b", "a")
            .node("Relu", "a", "y")
            .output("y")
            .read(folder)
            .network();
    assertThat(kinds(network)).containsExactly("Input", "Dense", "Activate");
    assertThat(network.inputShape().toArray()).containsExactly(3);
    assertThat(network.notes()).contains("the input has no batch axis: it was read as one sample");
    Network gemm =
        new ModelBuilder(13)
            .input("x", 3)
            .weights("w", 3, 2)
            .integers("zero", 0)
            .node("Unsqueeze", "x zero", "row")
            .node("Gemm", "row w", "m")
            .node("Squeeze", "m zero", "y")
            .output("y")
            .read(folder)
            .network();
    assertThat(kinds(gemm)).containsExactly("Input", "Dense");
  }

  @Test
  void theBatchMayGoToAnotherAxisAndBack() {
    Network network =
        new ModelBuilder(13)
            .input("x", -1, 4)
            .integers("there", 1, -1, 2, 2)
            .integers("back", -1, 4)
            .node("Reshape", "x there", "t")
            .node("Relu", "t", "r")
            .node("Reshape", "r back", "y")
            .output("y")
            .read(folder)
            .network();
    assertThat(run(network, 1, -2, 3, -4)).containsExactly(1, 0, 3, 0);
  }

  @Test
  void anOpenInputTakesTheCallersShape() {
    Path file =
        new ModelBuilder(13).input("x", -1, -1).node("Relu", "x", "y").output("y").write(folder);
    OnnxModel model = OnnxReader.withDefaults().withInputShape(5).read(file);
    assertThat(model.network().inputShape().toArray()).containsExactly(5);
    assertThat(model.input().toString()).isEqualTo("x[N, N]");
  }

  @Test
  void oneOpenAxisTakesTheCallersShape() {
    Path file =
        new ModelBuilder(13).input("x", -1).node("Relu", "x", "y").output("y").write(folder);
    Network network = OnnxReader.withDefaults().withInputShape(2).read(file).network();
    assertThat(run(network, 1, -2)).containsExactly(1, 0);
    assertThatThrownBy(() -> OnnxReader.withDefaults().read(file))
        .hasMessageEndingWith(
            "its input \"x\" has shape [N] without room for a batch and a sample, expected at least"
                + " two axes, or one with a number; export the model with a batch axis, or give the"
                + " shape of one sample (--input-shape; in Java withInputShape)");
  }

  // ---- element-wise

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aGeluWrittenWithErfIsOneLayer(boolean halfFirst) {
    ModelBuilder model =
        new ModelBuilder(17)
            .input("x", -1, 3)
            .doubles("root", new double[] {(float) Math.sqrt(2)})
            .doubles("one", new double[] {1})
            .doubles("half", new double[] {0.5})
            .node("Div", "x root", "d")
            .node("Erf", "d", "e")
            .node("Add", "e one", "a");
    model =
        halfFirst
            ? model.node("Mul", "x half", "h").node("Mul", "h a", "y")
            : model.node("Mul", "x a", "h").node("Mul", "h half", "y");
    Network network = model.output("y").read(folder).network();
    assertThat(network.output().layer()).isEqualTo(new Layer.Activate(Activation.GELU));
    assertThat(network.nodes()).hasSize(2);
  }

  @Test
  void clippingFromZeroIsARelu() {
    Network network =
        new ModelBuilder(13)
            .input("x", -1, 1)
            .doubles("zero", new double[] {0})
            .node("Clip", "x zero", "y")
            .output("y")
            .read(folder)
            .network();
    assertThat(network.output().layer()).isEqualTo(new Layer.Activate(Activation.RELU));
  }

  @ParameterizedTest
  @CsvSource({"Softmax, 9, SOFTMAX", "LogSoftmax, 13, LOG_SOFTMAX", "Log, 11, LOG_SOFTMAX"})
  void aSoftmaxAtTheEndIsTheLastLayer(String operator, long opset, OutputActivation end) {
    ModelBuilder model = new ModelBuilder(opset).input("x", -1, 3).node("Sigmoid", "x", "s");
    model =
        operator.equals("Log")
            ? model.node("Softmax", "s", "p").node("Log", "p", "q")
            : model.node(operator, "s", "q");
    OnnxModel read = model.node("Identity", "q", "y").output("y").read(folder);
    assertThat(read.network().outputActivation()).contains(end);
    assertThat(kinds(read.network())).containsExactly("Input", "Activate", "Softmax");
    Path written = folder.resolve("written.onnx");
    OnnxWriter.withDefaults().write(read.network(), written);
    assertThat(OnnxReader.withDefaults().read(written).network().nodes())
        .isEqualTo(read.network().nodes());
  }

  /** As skl2onnx ends a binary classifier. */
  @Test
  void thePairOfOneSigmoidIsAnEndOfItsOwn() {
    Network network =
        new ModelBuilder(13)
            .input("x", -1, 1)
            .doubles("one", new double[] {1})
            .node("Sigmoid", "x", "p")
            .node("Sub", "one p", "q")
            .node("Concat", "q p", "y", ModelBuilder.attribute("axis", 1))
            .output("y")
            .read(folder)
            .network();
    assertThat(network.outputActivation()).contains(OutputActivation.SIGMOID_PAIR);
    assertThat(kinds(network.withoutOutputActivation())).containsExactly("Input");
  }

  // ---- stored numbers

  @Test
  void halfPrecisionWeightsAreConverted() {
    ModelBuilder model =
        new ModelBuilder(13).input("x", -1, 1).node("MatMul", "x w", "y").output("y");
    model.graph.addInitializer(
        TensorProto.newBuilder()
            .setName("w")
            .setDataType(TensorProto.DataType.FLOAT16_VALUE)
            .addDims(1)
            .addDims(5)
            .setRawData(
                ByteString.copyFrom(
                    new byte[] {0, 0x3c, 0, (byte) 0xc0, 1, 0, (byte) 0xff, 0x7b, 0x55, 0x35})));
    Network network = model.read(folder).network();
    assertThat(network.parameterVector()).containsExactly(1, -2, 0x1p-24, 65504, 0.333251953125);
    assertThat(network.storedPrecision()).isEqualTo(Precision.FLOAT32);
    assertThat(network.notes()).containsExactly("float16 weights were converted to float32");
  }
}
