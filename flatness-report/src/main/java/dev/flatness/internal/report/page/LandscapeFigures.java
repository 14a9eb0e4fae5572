package dev.flatness.internal.report.page;

import dev.flatness.internal.report.chart.Chart;
import dev.flatness.internal.report.chart.MapChart;
import dev.flatness.internal.report.chart.Numbers;
import dev.flatness.internal.report.chart.PanelChart;
import dev.flatness.internal.report.chart.Scale;
import dev.flatness.internal.report.chart.XyChart;
import dev.flatness.internal.report.json.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The charts of landscapes: profiles of lines, maps of planes on one scale. */
final class LandscapeFigures {
  private static final String BEYOND =
      "; small red dots mark points beyond the chart of the coordinates.";

  /** What every network of the landscapes, and every network they lead to, is called. */
  private final Map<String, String> names;

  LandscapeFigures(Json landscapes) {
    List<String> paths = new ArrayList<>();
    for (Json landscape : landscapes.items()) {
      paths.add(landscape.get("model").text());
      landscape.get("targets").items().forEach(target -> paths.add(target.text()));
    }
    names = Names.apart(paths);
  }

  static void add(Json landscapes, Map<String, Chart> charts) {
    new LandscapeFigures(landscapes).addAll(landscapes, charts);
  }

  private void addAll(Json landscapes, Map<String, Chart> charts) {
    List<Json> lines = new ArrayList<>();
    List<Json> planes = new ArrayList<>();
    for (Json landscape : landscapes.items()) {
      (landscape.get("axes").items().size() == 1 ? lines : planes).add(landscape);
    }
    profile(lines, "loss", "loss", charts);
    profile(lines, "accuracy", "accuracy", charts);
    profile(lines, "topEigenvalue", "largest eigenvalue", charts);
    if (!planes.isEmpty()) {
      charts.put("landscape-loss", maps(planes, "loss", Scale.fitting(losses(planes))));
    }
    List<Json> judged = planes.stream().filter(plane -> plane.get("accuracy").isList()).toList();
    if (!judged.isEmpty()) {
      Scale shares = Scale.linear(values(judged, "accuracy"));
      charts.put("landscape-accuracy", maps(judged, "accuracy", shares));
    }
  }

  /** One map, or those of several networks side by side on one scale. */
  private Chart maps(List<Json> planes, String field, Scale scale) {
    Json first = planes.get(0);
    String in = " in " + Names.coordinates(first.get("coordinates").text());
    if (planes.size() == 1) {
      return map(first, field, field + " of " + model(first) + in, scale);
    }
    boolean beyond = planes.stream().anyMatch(plane -> plane.get("outside").number() > 0);
    return new PanelChart(
        field + " along " + directions(first) + in,
        "Shades and contour lines of the "
            + field
            + " of "
            + planes.size()
            + " networks on planes of "
            + directions(first)
            + ", on one scale. Every network is at the origin of its own map"
            + (beyond ? BEYOND : "."),
        planes.stream().map(plane -> map(plane, field, model(plane), scale)).toList());
  }

  static double[] losses(List<Json> planes) {
    return values(planes, "loss");
  }

  private static double[] values(List<Json> planes, String field) {
    return planes.stream()
        .flatMap(plane -> plane.get(field).items().stream())
        .flatMapToDouble(row -> Arrays.stream(row.numbers()))
        .toArray();
  }

  String model(Json landscape) {
    return name(landscape.get("model"));
  }

  private String name(Json path) {
    return names.getOrDefault(path.text(), path.text());
  }

