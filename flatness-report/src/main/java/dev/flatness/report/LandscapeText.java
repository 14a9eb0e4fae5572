package dev.flatness.report;

import dev.flatness.LandscapeReport;
import dev.flatness.internal.report.Digits;
import dev.flatness.internal.report.TextTable;
import dev.flatness.landscape.Landscape;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Landscapes on a terminal: a profile of a line, a map of a plane, numbers of both. */
final class LandscapeText {
  /** From low to high; all networks of a report have one scale. */
  private static final String SHADES = " .:-=+*#%@";

  private static final int MOST_LINES = 21;
  private static final int MOST_COLUMNS = 61;

  private final LandscapeReport found;
  private final TextPage page;
  private final double low;
  private final double high;

  private LandscapeText(LandscapeReport found, TextPage page) {
    this.found = found;
    this.page = page;
    double least = Double.POSITIVE_INFINITY;
    double largest = Double.NEGATIVE_INFINITY;
    for (LandscapeReport.Slice slice : found.slices()) {
      double[] range = slice.landscape().range();
      least = Double.isNaN(range[0]) ? least : Math.min(least, range[0]);
      largest = Double.isNaN(range[1]) ? largest : Math.max(largest, range[1]);
    }
    this.low = least;
    this.high = largest;
  }

  static void show(
      LandscapeReport found, Function<LandscapeReport.Slice, String> model, TextPage page) {
    LandscapeText text = new LandscapeText(found, page);
    for (LandscapeReport.Slice slice : found.slices()) {
      page.blank();
      page.heading(
          "loss of "
              + model.apply(slice)
              + " in "
              + found.coordinates().name()
              + ", directions "
              + text.directions());
      if (slice.landscape().dimension() == 1) {
        text.profile(slice.landscape());
      } else {
        text.map(slice.landscape());
      }
      text.numbers(slice.landscape());
    }
    if (!found.acceptable()) {
      page.warning(
          "Remedy: allow a longer time ("
              + Settings.TIME_LIMIT.option()
              + "), take fewer points (--points), or go on later from a file (--resume).");
    }
  }

  private String directions() {
    Object deviation = found.directions().settings().get("standardDeviation");
    List<String> targets = found.directions().targets();
    return targets.isEmpty()
        ? found.directions().id()
            + (deviation instanceof Double sd ? " of standard deviation " + Digits.six(sd) : "")
        : "towards " + String.join(" and ", targets);
  }

  /** Where a loss stands between the least and the largest, on a logarithmic scale. */
  private double share(double loss) {
    if (!(high > low)) {
      return 0;
    }
    return low > 0 ? Math.log(loss / low) / Math.log(high / low) : (loss - low) / (high - low);
  }

  private void profile(Landscape landscape) {
    double[] steps = landscape.axis(0);
    int stride = Math.max(1, (steps.length + MOST_LINES - 2) / (MOST_LINES - 1));
    boolean eigenvalues = !landscape.topEigenvalues().isEmpty();
    List<String> header = new ArrayList<>(List.of("step", "loss"));
    List<Boolean> right = new ArrayList<>(List.of(true, true));
    if (eigenvalues) {
      header.add("top eigenvalue");
      right.add(true);
    }
    header.add(low > 0 ? "loss, logarithmic" : "loss");
    right.add(false);
    TextTable table = new TextTable(header, right);
    int room = Math.max(10, page.width() - (eigenvalues ? 48 : 32));
    for (int i : shown(steps, stride)) {
      double loss = landscape.loss(i, 0);
      List<String> row = new ArrayList<>(List.of(Digits.six(steps[i]), cell(loss)));
      if (eigenvalues) {
        row.add(
            i < landscape.topEigenvalues().size()
                ? cell(landscape.topEigenvalues().get(i).value())
                : "–");
      }
      int length = Double.isFinite(loss) ? (int) Math.round(share(loss) * room) : 0;
      row.add("#".repeat(length) + (landscape.outsideChart()[i] ? " beyond the chart" : ""));
      table.row(row);
    }
    page.table(table);
  }

  /** Every so many steps, with the center and the last. */
  private static int[] shown(double[] steps, int stride) {
    return IntStream.range(0, steps.length)
        .filter(i -> i % stride == 0 || steps[i] == 0 || i == steps.length - 1)
        .toArray();
  }

  private static String cell(double value) {
    return Double.isNaN(value) ? "–" : Digits.six(value);
  }

  private void map(Landscape landscape) {
    int rows = landscape.points(0);
    int columns = landscape.points(1);
    int across = Math.min(Math.min(columns, MOST_COLUMNS), page.width() - 2);
    int down = Math.min(rows, MOST_LINES);
    page.blank();
    for (int line = 0; line < down; line++) {
      StringBuilder text = new StringBuilder();
      int i = at(line, down, rows);
      for (int column = 0; column < across; column++) {
        int j = at(column, across, columns);
        text.append(shade(landscape.loss(i, j)));
      }
      page.line("  " + text.toString().stripTrailing());
    }
    page.paragraph(
        "first axis downwards, second to the right, both from "
            + Digits.six(landscape.axis(0)[0])
            + " to "
            + Digits.six(landscape.axis(0)[rows - 1])
            + "; from \""
            + SHADES.charAt(0)
            + "\" to \""
            + SHADES.charAt(SHADES.length() - 1)
            + "\": loss "
            + Digits.six(low)
            + " to "
            + Digits.six(high)
            + (low > 0 ? ", on a logarithmic scale" : "")
            + (landscape.evaluated() < rows * columns ? "; ?: no loss" : ""));
  }

  private static int at(int shown, int room, int points) {
    return room == 1 ? 0 : (int) Math.round((double) shown * (points - 1) / (room - 1));
  }

  private char shade(double loss) {
    if (!Double.isFinite(loss)) {
      return Double.isNaN(loss) ? '?' : SHADES.charAt(SHADES.length() - 1);
    }
    int levels = SHADES.length();
    return SHADES.charAt((int) Math.max(0, Math.min(levels - 1, share(loss) * levels)));
  }

  private void numbers(Landscape landscape) {
    StringBuilder line = new StringBuilder("loss at the center " + Digits.six(landscape.center()));
    for (int axis = 0; axis < landscape.dimension(); axis++) {
      Outcome curvature = landscape.curvature(axis);
      if (!Double.isNaN(curvature.value())) {
        line.append(axis == 0 ? ", curvature along the axes " : ", ")
            .append(Digits.six(curvature.value()));
      }
    }
    line.append(
        landscape
            .doubling()
            .map(
                found ->
                    String.format(
                        Locale.ROOT,
                        ", twice the loss at radius %.3g (between %.3g and %.3g by the grid)",
                        found.radius(),
                        found.low(),
                        found.high()))
            .orElse(
                landscape.hasCenter()
                    ? ", no crossing of twice the loss"
                    : ", no radius of twice the loss, since the center is no point of the grid"));
    line.append(", roughness ").append(cell(landscape.roughness()));
    page.paragraph(line.toString());
    if (landscape.outside() > 0) {
      page.paragraph(
          TextPage.count(landscape.outside(), "point")
              + " of "
              + landscape.evaluated()
              + (landscape.outside() == 1 ? " lies" : " lie")
              + " beyond the chart of the coordinates; evaluated by the same formula");
    }
    if (!landscape.status().acceptable()) {
      page.warning(landscape.status().id() + ": " + landscape.ending());
    }
  }
}
