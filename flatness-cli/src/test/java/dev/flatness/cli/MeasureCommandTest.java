package dev.flatness.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flatness.network.Network;
import dev.flatness.onnx.OnnxReader;
import dev.flatness.onnx.OnnxWriter;
import dev.flatness.testkit.OracleCases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeasureCommandTest {
  @TempDir private Path folder;

  @BeforeEach
  void copyTheNetwork() {
    OracleCases.copyTo("mlp-bias-unequal", folder);
  }

  @Test
  void showsATableOfTheDefaultMeasures() {
    CommandRun run = measure();
    assertThat(run.code()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .startsWith("model " + folder.resolve("network.onnx") + ": 162 parameters in 4 layers")
        .contains("loss  cross-entropy 0.00635559, accuracy 100.000 %")
        .contains("\nhessian-trace ", "\nkappa ", "\nrelative-flatness-normalized ")
        .contains("relative-flatness-normalized of layer 0 is not-applicable: ")
        .doesNotContain("hessian-frobenius-norm");
  }

  @Test
  void takesAnInternalTensorAsTheOutput() throws IOException {
    Path json = folder.resolve("report.json");
    CommandRun run = measure("--output", "no such", "--quiet");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("it has no output or internal tensor \"no such\"");
    String output = OnnxReader.withDefaults().read(folder.resolve("network.onnx")).output();
    CommandRun whole = measure("--output", output, "--quiet", "--json", json.toString());
    assertThat(whole.err()).isEmpty();
    assertThat(whole.code()).isZero();
    assertThat(new ObjectMapper().readTree(json.toFile()).get("settings").get("output").asText())
        .isEqualTo(output);
  }

  @Test
  void writesJsonAndCsvAndNoTableWhereQuiet() throws IOException {
    Path json = folder.resolve("report.json");
    Path csv = folder.resolve("report.csv");
    CommandRun run =
        measure(
            "--measures",
            "rho,kappa",
            "--layers",
            "2",
            "--layers",
            " 4",
            "--seed",
            "5",
            "--limit",
            "30",
            "--quiet",
            "--json",
            json.toString(),
            "--csv",
            csv.toString());
    assertThat(run).isEqualTo(new CommandRun(0, "", ""));
    JsonNode report = new ObjectMapper().readTree(json.toFile());
    assertThat(report.get("settings").get("seed").asLong()).isEqualTo(5);
    assertThat(report.get("settings").get("limit").asInt()).isEqualTo(30);
    assertThat(report.get("data").get("samples").asInt()).isEqualTo(30);
    List<String> found = new ArrayList<>();
    for (JsonNode estimate : report.get("measures")) {
      found.add(estimate.get("id").asText() + " " + estimate.get("layer").asText());
    }
    assertThat(found).containsExactlyInAnyOrder("rho 2", "rho 4", "kappa 2", "kappa 4");
    assertThat(Files.readAllLines(csv).get(0))
        .isEqualTo("id,scope,layer,index,value,standard_error,status,scaling,permutation");
  }

  @Test
  void refusesToOverwriteBeforeAnyWork() throws IOException {
    Path json = Files.writeString(folder.resolve("report.json"), "mine");
    assertRefused(
        measure("--json", json.toString()),
        "output " + json + " exists; name another file or use --force to overwrite it");
    assertThat(json).hasContent("mine");
    assertThat(measure("--json", json.toString(), "--force").code()).isZero();
    assertThat(Files.readString(json)).startsWith("{");
  }

  @Test
  void namesTheNearestOfAnUnknownMeasure() {
    CommandRun run = measure("--measures", "kapa");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err())
        .startsWith("flatness: measure \"kapa\" does not exist; did you mean \"kappa\"");
  }

  @Test
  void refusesALayerThatDoesNotExist() {
    assertRefused(
        measure("--layers", "9"),
        "layer \"9\" does not exist or has no weight matrix, expected one of [0, 2, 4, 6]");
  }

  @Test
  void refusesAMissingModelAndMissingData() {
    CommandRun model = CommandRun.of("measure", "--model", "no.onnx", "--data", "no.npz");
    assertThat(model.code()).isEqualTo(2);
    assertThat(model.err()).startsWith("flatness: ").contains("no.onnx").hasLineCount(1);
    CommandRun data =
        CommandRun.of(
            "measure", "--model", folder.resolve("network.onnx").toString(), "--data", "no.npz");
    assertThat(data.code()).isEqualTo(2);
    assertThat(data.err()).startsWith("flatness: ").contains("no.npz").hasLineCount(1);
  }

  @Test
  void saysWhereAccuracyIsThatOfGuessing() throws IOException {
    String zeros = "0,0,0,0,0,0,";
    assertThat(notes(zeros + "0\n" + zeros + "1\n" + zeros + "2\n"))
        .contains(
            "accuracy 33.3333 % is no better than guessing, for the most frequent label alone gives"
                + " 33.3333 %: are the inputs scaled as in training (--scale, --mean, --std)?");
    // One of three is right at most: the network gives the same for every sample.
    assertThat(notes((zeros + "0\n").repeat(2)) + notes((zeros + "1\n").repeat(2)))
        .contains("every sample has the same label; if the labels stand in another column");
  }

  private String notes(String rows) throws IOException {
    Path data = Files.writeString(folder.resolve("zeros.csv"), rows);
    CommandRun run =
        CommandRun.of(
            "measure",
            "--model",
            folder.resolve("network.onnx").toString(),
            "--data",
            data.toString(),
            "--measures",
            "l2-norm-squared");
    assertThat(run.code()).isZero();
    return run.out().replaceAll("\\s+", " ");
  }

  @Test
  void readsWholeNumbersInAnyNotationAsLabels() throws IOException {
    Path json = folder.resolve("report.json");
    String zeros = "0.5,0,1,0,0,0.25,";
    CommandRun integers = written(zeros + "0\n" + zeros + "2\n", json);
    CommandRun floats = written(zeros + "0.0\n" + zeros + "2.000e+00\n", json);
    assertThat(floats.out()).isEqualTo(integers.out()).contains("cross-entropy");
  }

  @Test
  void recordsTheColumnOfTheLabelAsItIsAskedFor() throws IOException {
    Path json = folder.resolve("report.json");
    String rows = "0,0.5,0,1,0,0,1\n1,0,0.5,0,1,0,2\n";
    assertThat(labelColumn(json, written(rows, json))).isNull();
    assertThat(labelColumn(json, written(rows, json, "--label-column", "last")).asText())
        .isEqualTo("last");
    assertThat(labelColumn(json, written(rows, json, "--label-column", "first")).asInt())
        .isEqualTo(1);
  }

  private static JsonNode labelColumn(Path json, CommandRun run) throws IOException {
    assertThat(run.code()).isZero();
    return new ObjectMapper().readTree(json.toFile()).get("settings").get("labelColumn");
  }

  private CommandRun written(String rows, Path json, String... more) throws IOException {
    Path data = Files.writeString(folder.resolve("rows.csv"), rows);
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "measure",
                "--model",
                folder.resolve("network.onnx").toString(),
                "--data",
                data.toString(),
                "--measures",
                "l2-norm-squared",
                "--json",
                json.toString(),
                "--force"));
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  @Test
  void refusesAnUnknownLossWithTheKnownOnes() {
    assertRefused(
        measure("--loss", "hinge"),
        "loss \"hinge\" is unknown; use auto, cross-entropy, squared-error or"
            + " binary-cross-entropy");
  }

  @Test
  void namesOptionValueAndRemedyOfABadValue() {
    CommandRun run = measure("--time-limit", "soon");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err())
        .isEqualTo(
            """
            flatness: Invalid value for option '--time-limit': 'soon' is no duration above 0; write one such as 90s, 10m or 1h30m
            Try flatness measure --help
            """);
    assertThat(measure("--precision", "float16").err())
        .contains("'float16' is no precision; write float64 or float32");
    assertThat(measure("--layout", "chw").err()).contains("'chw' is no layout; write nchw or nhwc");
  }

  @Test
  void aTimeLimitThatStopsAnIterationIsExitCodeThreeWithTheReportWritten() throws IOException {
    Path json = folder.resolve("report.json");
    CommandRun run =
        measure(
            "--measures",
            "hessian-top-eigenvalue",
            "--time-limit",
            "1ms",
            "--json",
            json.toString());
    assertThat(run.code()).isEqualTo(3);
    assertThat(run.out()).contains(" are not-converged: ");
    assertThat(Files.readString(json)).contains("\"not-converged\"");
  }

  @Test
  void threadsChangeNoBit() throws IOException {
    List<JsonNode> reports = new ArrayList<>();
    for (String threads : List.of("1", "3")) {
      Path json = folder.resolve(threads + ".json");
      measure("--measures", "all", "--threads", threads, "--json", json.toString());
      JsonNode measures = new ObjectMapper().readTree(json.toFile()).get("measures");
      measures.forEach(node -> ((ObjectNode) node).remove("seconds"));
      reports.add(measures);
    }
    assertThat(reports.get(1)).isEqualTo(reports.get(0));
  }

  @Test
  void measuresFromTheInitialNetwork() throws IOException {
    String model = folder.resolve("network.onnx").toString();
    Path json = folder.resolve("initial.json");
    CommandRun run =
        measure("--measures", "jiang", "--initial", model, "--quiet", "--json", json.toString());
    assertThat(run).isEqualTo(new CommandRun(0, "", ""));
    JsonNode report = new ObjectMapper().readTree(json.toFile());
    assertThat(report.get("settings").get("initial").asText()).isEqualTo(model);
    assertThat(report.get("measures")).hasSize(15);
    assertRefused(
        measure("--measures", "pacbayes-init", "--quiet"),
        "measure \"pacbayes-init\" is not defined here: it measures from the network that training"
            + " started from, which is not given (--initial); leave it out, or ask for its group");
    CommandRun missing = measure("--initial", "no.onnx", "--quiet");
    assertThat(missing.code()).isEqualTo(2);
    assertThat(missing.err()).contains("no.onnx");
    CommandRun other = measure("--initial", "weights.pt", "--quiet");
    assertThat(other.code()).isEqualTo(2);
    assertThat(other.err()).contains("no installed reader reads");
  }

  @Test
  void infoShowsStructureAndCost() {
    CommandRun run =
        CommandRun.of("info", "--model", folder.resolve("network.onnx").toString(), "--cost");
    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
    assertThat(run.out())
        .contains("162 parameters in 4 layers, 20 scale classes, piecewise linear")
        .contains("\n2      dense  [4]     [4, 9]          40              4\n")
        .contains("no dead units")
        .containsPattern("float64, \\d+ threads of \\d+ GFLOP/s and \\d+ GB/s as measured now")
        // 139 multiply-adds are two operations each.
        .containsPattern("\nvalue +1 +0.000278 ")
        .containsPattern("\nhessian-bottom-eigenvalue +60 ")
        .containsPattern("\nl2-norm-squared +– +– ")
        .containsPattern("\nall together +\\d+ ");
  }

  @Test
  void refusesAnOutputThatIsAnInputOrAnotherOutput() throws IOException {
    String model = folder.resolve("network.onnx").toString();
    byte[] before = Files.readAllBytes(Path.of(model));
    assertRefused(
        measure("--json", model, "--force"),
        "--json names " + model + ", which is read; name another file");
    assertThat(Path.of(model)).hasBinaryContent(before);
    String report = folder.resolve("both").toString();
    assertRefused(
        measure("--json", report, "--csv", report),
        "--json and --csv both name " + report + "; give each a file of its own");
    assertThat(Path.of(report)).doesNotExist();
  }

  @Test
  void refusesANetworkWithoutParameters() {
    Path model = folder.resolve("bare.onnx");
    OnnxWriter.withDefaults().write(Network.sequential(6).relu().build(), model);
    assertRefused(
        CommandRun.of(
            "measure",
            "--model",
            model.toString(),
            "--data",
            folder.resolve("data.npz").toString()),
        "the network has no parameters, so its loss surface is a point; expected at least one layer"
            + " with a weight or a bias");
  }

  private CommandRun measure(String... more) {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(
        List.of(
            "measure",
            "--model",
            folder.resolve("network.onnx").toString(),
            "--data",
            folder.resolve("data.npz").toString()));
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  private static void assertRefused(CommandRun run, String message) {
    assertThat(run).isEqualTo(new CommandRun(2, "", "flatness: " + message + "\n"));
  }
}
