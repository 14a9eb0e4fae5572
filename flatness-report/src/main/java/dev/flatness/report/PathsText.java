package dev.flatness.report;

import java.util.List;
import java.util.Locale;

/** Shows basis paths in a terminal: the charts of all rules, and the paths that were asked for. */
final class PathsText {
  private PathsText() {}

  static String render(ReportPaths paths, int width, Palette palette) {
    StringBuilder text = new StringBuilder();
    TextTable charts =
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
    for (ReportPaths.Chart chart : paths.charts()) {
      ReportPaths.Numbers n = chart.numbers();
      if (n == null) {
        charts.row(List.of(chart.skeleton(), "–", "–", "–", "–", "–", "–", "–", "–"));
      } else {
        charts.row(
            List.of(
                chart.skeleton(),
                count(n.count()),
                count(n.hiddenUnits()),
                count(n.divisors()),
                Digits.six(n.largest()),
                Digits.six(n.smallest()),
                Digits.six(n.ratio()),
                Digits.six(n.chartRadius()),
                Digits.six(n.conditioning())));
      }
    }
    text.append('\n').append(charts.render(palette, width));
    for (ReportPaths.Chart chart : paths.charts()) {
      if (chart.numbers() == null) {
        text.append(TextWrap.paragraph(chart.skeleton() + ": " + chart.reason(), width, 2))
            .append('\n');
      } else if (chart.numbers().chartEdge() != null) {
        String line =
            chart.skeleton()
                + ": the chart ends first along the path of "
                + chart.numbers().chartEdge();
        text.append(TextWrap.paragraph(line, width, 2)).append('\n');
      }
    }
    list(text, "largest", paths.skeleton(), paths.largest(), width, palette);
    list(text, "smallest", paths.skeleton(), paths.smallest(), width, palette);
    return text.toString();
  }

  private static void list(
      StringBuilder text,
      String which,
      String skeleton,
      List<ReportPaths.Path> paths,
      int width,
      Palette palette) {
    if (paths.isEmpty()) {
      return;
    }
    TextTable table =
        new TextTable(
            List.of(which + ", " + skeleton, "value", "path (its own weight in parentheses)"),
            List.of(true, true, false));
    for (ReportPaths.Path path : paths) {
      table.row(List.of(count(path.index()), Digits.six(path.value()), edges(path)));
    }
    text.append('\n').append(table.render(palette, width));
  }

  private static String edges(ReportPaths.Path path) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < path.edges().size(); i++) {
      line.append(i == 0 ? "" : " → ");
      line.append(i == path.edge() ? "(" + path.edges().get(i) + ")" : path.edges().get(i));
    }
    return line.toString();
  }

  private static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }
}
