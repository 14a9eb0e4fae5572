package dev.flatness.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Pages of networks that other people trained, on real data, as a browser shows them; screenshots
 * of both themes and a phone are in {@code target/screenshots}.
 */
class ZooPageTest {
  private static final Path SHARED = Path.of("..", "..", "shared");
  private static final Path SCREENSHOTS = Path.of("target", "screenshots");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long MEGABYTE = 1_000_000;

  @TempDir private static Path folder;

  private static Browser browser;

  private enum Net {
    MLP(
        "zackproser__mnist-mind-mapper__mnist_model",
        101770,
        2,
        "--mean",
        "0.1307",
        "--std",
        "0.3081"),
    LENET("AndreyGermanov__pytorch_onnx_exporter__mnist", 61706, 5),
    RESNET(
        "stanleybak__vnncomp2021__resnet_2b",
        112006,
        8,
        "--mean",
        "0.4914,0.4822,0.4465",
        "--std",
        "0.2471,0.2435,0.2616");

    private final String file;
    private final int parameters;
    private final int layers;
    private final List<String> scaling;

    Net(String file, int parameters, int layers, String... scaling) {
      this.file = file;
      this.parameters = parameters;
      this.layers = layers;
      this.scaling = List.of(scaling);
    }

    private String id() {
      return name().toLowerCase(Locale.ROOT);
    }

    private List<String> inputs() {
      List<String> inputs = new ArrayList<>();
      inputs.addAll(List.of("--model", SHARED.resolve("zoo/models/" + file + ".onnx").toString()));
      if (this == RESNET) {
        inputs.addAll(List.of("--data", SHARED.resolve("data/cifar10/test.bin").toString()));
      } else {
        Path mnist = SHARED.resolve("data/mnist");
        inputs.addAll(List.of("--data", mnist.resolve("t10k-images-idx3-ubyte.gz").toString()));
        inputs.addAll(List.of("--labels", mnist.resolve("t10k-labels-idx1-ubyte.gz").toString()));
      }
      inputs.addAll(scaling);
      return inputs;
    }
  }

  @BeforeAll
  static void startTheBrowser() throws IOException {
    assumeTrue(Files.isDirectory(SHARED.resolve("zoo/models")), "the zoo is there");
    assumeTrue(Files.isDirectory(SHARED.resolve("data/cifar10")), "the data are there");
    assumeTrue(Browser.installed().isPresent(), "Chromium is installed");
    browser = Browser.start(Browser.installed().orElseThrow(), folder.resolve("profile"));
  }

  @AfterAll
  static void stopTheBrowser() {
    if (browser != null) {
      browser.close();
    }
  }

  /** A page in the browser, with its report. */
  private record Shown(String name, JsonNode report, List<String> charts) {}

  private static Shown show(Net net, String command, String... options) throws IOException {
    String name = net.id() + "-" + command;
    Path page = folder.resolve(name + ".html");
    List<String> arguments = new ArrayList<>(List.of(command));
    arguments.addAll(net.inputs());
    arguments.addAll(List.of(options));
    arguments.addAll(
        List.of(
            "--quiet",
            "--json",
            folder.resolve(name + ".json").toString(),
            "--html",
            page.toString(),
            "--figures",
            folder.resolve(name).toString()));
    CommandRun run = CommandRun.of(arguments.toArray(String[]::new));
    assertThat(run).isEqualTo(new CommandRun(0, "", ""));
    boolean surface = command.equals("landscape");
    assertThat(Files.size(page)).isLessThan((surface ? 3 : 1) * MEGABYTE);
    JsonNode report = JSON.readTree(folder.resolve(name + ".json").toFile());
    browser.size(1200, 900, false);
    browser.theme("light");
    browser.open(page);
    List<String> charts = PageChecks.charts(browser);
    try (Stream<Path> files = Files.list(folder.resolve(name))) {
      assertThat(charts)
          .as("every figure that --figures wrote is a chart of the page")
          .containsExactlyInAnyOrderElementsOf(
              files
                  .map(file -> file.getFileName().toString())
                  .filter(file -> file.endsWith(".csv"))
                  .map(file -> file.replace(".csv", ""))
                  .toList());
    }
    assertThat(text(".cards"))
        .as("the summary has the loss and the number of parameters")
        .contains("cross-entropy loss", "accuracy", "samples")
        .contains(String.format(Locale.ROOT, "%,d", net.parameters));
    assertThat(text("pre"))
        .as("the page says the command that repeats it")
        .startsWith("flatness " + command + " --model ")
        .doesNotContain("--html");
    return new Shown(name, report, charts);
  }

