package dev.flatness.basispath;

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
import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.onnx.OnnxReader;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.SurfaceOptions;
import dev.flatness.tensor.Precision;
import dev.flatness.testkit.OracleCases;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every psi number of the oracle, made by another tool in float64 by differentiating through the
 * coordinate map, under the diagonal rule.
 */
class OracleTest {
  @TempDir Path folder;

  static Stream<String> cases() {
    return OracleCases.names().stream().filter(name -> !name.equals("residual-small"));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void float64AgreesToAHundredThousandthAndValuesToABillionth(String name) throws IOException {
    with(name, Precision.FLOAT64, (expected, found) -> compare(expected, found, 1e-5));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void float32AgreesToAThousandth(String name) throws IOException {
    with(name, Precision.FLOAT32, (expected, found) -> compare(expected, found, 1e-3));
  }

  @Test
  void twinsOfOneFunctionAgreeAlthoughTheirWeightsDiffer() throws IOException {
    with(
        "mlp-bias-unequal",
        Precision.FLOAT64,
        (expected, found) -> {
          try {
            Path other = java.nio.file.Files.createDirectory(folder.resolve("twin"));
            with(
                other,
                "mlp-bias-unequal-rescaled",
                Precision.FLOAT64,
                (unused, twin) -> {
                  for (String id : new String[] {"psi-trace", "psi-top-eigenvalue"}) {
                    double value = found.get(id).value();
                    assertThat(twin.get(id).value()).isCloseTo(value, within(1e-9 * value));
                  }
                });
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        });
  }

  private static void compare(JsonNode expected, Map<String, Estimate> found, double relative) {
    JsonNode psi = expected.get("psi");
    double top = psi.get("psi-top-eigenvalue").asDouble();
    for (String id :
        new String[] {
          "psi-trace",
          "psi-top-eigenvalue",
          "psi-bottom-eigenvalue",
          "psi-gradient-norm",
          "basis-path-ratio",
          "basis-path-count"
        }) {
      double number = psi.get(id).asDouble();
      double scale = id.equals("psi-bottom-eigenvalue") ? top : Math.abs(number);
      assertThat(found.get(id).value()).as(id).isCloseTo(number, within(relative * scale));
    }
    assertThat(found.get("basis-path-count").details())
        .containsEntry("hiddenUnits", psi.get("hidden-units").asInt());
    double[] values = found.get("basis-path-values").values();
    assertThat(values).hasSize(psi.get("basis-path-values").size());
    for (int i = 0; i < values.length; i++) {
      double value = psi.get("basis-path-values").get(i).asDouble();
      assertThat(values[i]).as("value " + i).isCloseTo(value, within(1e-9 * Math.abs(value)));
    }
    JsonNode theorem = psi.get("theorem-5.1");
    Estimate bound = found.get("theorem-5.1-bound");
    if (theorem == null) {
      assertThat(bound).isNull();
      return;
    }
    assertThat(bound.status()).isEqualTo(Status.HYPOTHESIS_NOT_MET);
    assertThat(bound.value())
        .isCloseTo(theorem.get("bound").asDouble(), relative(theorem, "bound"));
    assertThat((double) bound.details().get("logValue"))
        .isCloseTo(Math.log(theorem.get("bound").asDouble()), within(1e-6));
    assertThat((double) bound.details().get("psi"))
        .isCloseTo(theorem.get("psi").asDouble(), relative(theorem, "psi"));
    assertThat((double) bound.details().get("largestInput"))
        .isCloseTo(theorem.get("C").asDouble(), relative(theorem, "C"));
    assertThat((double) bound.details().get("lossLipschitz"))
        .isCloseTo(theorem.get("C_L").asDouble(), relative(theorem, "C_L"));
    assertThat((int) bound.details().get("layers")).isEqualTo(theorem.get("layers").asInt());
    assertThat((double) bound.details().get("epsilon"))
        .isEqualTo(theorem.get("epsilon").asDouble());
  }

  private static org.assertj.core.data.Offset<Double> relative(JsonNode theorem, String name) {
    return within(1e-5 * theorem.get(name).asDouble());
  }

  private void with(
      String name, Precision precision, BiConsumer<JsonNode, Map<String, Estimate>> check)
      throws IOException {
    with(folder, name, precision, check);
  }

  private static void with(
      Path into,
      String name,
      Precision precision,
      BiConsumer<JsonNode, Map<String, Estimate>> check)
      throws IOException {
    OracleCases.copyTo(name, into);
    JsonNode expected = new ObjectMapper().readTree(into.resolve("expected.json").toFile());
    Network network = OnnxReader.withDefaults().read(into.resolve("network.onnx")).network();
    Loss loss =
        expected.get("case").get("loss").asText().equals("squared-error")
            ? SquaredError.summed()
            : SoftmaxCrossEntropy.onLogits();
    try (FileDataset data =
        Datasets.open(
            DataSource.of(into.resolve("data.npz")),
            network.inputShape(),
            Preprocessing.withDefaults())) {
      NetworkSurface surface =
          NetworkSurface.of(
              network, data, loss, SurfaceOptions.withDefaults().withPrecision(precision));
      Map<String, Estimate> found = Cases.measure(Subject.of(surface));
      found.values().forEach(Estimate::orThrow);
      check.accept(expected, found);
    }
  }
}
