package dev.flatness.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.flatness.testkit.OracleCases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpectrumCommandTest {
  @TempDir private Path folder;

  @BeforeEach
  void copyTheNetwork() {
    OracleCases.copyTo("mlp-bias-unequal", folder);
  }

  private CommandRun spectrum(String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "spectrum",
                "--model",
                folder.resolve("network.onnx").toString(),
                "--data",
                folder.resolve("data.npz").toString()));
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  private JsonNode json(String... more) throws IOException {
    Path file = folder.resolve("spectrum.json");
    List<String> arguments =
        new ArrayList<>(List.of("--quiet", "--json", file.toString(), "--force"));
    arguments.addAll(List.of(more));
    assertThat(spectrum(arguments.toArray(String[]::new))).isEqualTo(new CommandRun(0, "", ""));
    return new ObjectMapper().readTree(file.toFile());
  }

  @Test
  void showsTheEigenvaluesAndASketchOfTheDensity() {
    CommandRun run = spectrum("--top", "3", "--bottom", "1");
    assertThat(run.code()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .contains("\nhessian, 162 rows\n")
        .contains("largest  eigenvalue  residual\n      1    0.234973  ")
        .contains("smallest   eigenvalue  residual\n       1  -0.00766663  ")
        .contains("the residuals met the tolerance and the check found nothing beyond")
        .contains("density: share of eigenvalues, bars on a logarithmic scale (5 probes, 400")
        .contains("negative eigenvalues: ");
  }

  @Test
  void theEndsAndMomentsAreThoseOfTheReferenceHessian() throws IOException {
    JsonNode spectrum = json("--top", "2", "--bottom", "2", "--probes", "60").get("spectra").get(0);
    JsonNode pairs = spectrum.get("eigenvalues");
    assertThat(pairs.get("largest").get(0).get("value").asDouble())
        .isCloseTo(0.23497289711452657, within(1e-9));
    assertThat(pairs.get("smallest").get(0).get("value").asDouble())
        .isCloseTo(-0.007666634050896894, within(1e-9));
    assertThat(pairs.get("checked").asBoolean()).isTrue();
    JsonNode trace = spectrum.get("density").get("trace");
    assertThat(trace.get("value").asDouble())
        .isCloseTo(0.32206141361224727, within(4 * trace.get("standardError").asDouble()));
    JsonNode norm = spectrum.get("density").get("frobeniusNorm");
    assertThat(norm.get("value").asDouble())
        .isCloseTo(0.23911975838765848, within(4 * norm.get("standardError").asDouble()));
  }

  @Test
  void layersHaveDensitiesOfGaussNewtonMatrices() throws IOException {
    JsonNode spectrum =
        json("--layers", "2", "--operator", "gauss-newton", "--top", "1", "--probes", "20")
            .get("spectra")
            .get(0);
    JsonNode density = spectrum.get("density");
    assertThat(density.get("reason").asText())
        .isEqualTo("all 20 probes took their steps or spanned an invariant space");
    assertThat(density.get("negativeAtLeast").get("value").asDouble()).isZero();
    // The Hessian of one layer of a piecewise-linear network is its Gauss–Newton matrix.
    JsonNode layer =
        new ObjectMapper()
            .readTree(folder.resolve("expected.json").toFile())
            .get("layers")
            .get("2");
    double top = layer.get("hessian-top-eigenvalue").asDouble();
    assertThat(top(spectrum)).isCloseTo(top, within(1e-9 * top));
    JsonNode trace = density.get("trace");
    assertThat(trace.get("value").asDouble())
        .isCloseTo(
            layer.get("hessian-trace").asDouble(),
            within(4 * trace.get("standardError").asDouble()));
  }

  @Test
  void basisPathsAndLogMagnitudesHaveSpectraOfTheirOwn() throws IOException {
    JsonNode expected =
        new ObjectMapper().readTree(folder.resolve("expected.json").toFile()).get("psi");
    JsonNode report =
        json("--coordinates", "basis-paths", "--top", "1", "--bottom", "1", "--probes", "80");
    JsonNode spectrum = report.get("spectra").get(0);
    assertThat(spectrum.get("coordinates").asText()).isEqualTo("basis-paths");
    assertThat(spectrum.get("dimension")).isEqualTo(expected.get("basis-path-count"));
    double top = expected.get("psi-top-eigenvalue").asDouble();
    JsonNode pairs = spectrum.get("eigenvalues");
    assertThat(pairs.get("largest").get(0).get("value").asDouble())
        .isCloseTo(top, within(1e-9 * top));
    assertThat(pairs.get("smallest").get(0).get("value").asDouble())
        .isCloseTo(expected.get("psi-bottom-eigenvalue").asDouble(), within(1e-9 * top));
    JsonNode trace = spectrum.get("density").get("trace");
    assertThat(trace.get("value").asDouble())
        .isCloseTo(
            expected.get("psi-trace").asDouble(),
            within(4 * trace.get("standardError").asDouble()));
    assertThat(report.get("settings").get("skeleton").asText()).isEqualTo("auto");

    JsonNode logarithms = json("--coordinates", "log-magnitude", "--probes", "0");
    assertThat(logarithms.get("spectra").get(0).get("coordinates").asText())
        .isEqualTo("log-magnitude");
  }

  @Test
  void coordinatesThatDoNotExistOrHaveNoLayersAreRefused() {
    CommandRun unknown = spectrum("--coordinates", "paths");
    assertThat(unknown.code()).isEqualTo(2);
    assertThat(unknown.err()).contains("expected weights, basis-paths or log-magnitude");
    CommandRun layers = spectrum("--coordinates", "basis-paths", "--layers", "2");
    assertThat(layers.code()).isEqualTo(2);
    assertThat(layers.err()).contains("have no spectra of their own in the coordinates");
  }

  @Test
  void drawnLabelsAreThoseOfTheSeed() throws IOException {
    List<Double> found = new ArrayList<>();
    // The network is sure of most labels, so that many a seed draws the same ones.
    for (String seed : List.of("1", "1", "2", "3", "4", "5", "6", "7")) {
      JsonNode report =
          json("--top", "1", "--probes", "0", "--operator", "true-fisher", "--seed", seed);
      JsonNode spectrum = report.get("spectra").get(0);
      assertThat(spectrum.get("operator").asText()).isEqualTo("true-fisher");
      assertThat(spectrum.get("note").asText())
          .contains("one draw of labels")
          .contains("--operator gauss-newton");
      found.add(spectrum.get("eigenvalues").get("largest").get(0).get("value").asDouble());
    }
    assertThat(found).allMatch(value -> value > 0).hasSize(8);
    assertThat(found.get(0)).isEqualTo(found.get(1));
    assertThat(Set.copyOf(found)).hasSizeGreaterThan(2);
  }

  @Test
  void parametersAreChosenByPattern() throws IOException {
    JsonNode report = json("--parameters", "?.weight,6.*", "--top", "1", "--probes", "0");
    JsonNode spectrum = report.get("spectra").get(0);
    assertThat(spectrum.get("scope").asText()).isEqualTo("parameters");
    assertThat(spectrum.get("parameters"))
        .extracting(JsonNode::asText)
        .containsExactly("0.weight", "2.weight", "4.weight", "6.weight", "6.bias");
    // Not the biases of three hidden layers; a principal submatrix has no larger eigenvalue.
    JsonNode whole = json("--top", "1", "--probes", "0").get("spectra").get(0);
    assertThat(spectrum.get("dimension").asInt()).isLessThan(whole.get("dimension").asInt());
    assertThat(top(spectrum)).isPositive().isLessThan(top(whole));
    assertThat(report.get("settings").get("parameters"))
        .extracting(JsonNode::asText)
        .containsExactly("?.weight", "6.*");
    JsonNode one = json("--parameters", "2.weight", "--top", "1", "--probes", "0");
    JsonNode layer = json("--layers", "2", "--top", "1", "--probes", "0");
    assertThat(top(one.get("spectra").get(0)))
        .isCloseTo(top(layer.get("spectra").get(0)), withinPercentage(1e-4));
    assertThat(spectrum("--parameters", "2.weight", "--top", "1", "--probes", "0").out())
        .contains("\nhessian of 2.weight, ");
  }

  private static double top(JsonNode spectrum) {
    return spectrum.get("eigenvalues").get("largest").get(0).get("value").asDouble();
  }

  @Test
  void aSkeletonThatNothingUsesIsRefused() {
    assertThat(spectrum("--skeleton", "diagonal").err())
        .isEqualTo(
            "flatness: --skeleton is given, but --coordinates is \"weights\"; add --coordinates"
                + " basis-paths, or leave --skeleton out\n");
    assertThat(spectrum("--skeleton", "", "--coordinates", "basis-paths").err())
        .isEqualTo(
            "flatness: --skeleton names \"\", expected auto, diagonal, balanced or a file of"
                + " weights\n");
  }

  @Test
  void parametersThatDoNotExistAreRefused() {
    assertThat(spectrum("--parameters", "fc*.weight").err())
        .isEqualTo(
            "flatness: pattern \"fc*.weight\" matches no parameter, expected one that matches some"
                + " of [0.weight, 0.bias, 2.weight, 2.bias, 4.weight, 4.bias, 6.weight, 6.bias]\n");
    assertThat(spectrum("--parameters", "2.*", "--layers", "2").err())
        .isEqualTo(
            "flatness: the parameters [2.*] cannot be combined with the layers [2]; choose one\n");
    assertThat(spectrum("--parameters", "2.*", "--coordinates", "log-magnitude").err())
        .isEqualTo(
            "flatness: the parameters [2.*] do not exist in the coordinates log-magnitude; ask for"
                + " weights\n");
  }

  @Test
  void layersHaveSpectraOfTheirOwn() throws IOException {
    JsonNode report =
        json("--layers", "2,4", "--top", "1", "--probes", "0", "--operator", "gauss-newton");
    List<String> found = new ArrayList<>();
    for (JsonNode spectrum : report.get("spectra")) {
      found.add(spectrum.get("operator").asText() + " " + spectrum.get("layer").asText());
      assertThat(spectrum.has("density")).isFalse();
    }
    assertThat(found).containsExactly("gauss-newton 2", "gauss-newton 4");
    assertThat(report.get("settings").get("operator").asText()).isEqualTo("gauss-newton");
  }

  @Test
  void csvHasALineForEachEigenvalueAndNode() throws IOException {
    Path csv = folder.resolve("spectrum.csv");
    spectrum("--top", "2", "--probes", "2", "--steps", "3", "--quiet", "--csv", csv.toString());
    List<String> lines = Files.readAllLines(csv);
    assertThat(lines).hasSize(1 + 2 + 6);
    assertThat(lines.get(0)).isEqualTo("kind,operator,layer,index,value,residual,weight");
    assertThat(lines.get(1)).startsWith("largest,hessian,,1,0.2349728971");
    assertThat(lines.get(8)).startsWith("node,hessian,,1,");
  }

  @Test
  void moreEigenvaluesThanThereAreAreAllThereAre() throws IOException {
    JsonNode report = json("--top", "9999", "--probes", "0", "--layers", "0");
    JsonNode spectrum = report.get("spectra").get(0);
    assertThat(spectrum.get("eigenvalues").get("largest"))
        .hasSize(spectrum.get("dimension").asInt());
  }

  @Test
  void aNumberThatMissesItsToleranceExitsWithThree() {
    CommandRun run = spectrum("--time-limit", "1ms", "--probes", "0");
    assertThat(run.code()).isEqualTo(3);
    assertThat(run.out())
        .containsPattern("not-converged in \\d+ products: the time limit has passed");
    CommandRun both = spectrum("--time-limit", "1ms", "--layers", "2,4");
    assertThat(both.out().replaceAll("\\s+", " "))
        .containsOnlyOnce(
            "Remedy: allow more products (--max-products), a longer time (--time-limit), a larger"
                + " tolerance (--tolerance) or more heap (FLATNESS_JAVA_OPTIONS=-Xmx…).");
    CommandRun density = spectrum("--time-limit", "1ms", "--top", "0");
    assertThat(density.code()).isEqualTo(3);
    assertThat(density.out()).contains("density is not-converged: the time limit has passed");
  }

  @Test
  void badInputIsRefusedInWords() {
    assertThat(spectrum("--top", "0", "--probes", "0").err())
        .isEqualTo(
            "flatness: --top, --bottom and --probes are all 0, which leaves nothing to find; give"
                + " one of them\n");
    assertThat(spectrum("--layers", "nope").err())
        .isEqualTo(
            "flatness: layer \"nope\" does not exist or has no weight matrix, expected one of"
                + " [0, 2, 4, 6]\n");
    assertThat(spectrum("--operator", "foo").code()).isEqualTo(2);
    assertThat(spectrum("--operator", "foo").err())
        .isEqualTo(
            "flatness: --operator names \"foo\", expected hessian, gauss-newton, fisher or"
                + " true-fisher\n");
  }

  @Test
  void miniBatchesHaveTheEigenvaluesOfTheirOwnSamples() throws IOException {
    JsonNode batches =
        json("--top", "2", "--probes", "0", "--per-batch", "5")
            .get("spectra")
            .get(0)
            .get("batches");
    assertThat(batches).hasSizeGreaterThan(1);
    JsonNode second = batches.get(1);
    assertThat(second.get("first").asInt()).isEqualTo(5);
    JsonNode alone =
        json("--top", "2", "--probes", "0", "--skip", "5", "--limit", "5")
            .get("spectra")
            .get(0)
            .get("eigenvalues")
            .get("largest");
    for (int i = 0; i < 2; i++) {
      assertThat(second.get("largest").get(i).get("value").asDouble())
          .isCloseTo(alone.get(i).get("value").asDouble(), withinPercentage(1e-6));
    }
    assertThat(spectrum("--top", "1", "--probes", "0", "--per-batch", "5").out())
        .contains("largest eigenvalues of ")
        .contains(" mini-batches of 5 samples")
        .contains("standard deviation");
    CommandRun many = spectrum("--per-batch", "1000000");
    assertThat(many.code()).isEqualTo(2);
    assertThat(many.err()).contains("mini-batches of 1000000 samples need as many");
  }

  @Test
  void theTraceIsExactWhereClosedFormsGiveIt() throws IOException {
    String[] few = {"--top", "0", "--probes", "2", "--steps", "5"};
    double whole = trace(spectra(few).get(0));
    assertThat(whole).isCloseTo(measured("network", 0), withinPercentage(1e-10));
    JsonNode layers = spectra(few, "--layers", "2,4");
    assertThat(trace(layers.get(0))).isCloseTo(measured("layer", 1), withinPercentage(1e-10));
    assertThat(trace(layers.get(1))).isCloseTo(measured("layer", 2), withinPercentage(1e-10));
    // The diagonal of the Gauss-Newton matrix is that of the Hessian: see every step of all rows.
    JsonNode gaussNewton =
        spectra("--top", "162", "--probes", "1", "--operator", "gauss-newton").get(0);
    double sum = 0;
    for (JsonNode pair : gaussNewton.get("eigenvalues").get("largest")) {
      sum += pair.get("value").asDouble();
    }
    assertThat(trace(gaussNewton)).isEqualTo(whole).isCloseTo(sum, withinPercentage(1e-6));
    assertThat(spectrum(few).out()).contains(" exactly (by the probes ");
    for (String[] other :
        List.of(
            new String[] {"--operator", "fisher"},
            new String[] {"--coordinates", "log-magnitude"})) {
      assertThat(spectra(few, other).get(0).get("density").has("exactTrace")).isFalse();
    }
  }

  private JsonNode spectra(String... arguments) throws IOException {
    return json(arguments).get("spectra");
  }

  private JsonNode spectra(String[] arguments, String... more) throws IOException {
    return spectra(Stream.of(arguments, more).flatMap(Stream::of).toArray(String[]::new));
  }

  private static double trace(JsonNode spectrum) {
    return spectrum.get("density").get("exactTrace").asDouble();
  }

  /** The trace that the measure finds, of the network or of its layers in their order. */
  private double measured(String scope, int at) throws IOException {
    Path report = folder.resolve("trace.json");
    assertThat(
            CommandRun.of(
                    "measure",
                    "--model",
                    folder.resolve("network.onnx").toString(),
                    "--data",
                    folder.resolve("data.npz").toString(),
                    "--measures",
                    "hessian-trace",
                    "--json",
                    report.toString(),
                    "--force",
                    "--quiet")
                .code())
        .isZero();
    List<Double> values = new ArrayList<>();
    for (JsonNode estimate : new ObjectMapper().readTree(report.toFile()).get("measures")) {
      if (estimate.get("scope").asText().equals(scope)) {
        values.add(estimate.get("value").asDouble());
      }
    }
    return values.get(at);
  }
}
