package dev.flatness.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.flatness.network.Activation;
import dev.flatness.network.Network;
import dev.flatness.onnx.OnnxReader;
import dev.flatness.onnx.OnnxWriter;
import dev.flatness.tensor.Shape;
import dev.flatness.testkit.OracleCases;
import dev.flatness.training.Architectures;
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

class RescaleCommandTest {
  @TempDir private Path folder;

  @BeforeEach
  void copyTheNetworks() throws IOException {
    for (String name : List.of("mlp-bias-unequal", "residual-small")) {
      OracleCases.copyTo(name, Files.createDirectory(folder.resolve(name)));
    }
  }

  private String file(String name) {
    return folder.resolve(name).toString();
  }

  private CommandRun rescale(String network, boolean data, String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("rescale", "--model", file(network + "/network.onnx")));
    if (data) {
      arguments.addAll(List.of("--data", file(network + "/data.npz")));
    }
    arguments.addAll(List.of("--out", file("out.onnx")));
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  private JsonNode report(String network, boolean data, String... more) throws IOException {
    List<String> arguments = new ArrayList<>(List.of(more));
    arguments.addAll(List.of("--json", file("report.json"), "--force", "--quiet"));
    CommandRun run = rescale(network, data, arguments.toArray(String[]::new));
    assertThat(run).isEqualTo(new CommandRun(0, "", ""));
    JsonNode report = new ObjectMapper().readTree(folder.resolve("report.json").toFile());
    assertThat(
            JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                .getSchema(Files.readString(Path.of("../docs/flatness-report-1.schema.json")))
                .validate(report))
        .isEmpty();
    return report;
  }

  private double measured(String network, String id) throws IOException {
    CommandRun run =
        CommandRun.of(
            "measure",
            "--model",
            file("out.onnx"),
            "--data",
            file(network + "/data.npz"),
            "--measures",
            id,
            "--json",
            file("measured.json"),
            "--force",
            "--quiet");
    assertThat(run).isEqualTo(new CommandRun(0, "", ""));
    JsonNode report = new ObjectMapper().readTree(folder.resolve("measured.json").toFile());
    return report.at("/measures/0/value").asDouble();
  }

  @ParameterizedTest
  @CsvSource({
    "mlp-bias-unequal, hessian-trace",
    "residual-small, hessian-trace",
    "residual-small, hessian-top-eigenvalue",
    "mlp-bias-unequal, l2-norm-squared",
    "mlp-bias-unequal, hessian-frobenius-norm",
    "residual-small, epsilon-sharpness-quadratic",
    "residual-small, expected-sharpness"
  })
  void theFileHasTheNumberThatWasAskedFor(String network, String id) throws IOException {
    JsonNode rescaling = report(network, true, "--raise", id, "--to", "12345").get("rescaling");
    assertThat(rescaling.get("attack").asText()).isEqualTo("raise " + id);
    assertThat(rescaling.get("predicted").asDouble()).isEqualTo(12345);
    assertThat(rescaling.get("functionResidual").asDouble()).isLessThan(1e-12);
    double after = rescaling.get("after").get(id).asDouble();
    assertThat(after).isGreaterThanOrEqualTo(12345 * (1 - 1e-9));
    assertThat(measured(network, id)).isCloseTo(after, within(1e-5 * after));
    assertThat(rescaling.get("before").get(id).asDouble()).isLessThan(12345);
  }

  @ParameterizedTest
  @CsvSource({"minimum-norm", "minimal-trace", "canonical", "unit-incoming"})
  void everyGaugeIsWritten(String gauge) throws IOException {
    JsonNode report = report("mlp-bias-unequal", true, "--gauge", gauge);
    JsonNode rescaling = report.get("rescaling");
    assertThat(rescaling.get("gauge").asText()).isEqualTo(gauge);
    assertThat(rescaling.get("functionResidual").asDouble()).isLessThan(1e-12);
    assertThat(measured("mlp-bias-unequal", "hessian-trace"))
        .isCloseTo(
            rescaling.at("/after/hessian-trace").asDouble(),
            within(1e-9 * rescaling.at("/after/hessian-trace").asDouble()));
    assertThat(report.at("/settings/gauge").asText()).isEqualTo(gauge);
  }

