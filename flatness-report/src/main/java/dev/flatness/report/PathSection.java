package dev.flatness.report;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.flatness.basispath.BasisPath;
import dev.flatness.basispath.BasisPaths;
import dev.flatness.basispath.PathEdge;
import dev.flatness.basispath.SkeletonRule;
import dev.flatness.internal.report.Digits;
import dev.flatness.internal.report.TextTable;
import dev.flatness.network.Network;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The basis paths of a network: the charts that the rules of the library make, and the largest and
 * smallest paths under one of them.
 */
final class PathSection implements Section {
  /** The coordinates under one rule; without paths why there are none. */
  private record Chart(String skeleton, @Nullable BasisPaths paths, @Nullable String reason) {
    static Chart of(String name, SkeletonRule rule, Network network) {
      try {
        return new Chart(name, BasisPaths.of(rule.choose(network)), null);
      } catch (IllegalArgumentException refused) {
        return new Chart(name, null, refused.getMessage());
      }
    }

    /** The weight along whose path the chart ends first; null without hidden units. */
    @Nullable String edge() {
      BasisPath edge = Objects.requireNonNull(paths).radiusPath();
      return edge == null ? null : edge.coordinateEdge().toString();
    }
  }

  private final List<Chart> charts = new ArrayList<>();
  private final String skeleton;
  private final List<BasisPath> largest;
  private final List<BasisPath> smallest;

  PathSection(BasisPaths paths, int largest, int smallest) {
    this.skeleton = paths.skeleton().rule();
    this.largest = paths.largest(largest);
    this.smallest = paths.smallest(smallest);
    charts.add(Chart.of("diagonal", SkeletonRule.diagonal(), paths.network()));
    charts.add(Chart.of("balanced", SkeletonRule.balanced(), paths.network()));
    if (charts.stream().noneMatch(chart -> chart.skeleton().equals(skeleton))) {
      charts.add(new Chart(skeleton, paths, null));
    }
  }

  @Override
  public void text(TextPage page) {
    TextTable table =
        new TextTable(
            List.of(
                "skeleton",
                "basis paths",
                "hidden units",
                "divisors",
                "sup |v|",
                "inf |v|",
                "ratio",
                "chart radius",
                "conditioning"),
            List.of(false, true, true, true, true, true, true, true, true));
    for (Chart chart : charts) {
      BasisPaths paths = chart.paths();
      table.row(
          paths == null
              ? List.of(chart.skeleton(), "–", "–", "–", "–", "–", "–", "–", "–")
              : List.of(
                  chart.skeleton(),
                  count(paths.count()),
                  count(paths.skeleton().hiddenUnits()),
                  count(paths.divisors().length),
                  Digits.six(paths.largest()),
                  Digits.six(paths.smallest()),
                  Digits.six(paths.largest() / paths.smallest()),
                  Digits.six(paths.radius()),
                  Digits.six(paths.conditioning())));
    }
    page.table(table);
    for (Chart chart : charts) {
      if (chart.paths() == null) {
        page.paragraph(chart.skeleton() + ": " + chart.reason());
      } else if (chart.edge() != null) {
        page.paragraph(
            chart.skeleton() + ": the chart ends first along the path of " + chart.edge());
      }
    }
    list(page, "largest", largest);
    list(page, "smallest", smallest);
  }

  private void list(TextPage page, String which, List<BasisPath> paths) {
    if (paths.isEmpty()) {
      return;
    }
    TextTable table =
        new TextTable(
            List.of(which + ", " + skeleton, "value", "path (its own weight in parentheses)"),
            List.of(true, true, false));
    for (BasisPath path : paths) {
      table.row(List.of(count(path.index()), Digits.six(path.value()), edges(path)));
    }
    page.table(table);
  }

  private static String edges(BasisPath path) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < path.edges().size(); i++) {
      PathEdge edge = path.edges().get(i);
      line.append(i == 0 ? "" : " → ").append(i == path.edge() ? "(" + edge + ")" : edge);
    }
    return line.toString();
  }

  private static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  @Override
  public void json(JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("paths");
    json.writeArrayFieldStart("charts");
    for (Chart chart : charts) {
      json.writeStartObject();
      json.writeStringField("skeleton", chart.skeleton());
      if (chart.paths() == null) {
        json.writeStringField("reason", chart.reason());
      } else {
        numbers(json, chart);
      }
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeStringField("skeleton", skeleton);
    list(json, "largest", largest);
    list(json, "smallest", smallest);
    json.writeEndObject();
  }

  private static void numbers(JsonGenerator json, Chart chart) throws IOException {
    BasisPaths paths = Objects.requireNonNull(chart.paths());
    json.writeNumberField("count", paths.count());
    json.writeNumberField("hiddenUnits", paths.skeleton().hiddenUnits());
    json.writeNumberField("divisors", paths.divisors().length);
    JsonValues.field(json, "largest", paths.largest());
    JsonValues.field(json, "smallest", paths.smallest());
    JsonValues.field(json, "ratio", paths.largest() / paths.smallest());
    JsonValues.field(json, "chartRadius", paths.radius());
    if (chart.edge() != null) {
      json.writeStringField("chartEdge", chart.edge());
    }
    JsonValues.field(json, "conditioning", paths.conditioning());
  }

  private static void list(JsonGenerator json, String name, List<BasisPath> paths)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (BasisPath path : paths) {
      json.writeStartObject();
      json.writeNumberField("index", path.index());
      JsonValues.field(json, "value", path.value());
      JsonValues.field(json, "edges", path.edges().stream().map(PathEdge::toString).toList());
      json.writeNumberField("edge", path.edge());
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
