package dev.flatness.onnx;

import static dev.flatness.onnx.ModelBuilder.attribute;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flatness.network.Network;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which layers share a parameter where the file stores one tensor for several. */
class SharingTest {
  @TempDir private Path folder;

  /** Three layers; a letter of each string says which weight and bias a layer has. */
  private ModelBuilder chain(String weights, String biases) {
    ModelBuilder model = new ModelBuilder(13).input("x", -1, 2);
    weights.chars().distinct().forEach(w -> model.weights((char) w + ".weight", 2, 2));
    biases.chars().distinct().forEach(b -> model.doubles("" + (char) b, new double[2], 2));
    String x = "x";
    for (int i = 0; i < weights.length(); i++) {
      String w = weights.charAt(i) + ".weight";
      String y = "y" + i;
      model.node("Gemm", x + " " + w + " " + biases.charAt(i), y, attribute("transB", 1));
      model.node("Relu", y, "r" + i);
      x = "r" + i;
    }
    return model.output(x);
  }

  private Network untied(ModelBuilder model) {
    return OnnxReader.withDefaults().withUntied().read(model.write(folder)).network();
  }

  @Test
  void equalBiasesThatAnExporterMergedAreTakenApart() {
    Network network = chain("pqr", "bbb").read(folder).network();
    assertThat(network.parameterCount()).isEqualTo(3 * 6);
    assertThat(network.piecewiseLinear()).isTrue();
    assertThat(network.notes())
        .containsExactly(
            "initializer \"b\" is the bias of layers with different weights: 3 biases of their own"
                + " were made of it");
  }

  @Test
  void aLayerThatIsUsedTwiceKeepsItsBias() {
    Network network = chain("pp", "bb").read(folder).network();
    assertThat(network.parameterCount()).isEqualTo(6);
    assertThat(network.sharesParameters()).isTrue();
  }

  @Test
  void aMergedBiasFollowsTheWeights() {
    Network network = chain("ppq", "bbb").read(folder).network();
    assertThat(network.parameterCount()).isEqualTo(12);
  }

  @Test
  void everythingIsTakenApartWhereThatIsAskedFor() {
    Network tied = chain("ppq", "bbb").read(folder).network();
    Network network = untied(chain("ppq", "bbb"));
    assertThat(network.parameterCount()).isEqualTo(18);
    assertThat(network.piecewiseLinear()).isTrue();
    double[] x = {0.3, -0.7};
    assertThat(network.outputs(x)).isEqualTo(tied.outputs(x));
    assertThat(network.notes())
        .contains(
            "initializer \"p.weight\" is the weight of 2 layers: each was given its own (untied)");
  }

  @Test
  void aWeightThatIsAlsoUsedTransposedIsReadUntied() {
    ModelBuilder model =
        new ModelBuilder(13)
            .input("x", -1, 2)
            .weights("w", 3, 2)
            .node("Gemm", "x w", "h", attribute("transB", 1))
            .node("Gemm", "h w", "y")
            .output("y");
    assertThatThrownBy(() -> model.read(folder)).hasMessageContaining("--untie");
    assertThat(untied(model).parameterCount()).isEqualTo(12);
  }

  /** Products with a bias added by a node of its own, all of one initializer. */
  private static ModelBuilder added(double... bias) {
    ModelBuilder model = new ModelBuilder(13).input("x", -1, 2).doubles("b", bias, 2);
    String x = "x";
    for (int i = 0; i < 2; i++) {
      model.weights("w" + i, 2, 2).node("MatMul", x + " w" + i, "p" + i);
      model.node("Add", "p" + i + " b", "s" + i).node("Relu", "s" + i, "r" + i);
      x = "r" + i;
    }
    return model.output(x);
  }

  @Test
  void summandsThatBecomeBiasesAreTakenApartToo() {
    for (Network network : List.of(added(0.1, 0.1).read(folder).network(), untied(added(1, 2)))) {
      assertThat(network.parameterCount()).isEqualTo(2 * 6);
      assertThat(network.piecewiseLinear()).isTrue();
      assertThat(network.notes().toString()).contains("2 biases of their own were made of it");
    }
  }

  @Test
  void aBiasThatStandsAtZeroIsAParameterLikeAnyOther() {
    Network network = added(0, 0).read(folder).network();
    assertThat(network.parameterCount()).isEqualTo(2 * 6);
    assertThat(network.sharesParameters()).isFalse();
  }

  @Test
  void oneNumberThatChangesNothingIsLeftOut() {
    Network network =
        new ModelBuilder(13)
            .input("x", -1, 2)
            .weights("w", 2, 2)
            .doubles("zero", new double[1], 1)
            .doubles("one", new double[] {1}, 1)
            .node("MatMul", "x w", "p")
            .node("Add", "p zero", "s")
            .node("Mul", "s one", "y")
            .output("y")
            .read(folder)
            .network();
    assertThat(network.parameterCount()).isEqualTo(4);
  }

  @Test
  void scalesOfSeveralNormalizationsAreTakenApartWithANote() {
    ModelBuilder model = new ModelBuilder(13).input("x", -1, 2);
    model.doubles("ones", new double[] {1, 1}, 2).doubles("zeros", new double[2], 2);
    String x = "x";
    for (int i = 0; i < 2; i++) {
      model.weights("w" + i, 2, 2).node("MatMul", x + " w" + i, "p" + i);
      model.node("BatchNormalization", "p" + i + " ones zeros zeros ones", "n" + i);
      model.node("Relu", "n" + i, "r" + i);
      x = "r" + i;
    }
    Network network = model.output(x).read(folder).network();
    assertThat(network.sharesParameters()).isFalse();
    assertThat(network.notes())
        .contains(
            "initializer \"ones\" is a scale or shift per channel of several nodes: each was given"
                + " its own");
  }

  @Test
  void oneSummandAfterAnotherStaysOneNumber() {
    Network network =
        new ModelBuilder(13)
            .input("x", -1, 2)
            .weights("w", 2, 2)
            .doubles("c", new double[] {0.5}, 1)
            .doubles("d", new double[] {0.25}, 1)
            .node("MatMul", "x w", "p")
            .node("Add", "p c", "s")
            .node("Add", "s d", "y")
            .output("y")
            .read(folder)
            .network();
    assertThat(network.parameterCount()).isEqualTo(4 + 2);
  }
}
