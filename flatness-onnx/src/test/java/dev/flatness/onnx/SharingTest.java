package dev.flatness.onnx;

import static dev.flatness.onnx.ModelBuilder.attribute;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flatness.network.Network;
import java.nio.file.Path;
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
}
