package dev.flatness.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.flatness.network.Network;
import dev.flatness.onnx.OnnxWriter;
import dev.flatness.tensor.Tensor;
import dev.flatness.testkit.OracleCases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BasisPathsCommandTest {
  @TempDir private Path folder;

  @BeforeEach
  void copyTheNetworks() {
    for (String name : List.of("mlp-bias-unequal", "mlp-bias-unequal-rescaled", "residual-small")) {
      try {
        OracleCases.copyTo(name, Files.createDirectory(folder.resolve(name)));
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }

  private CommandRun run(String network, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "basis-paths",
                "--model",
                folder.resolve(network).resolve("network.onnx").toString()));
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  private CommandRun measure(String network, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "measure",
                "--model",
                folder.resolve(network).resolve("network.onnx").toString(),
                "--data",
                folder.resolve(network).resolve("data.npz").toString()));
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  private JsonNode json(String network, String... more) throws IOException {
    Path file = folder.resolve("paths.json");
    List<String> arguments =
        new ArrayList<>(List.of("--quiet", "--json", file.toString(), "--force"));
    arguments.addAll(List.of(more));
    assertThat(run(network, arguments.toArray(String[]::new))).isEqualTo(new CommandRun(0, "", ""));
    JsonNode report = new ObjectMapper().readTree(file.toFile());
    assertThat(
            JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                .getSchema(Files.readString(Path.of("../docs/flatness-report-1.schema.json")))
                .validate(report))
        .isEmpty();
    return report;
  }

  @Test
  void showsTheChartsOfBothRulesAndTheExtremePaths() {
    CommandRun run = run("mlp-bias-unequal", "--largest", "1", "--smallest", "2");
    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
    assertThat(run.out())
        .contains("skeleton  basis paths  hidden units  divisors")
        .contains("\ndiagonal          142            20")
        .contains("\nbalanced          142            20")
        .contains("diagonal: the chart ends first along the path of ")
        .contains("largest, diagonal")
        .contains("smallest, diagonal");
  }

  @Test
  void theReportHoldsWhatTheReferenceSays() throws IOException {
    JsonNode expected =
        new ObjectMapper()
            .readTree(folder.resolve("mlp-bias-unequal/expected.json").toFile())
            .get("psi");
    JsonNode paths = json("mlp-bias-unequal", "--smallest", "1").get("paths");
    JsonNode diagonal = paths.get("charts").get(0);
    double ratio = expected.get("basis-path-ratio").asDouble();
    assertThat(diagonal.get("count")).isEqualTo(expected.get("basis-path-count"));
    assertThat(diagonal.get("hiddenUnits")).isEqualTo(expected.get("hidden-units"));
    assertThat(diagonal.get("ratio").asDouble()).isCloseTo(ratio, within(1e-9 * ratio));
    JsonNode smallest = paths.get("smallest").get(0);
    double value = smallest.get("value").asDouble();
    double reference =
        expected.get("basis-path-values").get(smallest.get("index").asInt()).asDouble();
    assertThat(value).isCloseTo(reference, within(1e-9 * Math.abs(reference)));
  }

  @Test
  void rescalingChangesNoNumberOfAnyChart() throws IOException {
    JsonNode one = json("mlp-bias-unequal").get("paths").get("charts");
    JsonNode other = json("mlp-bias-unequal-rescaled").get("paths").get("charts");
    for (int i = 0; i < 2; i++) {
      for (String name : List.of("ratio", "chartRadius", "conditioning")) {
        double number = one.get(i).get(name).asDouble();
        // The minimum-norm gauge is known to about 1e-12, its weights' ratios to a little less.
        assertThat(other.get(i).get(name).asDouble())
            .as(name)
            .isCloseTo(number, within(1e-8 * number));
      }
      assertThat(other.get(i).get("chartEdge")).isEqualTo(one.get(i).get("chartEdge"));
    }
  }

  @Test
  void aGraphThatIsNoChainHasNoDiagonalRule() throws IOException {
    JsonNode charts = json("residual-small").get("paths").get("charts");
    assertThat(charts.get(0).get("reason").asText()).contains("no chain of layers");
    assertThat(charts.get(1).get("count").asInt()).isPositive();
    CommandRun run = run("residual-small", "--skeleton", "diagonal");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("no chain of layers; use the balanced rule");
  }

  @Test
  void aWeightOfZeroOnTheDiagonalLeavesTheBalancedRule() throws IOException {
    Path file = Files.createDirectory(folder.resolve("pruned")).resolve("network.onnx");
    double[] first = {1, 2, 0.5, 0, 0.3, 4};
    double[] second = {0.7, -0.2, 1.5, 0.4, 2, -1};
    Network network =
        Network.sequential(2)
            .dense("one", Tensor.of(first, 3, 2), null)
            .relu()
            .dense("two", Tensor.of(second, 2, 3), null)
            .build();
    OnnxWriter.withDefaults().write(network, file);
    JsonNode paths = json("pruned").get("paths");
    assertThat(paths.get("charts").get(0).get("reason").asText())
        .isEqualTo(
            "the diagonal rule needs the weight one.weight[1,1], which is 0; use the balanced rule");
    assertThat(paths.get("charts").get(1).get("count").asInt()).isEqualTo(12 - 3);
    assertThat(paths.get("skeleton").asText()).isEqualTo("balanced");
    assertThat(run("pruned", "--skeleton", "diagonal").code()).isEqualTo(2);
    assertThat(run("pruned", "--skeleton", "balanced").code()).isZero();
  }

  @Test
  void exportsEveryPathAndASkeletonThatCanBeUsedAgain() throws IOException {
    Path csv = folder.resolve("paths.csv");
    Path skeleton = folder.resolve("skeleton.txt");
    CommandRun run =
        run(
            "mlp-bias-unequal",
            "--skeleton",
            "balanced",
            "--export",
            csv.toString(),
            "--save-skeleton",
            skeleton.toString());
    assertThat(run.code()).isZero();
    List<String> lines = Files.readAllLines(csv);
    assertThat(lines).hasSize(143);
    assertThat(lines.get(0)).isEqualTo("index,value,tensor,entry,edge,path");
    assertThat(lines.get(1)).matches("0,-?[0-9.E-]+,[^,]+,\\d+,0,.*");

    Path one = folder.resolve("one.json");
    Path two = folder.resolve("two.json");
    String ids = "psi-trace,basis-path-ratio,psi-top-eigenvalue";
    measure(
        "mlp-bias-unequal", "--measures", ids, "--skeleton", "balanced", "--json", one.toString());
    measure(
        "mlp-bias-unequal-rescaled",
        "--measures",
        ids,
        "--skeleton",
        skeleton.toString(),
        "--json",
        two.toString());
    JsonNode balanced = new ObjectMapper().readTree(one.toFile());
    JsonNode given = new ObjectMapper().readTree(two.toFile());
    assertThat(given.get("settings").get("skeleton").asText()).isEqualTo(skeleton.toString());
    for (int i = 0; i < 3; i++) {
      JsonNode estimate = given.get("measures").get(i);
      assertThat(estimate.get("skeleton").asText()).isEqualTo("given");
      assertThat(estimate.get("invariance").get("permutation").asBoolean()).isFalse();
      double value = balanced.get("measures").get(i).get("value").asDouble();
      assertThat(estimate.get("value").asDouble()).isCloseTo(value, within(1e-7 * Math.abs(value)));
    }
    assertThat(balanced.get("measures").get(0).get("invariance").get("permutation").asBoolean())
        .isTrue();
  }

  @Test
  void aSkeletonFileThatDoesNotFitIsRefusedByItsLine() throws IOException {
    Path file = Files.writeString(folder.resolve("bad.txt"), "# mine\nout,0.weight,7777\n");
    for (CommandRun run :
        List.of(
            run("mlp-bias-unequal", "--skeleton", file.toString()),
            measure("mlp-bias-unequal", "--measures", "all", "--skeleton", file.toString()))) {
      assertThat(run.code()).isEqualTo(2);
      assertThat(run.out()).isEmpty();
      assertThat(run.err()).contains("line 2 of the skeleton file").contains("7777");
    }
    CommandRun missing = run("mlp-bias-unequal", "--skeleton", "diagonl");
    assertThat(missing.code()).isEqualTo(2);
    assertThat(missing.err()).contains("\"diagonl\" is no rule and no file");
  }

  @Test
  void anEpsilonBeyondTheChartIsInfiniteAndSaysWhere() throws IOException {
    Path file = folder.resolve("psi.json");
    CommandRun run =
        measure(
            "mlp-bias-unequal",
            "--measures",
            "psi-epsilon-sharpness,psi-expected-sharpness",
            "--epsilon",
            "10",
            "--json",
            file.toString());
    assertThat(run.code()).isZero();
    assertThat(run.out()).contains("∞").contains("outside-chart: epsilon 10.0 reaches the radius");
    for (JsonNode estimate : new ObjectMapper().readTree(file.toFile()).get("measures")) {
      assertThat(estimate.get("value").isNull()).isTrue();
      assertThat(estimate.get("status").asText()).isEqualTo("outside-chart");
      assertThat(estimate.get("chartRadius").asDouble()).isPositive();
      assertThat(estimate.get("chartEdge").asText()).contains(".weight[");
    }
  }

  @Test
  void theTheoremIsRefusedWithTheReason() {
    CommandRun run = measure("mlp-bias-unequal", "--measures", "theorem-5.1-bound");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err())
        .contains("Theorem 5.1 is about dense ReLU networks")
        .contains("has a bias");
  }
}
