package dev.flatness.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.flatness.testkit.OracleCases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The numbers of figures and of --csv are those of the JSON report, bit by bit. */
class FigureNumbersTest {
  @TempDir private Path folder;

  @BeforeEach
  void copyTheNetwork() {
    OracleCases.copyTo("mlp-bias-unequal", folder);
  }

  private JsonNode run(String command, String... options) throws IOException {
    List<String> arguments = new ArrayList<>(List.of(command, "--quiet"));
    arguments.addAll(List.of("--model", folder.resolve("network.onnx").toString()));
    arguments.addAll(List.of("--data", folder.resolve("data.npz").toString()));
    arguments.addAll(List.of("--json", folder.resolve("r.json").toString()));
    arguments.addAll(List.of("--csv", folder.resolve("r.csv").toString()));
    arguments.addAll(List.of("--figures", folder.resolve("figures").toString()));
    arguments.addAll(List.of(options));
    assertThat(CommandRun.of(arguments.toArray(String[]::new)))
        .isEqualTo(new CommandRun(0, "", ""));
    return new ObjectMapper().readTree(folder.resolve("r.json").toFile());
  }

  /** The rows of a file, each by the names of its columns. */
  private List<Map<String, String>> rows(String file) throws IOException {
    List<String> lines = Files.readAllLines(folder.resolve(file));
    String[] names = lines.get(0).split(",", -1);
    List<Map<String, String>> rows = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      String[] cells = line.split(",", -1);
      Map<String, String> row = new LinkedHashMap<>();
      for (int i = 0; i < names.length; i++) {
        row.put(names[i], cells[i]);
      }
      rows.add(row);
    }
    return rows;
  }

  private static double number(Map<String, String> row, String name) {
    return row.get(name).isEmpty() ? Double.NaN : Double.parseDouble(row.get(name));
  }

  private static double number(JsonNode node, String name) {
    return node.path(name).isNumber() ? node.get(name).asDouble() : Double.NaN;
  }

  private static void same(Map<String, String> row, String column, JsonNode node, String field) {
    assertThat(number(row, column))
        .as(column + " of " + row)
        .isEqualTo(Double.valueOf(number(node, field)));
  }

  private static List<Double> numbers(JsonNode list) {
    List<Double> numbers = new ArrayList<>();
    list.forEach(item -> numbers.add(item.isNumber() ? item.asDouble() : Double.NaN));
    return numbers;
  }

  @Test
  void measures() throws IOException {
    JsonNode report = run("measure", "--measures", "default,rho");
    List<Map<String, String>> table = rows("r.csv");
    int at = 0;
    Map<String, Map<String, Double>> layers = new LinkedHashMap<>();
    Map<String, List<Double>> neurons = new LinkedHashMap<>();
    for (JsonNode estimate : report.get("measures")) {
      String id = estimate.get("id").asText();
      String layer = estimate.path("layer").asText();
      if (estimate.has("values")) {
        for (double value : numbers(estimate.get("values"))) {
          assertThat(number(table.get(at++), "value")).isEqualTo(value);
        }
        List<Double> falling = new ArrayList<>(numbers(estimate.get("values")));
        falling.sort(Comparator.reverseOrder());
        neurons.computeIfAbsent(id, key -> new ArrayList<>()).addAll(falling);
      } else {
        Map<String, String> row = table.get(at++);
        assertThat(row).containsEntry("id", id).containsEntry("layer", layer);
        same(row, "value", estimate, "value");
        same(row, "standard_error", estimate, "standardError");
        if (!layer.isEmpty() && estimate.get("value").isNumber()) {
          layers
              .computeIfAbsent(id, key -> new LinkedHashMap<>())
              .put(layer, estimate.get("value").asDouble());
        }
      }
    }
    assertThat(at).isEqualTo(table.size());
    layers.values().removeIf(values -> values.size() < 2);
    assertThat(layers).hasSizeGreaterThan(4);
    for (String id : layers.keySet()) {
      Map<String, Double> drawn = new LinkedHashMap<>();
      rows("figures/layers-" + id + ".csv")
          .forEach(row -> drawn.put(row.get("name"), number(row, "value")));
      assertThat(drawn).isEqualTo(layers.get(id));
    }
    assertThat(neurons).containsKey("rho");
    for (String id : neurons.keySet()) {
      assertThat(rows("figures/neurons-" + id + ".csv").stream().map(row -> number(row, "y")))
          .containsExactlyElementsOf(neurons.get(id));
    }
  }

  @Test
  void spectra() throws IOException {
    JsonNode spectrum = run("spectrum", "--top", "3", "--bottom", "2").get("spectra").get(0);
    List<Map<String, String>> table = rows("r.csv");
    List<Map<String, String>> figure = rows("figures/spectrum-eigenvalues.csv");
    int at = 0;
    for (String end : List.of("largest", "smallest")) {
      for (JsonNode pair : spectrum.get("eigenvalues").get(end)) {
        assertThat(table.get(at)).containsEntry("kind", end);
        assertThat(figure.get(at)).containsEntry("series", end);
        same(table.get(at), "value", pair, "value");
        same(table.get(at), "residual", pair, "residual");
        same(figure.get(at++), "y", pair, "value");
      }
    }
    assertThat(at).isEqualTo(5).isEqualTo(figure.size());
    // The density holds all of the eigenvalues, and its mean is the mean of the nodes.
    List<Map<String, String>> density = rows("figures/spectrum-density.csv");
    double step = number(density.get(1), "x") - number(density.get(0), "x");
    double mass = 0;
    double mean = 0;
    for (Map<String, String> row : density) {
      double y = row.get("y").isEmpty() ? 0 : number(row, "y");
      mass += step * y;
      mean += step * y * number(row, "x");
    }
    double nodes = 0;
    double largest = 0;
    JsonNode probes = spectrum.get("density").get("quadratures");
    for (JsonNode probe : probes) {
      List<Double> weights = numbers(probe.get("weights"));
      List<Double> values = numbers(probe.get("nodes"));
      for (int i = 0; i < weights.size(); i++) {
        nodes += weights.get(i) * values.get(i) / probes.size();
        largest = Math.max(largest, Math.abs(values.get(i)));
      }
    }
    // The chart ends three standard deviations of the kernel beyond the last node.
    assertThat(mass).isCloseTo(1, within(0.003));
    assertThat(mean).isCloseTo(nodes, within(0.003 * largest));
  }

  @Test
  void audits() throws IOException {
    JsonNode audit = run("audit", "--trials", "2", "--measures", "default").get("audit");
    List<Map<String, String>> table = rows("r.csv");
    Map<String, Double> drawn = new LinkedHashMap<>();
    rows("figures/audit-drift.csv")
        .forEach(row -> drawn.put(row.get("name"), number(row, "value")));
    int at = 0;
    for (JsonNode one : audit.get("measures")) {
      String verdict = one.get("verdict").asText();
      boolean claims = verdict.startsWith("holds");
      double worst = 0;
      for (JsonNode drift : one.get("drift")) {
        Map<String, String> row = table.get(at++);
        assertThat(row).containsEntry("transformation", drift.get("transformation").asText());
        for (String field : List.of("median", "largest", "after")) {
          same(row, field, drift, field);
        }
        if (!claims || drift.get("claimed").asBoolean()) {
          worst = Math.max(worst, drift.get("largest").asDouble());
        }
      }
      if (!verdict.equals("unavailable")) {
        String name =
            one.get("id").asText() + (one.has("layer") ? " " + one.get("layer").asText() : "");
        assertThat(drawn.remove(name)).as(name).isEqualTo(Math.max(1e-17, worst));
      }
    }
    assertThat(drawn).isEmpty();
  }

  @Test
  void landscapes() throws IOException {
    JsonNode plane = run("landscape", "--points", "5,4").get("landscapes").get(0);
    for (String field : List.of("loss", "accuracy")) {
      List<Map<String, String>> map = rows("figures/landscape-" + field + ".csv");
      assertThat(map).hasSize(20);
      for (int k = 0; k < map.size(); k++) {
        Map<String, String> row = map.get(k);
        int i = Integer.parseInt(row.get("i"));
        int j = Integer.parseInt(row.get("j"));
        assertThat(number(row, "x")).isEqualTo(plane.get("axes").get(0).get(i).asDouble());
        assertThat(number(row, "y")).isEqualTo(plane.get("axes").get(1).get(j).asDouble());
        double value = plane.get(field).get(i).get(j).asDouble();
        assertThat(number(row, "value")).isEqualTo(value);
        assertThat(number(rows("r.csv").get(k), field)).isEqualTo(value);
        assertThat(row.get("outside")).isEqualTo(plane.get("outsideChart").get(i).get(j).asText());
      }
    }
  }

  @Test
  void lines() throws IOException {
    JsonNode line = run("landscape", "--points", "5", "--top-eigenvalue").get("landscapes").get(0);
    Map<String, String> figures =
        Map.of("loss", "loss", "accuracy", "accuracy", "topEigenvalue", "largest-eigenvalue");
    for (String field : figures.keySet()) {
      List<Map<String, String>> profile = rows("figures/landscape-" + figures.get(field) + ".csv");
      assertThat(profile.stream().map(row -> number(row, "x")))
          .containsExactlyElementsOf(numbers(line.get("axes").get(0)));
      assertThat(profile.stream().map(row -> number(row, "y")))
          .containsExactlyElementsOf(numbers(line.get(field)));
      String column = field.equals("topEigenvalue") ? "top_eigenvalue" : field;
      assertThat(rows("r.csv").stream().map(row -> number(row, column)))
          .containsExactlyElementsOf(numbers(line.get(field)));
    }
  }

  @Test
  void bounds() throws IOException {
    JsonNode bounds = run("bound", "--draws", "10").get("bounds");
    List<Map<String, String>> table = rows("r.csv");
    List<Map<String, String>> bars = rows("figures/bounds.csv");
    assertThat(bars).hasSize(bounds.size());
    for (int i = 0; i < bounds.size(); i++) {
      JsonNode bound = bounds.get(i);
      assertThat(bars.get(i)).containsEntry("name", bound.get("id").asText());
      same(bars.get(i), "value", bound, "value");
      same(table.get(i), "value", bound, "value");
      same(table.get(i), "kl", bound.get("terms"), "kl");
      same(table.get(i), "price", bound.get("terms"), "price");
    }
  }

  @Test
  void robustness() throws IOException {
    JsonNode robustness = run("generalization", "--draws", "5", "--splits", "2").get("robustness");
    List<Map<String, String>> table = rows("r.csv");
    List<Map<String, String>> ratios = rows("figures/robustness-ratio.csv");
    List<Map<String, String>> changed = rows("figures/robustness-changed.csv");
    int at = 0;
    for (int i = 0; i < robustness.size(); i++) {
      JsonNode row = robustness.get(i);
      same(table.get(i), "value", row, "value");
      same(table.get(i), "predicted", row, "predicted");
      if (row.get("ratio").isNumber()) {
        same(ratios.get(at), "x", row, "delta");
        same(ratios.get(at), "y", row, "ratio");
        same(changed.get(at++), "y", row, "changedPatterns");
      }
    }
    assertThat(at).isPositive().isEqualTo(ratios.size());
  }
}
