package dev.flatness.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flatness.testkit.OracleCases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Measures several networks with one command. */
class SeveralNetworksTest {
  @TempDir private Path folder;

  /** Three networks of one function, whose names sort differently as text and by their numbers. */
  @BeforeEach
  void makeCheckpoints() throws IOException {
    OracleCases.copyTo("mlp-bias-unequal", folder);
    Files.copy(folder.resolve("network.onnx"), folder.resolve("epoch-2.onnx"));
    for (int number : new int[] {10, 30}) {
      CommandRun run =
          CommandRun.of(
              "rescale",
              "--model",
              file("network.onnx"),
              "--random",
              "--seed",
              Integer.toString(number),
              "--out",
              file("epoch-" + number + ".onnx"),
              "--quiet");
      assertThat(run.code()).isZero();
    }
  }

  private String file(String name) {
    return folder.resolve(name).toString();
  }

  private CommandRun measure(String... more) {
    List<String> arguments = new ArrayList<>(List.of("measure", "--data", file("data.npz")));
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  private JsonNode report(String name) throws IOException {
    return new ObjectMapper().readTree(folder.resolve("reports").resolve(name).toFile());
  }

  @Test
  void aPatternGivesAReportForEachNetworkAndOneTable() throws IOException {
    CommandRun run =
        measure(
            "--model", file("epoch-*.onnx"), "--json", file("reports"), "--measures", "rho-max");
    assertThat(run.code()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out().lines().filter(line -> line.startsWith("epoch-")))
        .extracting(line -> line.substring(0, line.indexOf(' ')))
        .containsExactly("epoch-2", "epoch-10", "epoch-30");
    assertThat(run.out()).contains("can be compared between these networks").contains("rho-max");
    try (Stream<Path> written = Files.list(folder.resolve("reports"))) {
      assertThat(written.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder("epoch-2.json", "epoch-10.json", "epoch-30.json");
    }
    assertThat(report("epoch-10.json").get("model").get("file").asText())
        .isEqualTo(file("epoch-10.onnx"));
  }

  @Test
  void everyReportIsThatOfTheNetworkAlone() throws IOException {
    CommandRun run =
        measure("--model", file("epoch-2.onnx"), file("epoch-10.onnx"), "--json", file("reports"));
    assertThat(run.code()).isZero();
    assertThat(measure("--model", file("epoch-10.onnx"), "--json", file("alone.json")).code())
        .isZero();
    JsonNode alone = new ObjectMapper().readTree(folder.resolve("alone.json").toFile());
    assertThat(withoutSeconds(report("epoch-10.json"))).isEqualTo(withoutSeconds(alone));
    assertThat(report("epoch-10.json").get("loss")).isEqualTo(alone.get("loss"));
  }

  private static JsonNode withoutSeconds(JsonNode report) {
    for (JsonNode estimate : report.get("measures")) {
      ((ObjectNode) estimate).remove("seconds");
    }
    return report.get("measures");
  }

  @Test
  void thePageHasACurveOfEveryMeasureAlongTheTraining() throws IOException {
    CommandRun run =
        measure(
            "--model",
            file("epoch-*.onnx"),
            "--html",
            file("t.html"),
            "--figures",
            file("figures"),
            "--csv",
            file("t.csv"),
            "--quiet");
    assertThat(run).isEqualTo(new CommandRun(0, "", ""));
    assertThat(Files.readString(folder.resolve("t.html")))
        .contains("Flatness of 3 networks")
        .contains("hessian-trace over the reports")
        .contains("Cannot be compared: changed by rescaling hidden units.")
        .contains("N of epoch-N");
    List<String> curve = Files.readAllLines(folder.resolve("figures/curve-loss.csv"));
    assertThat(curve.stream().skip(1).map(line -> line.split(",")[1]))
        .extracting(Double::parseDouble)
        .containsExactly(2.0, 10.0, 30.0);
    assertThat(Files.readAllLines(folder.resolve("t.csv")).get(0))
        .isEqualTo("measure,layer,network,value,status,comparable,reason");
  }

  @Test
  void namesThatAreAlikeGetTheirFolders() throws IOException {
    for (String run : List.of("a", "b")) {
      Files.createDirectory(folder.resolve(run));
      Files.copy(folder.resolve("network.onnx"), folder.resolve(run).resolve("final.onnx"));
    }
    CommandRun run =
        measure(
            "--model", file("?/final.onnx"), "--json", file("reports"), "--measures", "rho-max");
    assertThat(run.code()).isZero();
    assertThat(run.out()).contains("a-final").contains("b-final");
    assertThat(folder.resolve("reports/a-final.json")).exists();
    assertThat(folder.resolve("reports/b-final.json")).exists();
  }

  @Test
  void whatCannotBeIsRefusedBeforeAnyWork() throws IOException {
    assertThat(measure("--model", file("nothing-*.onnx")).err())
        .startsWith("flatness: --model '" + file("nothing-*.onnx") + "' matches no file");
    assertThat(measure("--model", file("epoch-2.onnx"), file("epoch-2.onnx")).err())
        .contains("epoch-2.onnx twice; name every file once");
    assertThat(measure("--model", file("epoch-*.onnx"), "--json", file("all.json")).err())
        .contains("have a report for each network; name a folder");
    assertThat(measure("--model", file("epoch-*.onnx"), "--json", file("data.npz")).err())
        .contains("data.npz, which is no directory");
    assertThat(measure("--model", file("epoch-*.onnx"), "--weights", file("network.onnx")).err())
        .contains("--weights gives parameters to one model, but --model names 3");
    Files.writeString(folder.resolve("epoch-40.onnx"), "no network");
    CommandRun broken = measure("--model", file("epoch-*.onnx"), "--json", file("reports"));
    assertThat(broken.code()).isEqualTo(2);
    assertThat(broken.err()).contains("epoch-40.onnx");
    assertThat(folder.resolve("reports")).doesNotExist();
    Files.delete(folder.resolve("epoch-40.onnx"));
    Files.createDirectory(folder.resolve("reports"));
    Files.writeString(folder.resolve("reports/epoch-30.json"), "mine");
    CommandRun there = measure("--model", file("epoch-*.onnx"), "--json", file("reports"));
    assertThat(there.code()).isEqualTo(2);
    assertThat(there.err()).contains("epoch-30.json exists").contains("--force");
    assertThat(folder.resolve("reports/epoch-2.json")).doesNotExist();
  }

  @Test
  void aNoteOfAllIsSaidOnceAndOneOfFewNamesThem() throws IOException {
    assertThat(
            measure("--model", file("epoch-*.onnx"), "--json", file("reports"), "--quiet").code())
        .isZero();
    List<String> command = new ArrayList<>(List.of("report"));
    for (int number : new int[] {2, 10, 30}) {
      Path report = folder.resolve("reports/epoch-" + number + ".json");
      ObjectNode changed = (ObjectNode) report(report.getFileName().toString());
      ArrayNode notes = (ArrayNode) changed.get("model").get("notes");
      notes.add("a note of all");
      if (number > 2) {
        notes.add("a note of two");
      }
      Files.writeString(report, changed.toString());
      command.add(report.toString());
    }
    assertThat(CommandRun.of(command.toArray(String[]::new)).out().lines())
        .containsOnlyOnce("note  a note of all")
        .containsOnlyOnce("note  epoch-10, epoch-30: a note of two");
  }

  @Test
  void reportsWithoutNumbersOfLayersSaySo() {
    CommandRun run = measure("--model", file("epoch-*.onnx"), "--measures", "rho");
    assertThat(run.code()).isZero();
    assertThat(run.out()).contains("no report has a number of a network or a layer");
  }

  @Test
  void aPatternWithOneMatchHasAFolderToo() throws IOException {
    CommandRun run =
        measure("--model", file("epoch-3*.onnx"), "--json", file("reports"), "--quiet");
    assertThat(run).isEqualTo(new CommandRun(0, "", ""));
    assertThat(report("epoch-30.json").get("measures")).isNotEmpty();
  }

  @Test
  void figuresOfTwoNetworksAreRefused() {
    CommandRun run =
        measure(
            "--model", file("epoch-2.onnx"), file("epoch-10.onnx"), "--figures", file("figures"));
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("--figures draws curves over 3 reports or more");
    assertThat(folder.resolve("figures")).doesNotExist();
  }

  @Test
  void curvesGoFromTheLeastNumberToTheLargestWhateverTheOrder() throws IOException {
    CommandRun run =
        measure(
            "--model",
            file("epoch-10.onnx"),
            file("epoch-30.onnx"),
            file("epoch-2.onnx"),
            "--figures",
            file("figures"),
            "--quiet");
    assertThat(run.code()).isZero();
    List<String> curve = Files.readAllLines(folder.resolve("figures/curve-loss.csv"));
    assertThat(curve.stream().skip(1).map(line -> line.split(",")[1]))
        .extracting(Double::parseDouble)
        .containsExactly(2.0, 10.0, 30.0);
  }

  @Test
  void dataAreTheSameWhereTheirSamplesAreWhateverTheirNames() throws IOException {
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    Files.copy(folder.resolve("data.npz"), elsewhere.resolve("copy.npz"));
    String[] measured = {"--model", file("epoch-2.onnx"), "--measures", "path-norm-1", "--quiet"};
    record Run(String name, String data, String limit) {}
    for (Run run :
        List.of(
            new Run("a", "data.npz", "20"),
            new Run("b", "elsewhere/copy.npz", "20"),
            new Run("c", "data.npz", "19"))) {
      List<String> command = new ArrayList<>(List.of("measure"));
      command.addAll(List.of(measured));
      command.addAll(List.of("--data", file(run.data), "--limit", run.limit));
      command.addAll(List.of("--json", file(run.name + ".json")));
      assertThat(CommandRun.of(command.toArray(String[]::new)).code()).isZero();
    }
    assertThat(CommandRun.of("report", file("a.json"), file("b.json")).out())
        .contains("can be compared between these networks")
        .doesNotContain("cannot be compared");
    assertThat(CommandRun.of("report", file("a.json"), file("c.json")).out())
        .contains("cannot be compared: the data differ");
  }

  @Test
  void numbersThatMissedTheirToleranceAreMarked() throws IOException {
    CommandRun run =
        measure(
            "--model",
            file("epoch-*.onnx"),
            "--measures",
            "hessian-top-eigenvalue",
            "--max-products",
            "1",
            "--csv",
            file("t.csv"),
            "--html",
            file("t.html"));
    assertThat(run.code()).isEqualTo(3);
    assertThat(run.out())
        .contains(" !")
        .contains("epoch-2, epoch-10, epoch-30: hessian-top-eigenvalue is not-converged: ")
        .contains("Remedy: allow more products (--max-products)");
    assertThat(Files.readString(folder.resolve("t.csv"))).contains(",not-converged,false,");
    assertThat(Files.readString(folder.resolve("t.html"))).contains(" !</td>");
  }

  @Test
  void aNetworkThatDoesNotFitTheDataIsNamedBeforeAnyWork() throws IOException {
    OracleCases.copyTo("lenet-small", Files.createDirectory(folder.resolve("lenet")));
    CommandRun run =
        measure(
            "--model",
            file("epoch-2.onnx"),
            folder.resolve("lenet/network.onnx").toString(),
            "--json",
            file("reports"));
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).startsWith("flatness: " + folder.resolve("lenet/network.onnx") + ": ");
    assertThat(folder.resolve("reports")).doesNotExist();
  }
}
