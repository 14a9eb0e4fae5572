package dev.flatness.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.flatness.testkit.OracleCases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every reference value that has a measure, through the command line: 1e-6 relative in float64 and
 * 1e-3 in float32, lists relative to their largest entry, the bottom eigenvalue relative to the top
 * one, the Frobenius norm to 1e-5, zeros to 1e-13.
 */
class OracleTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** What the reference files hold beyond measures. */
  private static final Set<String> NO_MEASURE =
      Set.of(
          "case",
          "psi",
          "layers",
          "loss",
          "accuracy",
          "gradient-norm",
          "parameters",
          "weight-norm-squared");

  @TempDir private Path folder;

  static Stream<Arguments> cases() {
    return OracleCases.names().stream()
        .flatMap(name -> Stream.of(Arguments.of(name, "float64"), Arguments.of(name, "float32")));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theCommandLineAgreesWithTheReference(String name, String precision) throws IOException {
    OracleCases.copyTo(name, folder);
    Path json = folder.resolve("report.json");
    CommandRun run =
        CommandRun.of(
            "measure",
            "--model",
            folder.resolve("network.onnx").toString(),
            "--data",
            folder.resolve("data.npz").toString(),
            "--measures",
            "all",
            "--precision",
            precision,
            "--json",
            json.toString());
    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();

    JsonNode report = MAPPER.readTree(json.toFile());
    assertThat(
            JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                .getSchema(Files.readString(Path.of("../docs/flatness-report-1.schema.json")))
                .validate(report))
        .isEmpty();
    JsonNode expected = MAPPER.readTree(folder.resolve("expected.json").toFile());
    double tolerance = precision.equals("float64") ? 1e-6 : 1e-3;
    checkHead(report, expected, tolerance);
    Map<String, JsonNode> found = index(report);
    checkValues(found, "", expected, tolerance);
    checkPsi(found, expected, Math.max(1e-5, tolerance));
    expected
        .get("layers")
        .properties()
        .forEach(layer -> checkValues(found, layer.getKey(), layer.getValue(), tolerance));
  }

  /** Basis-path numbers: 1e-5 relative, the bottom eigenvalue relative to the top one. */
  private static void checkPsi(Map<String, JsonNode> found, JsonNode expected, double tolerance) {
    JsonNode psi = expected.get("psi");
    if (psi == null) {
      assertThat(found.get("psi-trace@").get("skeleton").asText()).isEqualTo("balanced");
      return;
    }
    psi.properties()
        .forEach(
            entry -> {
              String id = entry.getKey();
              JsonNode estimate = found.get(id + "@");
              switch (id) {
                case "hidden-units" ->
                    assertThat(found.get("basis-path-count@").get("hiddenUnits"))
                        .isEqualTo(entry.getValue());
                case "basis-path-values" ->
                    checkEach(id, estimate.get("values"), entry.getValue(), tolerance < 1e-4);
                case "theorem-5.1" ->
                    check(
                        id,
                        found.get("theorem-5.1-bound@").get("value").asDouble(),
                        entry.getValue().get("bound").asDouble(),
                        0,
                        tolerance);
                case "psi-bottom-eigenvalue" ->
                    check(
                        id,
                        estimate.get("value").asDouble(),
                        entry.getValue().asDouble(),
                        psi.get("psi-top-eigenvalue").asDouble(),
                        tolerance);
                default ->
                    check(
                        id,
                        estimate.get("value").asDouble(),
                        entry.getValue().asDouble(),
                        0,
                        tolerance);
              }
            });
  }

  /** Values of paths are products of weights: to 1e-9 each, or to float32's rounding. */
  private static void checkEach(String what, JsonNode found, JsonNode expected, boolean exact) {
    assertThat(found).as(what).hasSize(expected.size());
    for (int i = 0; i < expected.size(); i++) {
      double entry = expected.get(i).asDouble();
      check(what + " " + i, found.get(i).asDouble(), entry, 0, exact ? 1e-9 : 1e-6);
    }
  }

  private static void checkHead(JsonNode report, JsonNode expected, double tolerance) {
    JsonNode loss = report.get("loss");
    assertThat(loss.get("kind").asText()).isEqualTo(expected.get("case").get("loss").asText());
    check("loss", loss.get("value").asDouble(), expected.get("loss").asDouble(), 0, tolerance);
    check(
        "gradient norm",
        loss.get("gradientNorm").asDouble(),
        expected.get("gradient-norm").asDouble(),
        0,
        tolerance);
    if (expected.has("accuracy")) {
      assertThat(loss.get("accuracy").asDouble())
          .isEqualTo(expected.get("accuracy").asDouble(), within(1e-12));
    }
    assertThat(report.get("model").get("parameters").asInt())
        .isEqualTo(expected.get("parameters").asInt());
  }

  private static Map<String, JsonNode> index(JsonNode report) {
    Map<String, JsonNode> found = new HashMap<>();
    for (JsonNode estimate : report.get("measures")) {
      String layer = estimate.path("layer").asText("");
      JsonNode twin = found.put(estimate.get("id").asText() + "@" + layer, estimate);
      boolean sameScope = twin != null && twin.get("scope").equals(estimate.get("scope"));
      assertThat(sameScope).as("%s twice", estimate).isFalse();
    }
    return found;
  }

  private static void checkValues(
      Map<String, JsonNode> found, String layer, JsonNode expected, double tolerance) {
    expected
        .properties()
        .forEach(
            entry -> {
              String id = entry.getKey();
              if (NO_MEASURE.contains(id)) {
                return;
              }
              if (id.equals("dropped-features")) {
                JsonNode normalized = found.get("relative-flatness-normalized@" + layer);
                assertThat(normalized.get("droppedFeatures").asInt())
                    .isEqualTo(entry.getValue().asInt());
                return;
              }
              JsonNode estimate = found.get(id + "@" + layer);
              assertThat(estimate).as("%s of layer '%s'", id, layer).isNotNull();
              String what = id + " of layer '" + layer + "'";
              if (entry.getValue().isArray()) {
                checkList(what, estimate.get("values"), entry.getValue(), tolerance);
              } else {
                double scale =
                    id.equals("hessian-bottom-eigenvalue")
                        ? expected.get("hessian-top-eigenvalue").asDouble()
                        : 0;
                double allowed =
                    id.equals("hessian-frobenius-norm") ? Math.max(1e-5, tolerance) : tolerance;
                check(
                    what,
                    estimate.get("value").asDouble(),
                    entry.getValue().asDouble(),
                    scale,
                    allowed);
              }
            });
  }

  private static void checkList(String what, JsonNode found, JsonNode expected, double tolerance) {
    assertThat(found).as(what).hasSize(expected.size());
    double largest = 0;
    for (JsonNode entry : expected) {
      largest = Math.max(largest, Math.abs(entry.asDouble()));
    }
    boolean exactZeros = tolerance < 1e-3;
    for (int i = 0; i < expected.size(); i++) {
      double entry = expected.get(i).asDouble();
      check(
          what + " entry " + i,
          found.get(i).asDouble(),
          entry,
          entry == 0 && exactZeros ? 0 : largest,
          tolerance);
    }
  }

  private static void check(
      String what, double found, double expected, double scale, double tolerance) {
    double size = Math.max(Math.abs(expected), Math.abs(scale));
    assertThat(found).as(what).isEqualTo(expected, within(size == 0 ? 1e-13 : tolerance * size));
  }
}