  private void profile(List<Json> lines, String field, String words, Map<String, Chart> charts) {
    List<XyChart.Series> series = new ArrayList<>();
    boolean beyond = false;
    for (Json line : lines) {
      double[] values = line.get(field).numbers();
      double[] steps = line.get("axes").at(0).numbers();
      boolean[] outside = new boolean[values.length];
      for (int i = 0; i < outside.length; i++) {
        outside[i] = line.get("outsideChart").at(i).isTrue();
        beyond |= outside[i];
      }
      if (values.length > 0) {
        double[] at = Arrays.copyOf(steps, values.length);
        series.add(XyChart.Series.line(model(line), at, values).marked(outside));
      }
    }
    if (series.isEmpty()) {
      return;
    }
    double[] all = series.stream().flatMapToDouble(s -> Arrays.stream(s.y())).toArray();
    boolean wide = Scale.fitting(all).logarithmic();
    Json first = lines.get(0);
    charts.put(
        "landscape-" + Names.file(words),
        new XyChart(
            words
                + " along "
                + directions(first)
                + " in "
                + Names.coordinates(first.get("coordinates").text()),
            (series.size() == 1 ? "T" : "A line for each of " + series.size() + " networks; t")
                + "he network is at 0, with loss "
                + Numbers.six(first.get("center").number())
                + (beyond ? BEYOND : "."),
            "step along " + directions(first),
            words + (wide ? " (logarithmic)" : ""),
            series,
            false,
            wide));
  }

  String directions(Json landscape) {
    List<String> targets = landscape.get("targets").items().stream().map(this::name).toList();
    String id = landscape.get("directions").text();
    boolean plane = landscape.get("axes").items().size() == 2;
    return targets.isEmpty()
        ? switch (id) {
          case "filter" -> plane ? "filter-normalized directions" : "a filter-normalized direction";
          case "layer" -> plane ? "layer-normalized directions" : "a layer-normalized direction";
          case "eigenvectors" -> plane ? "the top eigenvectors" : "the top eigenvector";
          case "given" -> plane ? "given directions" : "a given direction";
          case "gradient" ->
              plane ? "the gradient and a direction at a right angle to it" : "the gradient";
          default -> plane ? "Gaussian directions" : "a Gaussian direction";
        }
        : "the way to " + String.join(" and ", targets);
  }

  /** The networks that a plane leads to: at a step of 1 along each axis. */
  private List<MapChart.Mark> targets(Json plane) {
    List<MapChart.Mark> marks = new ArrayList<>();
    List<Json> targets = plane.get("targets").items();
    for (int k = 0; k < Math.min(2, targets.size()); k++) {
      marks.add(new MapChart.Mark(1 - k, k, name(targets.get(k))));
    }
    return marks;
  }

  private static String places(List<MapChart.Mark> marks, double[] across, double[] up) {
    StringBuilder places = new StringBuilder();
    for (MapChart.Mark mark : marks) {
      places.append("; ").append(mark.name());
      places.append(mark.x() == 1 ? " is at (1, 0)" : " is at (0, 1)");
      places.append(mark.isOn(across, up) ? "" : ", beyond the axes");
    }
    return places.toString();
  }

  private MapChart map(Json plane, String field, String title, Scale scale) {
    double[] across = plane.get("axes").at(0).numbers();
    double[] up = plane.get("axes").at(1).numbers();
    double[][] values = new double[across.length][];
    boolean[][] outside = new boolean[across.length][up.length];
    for (int i = 0; i < across.length; i++) {
      values[i] = Arrays.copyOf(plane.get(field).at(i).numbers(), up.length);
      for (int j = 0; j < up.length; j++) {
        outside[i][j] = plane.get("outsideChart").at(i).at(j).isTrue();
      }
    }
    List<MapChart.Mark> marks = new ArrayList<>(targets(plane));
    String places = places(marks, across, up);
    if (!marks.isEmpty()) {
      marks.add(new MapChart.Mark(0, 0, model(plane)));
    }
    double beyond = plane.get("outside").number();
    return new MapChart(
        title,
        "Shades and contour lines of the "
            + field
            + " on a plane of "
            + directions(plane)
            + "; the network is at the origin, with loss "
            + Numbers.six(plane.get("center").number())
            + places
            + (beyond > 0 ? BEYOND : "."),
        "step along direction 1",
        "step along direction 2",
        field + (scale.logarithmic() ? " (log)" : ""),
        across,
        up,
        values,
        outside,
        scale,
        marks);
  }
}
