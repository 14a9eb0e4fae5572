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
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GeneralizationCommandTest {
  @TempDir private Path folder;

  private CommandRun run(String network, String... more) {
    if (!Files.exists(folder.resolve("network.onnx"))) {
      OracleCases.copyTo(network, folder);
    }
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "generalization",
                "--model",
                folder.resolve("network.onnx").toString(),
                "--data",
                folder.resolve("data.npz").toString(),
                "--draws",
                "4"));
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  private JsonNode json(Path file) throws IOException {
    JsonNode document = new ObjectMapper().readTree(Files.readString(file));
    assertThat(
            JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                .getSchema(Files.readString(Path.of("../docs/flatness-report-1.schema.json")))
                .validate(document))
        .isEmpty();
    return document;
  }

  @Test
  void showsRobustnessRepresentativenessAndTheGap() throws IOException {
    Path json = folder.resolve("g.json");
    Path csv = folder.resolve("g.csv");
    String data = folder.resolve("data.npz").toString();
    CommandRun run =
        run(
            "mlp-bias-unequal",
            "--delta",
            "1e-6,0.5",
            "--noise",
            "0.1",
            "--constants",
            "1,2,0.05",
            "--test-data",
            data,
            "--json",
            json.toString(),
            "--csv",
            csv.toString());
    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
    assertThat(run.out())
        .contains("feature robustness of layer", "kink", "measured gap", "rate of Theorem 6")
        .containsPattern("worst-case +5.0e-01");
    JsonNode document = json(json);
    assertThat(document.path("robustness")).hasSize(5);
    JsonNode kernels = document.path("representativeness");
    assertThat(kernels).hasSize(2);
    // The test data are the data.
    assertThat(kernels.get(0).path("gap").doubleValue()).isZero();
    assertThat(kernels.get(0).path("testRepresentativeness").doubleValue())
        .isEqualTo(-kernels.get(0).path("noiseRobustness").doubleValue());
    assertThat(document.path("settings").path("testData").textValue()).isEqualTo(data);
    assertThat(Files.readAllLines(csv)).hasSize(1 + 5 + 4);
  }

  @Test
  void convolutionsHaveRobustnessButNoRepresentativeness() throws IOException {
    Path json = folder.resolve("g.json");
    CommandRun run =
        run("lenet-small", "--layer", "0", "--delta", "1e-4", "--json", json.toString());
    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
    assertThat(run.out()).contains("\"0\" is a convolution");
    assertThat(json(json).path("representativeness")).isEmpty();
    for (List<String> refused :
        List.of(
            List.of("--splits", "3"),
            List.of("--kernel-width", "2"),
            List.of("--noise", "0.1"),
            List.of("--constants", "1,1,1"))) {
      CommandRun failed = run("lenet-small", "--layer", "0", refused.get(0), refused.get(1));
      assertThat(failed.code()).isEqualTo(2);
      assertThat(failed.err()).contains(refused.get(0), "\"0\" is a convolution");
    }
  }

  @Test
  void readsAMatrix() throws IOException {
    Path matrix = folder.resolve("a.csv");
    int m = 7;
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < m; j++) {
        rows.append(i == j ? "1" : "0").append(j < m - 1 ? "," : "\n");
      }
    }
    Files.writeString(matrix, rows);
    Path json = folder.resolve("g.json");
    String file = matrix.toString();
    CommandRun run =
        run("mlp-bias-unequal", "--matrix", file, "--delta", "1e-6", "--json", json.toString());
    assertThat(run.code()).isZero();
    JsonNode given = json(json).path("robustness").get(1);
    assertThat(given.path("perturbation").textValue()).isEqualTo("matrix");
    assertThat(given.path("ratio").doubleValue()).isCloseTo(1, within(1e-10));
    Files.writeString(matrix, "1,2\n3,4\n");
    assertThat(run("mlp-bias-unequal", "--matrix", file).err())
        .contains("the matrix has the shape [2, 2], but layer \"6\" reads 7 features");
    Files.writeString(matrix, "1,2\n3\n");
    CommandRun ragged = run("mlp-bias-unequal", "--matrix", matrix.toString());
    assertThat(ragged.code()).isEqualTo(2);
    assertThat(ragged.err()).contains("a.csv: line 2 has 1 columns, the lines before have 2");
  }

  @Test
  void refusesOptionsThatMakeNoSense() {
    assertThat(run("mlp-bias-unequal", "--test-labels", "x").err()).contains("add --test-data");
    assertThat(run("mlp-bias-unequal", "--constants", "1,2").err())
        .contains("--constants has 2 numbers, expected C1,C2,D");
    assertThat(run("mlp-bias-unequal", "--delta", "0.1,0").err()).contains("positive numbers");
    assertThat(run("mlp-bias-unequal", "--splits", "1").err()).contains("no spread");
    assertThat(run("mlp-bias-unequal", "--layer", "nowhere").err())
        .contains("layer \"nowhere\" does not exist or has no weight matrix, expected one of [");
  }
}
