package dev.flatness;

import dev.flatness.measure.Estimate;
import dev.flatness.measure.Invariance.Scaling;
import dev.flatness.measure.Status;
import java.util.ArrayList;
import java.util.List;

/**
 * The same measures of two networks, one by one.
 *
 * <p>Formula: the change of a number is |after − before| / max(|after|, |before|); of a list, the
 * largest difference relative to the largest entry. Numbers whose change is at most 1e-6 are called
 * the same but for rounding. Immutable.
 *
 * @param rows the measures that both reports have a number of, in the order of the first
 */
public record Comparison(List<Row> rows) {
  private static final double SAME = 1e-6;

  /**
   * Copies the list.
   *
   * @param rows the measures that both reports have a number of, in the order of the first
   */
  public Comparison {
    rows = List.copyOf(rows);
  }

  /**
   * One measure in both reports.
   *
   * @param before its estimate of the first network
   * @param after its estimate of the second
   * @param change the relative change
   */
  public record Row(Estimate before, Estimate after, double change) {
    /**
     * Tells whether the number changed beyond rounding.
     *
     * @return also true where the change is no number
     */
    public boolean moved() {
      return !(change <= SAME);
    }
  }

  /**
   * Compares two reports.
   *
   * @param before what was measured of the first network
   * @param after what was measured of the second
   * @return the estimates of the same id, scope and layer, side by side
   */
  public static Comparison of(FlatnessReport before, FlatnessReport after) {
    List<Row> rows = new ArrayList<>();
    for (Estimate first : before.estimates()) {
      after.estimates().stream()
          .filter(other -> isSame(first, other))
          .filter(other -> isDefined(first) && isDefined(other))
          .findFirst()
          .ifPresent(other -> rows.add(new Row(first, other, change(first, other))));
    }
    return new Comparison(rows);
  }

  private static boolean isSame(Estimate a, Estimate b) {
    return a.id().equals(b.id()) && a.scope() == b.scope() && a.layer().equals(b.layer());
  }

  private static boolean isDefined(Estimate estimate) {
    return estimate.status() != Status.NOT_APPLICABLE;
  }

  private static double change(Estimate first, Estimate second) {
    double[] before = first.values();
    double[] after = second.values();
    if (!first.isList() && Double.isNaN(before[0]) && Double.isNaN(after[0])) {
      // Both are infinite, or too large: the same as far as the reports say.
      return first.status() == second.status() ? 0 : Double.NaN;
    }
    if (before.length != after.length) {
      return Double.NaN;
    }
    double difference = 0;
    double largest = 0;
    for (int i = 0; i < before.length; i++) {
      difference = Math.max(difference, Math.abs(after[i] - before[i]));
      largest = Math.max(largest, Math.max(Math.abs(after[i]), Math.abs(before[i])));
    }
    return largest == 0 ? 0 : difference / largest;
  }

  /**
   * Tells whether nothing moved that claims invariance to a group of rescalings.
   *
   * @param group the group
   * @return whether the claims held
   */
  public boolean holds(Scaling group) {
    return rows.stream()
        .noneMatch(row -> row.moved() && row.before().invariance().scaling() == group);
  }

  /**
   * Tells whether every number met its tolerance.
   *
   * @return false where a status is not acceptable
   */
  public boolean acceptable() {
    return rows.stream()
        .allMatch(row -> row.before().status().acceptable() && row.after().status().acceptable());
  }

  /**
   * Returns the numbers that moved, or those that did not; lists are left out.
   *
   * @param moved which
   * @return the rows in their order
   */
  public List<Row> numbers(boolean moved) {
    return rows.stream().filter(row -> row.moved() == moved && !row.before().isList()).toList();
  }
}