  @Test
  void withoutDataOutputsAreComparedOnRandomInputs() throws IOException {
    JsonNode report = report("residual-small", false, "--random", "--spread", "50");
    assertThat(report.has("data")).isFalse();
    assertThat(report.at("/rescaling/functionResidual").asDouble()).isLessThan(1e-12);
    assertThat(report.at("/rescaling/after").has("hessian-trace")).isFalse();
    assertThat(report.at("/model/notes").toString()).contains("100 random normal inputs");
    assertThat(report.at("/settings/spread").asDouble()).isEqualTo(50);
    assertThat(report("residual-small", false, "--random", "--spread", "50").get("rescaling"))
        .isEqualTo(report.get("rescaling"));
    assertThat(report("residual-small", false, "--random", "--seed", "1").get("rescaling"))
        .isNotEqualTo(report.get("rescaling"));
  }

  @Test
  void factorsGoByTheNamesThatInfoWrites() throws IOException {
    String model = file("residual-small/network.onnx");
    CommandRun info =
        CommandRun.of("info", "--model", model, "--classes", file("c.csv"), "--quiet");
    assertThat(info).isEqualTo(new CommandRun(0, "", ""));
    List<String> lines = Files.readAllLines(folder.resolve("c.csv"));
    assertThat(lines.get(0)).isEqualTo("class,factor");
    assertThat(lines).anySatisfy(line -> assertThat(line).contains(" + ").endsWith(",1.0"));
    String first = lines.get(1).substring(0, lines.get(1).lastIndexOf(','));
    Files.writeString(folder.resolve("f.csv"), "# one unit\n" + first + ", 4\n");
    report("residual-small", true, "--factors", file("f.csv"));
    Network before = OnnxReader.withDefaults().read(Path.of(model)).network();
    Network after = OnnxReader.withDefaults().read(folder.resolve("out.onnx")).network();
    double[] a = before.parameterVector();
    double[] b = after.parameterVector();
    assertThat(b[0]).isEqualTo(4 * a[0]);
    for (int i = 0; i < a.length; i++) {
      assertThat(b[i]).isIn(a[i], 4 * a[i], a[i] / 4);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nowhere[0],2 | no free scale class has that name",
        "FIRST[0] | expected class,factor",
        "FIRST[0],-2 | expected a positive finite factor",
        "FIRST[0],x | expected a positive finite factor"
      })
  void linesThatAreNoFactorsAreRefused(String line, String reason) throws IOException {
    String named = line.replace("FIRST", firstLayer());
    Files.writeString(folder.resolve("f.csv"), named + "\n");
    CommandRun run = rescale("mlp-bias-unequal", false, "--factors", file("f.csv"));
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("line 1 of the factor file").contains(reason);
    assertThat(folder.resolve("out.onnx")).doesNotExist();
  }

  private String firstLayer() {
    return OnnxReader.withDefaults()
        .read(folder.resolve("mlp-bias-unequal/network.onnx"))
        .network()
        .weightLayers()
        .get(0)
        .name();
  }

  @Test
  void tracesOfLayersAreNamedByTheLayer() throws IOException {
    String id = "hessian-trace@" + firstLayer();
    JsonNode raised =
        report("mlp-bias-unequal", true, "--raise", id, "--to", "1e5").get("rescaling");
    assertThat(raised.get("after").get(id).asDouble()).isCloseTo(1e5, within(1e-4));
    JsonNode lowered = report("mlp-bias-unequal", true, "--lower", id).get("rescaling");
    double before = lowered.get("before").get(id).asDouble();
    assertThat(lowered.get("after").get(id).asDouble())
        .isCloseTo(before / 1e6, within(before / 1e15));
  }

