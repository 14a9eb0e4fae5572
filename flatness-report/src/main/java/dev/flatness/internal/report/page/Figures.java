package dev.flatness.internal.report.page;

import dev.flatness.internal.report.chart.BarChart;
import dev.flatness.internal.report.chart.Canvas;
import dev.flatness.internal.report.chart.Chart;
import dev.flatness.internal.report.chart.XyChart;
import dev.flatness.internal.report.json.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The charts of a report by the names of their files, the same in a page and as figures. */
public final class Figures {
  /** A factor this close to 1 is rounding. */
  private static final double STAYED = 1e-6;

  /** What a drift of nothing is drawn at: below every rounding. */
  private static final double LEAST_DRIFT = 1e-17;

  private final Map<String, Chart> charts = new LinkedHashMap<>();

  private Figures() {}

  /**
   * Makes all charts of a report.
   *
   * @param report a document of the schema flatness-report-1
   * @return charts by name: lower-case words joined by hyphens
   */
  public static Map<String, Chart> of(Json report) {
    Figures figures = new Figures();
    figures.layers(report.get("measures"));
    figures.neurons(report.get("measures"));
    figures.audit(report.get("audit"));
    SpectrumFigures.add(report.get("spectra"), figures.charts);
    LandscapeFigures.add(report.get("landscapes"), figures.charts);
    figures.bounds(report.get("bounds"));
    figures.robustness(report.get("robustness"));
    figures.rescaling(report.get("rescaling"));
    return figures.charts;
  }

  /** The values of a measure by layer, in the order of the report. */
  private static Map<String, Map<String, Double>> byLayer(Json measures) {
    Map<String, Map<String, Double>> all = new LinkedHashMap<>();
    for (Json estimate : measures.items()) {
      if (estimate.get("scope").text().equals("layer") && estimate.get("value").isNumber()) {
        all.computeIfAbsent(estimate.get("id").text(), id -> new LinkedHashMap<>())
            .put(estimate.get("layer").text(), estimate.get("value").number());
      }
    }
    return all;
  }

  private void layers(Json measures) {
    Map<String, Map<String, Double>> byId = byLayer(measures);
    Map<String, String> names = Names.files(byId.keySet());
    byId.forEach(
        (id, values) -> {
          if (values.size() < 2) {
            return;
          }
          List<BarChart.Bar> bars = new ArrayList<>();
          values.forEach(
              (layer, value) -> bars.add(new BarChart.Bar(layer, value, Canvas.Role.FIRST)));
          boolean wide = isWide(values.values());
          charts.put(
              "layers-" + names.get(id),
              new BarChart(
                  id + " by layer",
                  "A bar for each of "
                      + values.size()
                      + " layers; the largest is "
                      + largest(values)
                      + ".",
                  id + (wide ? " (logarithmic)" : ""),
                  bars,
                  wide));
        });
  }

  private static boolean isWide(Iterable<Double> values) {
    double low = Double.POSITIVE_INFINITY;
    double high = 0;
    for (double value : values) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    return low > 0 && high / low > 100;
  }

  private static String largest(Map<String, Double> values) {
    return values.entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .map(Map.Entry::getKey)
        .orElse("none");
  }

