package dev.flatness.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Small networks as people export them, with values of a dense Hessian by automatic differentiation
 * in float64: what is read from the file and what is measured is what the file computes.
 */
class FieldTest {
  /** The reference's own rounding, and that of a converged eigenvalue. */
  private static final double TOLERANCE = 1e-8;

  private static final Map<String, String> IDS =
      Map.of(
          "trace", "hessian-trace",
          "topEigenvalue", "hessian-top-eigenvalue",
          "bottomEigenvalue", "hessian-bottom-eigenvalue",
          "frobenius", "hessian-frobenius-norm");

  private static final ObjectMapper MAPPER = new ObjectMapper();

  @TempDir private Path folder;

  private JsonNode copy(String name) throws IOException {
    for (String file : List.of("network.onnx", "data.npz", "expected.json")) {
      try (InputStream in = FieldTest.class.getResourceAsStream("field/" + name + "/" + file)) {
        Files.write(folder.resolve(file), in.readAllBytes());
      }
    }
    return MAPPER.readTree(folder.resolve("expected.json").toFile()).get("right");
  }

  private JsonNode measured(String... options) throws IOException {
    Path json = folder.resolve("report.json");
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "measure",
                "--model",
                folder.resolve("network.onnx").toString(),
                "--data",
                folder.resolve("data.npz").toString(),
                "--quiet",
                "--force",
                "--measures",
                String.join(",", IDS.values()),
                "--json",
                json.toString()));
    arguments.addAll(List.of(options));
    CommandRun run = CommandRun.of(arguments.toArray(String[]::new));
    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
    return MAPPER.readTree(json.toFile());
  }

  @ParameterizedTest
  @CsvSource({
    "control-final-softmax-cross-entropy, auto, cross-entropy",
    "final-sigmoid-bce, auto, binary-cross-entropy",
    "final-softmax-squared-error, auto, squared-error",
    "final-softmax-squared-error, squared-error, squared-error",
    "multilabel-bce, binary-cross-entropy, binary-cross-entropy",
    "skl2onnx-mlp-binary, auto, binary-cross-entropy",
    "temperature-scalar-div, auto, cross-entropy",
    "gemm-alpha-beta, auto, cross-entropy",
    "smooth-small-trace, auto, squared-error",
  })
  void theNumbersAreThoseOfTheFile(String name, String loss, String taken) throws IOException {
    JsonNode right = copy(name);
    JsonNode report = measured("--loss", loss);
    assertThat(report.get("loss").get("kind").asText()).isEqualTo(taken);
    double value = report.get("loss").get("value").asDouble();
    assertThat(value).isCloseTo(right.get("loss").asDouble(), within(1e-12 * value));
    if (right.has("parameters")) {
      assertThat(report.get("model").get("parameters").asInt())
          .isEqualTo(right.get("parameters").asInt());
    }
    Map<String, Double> found = new HashMap<>();
    for (JsonNode estimate : report.get("measures")) {
      if (estimate.get("scope").asText().equals("network")) {
        found.put(estimate.get("id").asText(), estimate.get("value").asDouble());
      }
    }
    double size = Math.abs(right.get("topEigenvalue").asDouble());
    IDS.forEach(
        (key, id) -> {
          if (right.has(key)) {
            double expected = right.get(key).asDouble();
            double allowed = TOLERANCE * Math.max(size, Math.abs(expected));
            assertThat(found.get(id)).as(name + " " + id).isCloseTo(expected, within(allowed));
          }
        });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          gru-message | is recurrent; only feed-forward networks can be read
          layernorm-written-out-message | belongs to a layer normalization written out
          """)
  void messagesNameWhatStandsInTheWay(String name, String what) throws IOException {
    copy(name);
    CommandRun run =
        CommandRun.of(
            "measure",
            "--model",
            folder.resolve("network.onnx").toString(),
            "--data",
            folder.resolve("data.npz").toString());
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains(what);
  }

  @Test
  void classIndicesOfARealTypeAreReadAsLabelsWithANote() throws IOException {
    copy("float-class-labels-message");
    JsonNode report = measured();
    assertThat(report.get("loss").get("kind").asText()).isEqualTo("cross-entropy");
    assertThat(report.toString()).contains("targets that are whole numbers of a real type");
  }

  @Test
  void untieGivesEveryLayerAWeightOfItsOwn() throws IOException {
    copy("tied-weights-sums");
    JsonNode tied = measured();
    JsonNode untied = measured("--untie");
    assertThat(tied.get("model").get("piecewiseLinear").asBoolean()).isFalse();
    assertThat(untied.get("model").get("piecewiseLinear").asBoolean()).isTrue();
    assertThat(untied.get("model").get("parameters").asInt())
        .isGreaterThan(tied.get("model").get("parameters").asInt());
    // The same function with more coordinates: the loss stays, the gradient has other entries.
    assertThat(untied.get("loss").get("value")).isEqualTo(tied.get("loss").get("value"));
    assertThat(untied.get("loss").get("gradientNorm").asDouble())
        .isNotEqualTo(tied.get("loss").get("gradientNorm").asDouble());
    assertThat(untied.get("settings").get("untie").asBoolean()).isTrue();
    assertThat(untied.get("model").get("notes").toString()).contains("(untied)");
  }

  @Test
  void optionsOfTheLossChangeIt() throws IOException {
    copy("control-final-softmax-cross-entropy");
    JsonNode report =
        measured("--label-smoothing", "0.1", "--class-weights", "1,2,3", "--ignore-index", "2");
    assertThat(report.get("settings").get("labelSmoothing").asDouble()).isEqualTo(0.1);
    assertThat(report.get("settings").get("classWeights").toString()).isEqualTo("[1.0,2.0,3.0]");
    assertThat(report.get("settings").get("ignoreIndex").asInt()).isEqualTo(2);
    // The formula of torch.nn.CrossEntropyLoss over the file's weights, with NumPy in float64.
    assertThat(report.get("loss").get("value").asDouble())
        .isCloseTo(3.471267158766321, within(1e-12 * 3.471267158766321));
  }

  @Test
  void aCrossEntropyOfSigmoidsIsRefused() throws IOException {
    copy("final-sigmoid-bce");
    CommandRun run =
        CommandRun.of(
            "measure",
            "--model",
            folder.resolve("network.onnx").toString(),
            "--data",
            folder.resolve("data.npz").toString(),
            "--loss",
            "cross-entropy");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("ends in a Sigmoid").contains("use binary-cross-entropy");
  }
}
