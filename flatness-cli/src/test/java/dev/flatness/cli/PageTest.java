package dev.flatness.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.flatness.testkit.OracleCases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pages and figures as files, and as a browser shows them. */
class PageTest {
  private static final long MEGABYTE = 1_000_000;

  private static final Path SCREENSHOTS = Path.of("target", "screenshots");

  @TempDir private Path folder;

  @BeforeEach
  void copyTheNetwork() {
    OracleCases.copyTo("mlp-bias-unequal", folder);
  }

  private Path run(String name, String command, String... more) {
    Path page = folder.resolve(name + ".html");
    List<String> arguments =
        new ArrayList<>(
            List.of(
                command,
                "--model",
                folder.resolve("network.onnx").toString(),
                "--data",
                folder.resolve("data.npz").toString(),
                "--quiet",
                "--force",
                "--json",
                folder.resolve(name + ".json").toString(),
                "--html",
                page.toString(),
                "--figures",
                folder.resolve(name).toString()));
    arguments.addAll(List.of(more));
    assertThat(CommandRun.of(arguments.toArray(String[]::new)).code()).isZero();
    return page;
  }

  private JsonNode json(String name) throws IOException {
    return new ObjectMapper().readTree(folder.resolve(name + ".json").toFile());
  }

  @Test
  void aPageIsOneFileThatAsksForNothing() throws IOException {
    String page = Files.readString(run("m", "measure", "--measures", "default,rho"));
    assertThat((long) page.length()).isLessThan(MEGABYTE);
    assertThat(Pattern.compile("(src|href)=\"(?!#|data:)").matcher(page).find()).isFalse();
    assertThat(page).doesNotContain("@import").doesNotContain("url(").doesNotContain("fetch(");
    assertThat(page)
        .contains("Unchanged when hidden units are rescaled</h3>")
        .contains("Changed by rescaling: no property of the function alone</h3>");
  }

  @Test
  void aPageWithASurfaceStaysUnderThreeMegabytes() throws IOException {
    Path page = run("l", "landscape");
    assertThat(Files.size(page)).isBetween(2 * MEGABYTE, 3 * MEGABYTE);
    assertThat(Files.size(run("line", "landscape", "--points", "9"))).isLessThan(MEGABYTE);
  }

  @Test
  void everyChartIsAFigureWithItsNumbers() throws IOException {
    run("s", "spectrum", "--top", "3");
    assertThat(Files.list(folder.resolve("s")).map(f -> f.getFileName().toString()))
        .containsExactlyInAnyOrder(
            "spectrum-eigenvalues.svg",
            "spectrum-eigenvalues-dark.svg",
            "spectrum-eigenvalues.png",
            "spectrum-eigenvalues.csv",
            "spectrum-density.svg",
            "spectrum-density-dark.svg",
            "spectrum-density.png",
            "spectrum-density.csv");
    JsonNode largest = json("s").get("spectra").get(0).get("eigenvalues").get("largest");
    List<String> rows = Files.readAllLines(folder.resolve("s/spectrum-eigenvalues.csv"));
    assertThat(rows).hasSize(4);
    for (int i = 0; i < 3; i++) {
      assertThat(Double.parseDouble(rows.get(i + 1).split(",", -1)[2]))
          .isEqualTo(largest.get(i).get("value").asDouble());
    }
    assertThat(Files.readString(folder.resolve("s/spectrum-density.svg")))
        .startsWith("<svg xmlns=\"http://www.w3.org/2000/svg\"")
        .contains("<title")
        .contains("density (logarithmic)")
        .contains("<polygon");
  }

  @Test
  void aReportThatWasWrittenGivesTheSamePageAndFigures() throws IOException {
    Path page = run("m", "measure", "--measures", "default,rho");
    Path again = folder.resolve("again.html");
    CommandRun run =
        CommandRun.of(
            "report",
            folder.resolve("m.json").toString(),
            "--html",
            again.toString(),
            "--figures",
            folder.resolve("figures").toString());
    assertThat(run).isEqualTo(new CommandRun(0, "", ""));
    assertThat(Files.readString(again)).isEqualTo(Files.readString(page));
    try (Stream<Path> figures = Files.list(folder.resolve("m"))) {
      for (Path figure : figures.toList()) {
        assertThat(folder.resolve("figures").resolve(figure.getFileName()))
            .hasSameBinaryContentAs(figure);
      }
    }
  }

