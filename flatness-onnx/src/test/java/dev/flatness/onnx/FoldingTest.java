package dev.flatness.onnx;

import static dev.flatness.onnx.ModelBuilder.attribute;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flatness.network.Activation;
import dev.flatness.network.Network;
import dev.flatness.network.Parameter;
import dev.flatness.tensor.Precision;
import dev.flatness.tensor.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Parameters are the file's own wherever nothing forces them together. */
class FoldingTest {
  @TempDir private Path folder;

  private static final double[] WEIGHT = {1, 2, 3, 4, 5, 6};

  private static final double[] WEIGHT_BIAS = {7, 8, 9};
  private static final double[] SCALE = {2, 3, 4};

  private static ModelBuilder model() {
    return new ModelBuilder(13)
        .input("x", -1, 2)
        .doubles("w.weight", WEIGHT, 3, 2)
        .doubles("v.weight", new double[] {1, 0, 0, 0, 1, 0, 0, 0, 1}, 3, 3)
        .doubles("b", new double[] {7, 8, 9}, 3)
        .doubles("one", new double[] {0.5}, 1)
        .doubles("scale", new double[] {2, 3, 4}, 3);
  }

  private static ModelBuilder dense(String inputs, String output) {
    return model().node("Gemm", inputs, output, attribute("transB", 1));
  }

  private static List<String> names(Network network) {
    return network.parameters().stream().map(Parameter::name).toList();
  }

  private static List<String> kinds(Network network) {
    return network.nodes().stream().map(node -> node.layer().getClass().getSimpleName()).toList();
  }

  @ParameterizedTest
  @CsvSource({"Mul, 0.5", "Div, 2"})
  void aFactorOfOneNumberIsNoParameterAndChangesNone(String operator, double factor) {
    Network network =
        dense("x w.weight b", "a").node(operator, "a one", "y").output("y").read(folder).network();
    assertThat(kinds(network)).containsExactly("Input", "Dense", "Constant");
    assertThat(network.parameterVector()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9);
    double[] y = {10 * factor, 15 * factor, 20 * factor};
    assertThat(network.outputs(new double[] {1, 1})).containsExactly(y);
    assertThat(network.notes())
        .containsExactly(
            "factors of one number between layers (Mul, Div, alpha, beta) are constants of the"
                + " network, no parameters: 1");
  }

  @ParameterizedTest
  @CsvSource({"0.5, 2", "2, 1", "1, 4", "-1.5, -1.5", "0, 2", "2, 0"})
  void alphaAndBetaLeaveTheParametersAlone(float alpha, float beta) {
    Network network =
        model()
            .node(
                "Gemm",
                "x w.weight b",
                "y",
                attribute("transB", 1),
                attribute("alpha", alpha),
                attribute("beta", beta))
            .output("y")
            .read(folder)
            .network();
    double[] own = beta == 0 ? WEIGHT : new double[] {1, 2, 3, 4, 5, 6, 7, 8, 9};
    assertThat(network.parameterVector()).containsExactly(own);
    assertThat(network.outputs(new double[] {1, -1}))
        .containsExactly(7 * beta - alpha, 8 * beta - alpha, 9 * beta - alpha);
  }

  @Test
  void aBiasOfOneNumberIsOneParameter() {
    Network network =
        model()
            .node("Transpose", "w.weight", "t")
            .node("MatMul", "x t", "m")
            .node("Add", "m one", "y")
            .output("y")
            .read(folder)
            .network();
    assertThat(kinds(network)).containsExactly("Input", "Dense", "Affine");
    assertThat(network.parameterVector()).containsExactly(1, 2, 3, 4, 5, 6, 0.5);
    assertThat(network.outputs(new double[] {1, -1})).containsExactly(-0.5, -0.5, -0.5);
  }

  @Test
  void aBiasOfOneNumberInAGemmIsOneParameter() {
    Network network = dense("x w.weight one", "y").output("y").read(folder).network();
    assertThat(network.parameterVector()).containsExactly(1, 2, 3, 4, 5, 6, 0.5);
    assertThat(network.outputs(new double[] {1, -1})).containsExactly(-0.5, -0.5, -0.5);
  }

