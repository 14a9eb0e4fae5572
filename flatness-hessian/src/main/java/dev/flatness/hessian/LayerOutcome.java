package dev.flatness.hessian;

import dev.flatness.measure.Outcome;
import dev.flatness.network.Node;
import java.util.Comparator;
import java.util.List;

/** A number of one layer. */
record LayerOutcome(Node layer, Outcome outcome) {
  double value() {
    return outcome.value();
  }

  LayerOutcome times(double factor) {
    return new LayerOutcome(layer, outcome.times(factor));
  }

  static Outcome max(List<LayerOutcome> layers) {
    return Outcome.max(named(layers));
  }

  static Outcome sum(List<LayerOutcome> layers) {
    return Outcome.sum(named(layers));
  }

  static Node largest(List<LayerOutcome> layers) {
    return layers.stream()
        .max(Comparator.comparingDouble(LayerOutcome::value))
        .orElseThrow()
        .layer();
  }

  private static List<Outcome> named(List<LayerOutcome> layers) {
    return layers.stream().map(each -> each.outcome.in("layer " + each.layer.name())).toList();
  }
}
