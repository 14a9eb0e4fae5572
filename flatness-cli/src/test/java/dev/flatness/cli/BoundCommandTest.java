package dev.flatness.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.flatness.pacbayes.PacBayes;
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

class BoundCommandTest {
  private static final String NETWORK = "mlp-bias-unequal";
  @TempDir private Path folder;

  @BeforeEach
  void copyTheNetwork() throws IOException {
    OracleCases.copyTo(NETWORK, Files.createDirectory(folder.resolve(NETWORK)));
  }

  private String file(String name) {
    return folder.resolve(name).toString();
  }

  private CommandRun bound(String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "bound",
                "--model",
                file(NETWORK + "/network.onnx"),
                "--data",
                file(NETWORK + "/data.npz"),
                "--draws",
                "20",
                "--no-color"));
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  private JsonNode report(String... more) throws IOException {
    List<String> arguments = new ArrayList<>(List.of(more));
    arguments.addAll(List.of("--json", file("report.json"), "--force", "--quiet"));
    CommandRun run = bound(arguments.toArray(String[]::new));
    assertThat(run).isEqualTo(new CommandRun(0, "", ""));
    JsonNode report = new ObjectMapper().readTree(folder.resolve("report.json").toFile());
    assertThat(
            JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                .getSchema(Files.readString(Path.of("../docs/flatness-report-1.schema.json")))
                .validate(report))
        .isEmpty();
    return report;
  }

  @Test
  void allBoundsAreReportedWithTheirTerms() throws IOException {
    JsonNode report = report();
    assertThat(report.get("bounds")).hasSize(6);
    for (JsonNode bound : report.get("bounds")) {
      assertThat(bound.get("assumptions")).hasSizeGreaterThan(2);
      assertThat(bound.get("says").asText()).isNotBlank();
    }
    JsonNode seeger = report.get("bounds").get(2);
    assertThat(seeger.get("id").asText()).isEqualTo("seeger-bound");
    JsonNode terms = seeger.get("terms");
    // Each of the 48 samples is drawn with weights of its own, which makes 20 draws and more.
    assertThat(terms.get("draws").asInt()).isEqualTo(48);
    double expected =
        PacBayes.seeger(
            terms.get("empiricalRiskUpper").asDouble(),
            terms.get("kl").asDouble() + terms.get("price").asDouble(),
            terms.get("samples").asInt(),
            terms.get("delta").asDouble());
    assertThat(seeger.get("value").asDouble()).isCloseTo(expected, within(1e-12));
    assertThat(report.get("settings").get("sigma").asText()).isEqualTo("search");
    assertThat(report.get("settings").get("priorSigma").asText()).isEqualTo("grid");
  }

  @Test
  void theOptionsMeanWhatTheySay() throws IOException {
    JsonNode layers = report("--sigma", "per-layer", "--bounds", "maurer-bound,seeger-bound");
    assertThat(layers.get("bounds")).hasSize(2);
    assertThat(layers.get("bounds").get(0).get("posterior").get("sigma").size()).isGreaterThan(1);
    JsonNode fixed =
        report("--sigma", "0.01", "--prior-sigma", "0.5", "--catoni", "2", "--confidence", "0.9");
    JsonNode bound = fixed.get("bounds").get(5);
    assertThat(bound.get("posterior").get("sigma").asDouble()).isEqualTo(0.01);
    assertThat(bound.get("prior").get("sigma").asDouble()).isEqualTo(0.5);
    assertThat(bound.get("terms").get("price").asDouble()).isZero();
    assertThat(bound.get("terms").get("catoni").asDouble()).isEqualTo(2);
    assertThat(bound.get("terms").get("delta").asDouble()).isCloseTo(0.08, within(1e-15));
    assertThat(bound.get("terms").get("deltaRisk").asDouble()).isCloseTo(0.02, within(1e-15));
    JsonNode clipped = report("--risk", "clipped=3", "--bounds", "maurer-bound");
    assertThat(clipped.get("bounds").get(0).get("range").asDouble()).isEqualTo(3);
    JsonNode paths =
        report(
            "--coordinates",
            "basis-paths",
            "--sigma",
            "1e-3",
            "--prior",
            file(NETWORK + "/network.onnx"),
            "--bounds",
            "seeger-bound");
    assertThat(paths.get("bounds").get(0).get("coordinates").asText()).isEqualTo("basis-paths");
    assertThat(paths.get("settings").get("skeleton").asText()).isEqualTo("auto");
    JsonNode tested =
        report("--prior", "split=0.4", "--test-data", file(NETWORK + "/data.npz"), "--seed", "3");
    JsonNode terms = tested.get("bounds").get(0).get("terms");
    assertThat(terms.get("testSamples").asInt()).isGreaterThan(terms.get("samples").asInt());
    assertThat(tested.get("settings").get("prior").asText()).isEqualTo("split=0.4");
  }

  @Test
  void anOptimisedPosteriorGoesOnToTheSameBits() throws IOException {
    String[] options = {
      "--sigma", "optimised", "--prior", "split=0.5", "--bounds", "seeger-bound", "--epochs"
    };
    List<String> few = new ArrayList<>(List.of(options));
    few.addAll(List.of("4", "--resume", file("state")));
    JsonNode first = report(few.toArray(String[]::new)).get("bounds");
    assertThat(folder.resolve("state")).exists();
    assertThat(report(few.toArray(String[]::new)).get("bounds")).isEqualTo(first);
    assertThat(first.get(0).get("posterior").get("kind").asText()).isEqualTo("optimised");
    List<String> more = new ArrayList<>(List.of(options));
    more.addAll(List.of("5", "--resume", file("state")));
    CommandRun other = bound(more.toArray(String[]::new));
    assertThat(other.code()).isEqualTo(2);
    assertThat(other.err()).contains("is of another run").contains("epochs=4");
  }

  @Test
  void theTableSaysWhatTheBoundMeans() throws IOException {
    CommandRun run = bound("--csv", file("bounds.csv"));
    assertThat(run.code()).isZero();
    assertThat(run.out())
        .contains("seeger-bound")
        .contains("posterior isotropic, sigma")
        .contains("It assumes that");
    assertThat(Files.readAllLines(folder.resolve("bounds.csv"))).hasSize(7);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--bounds seeger | no bound is called \"seeger\"",
        "--coordinates paths | --coordinates is paths, expected weights or basis-paths",
        "--sigma wide | --sigma is wide, expected a number",
        "--sigma -1 | standard deviation is -1.0",
        "--prior split=2 | share of the samples is 2.0",
        "--prior nowhere.onnx | nowhere.onnx",
        "--prior-sigma 0 | standard deviation is 0.0",
        "--catoni -3 | C of Catoni's bound is -3.0",
        "--catoni 1 --bounds seeger-bound | --catoni belongs to catoni-bound",
        "--confidence 1 | confidence is 1.0",
        "--risk hinge | --risk is hinge, expected 0-1 or clipped=B",
        "--risk clipped=0 | clipped at 0.0",
        "--skeleton diagonal | --skeleton belongs to --coordinates basis-paths",
        "--epochs 3 | --epochs belongs to --sigma optimised",
        "--resume state | --resume belongs to --sigma optimised",
        "--coordinates basis-paths --sigma optimised | an optimised posterior is one of the weights",
        "--test-labels x.gz | --test-labels names x.gz",
        "--coordinates basis-paths --skeleton balanced | by the weights",
        "--class-weights 1,2,1 | weighs samples",
      })
  void whatMakesNoSenseIsRefusedInWords(String options, String message) {
    CommandRun run = bound(options.split(" "));
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains(message).doesNotContain("\tat ");
  }
}