  @Test
  void whatStandsAloneHasNoOtherHalf() {
    Network network =
        dense("x w.weight b", "a")
            .node("Relu", "a", "r")
            .node("Mul", "r scale", "s")
            .node("Relu", "s", "t")
            .node("Add", "t b", "u")
            .node("Relu", "u", "y")
            .output("y")
            .read(folder)
            .network();
    assertThat(names(network)).containsExactly("w.weight", "w.bias", "s.weight", "u.bias");
    assertThat(network.outputs(new double[] {1, 1})).containsExactly(27, 53, 89);
    assertThat(network.notes()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Add", "Mul"})
  void aNormalizationAfterASummandOfOneNumberIsStillFolded(String operator) {
    Network network =
        dense("x w.weight", "a")
            .node("Add", "a one", "s")
            .node(operator, "s scale", "y")
            .output("y")
            .read(folder)
            .network();
    boolean add = operator.equals("Add");
    assertThat(kinds(network)).containsExactly("Input", "Dense");
    assertThat(network.outputs(new double[] {0, 0}))
        .containsExactly(add ? new double[] {2.5, 3.5, 4.5} : new double[] {1, 1.5, 2});
    assertThat(network.notes()).hasSize(1);
    assertThat(network.notes().get(0)).contains("not in the file's own");
  }

  @Test
  void aBiasIsNoNormalization() {
    Network network =
        dense("x w.weight", "a").node("Add", "a b", "y").output("y").read(folder).network();
    assertThat(names(network)).containsExactly("w.weight", "w.bias");
    assertThat(network.notes()).isEmpty();
  }

  @Test
  void halvesAndSummandsOfOneNumberAreWrittenAndRead() {
    Network network =
        dense("x w.weight one", "a")
            .node("Relu", "a", "r")
            .node("Mul", "r scale", "s")
            .node("Relu", "s", "t")
            .node("Add", "t b", "u")
            .node("Mul", "u one", "y")
            .output("y")
            .read(folder)
            .network();
    Path file = folder.resolve("written.onnx");
    OnnxWriter.withDefaults().write(network, file);
    Network again = OnnxReader.withDefaults().read(file).network();
    assertThat(kinds(again)).isEqualTo(kinds(network));
    assertThat(again.parameterVector()).isEqualTo(network.parameterVector());
    double[] x = {0.3, -0.7};
    assertThat(Arrays.equals(again.outputs(x), network.outputs(x))).isTrue();
  }

  @Test
  void aBuiltNetworkIsFoldedAsAFileIs() {
    var builder = Network.builder(2);
    int node =
        builder.dense("fc", builder.input(), Tensor.of(WEIGHT, 3, 2), Tensor.of(WEIGHT_BIAS, 3));
    node = builder.affine("bn", node, Tensor.of(SCALE, 3), Tensor.of(WEIGHT_BIAS, 3));
    Network network =
        builder
            .build(builder.activate("relu", node, Activation.RELU))
            .withNotes(List.of("its own note"))
            .withStoredPrecision(Precision.FLOAT32);
    Network folded = OnnxReader.withDefaults().folded(network);
    assertThat(names(folded)).containsExactly("fc.weight", "fc.bias");
    assertThat(kinds(folded)).containsExactly("Input", "Dense", "Activate");
    assertThat(folded.parameterVector())
        .containsExactly(2, 4, 9, 12, 20, 24, 7 * 2 + 7, 8 * 3 + 8, 9 * 4 + 9);
    assertThat(folded.storedPrecision()).isEqualTo(Precision.FLOAT32);
    assertThat(folded.notes()).hasSize(2);
    assertThat(folded.notes().get(0)).isEqualTo("its own note");
    assertThat(folded.notes().get(1))
        .startsWith("batch normalization folded into the layer before: 1");
    double[] x = {1, -0.5};
    assertThat(folded.outputs(x)).containsExactly(network.outputs(x));
    Network plain = OnnxReader.withDefaults().folded(folded);
    assertThat(plain.nodes()).isEqualTo(folded.nodes());
    assertThat(plain.parameterVector()).isEqualTo(folded.parameterVector());
  }
}