  @Test
  void whatCannotBeDoneIsRefusedBeforeTheFileIsWritten() throws IOException {
    refused("invariant to every rescaling", true, "--raise", "rho-max", "--to", "1");
    refused("invariant to rescaling layer-wise", true, "--raise", "kappa", "--to", "1");
    refused("infinite on the whole orbit", true, "--lower", "volume-flatness");
    refused("no attack on it is known", true, "--raise", "hessian-bottom-eigenvalue", "--to", "1");
    refused("there is no measure \"traces\"", true, "--lower", "traces");
    refused("needs data", false, "--lower", "hessian-trace");
    refused("needs data", false, "--gauge", "minimal-trace");
    refused("no gauge \"flat\"", false, "--gauge", "flat");
    refused("cannot be raised to", true, "--raise", "hessian-trace", "--to", "1e-20");
    refused("exclude each other", true, "--random", "--gauge", "canonical");
    refused("--to", true, "--raise", "hessian-trace");
    refused("of a single layer only the trace", true, "--raise", "kappa-tau@fc1", "--to", "1e9");
    refused("exclude each other", true, "--raise", "kappa", "--to", "1", "--lower", "kappa");
    refused("--random", true);
    Files.writeString(folder.resolve("out.onnx"), "mine");
    CommandRun run = rescale("mlp-bias-unequal", false, "--random");
    assertThat(run.code()).isEqualTo(2);
    assertThat(Files.readString(folder.resolve("out.onnx"))).isEqualTo("mine");
  }

  @ParameterizedTest
  @CsvSource({
    "--labels, labels.gz",
    "--limit, 3",
    "--skip, 1",
    "--mean, 0.5",
    "--loss, squared-error",
    "--label-smoothing, 0.1"
  })
  void optionsOfDataAreRefusedWithoutData(String option, String value) {
    refused(
        option + " says how data are used, but none are named", false, "--random", option, value);
  }

  @Test
  void aTraceIsRaisedAsFarAsDoublesReach() throws IOException {
    JsonNode rescaling =
        report("mlp-bias-unequal", true, "--raise", "hessian-trace", "--to", "1e200")
            .get("rescaling");
    assertThat(rescaling.at("/after/hessian-trace").asDouble()).isCloseTo(1e200, within(1e188));
    assertThat(rescaling.get("functionResidual").asDouble()).isLessThan(1e-12);
  }

  @Test
  void aFileOfASpreadsheetIsRead() throws IOException {
    Files.writeString(
        folder.resolve("f.csv"), "\ufeffclass,factor\r\n" + firstLayer() + "[0],4\r\n");
    report("mlp-bias-unequal", true, "--factors", file("f.csv"));
  }

  @Test
  void aNetworkWithoutUnitsToRescaleIsNoted() throws IOException {
    Network linear = Architectures.perceptron(Shape.of(2), List.of(), 3, Activation.RELU);
    Files.createDirectory(folder.resolve("linear"));
    OnnxWriter.withDefaults().write(linear, folder.resolve("linear/network.onnx"));
    assertThat(report("linear", false, "--random").at("/model/notes").toString())
        .contains("no hidden unit of the network can be rescaled");
  }

  @Test
  void aSpreadThatNothingTakesIsRefused() {
    refused(
        "--spread belongs to --random and --lower", true, "--gauge", "canonical", "--spread", "9");
  }

  private void refused(String reason, boolean data, String... options) {
    CommandRun run = rescale("mlp-bias-unequal", data, options);
    assertThat(run.err()).contains(reason);
    assertThat(run.code()).isEqualTo(2);
    assertThat(folder.resolve("out.onnx")).doesNotExist();
  }

  @Test
  void residualNetworksHaveNoUnitIncomingGauge() {
    CommandRun run = rescale("residual-small", false, "--gauge", "unit-incoming");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("depend on its own scale");
  }

  @Test
  void theTableSaysWhatMoved() {
    CommandRun run =
        rescale("mlp-bias-unequal", true, "--raise", "hessian-trace", "--to", "1000000");
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .contains("moved raise hessian-trace; the outputs changed by at most")
        .contains("predicted")
        .contains("the equivalent network is in " + file("out.onnx"));
  }
}
