package dev.flatness.internal.report.page;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toList;

import dev.flatness.internal.report.chart.Chart;
import dev.flatness.internal.report.chart.Scale;
import dev.flatness.internal.report.chart.XyChart;
import dev.flatness.internal.report.json.Json;
import dev.flatness.internal.report.page.PageTable.Cell;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The page of several reports: one table, and a curve of every measure over the reports. */
public final class ComparisonPage {
  private ComparisonPage() {}

  /**
   * Writes a page.
   *
   * @param comparison the reports
   * @return the page
   */
  public static String of(Comparison comparison) {
    Page page = new Page(figures(comparison), "");
    page.section("Networks");
    PageTable networks =
        new PageTable(
            "The reports", List.of("network", "#loss", "#accuracy", "#parameters", "data", "seed"));
    for (int i = 0; i < comparison.names().size(); i++) {
      Json report = comparison.reports().get(i);
      networks.row(
          List.of(
              Cell.text(comparison.names().get(i)),
              Cell.number(report.get("loss").get("value").number()),
              Cell.percent(report.get("loss").get("accuracy").number()),
              Cell.count(report.get("model").get("parameters").number()),
              Cell.text(Names.last(report.get("data").get("file").text())),
              Cell.text(report.get("settings").get("seed").toString())));
    }
    page.table(networks);
    numbers(comparison, page, true);
    numbers(comparison, page, false);
    if (!page.charts().isEmpty()) {
      page.section("Curves");
      page.paragraph(
          "A point for each report, in their order: for instance the checkpoints of one training.");
      page.charts("curve-");
    }
    return HtmlPage.document("Flatness of " + comparison.names().size() + " networks", page, false);
  }

  private static void numbers(Comparison comparison, Page page, boolean comparable) {
    List<String> header = new ArrayList<>(List.of("measure", "layer"));
    comparison.names().forEach(name -> header.add("#" + name));
    if (!comparable) {
      header.add("why not");
    }
    PageTable table =
        new PageTable(
            comparable
                ? "Numbers that can be compared between these networks"
                : "Numbers that cannot be compared between these networks",
            header);
    for (Comparison.Row row : comparison.rows()) {
      if (row.comparable() != comparable) {
        continue;
      }
      List<Cell> cells = new ArrayList<>(List.of(Cell.text(row.id()), Cell.text(row.layer())));
      for (Json estimate : row.estimates()) {
        Cell cell = estimate.exists() ? MeasureParts.value(estimate) : Cell.none("–");
        cell = Comparison.unfinished(estimate) ? cell.marked() : cell;
        cells.add(comparable ? cell : cell.with("missing"));
      }
      if (!comparable) {
        cells.add(Cell.words(row.reason()));
      }
      table.row(cells);
    }
    if (!table.isEmpty()) {
      page.section(comparable ? "Comparable" : "Not comparable");
      page.table(table);
    }
  }

  /**
   * Makes a curve of the loss and of every number over the reports.
   *
   * @param comparison the reports
   * @return charts by name; none of fewer than three reports
   */
  public static Map<String, Chart> figures(Comparison comparison) {
    Map<String, Chart> charts = new LinkedHashMap<>();
    int n = comparison.names().size();
    if (n < 3) {
      return charts;
    }
    Comparison.Steps steps = comparison.steps();
    double[] loss = new double[n];
    for (int i = 0; i < n; i++) {
      loss[i] = comparison.reports().get(i).get("loss").get("value").number();
    }
    charts.put(
        "curve-loss",
        chart("loss", "The loss that each report has.", steps, List.of(line("loss", steps, loss))));
    Map<String, List<Comparison.Row>> byId =
        comparison.rows().stream()
            .filter(
                row -> IntStream.range(0, n).filter(i -> Double.isFinite(row.value(i))).count() > 1)
            .collect(groupingBy(Comparison.Row::id, LinkedHashMap::new, toList()));
    byId.forEach(
        (id, rows) -> charts.put("curve-" + id, chart(id, says(rows), steps, lines(rows, steps))));
    return charts;
  }

  private static List<XyChart.Series> lines(List<Comparison.Row> rows, Comparison.Steps steps) {
    return rows.stream()
        .map(
            row ->
                line(
                    row.layer().isEmpty() ? "network" : row.layer(),
                    steps,
                    IntStream.range(0, steps.values().length).mapToDouble(row::value).toArray()))
        .toList();
  }

  /** A line from the least step to the largest, whatever the order of the reports. */
  private static XyChart.Series line(String name, Comparison.Steps steps, double[] values) {
    int[] order =
        IntStream.range(0, values.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> steps.values()[i]))
            .mapToInt(i -> i)
            .toArray();
    return XyChart.Series.line(
        name,
        IntStream.of(order).mapToDouble(i -> steps.values()[i]).toArray(),
        IntStream.of(order).mapToDouble(i -> values[i]).toArray());
  }

  private static String says(List<Comparison.Row> rows) {
    String lines = rows.size() == 1 ? "" : "A line for each of " + rows.size() + " numbers. ";
    long comparable = rows.stream().filter(Comparison.Row::comparable).count();
    String reasons =
        rows.stream()
            .filter(row -> !row.comparable())
            .map(Comparison.Row::reason)
            .distinct()
            .collect(joining("; "));
    if (reasons.isEmpty()) {
      return lines + "Can be compared between these networks.";
    }
    return comparable == 0
        ? lines + "Cannot be compared: " + reasons + "."
        : lines + comparable + " can be compared, the others cannot: " + reasons + ".";
  }

  private static Chart chart(
      String id, String says, Comparison.Steps steps, List<XyChart.Series> series) {
    double[] all = series.stream().flatMapToDouble(one -> Arrays.stream(one.y())).toArray();
    boolean wide = Scale.fitting(all).logarithmic();
    return new XyChart(
        id + " over the reports",
        says,
        steps.label(),
        id + (wide ? " (logarithmic)" : ""),
        series,
        false,
        wide);
  }
}
