package dev.flatness.internal.report.page;

import dev.flatness.internal.report.chart.Scale;
import dev.flatness.internal.report.json.Json;
import dev.flatness.internal.report.page.PageTable.Cell;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;

/** Landscapes: their numbers, maps and profiles, and surfaces to turn. */
final class LandscapeParts {
  /** More than a picture shows. */
  private static final MathContext DIGITS = new MathContext(6, RoundingMode.HALF_EVEN);

  private LandscapeParts() {}

  /** Whether a report has a plane, which is drawn as a surface. */
  static boolean hasSurface(Json report) {
    return !planes(report).isEmpty();
  }

  private static List<Json> planes(Json report) {
    return report.get("landscapes").items().stream()
        .filter(landscape -> landscape.get("axes").items().size() == 2)
        .toList();
  }

  static void add(Json report, Page page) {
    List<Json> landscapes = report.get("landscapes").items();
    if (landscapes.isEmpty()) {
      return;
    }
    page.section("Landscape");
    LandscapeFigures figures = new LandscapeFigures(report.get("landscapes"));
    Json first = landscapes.get(0);
    page.paragraph(
        "The loss along "
            + figures.directions(first)
            + " in "
            + Names.coordinates(first.get("coordinates").text())
            + (first.get("skeleton").exists()
                ? " (skeleton " + first.get("skeleton").text() + ")"
                : "")
            + ", seed "
            + first.get("seed")
            + "."
            + (landscapes.size() > 1
                ? " All networks have the same steps and one scale of heights."
                : ""));
    int axes = first.get("axes").items().size();
    List<String> header = new ArrayList<>(List.of("network", "#loss at the center"));
    for (int axis = 1; axis <= axes; axis++) {
      header.add(axes == 1 ? "#curvature" : "#curvature along axis " + axis);
    }
    header.addAll(List.of("#loss doubles at radius", "#roughness", "#beyond the chart", "status"));
    PageTable table = new PageTable("Numbers of the slices", header);
    for (Json landscape : landscapes) {
      double[] curvature = landscape.get("curvature").numbers();
      List<Cell> row = new ArrayList<>();
      row.add(Cell.text(figures.model(landscape)));
      row.add(Cell.number(landscape.get("center").number()));
      for (int axis = 0; axis < axes; axis++) {
        row.add(Cell.number(axis < curvature.length ? curvature[axis] : Double.NaN));
      }
      row.add(Cell.number(landscape.get("doublingRadius").number()));
      row.add(Cell.number(landscape.get("roughness").number()));
      row.add(Cell.count(landscape.get("outside").number()));
      row.add(MeasureParts.status(landscape));
      table.row(row);
    }
    page.table(table);
    if (hasSurface(report)) {
      surfaces(report, figures, page);
      page.charts("landscape-accuracy", "landscape-largest");
    } else {
      page.charts("landscape-");
    }
  }

  private static void surfaces(Json report, LandscapeFigures figures, Page page) {
    List<Json> planes = planes(report);
    Scale scale = Scale.fitting(LandscapeFigures.losses(planes));
    StringBuilder html = new StringBuilder();
    for (int k = 0; k < planes.size(); k++) {
      Json plane = planes.get(k);
      String id = page.id("surface-data-" + (k + 1));
      String title =
          "loss of "
              + figures.model(plane)
              + " in "
              + Names.coordinates(plane.get("coordinates").text())
              + " as a surface";
      html.append("<figure>\n<div class=\"surface\" tabindex=\"0\" role=\"img\" data-of=\"");
      html.append(id).append("\" aria-label=\"").append(Page.escaped(title)).append("\"></div>\n");
      html.append("<figcaption>").append(Page.escaped(title));
      html.append(": drag to turn, scroll to zoom. The map beside shows the same numbers.");
      html.append("</figcaption>\n<script type=\"application/json\" id=\"").append(id);
      html.append("\">").append(data(plane, scale)).append("</script>\n</figure>\n");
    }
    page.figures(html.toString(), "landscape-loss");
  }

  /** Rows of z are steps of the second axis. */
  private static String data(Json plane, Scale scale) {
    double[] x = plane.get("axes").at(0).numbers();
    double[] y = plane.get("axes").at(1).numbers();
    List<String> rows = new ArrayList<>();
    for (int j = 0; j < y.length; j++) {
      double[] row = new double[x.length];
      for (int i = 0; i < x.length; i++) {
        row[i] = plane.get("loss").at(i).at(j).number();
      }
      rows.add(list(row));
    }
    return "{\"x\":"
        + list(x)
        + ",\"y\":"
        + list(y)
        + ",\"z\":["
        + String.join(",", rows)
        + "],\"logarithmic\":"
        + scale.logarithmic()
        + ",\"range\":"
        + list(scale.low(), scale.high())
        + "}";
  }

  private static String list(double... values) {
    StringBuilder text = new StringBuilder("[");
    for (int i = 0; i < values.length; i++) {
      text.append(i == 0 ? "" : ",");
      text.append(
          Double.isFinite(values[i])
              ? new BigDecimal(values[i]).round(DIGITS).stripTrailingZeros().toString()
              : "null");
    }
    return text.append(']').toString();
  }
}