  /** Lists of neurons, sorted from the largest. */
  private void neurons(Json measures) {
    Map<String, List<XyChart.Series>> byId = new LinkedHashMap<>();
    for (Json estimate : measures.items()) {
      double[] values = estimate.get("values").numbers();
      if (estimate.get("scope").text().equals("neuron") && values.length > 1) {
        double[] sorted = Arrays.stream(values).filter(Double::isFinite).sorted().toArray();
        double[] falling = new double[sorted.length];
        double[] rank = new double[sorted.length];
        for (int i = 0; i < sorted.length; i++) {
          falling[i] = sorted[sorted.length - 1 - i];
          rank[i] = i + 1;
        }
        byId.computeIfAbsent(estimate.get("id").text(), id -> new ArrayList<>())
            .add(XyChart.Series.line(estimate.get("layer").text(), rank, falling));
      }
    }
    Map<String, String> names = Names.files(byId.keySet());
    byId.forEach(
        (id, series) -> {
          double[] all = series.stream().flatMapToDouble(s -> Arrays.stream(s.y())).toArray();
          boolean positive = Arrays.stream(all).anyMatch(y -> y > 0);
          long missing = positive ? Arrays.stream(all).filter(y -> !(y > 0)).count() : 0;
          charts.put(
              "neurons-" + names.get(id),
              new XyChart(
                  id + " of neurons, sorted",
                  "A falling line for each of "
                      + series.size()
                      + " layers, a point for each neuron."
                      + (missing == 0
                          ? ""
                          : " The axis has no place for "
                              + missing
                              + (missing == 1 ? " value" : " values")
                              + " of 0 or below."),
                  "rank of the neuron (logarithmic)",
                  id + (positive ? " (logarithmic)" : ""),
                  series,
                  true,
                  positive));
        });
  }

  private void audit(Json audit) {
    List<BarChart.Bar> bars = new ArrayList<>();
    int failed = 0;
    for (Json number : audit.get("measures").items()) {
      String verdict = number.get("verdict").text();
      boolean claims = verdict.startsWith("holds") || verdict.equals("fails");
      double drift = Double.NaN;
      for (Json one : number.get("drift").items()) {
        if (!claims || one.get("claimed").isTrue()) {
          double its = one.get("largest").number();
          drift = Double.isNaN(drift) || its > drift ? its : drift;
        }
      }
      if (verdict.equals("unavailable") || Double.isNaN(drift)) {
        continue;
      }
      failed += verdict.equals("fails") ? 1 : 0;
      Json layer = number.get("layer");
      bars.add(
          new BarChart.Bar(
              number.get("id").text() + (layer.exists() ? " " + layer.text() : ""),
              Math.max(LEAST_DRIFT, drift),
              verdict.equals("fails")
                  ? Canvas.Role.ALERT
                  : claims ? Canvas.Role.THIRD : Canvas.Role.SECOND));
    }
    if (bars.isEmpty()) {
      return;
    }
    factors(audit);
    bars.sort(Comparator.comparingDouble(BarChart.Bar::value));
    charts.put(
        "audit-drift",
        new BarChart(
            "largest drift under transformations that change no output",
            "A bar for each number on a logarithmic axis. Green: of the transformations it claims"
                + " not to change under. Orange: it claims nothing. Red: a claim failed. "
                + (failed == 0 ? "No claim failed." : failed + " claims failed."),
            "largest relative drift (logarithmic)",
            bars,
            true));
  }

  /** Of one transformation: every number after it over the number before. */
  private void factors(Json audit) {
    List<BarChart.Bar> bars = new ArrayList<>();
    for (Json number : audit.get("measures").items()) {
      List<Json> drifts = number.get("drift").items();
      if (audit.get("trials").number() != 1 || drifts.size() > 1) {
        return;
      }
      double before = number.get("before").number();
      double factor = drifts.isEmpty() ? Double.NaN : drifts.get(0).get("after").number() / before;
      if (factor > 0 && Double.isFinite(factor)) {
        Json layer = number.get("layer");
        bars.add(
            new BarChart.Bar(
                number.get("id").text() + (layer.exists() ? " " + layer.text() : ""),
                factor,
                Math.abs(factor - 1) > STAYED ? Canvas.Role.SECOND : Canvas.Role.THIRD));
      }
    }
    if (bars.isEmpty()) {
      return;
    }
    // What stayed keeps its order, whatever the rounding.
    bars.sort(
        Comparator.comparingDouble(
            bar -> Math.abs(bar.value() - 1) > STAYED ? Math.abs(StrictMath.log(bar.value())) : 0));
    charts.put(
        "audit-factor",
        new BarChart(
            "one rescaling of the hidden units: same outputs, other numbers",
            "Orange bars: numbers that moved, by their factor. Green dots at 1: numbers that"
                + " stayed.",
            "after / before (logarithmic)",
            bars,
            true,
            1));
  }