  @Test
  void whatIsNoReportIsRefused() throws IOException {
    Path broken = Files.writeString(folder.resolve("broken.json"), "{\"schema\": ");
    refused(broken, "is no JSON");
    Path other = Files.writeString(folder.resolve("other.json"), "{\"schema\": \"mine\"}");
    refused(other, "has the schema \"mine\", expected flatness-report-1");
    refused(folder.resolve("absent.json"), "absent.json");
    refused(folder.resolve("network.onnx"), "network.onnx");
    Path deep = Files.writeString(folder.resolve("deep.json"), "[".repeat(5000));
    refused(deep, "deep.json");
    run("m", "measure");
    CommandRun alone = CommandRun.of("report", folder.resolve("m.json").toString());
    assertThat(alone.code()).isEqualTo(2);
    assertThat(alone.err()).contains("one report is no table of several");
  }

  private void refused(Path file, String words) {
    CommandRun run =
        CommandRun.of("report", file.toString(), "--html", folder.resolve("r.html").toString());
    assertThat(run.code()).as(words).isEqualTo(2);
    assertThat(run.err()).contains(words).doesNotContain("Exception").doesNotContain("\tat ");
    assertThat(folder.resolve("r.html")).doesNotExist();
  }

  @Test
  void reportsSideBySideSayWhatCanBeCompared() throws IOException {
    run("a", "measure");
    String other = folder.resolve("rescaled.onnx").toString();
    assertThat(
            CommandRun.of(
                    "rescale",
                    "--model",
                    folder.resolve("network.onnx").toString(),
                    "--random",
                    "--out",
                    other,
                    "--quiet")
                .code())
        .isZero();
    assertThat(
            CommandRun.of(
                    "measure",
                    "--model",
                    other,
                    "--data",
                    folder.resolve("data.npz").toString(),
                    "--quiet",
                    "--json",
                    folder.resolve("b.json").toString())
                .code())
        .isZero();
    CommandRun both =
        CommandRun.of(
            "report",
            folder.resolve("a.json").toString(),
            folder.resolve("b.json").toString(),
            "--csv",
            folder.resolve("both.csv").toString(),
            "--html",
            folder.resolve("both.html").toString());
    assertThat(both.code()).isZero();
    assertThat(both.out())
        .contains("can be compared between these networks")
        .contains("changed by rescaling hidden units")
        .contains("network  ")
        .contains("rescaled  ");
    Map<String, double[]> compared = new LinkedHashMap<>();
    for (String row : Files.readAllLines(folder.resolve("both.csv"))) {
      String[] cells = row.split(",", -1);
      if (cells[5].equals("true")) {
        compared
                .computeIfAbsent(cells[0] + cells[1], key -> new double[2])[
                cells[2].equals("rescaled") ? 1 : 0] =
            Double.parseDouble(cells[3]);
      }
    }
    assertThat(compared).hasSizeGreaterThan(3);
    compared.forEach(
        (number, values) ->
            assertThat(values[1]).as(number).isCloseTo(values[0], withinPercentage(1e-6)));
  }

  @Test
  void aBrowserShowsEveryPartWithoutAComplaintOrARequest() throws IOException {
    Optional<Path> chromium = Browser.installed();
    assumeThat(chromium).as("Chromium is installed").isPresent();
    Path measured = run("m", "measure", "--measures", "default,rho");
    Path landscape = run("l", "landscape", "--points", "21,21");
    try (Browser browser = Browser.start(chromium.get(), folder.resolve("profile"))) {
      browser.size(1200, 900, false);
      browser.open(measured);
      showsTheMeasures(browser);
      PageChecks.everyChartIsReadable(browser);
      PageChecks.everyTableSorts(browser);
      PageChecks.reachesEverythingByTheKeyboard(browser);
      PageChecks.hasTwoThemesAndFitsAPhone(browser, SCREENSHOTS, "measure");
      PageChecks.isQuiet(browser);
      browser.open(landscape);
      browser.await("document.querySelector('.surface').dataset.drawn === 'true'");
      assertThat(browser.evaluate("document.querySelectorAll('.surface canvas').length").asInt())
          .as("the surface of the loss is drawn")
          .isPositive();
      assertThat(browser.evaluate("document.querySelectorAll('figure svg image').length").asInt())
          .as("the maps of loss and accuracy are there, each with the ramp of its colors")
          .isEqualTo(4);
      PageChecks.isQuiet(browser);
    }
  }

  private void showsTheMeasures(Browser browser) {
    assertThat(browser.evaluate("document.querySelector('h1').textContent").asText())
        .as("the title names the network")
        .isEqualTo("Flatness of network.onnx");
    assertThat(browser.evaluate("document.querySelector('.cards').innerText").asText())
        .as("the summary has the loss and the structure")
        .contains("loss")
        .contains("samples")
        .contains("parameters");
    assertThat(browser.evaluate("document.querySelectorAll('figure svg').length").asInt())
        .as("a chart for each measure of layers and for the neurons")
        .isGreaterThanOrEqualTo(5);
  }
}
