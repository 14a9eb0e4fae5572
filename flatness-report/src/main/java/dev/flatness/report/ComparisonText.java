package dev.flatness.report;

import dev.flatness.Comparison;
import dev.flatness.internal.report.Digits;
import dev.flatness.internal.report.TextTable;
import dev.flatness.measure.Estimate;
import java.util.List;
import java.util.Locale;

/** Shows two networks side by side: what moved and what did not. */
public final class ComparisonText {
  private ComparisonText() {}

  /**
   * Shows a comparison as two tables.
   *
   * @param comparison what was compared
   * @param columns the width of the terminal
   * @param palette how to emphasize
   * @return lines, each ended by a line feed
   */
  public static String of(Comparison comparison, int columns, Palette palette) {
    TextPage page = new TextPage(columns, palette);
    page.table(table("moved", comparison.numbers(true)));
    page.table(table("did not move", comparison.numbers(false)));
    return page.toString();
  }

  private static TextTable table(String title, List<Comparison.Row> rows) {
    TextTable table =
        new TextTable(
            List.of(title, "layer", "invariant to", "before", "after", "factor"),
            List.of(false, false, false, true, true, true));
    for (Comparison.Row row : rows) {
      Estimate before = row.before();
      table.row(
          List.of(
              before.id(),
              before.layer().orElse(""),
              MeasureSection.invariance(before.invariance()),
              Digits.six(before.value()),
              Digits.six(row.after().value()),
              factor(before.value(), row.after().value())));
    }
    return table;
  }

  private static String factor(double before, double after) {
    double ratio = after / before;
    return Double.isFinite(ratio) ? String.format(Locale.ROOT, "× %.3f", ratio) : "–";
  }
}