  private static String text(String selector) {
    return browser.evaluate("document.querySelector('" + selector + "').innerText").asText();
  }

  /** What appears where bars and dots of a chart are pointed at. */
  private static Map<String, Double> pointed(String chart) {
    Map<String, Double> values = new TreeMap<>();
    String marks = "[...document.querySelectorAll('#figure-" + chart + " svg :not(svg) > title')]";
    for (String words : PageChecks.texts(browser, marks + ".map((title) => title.textContent)")) {
      int colon = words.lastIndexOf(": ");
      values.put(words.substring(0, colon), Double.parseDouble(words.substring(colon + 2)));
    }
    return values;
  }

  private static int rows(String caption) {
    return browser
        .evaluate(
            "[...document.querySelectorAll('table')].filter((t) => t.caption.textContent === '"
                + caption
                + "').reduce((sum, t) => sum + t.tBodies[0].rows.length, 0)")
        .asInt();
  }

  private static void looksRight(Shown shown) {
    PageChecks.everyChartIsReadable(browser);
    PageChecks.hasTwoThemesAndFitsAPhone(browser, SCREENSHOTS, shown.name());
    PageChecks.everyTableSorts(browser);
    PageChecks.reachesEverythingByTheKeyboard(browser);
    PageChecks.isQuiet(browser);
  }

  /**
   * A table for each group of invariance, a bar of every measure for every layer, as long as the
   * report says, and a falling line of ρ for every layer's neurons.
   */
  @ParameterizedTest
  @EnumSource
  void measures(Net net) throws IOException {
    Shown shown = show(net, "measure", "--limit", "30", "--measures", "default,rho");
    assertThat(shown.charts())
        .contains("layers-kappa", "layers-rho-sum", "layers-relative-flatness", "neurons-rho");
    assertThat(rows("Measures of the layers")).isGreaterThanOrEqualTo(4 * net.layers);
    for (JsonNode estimate : shown.report().get("measures")) {
      if (estimate.get("scope").asText().equals("layer") && estimate.get("value").isNumber()) {
        String id = estimate.get("id").asText();
        double value = estimate.get("value").asDouble();
        if (shown.charts().contains("layers-" + id)) {
          assertThat(pointed("layers-" + id))
              .as(id)
              .hasEntrySatisfying(
                  estimate.get("layer").asText(),
                  drawn -> assertThat(drawn).isCloseTo(value, within(1e-5 * Math.abs(value))));
        }
      }
    }
    assertThat(
            browser
                .evaluate("document.querySelectorAll('#figure-neurons-rho path').length")
                .asInt())
        .as("a line, and one in the legend, for every layer with more than one input")
        .isEqualTo(2 * (net == Net.LENET ? net.layers - 1 : net.layers));
    looksRight(shown);
  }

  /** The eigenvalues as dots in their order, and the density as a line with its band. */
  @ParameterizedTest
  @EnumSource
  void spectra(Net net) throws IOException {
    String[] few = {"--limit", "20", "--top", "3", "--probes", "2", "--steps", "12"};
    Shown shown = show(net, "spectrum", few);
    assertThat(shown.charts()).containsExactly("spectrum-eigenvalues", "spectrum-density");
    assertThat(rows("Eigenvalues")).isEqualTo(3);
    assertThat(browser.evaluate("document.querySelectorAll('figure circle').length").asInt())
        .as("a dot for each eigenvalue")
        .isEqualTo(3);
    assertThat(
            browser
                .evaluate("document.querySelectorAll('#figure-spectrum-density polygon').length")
                .asInt())
        .as("the band of the density")
        .isEqualTo(1);
    assertThat(text("main")).contains("Hessian in weights").contains("Density of 2 probes");
    looksRight(shown);
  }

