package dev.flatness;

import dev.flatness.cost.Work;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Invariance;
import dev.flatness.measure.Measure;
import dev.flatness.measure.MeasureSettings;
import dev.flatness.measure.Scope;
import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.random.Seed;
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

  static MeasureSelection of(List<Measure> measures) {
    Set<String> ids = new HashSet<>();
    for (Measure measure : measures) {
      if (!ids.add(measure.id())) {
        throw new IllegalArgumentException(
            "measure \""
                + measure.id()
                + "\" is named twice, and a report has one of each; measure them apart");
      }
    }
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
  public Map<String, List<Work>> work(Network network, MeasureSettings settings) {
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

  /**
   * One measure.
   *
   * @param measure the measure
   * @param named whether it was asked for by name
   */
  record Item(Measure measure, boolean named) {
    List<Estimate> evaluate(Subject subject, Seed seed) {
      Optional<String> reason = measure.inapplicable(subject);
      if (reason.isPresent()) {
        return notApplicable(subject, reason.get());
      }
      long start = System.nanoTime();
      List<Estimate> estimates = measure.evaluate(subject, seed);
      double seconds = (System.nanoTime() - start) * 1e-9;
      // The first estimate carries the time of all: they are made together.
      List<Estimate> timed = new ArrayList<>(estimates);
      if (!timed.isEmpty()) {
        timed.set(0, timed.get(0).withSeconds(seconds));
      }
      return timed;
    }

    private List<Estimate> notApplicable(Subject subject, String reason) {
      List<Estimate> estimates = new ArrayList<>();
      for (Scope scope : Scope.values()) {
        if (!measure.scopes().contains(scope)) {
          continue;
        }
        Invariance invariance = measure.invariance(scope);
        if (scope == Scope.NETWORK) {
          estimates.add(absent(Estimate.network(measure.id(), invariance, Double.NaN), reason));
          continue;
        }
        for (Node node : subject.layers()) {
          estimates.add(
              absent(
                  scope == Scope.LAYER
                      ? Estimate.layer(measure.id(), node.name(), invariance, Double.NaN)
                      : Estimate.neurons(measure.id(), node.name(), invariance, new double[0]),
                  reason));
        }
      }
      return estimates;
    }

    private static Estimate absent(Estimate.Builder builder, String reason) {
      return builder.method("none", Status.NOT_APPLICABLE).reason(reason).build();
    }
  }
}
