package dev.flatness;

import dev.flatness.cost.Pass;
import dev.flatness.cost.Work;
import dev.flatness.hessian.SurfaceMeasure;
import dev.flatness.measure.AbstractMeasure;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Measure;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.surface.NetworkSurface;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The measures of a run, and for each whether it was asked for by name or came with a group: one
 * that was asked for must apply to the network, one of a group may be reported as not applicable.
 */
public final class MeasureSelection {
  private final List<Item> items;

  MeasureSelection(List<Item> items) {
    if (items.isEmpty()) {
      throw new IllegalArgumentException("no measure was named, expected at least one id or group");
    }
    this.items = List.copyOf(items);
  }

  /** This selection with measures that were asked for by name. */
  MeasureSelection and(List<Measure> measures) {
    List<Item> all = new ArrayList<>(items);
    all.addAll(of(measures).items);
    Set<String> ids = new HashSet<>();
    all.forEach(item -> requireFirst(ids, item.measure()));
    return new MeasureSelection(all);
  }

  /** This selection in other coordinates; what needs layers is refused where it was named. */
  MeasureSelection in(CoordinateSystem system) {
    requireSurfaceMeasures("in the coordinates " + system.name());
    var place = CoordinateMeasure.place(system);
    return new MeasureSelection(
        items.stream()
            .map(
                item -> new Item(CoordinateMeasure.of(item.measure(), system, place), item.named()))
            .toList());
  }

  /** Refuses measures that were named and need more than a loss surface. */
  void requireSurfaceMeasures(String where) {
    List<String> refused =
        items.stream()
            .filter(item -> item.named() && !(item.measure() instanceof SurfaceMeasure))
            .map(item -> item.measure().id())
            .toList();
    if (!refused.isEmpty()) {
      throw new IllegalArgumentException(
          "measures "
              + String.join(", ", refused)
              + " need the network's layers or are defined by its parameters, so they do not exist "
              + where
              + "; expected some of "
              + String.join(", ", MeasureCatalog.installed().surfaceMeasures()));
    }
  }

  private static void requireFirst(Set<String> ids, Measure measure) {
    if (!ids.add(measure.id())) {
      throw new IllegalArgumentException(
          "measure \"" + measure.id() + "\" appears twice; use separate reports");
    }
  }

  static MeasureSelection of(List<Measure> measures) {
    Set<String> ids = new HashSet<>();
    measures.forEach(measure -> requireFirst(ids, measure));
    return new MeasureSelection(measures.stream().map(measure -> new Item(measure, true)).toList());
  }

  /**
   * Returns the ids of the measures.
   *
   * @return in the order in which they are taken
   */
  public List<String> ids() {
    return items.stream().map(item -> item.measure().id()).toList();
  }

  /**
   * Tells what passes over the samples the measures will take, before any work.
   *
   * @param network the network
   * @param settings the settings
   * @return the parts of each measure by its id, in order; {@link Work#together} joins them
   */
  public Map<String, List<Work>> work(Network network, Settings settings) {
    Map<String, List<Work>> work = new LinkedHashMap<>();
    items.forEach(item -> work.put(item.measure().id(), item.measure().work(network, settings)));
    return work;
  }

  List<Item> items() {
    return items;
  }

  void requireApplicable(Subject subject) {
    for (Item item : items) {
      if (item.named()) {
        Optional<String> reason = item.measure().inapplicable(subject);
        if (reason.isPresent()) {
          throw new IllegalArgumentException(
              "measure \""
                  + item.measure().id()
                  + "\" is not defined here: "
                  + reason.get()
                  + "; leave it out, or ask for its group");
        }
      }
    }
  }

  /** Refuses what memory does not hold, and names the measures that it does. */
  void requireMemory(Subject subject) {
    NetworkSurface surface = subject.surface();
    surface
        .refusal(List.of(Pass.GRADIENT))
        .ifPresent(
            reason -> {
              throw new IllegalArgumentException(reason);
            });
    List<String> held = new ArrayList<>();
    Map<String, String> refused = new LinkedHashMap<>();
    work(surface.network(), subject.settings())
        .forEach(
            (id, work) -> {
              Optional<String> reason = surface.refusal(work.stream().map(Work::pass).toList());
              reason.ifPresentOrElse(why -> refused.put(id, why), () -> held.add(id));
            });
    if (!refused.isEmpty()) {
      throw new IllegalArgumentException(
          "there is too little memory to measure "
              + String.join(", ", refused.keySet())
              + ": "
              + refused.values().iterator().next()
              + (held.isEmpty() ? "" : "; there is enough for " + String.join(", ", held)));
    }
  }

  /**
   * One measure.
   *
   * @param measure the measure
   * @param named whether it was asked for by name
   */
  record Item(Measure measure, boolean named) {
    List<Estimate> evaluate(Subject subject) {
      return AbstractMeasure.take(measure, subject);
    }
  }
}
