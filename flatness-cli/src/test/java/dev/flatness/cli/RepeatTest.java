package dev.flatness.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flatness.testkit.OracleCases;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A report names the command that repeats its numbers. */
class RepeatTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path parent;

  private Path folder;

  @BeforeEach
  void copyTheNetwork() throws IOException {
    folder = Files.createDirectory(parent.resolve("it's $HOME; \"so\""));
    OracleCases.copyTo("mlp-bias-unequal", folder);
  }

  private String file(String name) {
    return folder.resolve(name).toString();
  }

  private JsonNode run(String json, List<String> arguments) throws IOException {
    List<String> all = new ArrayList<>(arguments);
    all.addAll(List.of("--quiet", "--json", file(json)));
    assertThat(CommandRun.of(all.toArray(String[]::new))).isEqualTo(new CommandRun(0, "", ""));
    return JSON.readTree(folder.resolve(json).toFile());
  }

  private static String command(JsonNode report) {
    return report.get("provenance").get("command").asText();
  }

  /** The words that a shell makes of a line. */
  private static List<String> words(String line) throws IOException {
    Path shell = Path.of("/bin/sh");
    assumeThat(shell).exists();
    Process process =
        new ProcessBuilder(shell.toString(), "-c", "printf '%s\\n' " + line)
            .redirectErrorStream(true)
            .start();
    try (var out = process.getInputStream()) {
      return new String(out.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  private static JsonNode withoutSeconds(JsonNode node) {
    if (node instanceof ObjectNode object) {
      object.remove("seconds");
    }
    node.forEach(RepeatTest::withoutSeconds);
    return node;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "measure --measures default,rho-rows,psi-epsilon-sharpness --limit 50 --threads 1",
        "spectrum --top 3 --probes 2 --steps 20 --coordinates basis-paths",
        "landscape --points 5,4 --range -0.5,1.5 --directions filter",
        "audit --trials 2 --transformations neuron-wise,permutation",
        "bound --draws 20 --bounds seeger-bound",
        "generalization --draws 4 --splits 2 --delta 1e-3,1e-2"
      })
  void theCommandOfAReportGivesTheSameReport(String asked) throws IOException {
    List<String> arguments = new ArrayList<>(List.of(asked.split(" ")));
    arguments.addAll(List.of("--model", file("network.onnx"), "--data=" + file("data.npz")));
    arguments.addAll(List.of("--seed", "5", "--force", "--no-color"));
    JsonNode first = run("first.json", arguments);
    List<String> words = words(command(first));
    assertThat(words.get(0)).isEqualTo("flatness");
    assertThat(words)
        .containsSubsequence(asked.split(" "))
        .doesNotContain("--json", "--quiet", "--force", "--no-color", file("first.json"));
    JsonNode second = run("second.json", words.subList(1, words.size()));
    assertThat(withoutSeconds(second)).isEqualTo(withoutSeconds(first));
  }

  @Test
  void whereOutputGoesStaysOut() throws IOException {
    List<String> arguments =
        List.of(
            "landscape",
            "--html=" + file("a.html"),
            "--figures",
            file("figures"),
            "--model",
            file("network.onnx"),
            "--csv",
            file("a.csv"),
            "--resume",
            file("points"),
            "--points",
            "3",
            "--data",
            file("data.npz"));
    String command = command(run("a.json", arguments));
    assertThat(words(command))
        .containsExactly(
            "flatness",
            "landscape",
            "--model",
            file("network.onnx"),
            "--points",
            "3",
            "--data",
            file("data.npz"));
    assertThat(Files.readString(folder.resolve("a.html")))
        .contains("This command repeats the numbers:")
        .contains("flatness landscape --model ");
  }

  @Test
  void wordsOfAFileAreWrittenOut() throws IOException {
    Path file = Files.writeString(folder.resolve("words"), "--seed 5\n--quiet\n");
    assertThat(
            CommandRun.of(
                    "measure",
                    "@" + file,
                    "--model",
                    file("network.onnx"),
                    "--data",
                    file("data.npz"),
                    "--json",
                    file("a.json"))
                .code())
        .isZero();
    assertThat(words(command(JSON.readTree(folder.resolve("a.json").toFile()))))
        .containsExactly(
            "flatness",
            "measure",
            "--seed",
            "5",
            "--model",
            file("network.onnx"),
            "--data",
            file("data.npz"));
  }
}
