package dev.flatness.cli;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditCommandTest {
  @TempDir private Path folder;

  @BeforeEach
  void copyTheNetwork() {
    OracleCases.copyTo("mlp-bias-unequal", folder);
  }

  private CommandRun audit(String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "audit",
                "--model",
                folder.resolve("network.onnx").toString(),
                "--data",
                folder.resolve("data.npz").toString()));
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  @Test
  void showsAtAGlanceWhatStays() {
    CommandRun run = audit("--trials", "2", "--measures", "hessian-trace,kappa-tau,rho-sum");
    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
    assertThat(run.out().replaceAll("\\s+", " "))
        .contains(
            "2 trials of each of neuron-wise, except-inputs, layer-wise, alpha, k-layer, bias,"
                + " permutation",
            "factors from 1/1000 to 1000; the outputs changed by at most ");
    assertThat(run.out())
        .containsPattern("\nmeasure +layer-wise +except inputs +neuron-wise +permuted +verdict\n")
        .containsPattern("\nhessian-trace +\\de\\+\\d+ +\\de\\+\\d+ +\\de\\+\\d+ +✓ \\S+ +holds\n")
        .containsPattern("\nkappa-tau, layers +✓ \\S+ +\\de\\+\\d+ +\\de\\+\\d+ +✓ \\S+ +holds\n")
        .containsPattern("\nrho-sum +✓ \\S+ +✓ \\S+ +✓ \\S+ +✓ \\S+ +holds\n");
  }

  @Test
  void writesWhatThePageOfTheFormatSays() throws IOException {
    Path json = folder.resolve("audit.json");
    Path csv = folder.resolve("audit.csv");
    CommandRun run =
        audit(
            "--trials",
            "3",
            "--spread",
            "50",
            "--transformations",
            "layer-wise,neuron-wise",
            "--measures",
            "kappa,rho",
            "--seed",
            "7",
            "--quiet",
            "--json",
            json.toString(),
            "--csv",
            csv.toString());
    assertThat(run).isEqualTo(new CommandRun(0, "", ""));
    JsonNode report = new ObjectMapper().readTree(json.toFile());
    assertThat(
            JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                .getSchema(Files.readString(Path.of("../docs/flatness-report-1.schema.json")))
                .validate(report))
        .isEmpty();
    assertThat(report.get("measures")).isEmpty();
    JsonNode audit = report.get("audit");
    assertThat(audit.get("trials").asInt()).isEqualTo(3);
    assertThat(audit.get("spread").asDouble()).isEqualTo(50);
    assertThat(audit.get("seed").asLong()).isEqualTo(7);
    assertThat(audit.get("functionResidual").asDouble()).isBetween(1e-18, 1e-13);
    assertThat(report.get("settings").get("transformations").toString())
        .isEqualTo("[\"neuron-wise\",\"layer-wise\"]");
    for (JsonNode measure : audit.get("measures")) {
      assertThat(measure.get("verdict").asText()).isEqualTo("holds");
      for (JsonNode drift : measure.get("drift")) {
        boolean claimed = drift.get("claimed").asBoolean();
        double largest = drift.get("largest").asDouble();
        assertThat(largest <= measure.get("tolerance").asDouble())
            .as("%s %s", measure.get("id"), drift)
            .isEqualTo(claimed);
        assertThat(drift.get("median").asDouble()).isLessThanOrEqualTo(largest);
        assertThat(drift.has("entry")).isEqualTo(measure.get("id").asText().equals("rho"));
        double before = drift.has("before") ? 0 : measure.get("before").asDouble();
        if (!drift.has("before")) {
          double change = Math.abs(drift.get("after").asDouble() - before) / Math.abs(before);
          assertThat(change).isEqualTo(largest);
        }
      }
    }
    assertThat(Files.readAllLines(csv).get(0))
        .isEqualTo(
            "id,scope,layer,transformation,claimed,median,largest,trial,before,after,tolerance,"
                + "verdict");
    int lines = 0;
    for (JsonNode measure : audit.get("measures")) {
      lines += measure.get("drift").size();
    }
    assertThat(Files.readAllLines(csv)).hasSize(1 + lines);
  }

  @Test
  void theSameSeedGivesTheSameNumbersOnAnyNumberOfThreads() throws IOException {
    JsonNode one = numbers("--threads", "1");
    assertThat(numbers("--threads", "3")).isEqualTo(one);
    assertThat(numbers("--seed", "8")).isNotEqualTo(one);
  }

  private JsonNode numbers(String... more) throws IOException {
    Path json = folder.resolve("numbers.json");
    List<String> options =
        new ArrayList<>(List.of("--trials", "1", "--quiet", "--force", "--json", json.toString()));
    options.addAll(List.of(more));
    assertThat(audit(options.toArray(String[]::new)).code()).isZero();
    return new ObjectMapper().readTree(json.toFile()).get("audit").get("measures");
  }

  @Test
  void aTimeLimitLeavesWhatWasTriedAndExitsWith3() {
    CommandRun run = audit("--time-limit", "300ms", "--trials", "100000");
    assertThat(run.code()).isEqualTo(3);
    assertThat(run.out().replaceAll("\\s+", " "))
        .containsPattern("the time limit has passed after \\d+ of \\d+ transformations");
  }

  @Test
  void nonsenseIsRefusedInWords() {
    assertThat(audit("--trials", "0").code()).isEqualTo(2);
    assertThat(audit("--spread", "0.5").err()).contains("the spread is 0.5, expected");
    assertThat(audit("--spread", "1e300").err())
        .contains("out of the range of doubles; use factors closer to 1");
    assertThat(audit("--transformations", "neuronwise").err())
        .contains("transformation \"neuronwise\" does not exist, expected one of neuron-wise");
    assertThat(audit("--measures", "psi-tracee").err()).contains("psi-trace");
  }
}
