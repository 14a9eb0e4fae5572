package dev.flatness.hessian;

import dev.flatness.measure.Outcome;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** Layers that use one weight together: it has one Hessian, so they have one number. */
final class TiedLayers {
  private TiedLayers() {}

  /**
   * Numbers of layers that are made of their weight and its Hessian: layers that use one weight in
   * one way have one number, which is found once.
   */
  static List<LayerOutcome> perWeight(
      Network network, List<Node> layers, Function<List<Node>, List<LayerOutcome>> find) {
    List<Node> first = layers.stream().map(layer -> firstUse(network, layer)).toList();
    List<Node> distinct = first.stream().distinct().toList();
    List<LayerOutcome> numbers = find.apply(distinct);
    List<LayerOutcome> all = new ArrayList<>();
    for (int i = 0; i < layers.size(); i++) {
      Outcome outcome = numbers.get(distinct.indexOf(first.get(i))).outcome();
      all.add(new LayerOutcome(layers.get(i), outcome));
    }
    return all;
  }

  /** The first layer that uses a layer's weight in the same way. */
  static Node firstUse(Network network, Node layer) {
    NeuronIndex.Geometry geometry = NeuronIndex.Geometry.of(layer.layer());
    return network.weightLayers().stream()
        .filter(
            other ->
                other.weight() == layer.weight()
                    && NeuronIndex.Geometry.of(other.layer()).equals(geometry))
        .findFirst()
        .orElse(layer);
  }

  /** The layers over which sums and maxima run: a weight that several layers use counts once. */
  static List<Node> weights(Network network) {
    Set<Integer> seen = new HashSet<>();
    return network.weightLayers().stream().filter(layer -> seen.add(layer.weight())).toList();
  }
}
