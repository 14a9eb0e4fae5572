package dev.flatness.cli;

import dev.flatness.FlatnessReport;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Invariance.Scaling;
import dev.flatness.measure.Scope;
import dev.flatness.measure.Status;
import dev.flatness.report.Digits;
import dev.flatness.report.Palette;
import dev.flatness.report.TextTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/** The same measures of two networks, side by side. */
final class Comparison {
  /** Below this relative change two numbers are the same but for rounding. */
  private static final double SAME = 1e-6;

  /**
   * One measure in both reports.
   *
   * @param before its estimate of the first network
   * @param after its estimate of the second
   * @param change the largest difference, relative to the largest number of the list
   */
  private record Row(Estimate before, Estimate after, double change) {
    boolean moved() {
      // A change that is no number is one that cannot be called the same.
      return !(change <= SAME);
    }
  }

  private final List<Row> rows = new ArrayList<>();

  private Comparison() {}

  static Comparison of(FlatnessReport before, FlatnessReport after) {
    Comparison comparison = new Comparison();
    for (int i = 0; i < before.estimates().size(); i++) {
      Estimate a = before.estimates().get(i);
      Estimate b = after.estimates().get(i);
      boolean defined = a.status() != Status.NOT_APPLICABLE && b.status() != Status.NOT_APPLICABLE;
      if (defined) {
        comparison.rows.add(new Row(a, b, change(a.values(), b.values())));
      }
    }
    return comparison;
  }

  private static double change(double[] before, double[] after) {
    double difference = 0;
    double largest = 0;
    for (int i = 0; i < before.length; i++) {
      difference = Math.max(difference, Math.abs(after[i] - before[i]));
      largest = Math.max(largest, Math.max(Math.abs(after[i]), Math.abs(before[i])));
    }
    return largest == 0 ? 0 : difference / largest;
  }

  /** Whether nothing moved that claims invariance to a group of rescalings. */
  boolean holds(Scaling group) {
    return rows.stream()
        .noneMatch(row -> row.moved() && row.before().invariance().scaling() == group);
  }

  boolean acceptable() {
    return rows.stream()
        .allMatch(row -> row.before().status().acceptable() && row.after().status().acceptable());
  }

  String render(Palette palette, int columns) {
    return "\n"
        + table("moved", row -> row.moved()).render(palette, columns)
        + "\n"
        + table("did not move", row -> !row.moved()).render(palette, columns);
  }

  private TextTable table(String title, Predicate<Row> chosen) {
    TextTable table =
        new TextTable(
            List.of(title, "layer", "invariant to", "before", "after", "factor"),
            List.of(false, false, false, true, true, true));
    for (Row row : rows) {
      if (row.before().scope() != Scope.NEURON && chosen.test(row)) {
        Estimate before = row.before();
        Scaling scaling = before.invariance().scaling();
        table.row(
            List.of(
                before.id(),
                before.layer().orElse(""),
                scaling == Scaling.NONE ? "–" : scaling.id(),
                Digits.six(before.value()),
                Digits.six(row.after().value()),
                factor(before.value(), row.after().value())));
      }
    }
    return table;
  }

  private static String factor(double before, double after) {
    double ratio = after / before;
    return Double.isFinite(ratio) ? String.format(Locale.ROOT, "× %.3f", ratio) : "–";
  }
}
