package dev.flatness;

import dev.flatness.measure.Invariance.Scaling;
import dev.flatness.measure.Measure;
import dev.flatness.measure.MeasureProvider;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/**
 * The measures of all installed modules, by id and by group.
 *
 * <p>Groups: {@code default}; {@code classical}, the measures of mathematics §4; {@code invariant},
 * everything declared layer-wise or neuron-wise in some scope; {@code psi}, those of basis paths;
 * {@code all}. Measures on request are found by their id alone.
 */
public final class MeasureCatalog {
  private static final List<String> DEFAULT =
      List.of(
          "hessian-trace",
          "hessian-top-eigenvalue",
          "kappa",
          "kappa-tau",
          "rho-max",
          "rho-sum",
          "relative-flatness",
          "relative-flatness-normalized",
          "path-norm-1",
          "path-norm-2",
          "l2-norm-squared",
          "rho");
  private static final List<String> CLASSICAL =
      List.of(
          "hessian-trace",
          "hessian-top-eigenvalue",
          "hessian-bottom-eigenvalue",
          "hessian-frobenius-norm",
          "epsilon-sharpness",
          "epsilon-sharpness-quadratic",
          "expected-sharpness",
          "volume-flatness",
          "l2-norm-squared");
  private static final List<String> PSI =
      List.of(
          "psi-trace",
          "psi-top-eigenvalue",
          "psi-bottom-eigenvalue",
          "psi-epsilon-sharpness",
          "psi-expected-sharpness",
          "psi-gradient-norm",
          "psi-l2-norm-squared",
          "basis-path-count",
          "basis-path-ratio",
          "basis-path-values",
          "theorem-5.1-bound");

  private final Map<String, Measure> measures = new LinkedHashMap<>();
  private final Map<String, Measure> onRequest = new LinkedHashMap<>();

  private MeasureCatalog(Iterable<MeasureProvider> providers) {
    Map<String, Measure> found = new LinkedHashMap<>();
    for (MeasureProvider provider : providers) {
      provider.measures().forEach(measure -> put(found, measure));
      provider.onRequest().forEach(measure -> put(onRequest, measure));
    }
    // The default group leads, in its own order; what modules add follows in theirs.
    DEFAULT.stream().filter(found::containsKey).forEach(id -> measures.put(id, found.get(id)));
    found.forEach(measures::putIfAbsent);
  }

  private static void put(Map<String, Measure> found, Measure measure) {
    Measure twin = found.put(measure.id(), measure);
    if (twin != null) {
      throw new IllegalStateException(
          "two installed modules give the measure \""
              + measure.id()
              + "\": "
              + twin.getClass().getName()
              + " and "
              + measure.getClass().getName());
    }
  }

  /**
   * Finds the installed modules' measures.
   *
   * @return the catalog
   */
  public static MeasureCatalog installed() {
    return new MeasureCatalog(
        ServiceLoader.load(MeasureProvider.class, MeasureCatalog.class.getClassLoader()));
  }

  /**
   * Returns all measures that belong to groups.
   *
   * @return in the order in which reports list them
   */
  public Collection<Measure> measures() {
    return List.copyOf(measures.values());
  }

  /**
   * Returns the measures that are found by their id alone and belong to no group.
   *
   * @return in the order in which reports list them, behind the others
   */
  public Collection<Measure> onRequest() {
    return List.copyOf(onRequest.values());
  }

  /**
   * Returns the groups with the ids of their members.
   *
   * @return by name
   */
  public Map<String, List<String>> groups() {
    Map<String, List<String>> groups = new LinkedHashMap<>();
    groups.put("default", DEFAULT.stream().filter(measures::containsKey).toList());
    groups.put("classical", CLASSICAL.stream().filter(measures::containsKey).toList());
    groups.put(
        "invariant",
        measures.values().stream().filter(MeasureCatalog::invariant).map(Measure::id).toList());
    groups.put("psi", PSI.stream().filter(measures::containsKey).toList());
    groups.put("all", List.copyOf(measures.keySet()));
    return groups;
  }

  private static boolean invariant(Measure measure) {
    return measure.scopes().stream()
        .map(scope -> measure.invariance(scope).scaling())
        .anyMatch(scaling -> scaling == Scaling.LAYER_WISE || scaling == Scaling.NEURON_WISE);
  }

  /**
   * Selects measures by id and group, mixed; each is taken once, in the catalog's order.
   *
   * @param names ids and groups
   * @return the selection
   * @throws IllegalArgumentException for a name that is neither, with the nearest known ones
   */
  public MeasureSelection select(List<String> names) {
    Map<String, List<String>> groups = groups();
    Map<String, Boolean> named = new LinkedHashMap<>();
    for (String name : names) {
      if (measures.containsKey(name) || onRequest.containsKey(name)) {
        named.put(name, true);
      } else if (groups.containsKey(name)) {
        groups.get(name).forEach(id -> named.putIfAbsent(id, false));
      } else {
        throw new IllegalArgumentException(
            "measure \""
                + name
                + "\" does not exist; did you mean "
                + String.join(" or ", nearest(name))
                + "? Groups: "
                + String.join(", ", groups.keySet())
                + ". Measures: "
                + String.join(", ", measures.keySet())
                + (onRequest.isEmpty()
                    ? ""
                    : ". In no group: " + String.join(", ", onRequest.keySet())));
      }
    }
    List<MeasureSelection.Item> items = new ArrayList<>();
    for (Measure measure : both()) {
      if (named.containsKey(measure.id())) {
        items.add(new MeasureSelection.Item(measure, named.get(measure.id())));
      }
    }
    return new MeasureSelection(items);
  }

  private List<Measure> both() {
    List<Measure> both = new ArrayList<>(measures.values());
    both.addAll(onRequest.values());
    return both;
  }

  private List<String> nearest(String name) {
    List<String> known = new ArrayList<>(both().stream().map(Measure::id).toList());
    known.addAll(groups().keySet());
    known.sort(Comparator.comparingInt(id -> distance(name, id)));
    return known.subList(0, Math.min(2, known.size())).stream()
        .map(id -> "\"" + id + "\"")
        .toList();
  }

  /** The Levenshtein distance. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    Arrays.setAll(row, j -> j);
    for (int i = 1; i <= a.length(); i++) {
      int corner = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = corner + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        corner = row[j];
        row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
