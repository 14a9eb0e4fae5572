package dev.flatness.hessian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.flatness.data.DataSource;
import dev.flatness.data.Datasets;
import dev.flatness.data.FileDataset;
import dev.flatness.data.Preprocessing;
import dev.flatness.loss.Loss;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.loss.SquaredError;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Monitor;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.onnx.OnnxReader;
import dev.flatness.random.Seed;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.SurfaceOptions;
import dev.flatness.tensor.Precision;
import dev.flatness.testkit.OracleCases;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every number of the oracle that the measures of this module report, made by another tool in
 * float64.
 */
class OracleTest {
  /** Numbers of other measures, compared where those live. */
  private static final Set<String> ELSEWHERE = Set.of("path-norm-1", "path-norm-2");

  private static final Set<String> NO_MEASURE =
      Set.of("loss", "gradient-norm", "parameters", "accuracy", "weight-norm-squared", "name");

  @TempDir Path folder;

  static Stream<String> cases() {
    return OracleCases.names().stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void float64AgreesToTheToleranceOfEachNumber(String name) throws IOException {
    compare(name, Precision.FLOAT64, 1e-6, 1e-5, 1e-13);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void float32AgreesToAThousandth(String name) throws IOException {
    compare(name, Precision.FLOAT32, 1e-3, 1e-3, 1e-6);
  }

  private void compare(
      String name, Precision precision, double relative, double frobenius, double zero)
      throws IOException {
    OracleCases.copyTo(name, folder);
    JsonNode expected = new ObjectMapper().readTree(folder.resolve("expected.json").toFile());
    Network network = OnnxReader.withDefaults().read(folder.resolve("network.onnx")).network();
    Loss loss =
        expected.get("case").get("loss").asText().equals("squared-error")
            ? SquaredError.summed()
            : SoftmaxCrossEntropy.onLogits();
    try (FileDataset data =
        Datasets.open(
            DataSource.of(folder.resolve("data.npz")),
            network.inputShape(),
            Preprocessing.withDefaults())) {
      NetworkSurface surface =
          NetworkSurface.of(
              network, data, loss, SurfaceOptions.withDefaults().withPrecision(precision));
      double epsilon = expected.get("case").get("epsilon").asDouble();
      Map<String, Estimate> found =
          Cases.measure(
              Subject.of(
                  surface,
                  Settings.withDefaults().with(EpsilonSharpness.EPSILON, epsilon),
                  Monitor.NONE,
                  Seed.of(0)),
              new HessianMeasures().measures());
      found.values().forEach(Estimate::orThrow);

      int compared = 0;
      double top = expected.get("hessian-top-eigenvalue").asDouble();
      for (Map.Entry<String, JsonNode> entry : expected.properties()) {
        String id = entry.getKey();
        JsonNode number = entry.getValue();
        if (!number.isNumber() || NO_MEASURE.contains(id) || ELSEWHERE.contains(id)) {
          continue;
        }
        double scale = id.equals("hessian-bottom-eigenvalue") ? top : Math.abs(number.asDouble());
        double tolerance = id.equals("hessian-frobenius-norm") ? frobenius : relative;
        assertThat(found.get(id).value())
            .as(name + " " + id)
            .isCloseTo(number.asDouble(), within(tolerance * scale));
        compared++;
      }
      assertThat(compared).as("numbers of the network").isGreaterThanOrEqualTo(12);
      assertThat(surface.value(network.parameterVector()))
          .isCloseTo(
              expected.get("loss").asDouble(), within(relative * expected.get("loss").asDouble()));
      layers(network, found, expected.get("layers"), relative, zero);
    }
  }

  private static void layers(
      Network network, Map<String, Estimate> found, JsonNode layers, double relative, double zero) {
    List<Node> nodes = network.weightLayers();
    List<Map.Entry<String, JsonNode>> entries = new ArrayList<>();
    entries.addAll(layers.properties());
    assertThat(entries).hasSameSizeAs(nodes);
    for (int l = 0; l < nodes.size(); l++) {
      String layer = nodes.get(l).name();
      JsonNode numbers = entries.get(l).getValue();
      for (Map.Entry<String, JsonNode> entry : numbers.properties()) {
        String id = entry.getKey();
        if (NO_MEASURE.contains(id)) {
          continue;
        }
        if (id.equals("dropped-features")) {
          Estimate normalized = found.get("relative-flatness-normalized@" + layer);
          assertThat(normalized.details())
              .containsEntry("droppedFeatures", numbers.get(id).asInt());
          continue;
        }
        agree(found.get(id + "@" + layer), numbers.get(id), relative, zero);
      }
      if (l == 0) {
        assertThat(found.get("relative-flatness-normalized@" + layer).status())
            .isEqualTo(Status.NOT_APPLICABLE);
      }
    }
  }

  private static void agree(Estimate estimate, JsonNode expected, double relative, double zero) {
    double[] numbers = new double[expected.isArray() ? expected.size() : 1];
    double largest = 0;
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (expected.isArray() ? expected.get(i) : expected).asDouble();
      largest = Math.max(largest, Math.abs(numbers[i]));
    }
    double[] values = estimate.values();
    assertThat(values).as(estimate.toString()).hasSameSizeAs(numbers);
    for (int i = 0; i < numbers.length; i++) {
      double tolerance = numbers[i] == 0 ? zero : relative * largest;
      assertThat(values[i]).as(estimate.toString()).isCloseTo(numbers[i], within(tolerance));
    }
  }
}
