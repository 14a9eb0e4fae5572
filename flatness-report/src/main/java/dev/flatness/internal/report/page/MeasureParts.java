package dev.flatness.internal.report.page;

import dev.flatness.internal.report.json.Json;
import dev.flatness.internal.report.page.PageTable.Cell;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The measures of a report, in a table for each group of invariance. */
final class MeasureParts {
  /** From the strongest group to the weakest, with what it means. */
  private static final Map<String, String> GROUPS = groups();

  private MeasureParts() {}

  private static Map<String, String> groups() {
    Map<String, String> groups = new LinkedHashMap<>();
    groups.put("neuron-wise", "Unchanged when hidden units are rescaled");
    groups.put(
        "neuron-wise-except-inputs",
        "Unchanged when hidden units are rescaled, but not the layer's inputs");
    groups.put("layer-wise", "Unchanged when whole layers are rescaled");
    groups.put("none", "Changed by rescaling: no property of the function alone");
    return groups;
  }

  static void add(Json report, Page page) {
    List<Json> estimates = report.get("measures").items();
    if (estimates.isEmpty()) {
      return;
    }
    page.section("Measures");
    Map<String, List<Json>> byGroup = new LinkedHashMap<>();
    GROUPS.keySet().forEach(group -> byGroup.put(group, new ArrayList<>()));
    for (Json estimate : estimates) {
      byGroup
          .computeIfAbsent(
              estimate.get("invariance").get("scaling").text(), group -> new ArrayList<>())
          .add(estimate);
    }
    byGroup.forEach(
        (group, members) -> {
          if (!members.isEmpty()) {
            page.heading(GROUPS.getOrDefault(group, "Invariant: " + group));
            ofNetwork(members, page);
            ofLayers(members, page);
          }
        });
    ofNeurons(estimates, page);
    page.charts("layers-", "neurons-");
  }

  private static void ofNetwork(List<Json> members, Page page) {
    PageTable table =
        new PageTable(
            "Measures of the network",
            List.of("measure", "#value", "#uncertainty", "found by", "status"));
    for (Json estimate : members) {
      if (estimate.get("scope").text().equals("network")) {
        table.row(
            List.of(
                Cell.text(estimate.get("id").text()),
                value(estimate),
                uncertainty(estimate),
                Cell.text(estimate.get("method").text()),
                status(estimate)));
      }
    }
    if (!table.isEmpty()) {
      page.table(table);
    }
  }

  private static void ofLayers(List<Json> members, Page page) {
    Set<String> layers = new LinkedHashSet<>();
    Map<String, Map<String, Json>> byId = new LinkedHashMap<>();
    for (Json estimate : members) {
      if (estimate.get("scope").text().equals("layer")) {
        layers.add(estimate.get("layer").text());
        byId.computeIfAbsent(estimate.get("id").text(), id -> new LinkedHashMap<>())
            .put(estimate.get("layer").text(), estimate);
      }
    }
    if (byId.isEmpty()) {
      return;
    }
    // A row a layer: networks have more layers than a page has room for columns.
    List<String> header = new ArrayList<>(List.of("layer"));
    byId.keySet().forEach(id -> header.add("#" + id));
    PageTable table = new PageTable("Measures of the layers", header);
    for (String layer : layers) {
      List<Cell> row = new ArrayList<>(List.of(Cell.text(layer)));
      for (Map<String, Json> values : byId.values()) {
        Json estimate = values.get(layer);
        row.add(estimate == null ? Cell.none("–") : value(estimate));
      }
      table.row(row);
    }
    page.table(table);
  }

  private static void ofNeurons(List<Json> estimates, Page page) {
    PageTable table =
        new PageTable(
            "Measures of neurons; the charts show each of them",
            List.of("measure", "layer", "#neurons", "#least", "#mean", "#largest"));
    for (Json estimate : estimates) {
      double[] values = estimate.get("values").numbers();
      if (estimate.get("scope").text().equals("neuron") && values.length > 0) {
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        double sum = 0;
        for (double value : values) {
          low = Math.min(low, value);
          high = Math.max(high, value);
          sum += value;
        }
        table.row(
            List.of(
                Cell.text(estimate.get("id").text()),
                Cell.text(estimate.get("layer").text()),
                Cell.count(values.length),
                Cell.number(low),
                Cell.number(sum / values.length),
                Cell.number(high)));
      }
    }
    if (!table.isEmpty()) {
      page.heading("Neurons");
      page.table(table);
    }
  }

  /** The number, or what stands in its place. */
  static Cell value(Json estimate) {
    String status = estimate.get("status").text();
    if (estimate.get("value").isNumber()) {
      return Cell.number(estimate.get("value").number());
    }
    if (estimate.get("values").isList()) {
      int count = estimate.get("values").items().size();
      return Cell.text(Cell.count(count).shown() + (count == 1 ? " value" : " values"));
    }
    return switch (status) {
      case "infinite", "outside-chart" -> new Cell("∞", "Infinity", "number");
      default -> Cell.none(status.isEmpty() ? "–" : status);
    };
  }

  static Cell uncertainty(Json estimate) {
    double[] interval = estimate.get("interval").numbers();
    if (interval.length == 2) {
      return new Cell(
          Cell.number(interval[0]).shown() + " to " + Cell.number(interval[1]).shown(),
          Double.toString(interval[1] - interval[0]),
          "number");
    }
    Json error = estimate.get("standardError");
    return error.isNumber()
        ? new Cell("± " + Cell.number(error.number()).shown(), "" + error.number(), "number")
        : Cell.none("");
  }

  static Cell status(Json estimate) {
    String status = estimate.get("status").text();
    Json reason = estimate.get("reason");
    Cell cell = Cell.words(status + (reason.exists() ? ": " + reason.text() : ""));
    return status.equals("not-converged") ? cell.with("alert") : cell;
  }
}
