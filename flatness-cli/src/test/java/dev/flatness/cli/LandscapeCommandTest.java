package dev.flatness.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.flatness.testkit.OracleCases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LandscapeCommandTest {
  @TempDir private Path folder;

  @BeforeEach
  void copyTheNetwork() {
    OracleCases.copyTo("mlp-bias-unequal", folder);
  }

  private CommandRun landscape(String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("landscape", "--model", model(), "--data", file("data.npz")));
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  private String model() {
    return file("network.onnx");
  }

  private String file(String name) {
    return folder.resolve(name).toString();
  }

  private JsonNode json(String... more) throws IOException {
    List<String> arguments =
        new ArrayList<>(List.of("--quiet", "--json", file("landscape.json"), "--force"));
    arguments.addAll(List.of(more));
    assertThat(landscape(arguments.toArray(String[]::new))).isEqualTo(new CommandRun(0, "", ""));
    return new ObjectMapper().readTree(folder.resolve("landscape.json").toFile());
  }

  /** The same function with other weights. */
  private String rescaled() {
    String other = file("rescaled.onnx");
    CommandRun run =
        CommandRun.of("rescale", "--model", model(), "--random", "--out", other, "--quiet");
    assertThat(run.code()).isZero();
    return other;
  }

  @Test
  void aPlaneIsAMapWithItsNumbers() {
    CommandRun run = landscape("--points", "9,9");
    assertThat(run.code()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .contains("loss of " + model() + " in weights, directions gaussian of standard deviation")
        .contains("first axis downwards, second to the right, both from -1.00000 to 1.00000")
        .contains("loss at the center ")
        .contains("roughness ");
  }

  @Test
  void jsonHasTheAgreedKeysAndTheLossAtTheCentre() throws IOException {
    JsonNode report = json("--points", "5,3", "--seed", "7");
    JsonNode slice = report.get("landscapes").get(0);
    assertThat(slice.get("model").asText()).isEqualTo(model());
    assertThat(slice.get("coordinates").asText()).isEqualTo("weights");
    assertThat(slice.get("directions").asText()).isEqualTo("gaussian");
    assertThat(slice.get("standardDeviation").asDouble()).isEqualTo(0.05);
    assertThat(slice.get("seed").asLong()).isEqualTo(7);
    assertThat(slice.get("axes").get(0)).hasSize(5);
    assertThat(slice.get("axes").get(1)).hasSize(3);
    assertThat(slice.get("loss")).hasSize(5);
    assertThat(slice.get("loss").get(0)).hasSize(3);
    assertThat(slice.get("outsideChart").get(4)).hasSize(3);
    assertThat(slice.get("outside").asInt()).isZero();
    double loss = report.get("loss").get("value").asDouble();
    assertThat(slice.get("center").asDouble()).isEqualTo(loss);
    assertThat(slice.get("loss").get(2).get(1).asDouble()).isEqualTo(loss);
  }

  @Test
  void basisPathsSeeNoRescalingAndWeightsDo() throws IOException {
    String other = rescaled();
    JsonNode paths =
        json(
                "--coordinates",
                "basis-paths",
                "--skeleton",
                "balanced",
                "--standard-deviation",
                "1e-6",
                "--points",
                "3,3",
                "--compare",
                other)
            .get("landscapes");
    assertThat(paths).hasSize(2);
    assertThat(paths.get(0).get("skeleton").asText()).isEqualTo("balanced");
    assertThat(paths.get(1).get("model").asText()).isEqualTo(other);
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 3; j++) {
        assertThat(paths.get(1).get("loss").get(i).get(j).asDouble())
            .isCloseTo(paths.get(0).get("loss").get(i).get(j).asDouble(), withinPercentage(1e-7));
      }
    }
    JsonNode weights = json("--points", "3,3", "--compare", other).get("landscapes");
    assertThat(weights.get(1).get("loss").get(0).get(0).asDouble())
        .isNotCloseTo(weights.get(0).get("loss").get(0).get(0).asDouble(), withinPercentage(1));
  }

  /** The pictures of howto-landscapes; {@code bench pictures} draws them by the same commands. */
  @ParameterizedTest
  @CsvSource({"weights,", "basis-paths,balanced"})
  void thePicturesOfTheDocumentsAreDrawnByTheirCommands(String coordinates, String skeleton)
      throws IOException {
    Path demo = folder.resolve("demo");
    assertThat(CommandRun.of("demo", "--save", demo.toString()).code()).isZero();
    List<String> line =
        new ArrayList<>(
            List.of(
                "landscape",
                "--model",
                demo.resolve("network.onnx").toString(),
                "--compare",
                demo.resolve("rescaled.onnx").toString(),
                "--data",
                demo.resolve("data.csv").toString(),
                "--standard-deviation",
                "0.1",
                "--points",
                "21,21",
                "--coordinates",
                coordinates,
                "--figures",
                folder.toString()));
    if (skeleton != null) {
      line.addAll(List.of("--skeleton", skeleton));
    }
    assertThat(CommandRun.of(line.toArray(String[]::new)).code()).isZero();
    for (String dark : List.of("", "-dark")) {
      assertThat(folder.resolve("landscape-loss" + dark + ".svg"))
          .hasSameTextualContentAs(
              Path.of("../docs/pictures/rescaled-" + coordinates + dark + ".svg"));
    }
    List<String> rows = Files.readAllLines(folder.resolve("landscape-loss.csv"));
    assertThat(rows).hasSize(1 + 2 * 21 * 21);
    assertThat(rows.get(0)).isEqualTo("map,i,j,x,y,value,outside");
    double apart = 0;
    for (int k = 1; k <= 21 * 21; k++) {
      double before = Double.parseDouble(rows.get(k).split(",", -1)[5]);
      double after = Double.parseDouble(rows.get(k + 21 * 21).split(",", -1)[5]);
      apart = Math.max(apart, Math.abs(after / before - 1));
    }
    if (skeleton == null) {
      assertThat(apart).isGreaterThan(1);
    } else {
      assertThat(apart).isLessThan(1e-9);
    }
  }

  @Test
  void aLineTowardsANetworkEndsThere() throws IOException {
    String other = rescaled();
    JsonNode line =
        json("--directions", other, "--range", "0,1", "--points", "5", "--csv", file("line.csv"))
            .get("landscapes")
            .get(0);
    assertThat(line.get("axes")).hasSize(1);
    assertThat(line.get("loss")).hasSize(5);
    assertThat(line.get("directions").asText()).isEqualTo("towards");
    assertThat(line.get("targets").get(0).asText()).isEqualTo(other);
    // The rescaled network computes the same.
    assertThat(line.get("loss").get(4).asDouble())
        .isCloseTo(line.get("loss").get(0).asDouble(), withinPercentage(1e-7));
    List<String> rows = Files.readAllLines(folder.resolve("line.csv"));
    assertThat(rows).hasSize(6);
    assertThat(rows.get(0))
        .isEqualTo("model,i,j,first,second,loss,accuracy,outside_chart,top_eigenvalue");
    assertThat(Double.parseDouble(rows.get(3).split(",", -1)[5]))
        .isEqualTo(line.get("loss").get(2).asDouble());
  }

  @Test
  void theLargestEigenvalueAlongALine() throws IOException {
    JsonNode line = json("--points", "3", "--top-eigenvalue").get("landscapes").get(0);
    assertThat(line.get("topEigenvalue").get(1).asDouble())
        .isCloseTo(0.23497289711452657, withinPercentage(1e-5));
    assertThat(line.get("topEigenvalueResidual").get(1).asDouble()).isLessThan(1e-6);
  }

  @Test
  void aRunGoesOnFromItsFile() throws IOException {
    JsonNode whole = json("--points", "5,5").get("landscapes").get(0).get("loss");
    CommandRun stopped =
        landscape("--points", "5,5", "--resume", file("state"), "--time-limit", "1ms");
    assertThat(stopped.code()).isIn(2, 3);
    JsonNode resumed =
        json("--points", "5,5", "--resume", file("state")).get("landscapes").get(0).get("loss");
    assertThat(resumed).isEqualTo(whole);
    CommandRun other = landscape("--points", "5,4", "--resume", file("state"));
    assertThat(other.code()).isEqualTo(2);
    assertThat(other.err()).contains("is of another run");
  }

  @Test
  void optionsThatMakeNoSenseAreRefused() {
    refused("--coordinates names \"radial\"", "--coordinates", "radial");
    refused("--directions names \"random\"", "--directions", "random");
    refused("add --coordinates basis-paths or canonical", "--skeleton", "balanced");
    refused(
        "--standard-deviation is for gaussian directions",
        "--standard-deviation",
        "1",
        "--directions",
        "filter");
    refused("--range has 3 numbers", "--range", "0,1,2");
    refused("the range of the slice is 1.0 to 0.0", "--range", "1,0");
    refused("--points has 3 numbers", "--points", "2,2,2");
    refused("an axis has 1 point", "--points", "1");
    refused("the slice is a plane", "--points", "3,3", "--top-eigenvalue");
    refused(
        "choose the coordinates weights or canonical",
        "--coordinates",
        "log-magnitude",
        "--directions",
        "filter");
    refused("is the network at the center", "--directions", model());
  }

  private void refused(String words, String... options) {
    CommandRun run = landscape(options);
    assertThat(run.code()).as(words).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains(words).doesNotContain("Exception").doesNotContain("\tat ");
  }

  @Test
  void theStateOfARunMayNotBeAnOutput() {
    for (String option : List.of("--json", "--html", "--csv")) {
      CommandRun run = landscape("--points", "3", "--resume", file("x"), option, file("x"));
      assertThat(run.code()).isEqualTo(2);
      assertThat(run.err()).contains(option).contains("both name");
    }
    CommandRun second =
        landscape(
            "--points", "3", "--compare", model(), "--resume", file("x"), "--json", file("x.1"));
    assertThat(second.err()).contains("both name");
  }

  @Test
  void theRuleThatWasChosenIsNamed() throws IOException {
    JsonNode slice = json("--points", "3", "--coordinates", "basis-paths").get("landscapes").get(0);
    assertThat(slice.get("skeleton").asText()).isIn("diagonal", "balanced");
  }

  @Test
  void zeroIsAStepWhereTheRangeHasIt() throws IOException {
    JsonNode axis = json("--points", "5", "--range=-0.1,0.3").get("landscapes").get(0).get("axes");
    assertThat(axis.get(0).get(1).asDouble()).isZero();
  }
}
