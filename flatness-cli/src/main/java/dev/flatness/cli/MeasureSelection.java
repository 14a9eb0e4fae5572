package dev.flatness.cli;

import dev.flatness.measure.Invariance;
import dev.flatness.measure.Measure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which measures were asked for, by id or by group; in the order of the reports, each once.
 *
 * @param measures the measures
 * @param byName the ids that were asked for by name: of these, one that does not apply is an error
 */
record MeasureSelection(List<Measure> measures, Set<String> byName) {
  private static final Set<String> DEFAULT =
      Set.of(
          "hessian-trace",
          "hessian-top-eigenvalue",
          "kappa",
          "kappa-tau",
          "rho",
          "rho-max",
          "rho-sum",
          "relative-flatness",
          "relative-flatness-normalized",
          "path-norm-1",
          "path-norm-2",
          "l2-norm-squared");

  private static final Set<String> CLASSICAL =
      Set.of(
          "hessian-trace",
          "hessian-top-eigenvalue",
          "hessian-bottom-eigenvalue",
          "hessian-frobenius-norm",
          "epsilon-sharpness",
          "epsilon-sharpness-quadratic",
          "expected-sharpness",
          "volume-flatness",
          "l2-norm-squared");

  /** The groups, in the order the help names them. */
  static final Map<String, Predicate<Measure>> GROUPS = groups();

  private static Map<String, Predicate<Measure>> groups() {
    Map<String, Predicate<Measure>> groups = new LinkedHashMap<>();
    groups.put("default", measure -> DEFAULT.contains(measure.id()));
    groups.put("classical", measure -> CLASSICAL.contains(measure.id()));
    groups.put("invariant", MeasureSelection::invariant);
    groups.put("all", measure -> true);
    return groups;
  }

  private static boolean invariant(Measure measure) {
    return measure.scopes().stream()
        .anyMatch(scope -> measure.invariance(scope).scaling() != Invariance.Scaling.NONE);
  }

  /**
   * Resolves ids and groups.
   *
   * @param words what was asked for; empty means the group {@code default}
   * @param available every measure there is
   * @return the selection
   * @throws IllegalArgumentException for a word that is neither, naming the nearest that are
   */
  static MeasureSelection of(List<String> words, List<Measure> available) {
    List<String> asked = words.isEmpty() ? List.of("default") : words;
    Set<String> ids = new LinkedHashSet<>(available.stream().map(Measure::id).toList());
    Set<String> byName = new LinkedHashSet<>();
    Predicate<Measure> chosen = measure -> byName.contains(measure.id());
    for (String word : asked) {
      String name = word.trim();
      if (GROUPS.containsKey(name)) {
        chosen = chosen.or(GROUPS.get(name));
      } else if (ids.contains(name)) {
        byName.add(name);
      } else {
        throw new IllegalArgumentException(unknown(name, ids));
      }
    }
    return new MeasureSelection(available.stream().filter(chosen).toList(), byName);
  }

  private static String unknown(String name, Set<String> ids) {
    List<String> known = new ArrayList<>(GROUPS.keySet());
    known.addAll(ids);
    List<String> nearest = Names.nearest(name, known);
    return "measure \""
        + name
        + "\" is unknown; "
        + (nearest.isEmpty()
            ? "known are the groups "
                + String.join(", ", GROUPS.keySet())
                + " and the measures "
                + String.join(", ", ids)
            : "did you mean " + String.join(" or ", nearest) + "?");
  }
}