  private void bounds(Json bounds) {
    List<BarChart.Bar> bars = new ArrayList<>();
    int vacuous = 0;
    for (Json bound : bounds.items()) {
      if (bound.get("value").isNumber()) {
        boolean empty = bound.get("vacuous").isTrue();
        vacuous += empty ? 1 : 0;
        bars.add(
            new BarChart.Bar(
                bound.get("id").text(),
                bound.get("value").number(),
                empty ? Canvas.Role.ALERT : Canvas.Role.FIRST));
      }
    }
    if (!bars.isEmpty()) {
      charts.put(
          "bounds",
          new BarChart(
              "bounds on the risk",
              "A bar for each bound, "
                  + (vacuous == 0 ? "none" : vacuous)
                  + " of them vacuous (red: says nothing).",
              "bound",
              bars,
              isWide(bars.stream().map(BarChart.Bar::value).toList())));
    }
  }

  private void robustness(Json robustness) {
    Map<String, List<Json>> groups = new LinkedHashMap<>();
    for (Json row : robustness.items()) {
      if (row.get("ratio").isNumber()) {
        groups
            .computeIfAbsent(
                row.get("layer").text() + " " + row.get("perturbation").text(),
                name -> new ArrayList<>())
            .add(row);
      }
    }
    List<XyChart.Series> ratios = new ArrayList<>();
    List<XyChart.Series> changed = new ArrayList<>();
    groups.forEach(
        (name, rows) -> {
          int n = rows.size();
          double[] delta = new double[n];
          double[] ratio = new double[n];
          double[] low = new double[n];
          double[] high = new double[n];
          double[] share = new double[n];
          for (int i = 0; i < n; i++) {
            double error = rows.get(i).get("ratioStandardError").number();
            delta[i] = rows.get(i).get("delta").number();
            ratio[i] = rows.get(i).get("ratio").number();
            low[i] = ratio[i] - (Double.isNaN(error) ? 0 : 1.96 * error);
            high[i] = ratio[i] + (Double.isNaN(error) ? 0 : 1.96 * error);
            share[i] = rows.get(i).get("changedPatterns").number();
          }
          ratios.add(XyChart.Series.banded(name, delta, ratio, low, high, true));
          changed.add(XyChart.Series.line(name, delta, share));
        });
    if (!ratios.isEmpty()) {
      charts.put(
          "robustness-ratio",
          new XyChart(
              "feature robustness beside its prediction",
              "The ratio of measured and predicted robustness by the size of the change, with its"
                  + " 95 % band; 1 is agreement.",
              "δ, the size of the change (logarithmic)",
              "measured / predicted",
              ratios,
              true,
              false));
      charts.put(
          "robustness-changed",
          new XyChart(
              "samples whose activation pattern changed",
              "The share of samples on which a unit changed sides, by the size of the change.",
              "δ, the size of the change (logarithmic)",
              "share of samples",
              changed,
              true,
              false));
    }
  }

  private void rescaling(Json rescaling) {
    Json before = rescaling.get("before");
    Json after = rescaling.get("after");
    List<BarChart.Bar> bars = new ArrayList<>();
    for (String id : before.names()) {
      double factor = after.get(id).number() / before.get(id).number();
      if (factor > 0 && Double.isFinite(factor)) {
        boolean moved = Math.abs(factor - 1) > STAYED;
        bars.add(new BarChart.Bar(id, factor, moved ? Canvas.Role.SECOND : Canvas.Role.THIRD));
      }
    }
    if (!bars.isEmpty()) {
      charts.put(
          "rescaling",
          new BarChart(
              "what the rescaling changed",
              "A bar for each number: its value after over its value before. Green bars stayed at"
                  + " 1.",
              "after / before (logarithmic)",
              bars,
              true,
              1));
    }
  }
}
