package dev.flatness.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.network.Parameter;
import dev.flatness.tensor.Precision;
import dev.flatness.testkit.OracleCases;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The oracle's networks: names, shapes and norms as another tool reported them. */
class OracleTest {
  @TempDir Path folder;

  private Network read(String name) {
    Path file = OracleCases.copyTo(name, folder).resolve("network.onnx");
    return OnnxReader.withDefaults().read(file).network();
  }

  static java.util.List<String> names() {
    return OracleCases.names();
  }

  @ParameterizedTest
  @MethodSource("names")
  void weightsHaveTheReportedNames(String name) throws Exception {
    Network network = read(name);
    String expected;
    try (var in = OracleCases.open(name, "expected.json")) {
      expected = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    assertThat((double) network.parameterCount()).isEqualTo(number(expected, "parameters"));
    assertThat(network.storedPrecision()).isEqualTo(Precision.FLOAT64);
    double[] theta = network.parameterVector();
    double norm = Arrays.stream(theta).map(t -> t * t).sum();
    double reported = number(expected, "l2-norm-squared");
    assertThat(Math.abs(norm - reported)).isLessThan(1e-12 * reported);
    String layers = expected.substring(expected.indexOf("\"layers\""));
    for (Node node : network.weightLayers()) {
      int at = layers.indexOf("\"" + node.name() + "\": {");
      assertThat(at).as(node.name()).isPositive();
      layers = layers.substring(at); // forward order
      double weightNorm = Arrays.stream(network.values(network.weight(node))).map(w -> w * w).sum();
      double layerNorm = number(layers, "weight-norm-squared");
      assertThat(Math.abs(weightNorm - layerNorm)).isLessThan(1e-12 * layerNorm);
    }
  }

  private static double number(String json, String key) {
    Matcher matcher = Pattern.compile("\"" + key + "\": ([-0-9.eE+]+)").matcher(json);
    assertThat(matcher.find()).as(key).isTrue();
    return Double.parseDouble(matcher.group(1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "mlp-equal-width | 0.weight[6, 5] 2.weight[6, 6] 4.weight[6, 6] 6.weight[3, 6]",
        "mlp-regression | 0.weight[8, 5] 0.bias[8] 2.weight[8, 8] 2.bias[8] 4.weight[2, 8] 4.bias[2]",
        "lenet-small | 0.weight[4, 2, 3, 3] 0.bias[4] 3.weight[5, 4, 3, 3] 3.bias[5] 7.weight[12, 20]"
            + " 7.bias[12] 9.weight[4, 12] 9.bias[4]",
        "residual-small | stem.weight[5, 2, 3, 3] stem.bias[5] a.weight[5, 5, 3, 3] a.bias[5]"
            + " b.weight[5, 5, 3, 3] b.bias[5] head.weight[4, 5] head.bias[4]"
      })
  void parametersStandInForwardOrderWeightBeforeBias(String name, String expected) {
    StringBuilder text = new StringBuilder();
    for (Parameter parameter : read(name).parameters()) {
      text.append(parameter.name()).append(parameter.shape()).append(' ');
    }
    assertThat(text.toString().trim()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"residual-small, Add", "lenet-small, MaxPool"})
  void keepsTheLayersThatMakeTheGraph(String name, String kind) {
    assertThat(read(name).nodes())
        .anyMatch(node -> node.layer().getClass().getSimpleName().equals(kind))
        .noneMatch(node -> node.layer() instanceof Layer.Transpose);
  }
}