  /** That all claims held, a row for each number, and a bar for each that was there. */
  @ParameterizedTest
  @EnumSource
  void audits(Net net) throws IOException {
    String measures = "rho-max,path-norm-1,hessian-trace";
    Shown shown =
        show(
            net,
            "audit",
            "--limit",
            "8",
            "--trials",
            "1",
            "--measures",
            measures,
            "--transformations",
            "neuron-wise,permutation");
    JsonNode numbers = shown.report().get("audit").get("measures");
    assertThat(text(".good")).startsWith("Every number stayed");
    assertThat(rows("Largest relative drift of each number")).isEqualTo(numbers.size());
    assertThat(shown.charts()).containsExactly("audit-drift");
    assertThat(pointed("audit-drift")).hasSize(numbers.size());
    looksRight(shown);
  }

  /**
   * The loss as a surface and as a map, the accuracy as a map, each with the ramp of its colors.
   */
  @ParameterizedTest
  @EnumSource
  void landscapes(Net net) throws IOException {
    Shown shown =
        show(net, "landscape", "--limit", "20", "--points", "5,5", "--directions", "filter");
    assertThat(shown.charts()).containsExactly("landscape-loss", "landscape-accuracy");
    browser.await("document.querySelector('.surface').dataset.drawn === 'true'");
    assertThat(browser.evaluate("document.querySelectorAll('.surface canvas').length").asInt())
        .as("the surface is drawn")
        .isPositive();
    assertThat(browser.evaluate("document.querySelectorAll('figure svg image').length").asInt())
        .as("two maps and their ramps")
        .isEqualTo(4);
    assertThat(text("main")).contains("filter-normalized directions").contains("loss doubles at");
    looksRight(shown);
  }

  /** A bar and a row for each bound, in red where it says nothing, and what it says. */
  @Test
  void bounds() throws IOException {
    Shown shown = show(Net.LENET, "bound", "--limit", "50", "--draws", "5");
    JsonNode bounds = shown.report().get("bounds");
    assertThat(shown.charts()).containsExactly("bounds");
    assertThat(rows("PAC-Bayes bounds and their terms")).isEqualTo(bounds.size());
    for (JsonNode bound : bounds) {
      double value = bound.get("value").asDouble();
      assertThat(pointed("bounds").get(bound.get("id").asText()))
          .isCloseTo(value, within(1e-5 * value));
      assertThat(text("main")).contains(bound.get("says").asText());
    }
    looksRight(shown);
  }

  /** The ratio of measured and predicted robustness for each δ, and what the data represent. */
  @Test
  void generalization() throws IOException {
    String[] few = {"--limit", "60", "--draws", "3", "--splits", "2", "--delta", "1e-3,1e-1"};
    Shown shown = show(Net.MLP, "generalization", few);
    assertThat(shown.charts()).containsExactly("robustness-ratio", "robustness-changed");
    assertThat(rows("Measured and predicted robustness"))
        .isEqualTo(shown.report().get("robustness").size());
    assertThat(rows("Representativeness and the approximation of the generalization gap"))
        .isEqualTo(shown.report().get("representativeness").size());
    assertThat(text("main")).contains("1 is agreement");
    looksRight(shown);
  }

  /**
   * The three networks by name, every number with the reason why it is not compared, and curves.
   */
  @Test
  void networksSideBySide() throws IOException {
    List<String> arguments = new ArrayList<>(List.of("report"));
    for (Net net : Net.values()) {
      Path report = folder.resolve(net.id() + "-side.json");
      List<String> measure = new ArrayList<>(List.of("measure"));
      measure.addAll(net.inputs());
      measure.addAll(List.of("--limit", "20", "--measures", "rho-max,hessian-trace"));
      measure.addAll(List.of("--quiet", "--json", report.toString()));
      assertThat(CommandRun.of(measure.toArray(String[]::new)).code()).isZero();
      arguments.add(report.toString());
    }
    Path page = folder.resolve("side.html");
    arguments.addAll(List.of("--quiet", "--html", page.toString()));
    assertThat(CommandRun.of(arguments.toArray(String[]::new)))
        .isEqualTo(new CommandRun(0, "", ""));
    assertThat(Files.size(page)).isLessThan(MEGABYTE);
    browser.theme("light");
    browser.open(page);
    assertThat(text("h1")).isEqualTo("Flatness of 3 networks");
    assertThat(text("main"))
        .contains(Net.MLP.file, Net.LENET.file, Net.RESNET.file)
        .contains("the architectures differ");
    assertThat(PageChecks.charts(browser)).contains("curve-loss", "curve-hessian-trace");
    looksRight(new Shown("side-by-side", JSON.nullNode(), List.of()));
  }
}
