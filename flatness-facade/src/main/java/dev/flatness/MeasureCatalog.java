package dev.flatness;

import dev.flatness.hessian.SurfaceMeasure;
import dev.flatness.internal.text.EditDistance;
import dev.flatness.measure.Invariance;
import dev.flatness.measure.Invariance.Scaling;
import dev.flatness.measure.Measure;
import dev.flatness.measure.MeasureProvider;
import dev.flatness.measure.Setting;
import dev.flatness.measure.Settings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The measures of all installed modules, by id and by group.
 *
 * <p>Groups: {@code default}; those that modules declare, as {@code classical} and {@code psi};
 * {@code comparable}, the measures that no rescaling and no permutation of hidden units changes,
 * which may be compared between networks; {@code invariant}, everything declared layer-wise or
 * neuron-wise in some scope; {@code all}. Measures on request are found by their id, or by a group
 * that their module declares, as {@code jiang}.
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

  /** The groups that are made of all measures and that no module adds to. */
  private static final Set<String> BUILT_IN = Set.of("default", "comparable", "invariant", "all");

  private final Map<String, Measure> measures = new LinkedHashMap<>();
  private final Map<String, Measure> onRequest = new LinkedHashMap<>();
  private final Map<String, List<String>> declared = new TreeMap<>();
  private final List<Setting<?>> settings = new ArrayList<>(Settings.COMMON);

  private MeasureCatalog(List<MeasureProvider> providers) {
    Map<String, Measure> found = new LinkedHashMap<>();
    for (MeasureProvider provider : providers) {
      provider.measures().forEach(measure -> put(found, measure));
      provider.onRequest().forEach(measure -> put(onRequest, measure));
    }
    // The default group leads, in its own order; what modules add follows in theirs.
    DEFAULT.stream().filter(found::containsKey).forEach(id -> measures.put(id, found.get(id)));
    found.forEach(measures::putIfAbsent);
    // So do the settings of modules with measures of the default group.
    Stream.concat(
            providers.stream().filter(MeasureCatalog::leads),
            providers.stream().filter(provider -> !leads(provider)))
        .forEach(this::putSettings);
    providers.forEach(this::putGroups);
  }

  /** The catalog of these providers, in their order. */
  static MeasureCatalog of(List<MeasureProvider> providers) {
    return new MeasureCatalog(providers);
  }

  private static boolean leads(MeasureProvider provider) {
    return provider.measures().stream().anyMatch(measure -> DEFAULT.contains(measure.id()));
  }

  private void putSettings(MeasureProvider provider) {
    for (Setting<?> setting : provider.settings()) {
      if (settings.contains(setting)) {
        continue;
      }
      if (settings.stream().anyMatch(known -> known.name().equals(setting.name()))) {
        throw new IllegalStateException(
            provider.getClass().getName()
                + " gives the setting \""
                + setting.name()
                + "\", but another setting has this name; rename it");
      }
      settings.add(setting);
    }
  }

  private void putGroups(MeasureProvider provider) {
    provider
        .groups()
        .forEach(
            (group, ids) -> {
              if (BUILT_IN.contains(group)) {
                throw refused(provider, group, "is built in; choose another name");
              }
              for (String id : ids) {
                if (!measures.containsKey(id) && !onRequest.containsKey(id)) {
                  throw refused(
                      provider, group, "has the id \"" + id + "\", but no measure has this id");
                }
              }
              declared.computeIfAbsent(group, g -> new ArrayList<>()).addAll(ids);
            });
  }

  private static IllegalStateException refused(
      MeasureProvider provider, String group, String problem) {
    return new IllegalStateException(
        provider.getClass().getName() + " adds to the group \"" + group + "\", which " + problem);
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
   * @throws IllegalStateException if two modules contradict each other, or one misspells an id
   */
  public static MeasureCatalog installed() {
    // By name, so that the order of the class path changes no report.
    return of(
        ServiceLoader.load(MeasureProvider.class, MeasureCatalog.class.getClassLoader()).stream()
            .map(ServiceLoader.Provider::get)
            .sorted(Comparator.comparing(provider -> provider.getClass().getName()))
            .toList());
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
   * Returns the measures that are found by their id, or by a group that their module declares, and
   * belong to no other group.
   *
   * @return in the order in which reports list them, after the others
   */
  public Collection<Measure> onRequest() {
    return List.copyOf(onRequest.values());
  }

  /**
   * Returns the settings that every measure knows and those of the installed measures.
   *
   * @return in the order in which reports and help list them
   */
  public List<Setting<?>> settings() {
    return List.copyOf(settings);
  }

  /**
   * Returns the groups with the ids of their members.
   *
   * @return by name
   */
  public Map<String, List<String>> groups() {
    Map<String, List<String>> groups = new LinkedHashMap<>();
    groups.put("default", DEFAULT.stream().filter(measures::containsKey).toList());
    declared.forEach((group, ids) -> groups.put(group, List.copyOf(ids)));
    groups.put("comparable", ids(MeasureCatalog::comparable));
    groups.put("invariant", ids(MeasureCatalog::invariant));
    groups.put("all", List.copyOf(measures.keySet()));
    return groups;
  }

  private List<String> ids(Predicate<Measure> member) {
    return measures.values().stream().filter(member).map(Measure::id).toList();
  }

  private static boolean comparable(Measure measure) {
    return measure.scopes().stream()
        .map(measure::invariance)
        .allMatch(Invariance.NEURON_WISE::equals);
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
                    : ". Not in all: " + String.join(", ", onRequest.keySet())));
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

  /** The ids of the measures that any coordinates have. */
  List<String> surfaceMeasures() {
    return both().stream()
        .filter(measure -> measure instanceof SurfaceMeasure)
        .map(Measure::id)
        .toList();
  }

  private List<Measure> both() {
    List<Measure> both = new ArrayList<>(measures.values());
    both.addAll(onRequest.values());
    return both;
  }

  private List<String> nearest(String name) {
    List<String> known = new ArrayList<>(both().stream().map(Measure::id).toList());
    known.addAll(groups().keySet());
    known.sort(Comparator.comparingInt(id -> EditDistance.between(name, id)));
    return known.subList(0, Math.min(2, known.size())).stream()
        .map(id -> "\"" + id + "\"")
        .toList();
  }
}
