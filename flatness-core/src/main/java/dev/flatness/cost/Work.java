package dev.flatness.cost;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Passes of one kind that a measure needs. Parts of the same name are done once, for the measure
 * that needs the most.
 *
 * @param name what it is, for instance {@code eigenvalues of the Hessian}
 * @param pass the kind of pass
 * @param passes how many, as a rule; iterations may take fewer or more
 */
public record Work(String name, Pass pass, double passes) {
  /**
   * Checks the count.
   *
   * @param name what it is, for instance {@code eigenvalues of the Hessian}
   * @param pass the kind of pass
   * @param passes how many, as a rule; iterations may take fewer or more
   */
  public Work {
    if (!(passes >= 0)) {
      throw new IllegalArgumentException(
          "the work \"" + name + "\" is " + passes + " passes, expected at least 0");
    }
  }

  /**
   * Joins the work of several measures, each shared part once.
   *
   * <p>Formula: for each name and pass the largest count.
   *
   * @param parts the parts of all measures
   * @return the parts of the whole, in the order of their first mention
   */
  public static List<Work> together(Collection<Work> parts) {
    record Key(String name, Pass pass) {}

    Map<Key, Work> joined = new LinkedHashMap<>();
    for (Work part : parts) {
      joined.merge(new Key(part.name, part.pass), part, (a, b) -> a.passes >= b.passes ? a : b);
    }
    return List.copyOf(joined.values());
  }
}
