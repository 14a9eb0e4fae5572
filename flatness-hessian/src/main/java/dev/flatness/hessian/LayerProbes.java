package dev.flatness.hessian;

import dev.flatness.measure.Subject;
import dev.flatness.network.Node;
import dev.flatness.random.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Layer measures by products alone, for networks without closed forms: the probes of all layers
 * advance together, one sweep over the data a round. Every layer's probes depend on its position,
 * on what is estimated and on the seed alone.
 */
final class LayerProbes {
  /** The budget of a layer: 32 products (ours). */
  static final int BUDGET = 32;

  private final Subject subject;
  private final Seed seed;
  private final Map<String, LayerTask> done = new HashMap<>();

  LayerProbes(Subject subject, Seed seed) {
    this.subject = subject;
    this.seed = seed;
  }

  /** Tr H_l = E[zᵀ H_l z]. */
  List<LayerNumber> traces(List<Node> layers) {
    return run("trace", layers, (layer, from) -> new LayerTask.Trace(weight(layer).length, from))
        .stream()
        .map(LayerTask::total)
        .toList();
  }

  /** κ_Tr = E[vec(WΞ)ᵀ H_l vec(WΞ)]. */
  List<LayerNumber> relativeFlatness(List<Node> layers) {
    return run(
            "relative flatness",
            layers,
            (layer, from) -> new LayerTask.RelativeFlatness(layer.layer(), weight(layer), from))
        .stream()
        .map(LayerTask::total)
        .toList();
  }

  /** ρ of the columns or rows. */
  List<LayerTask.Neurons> neurons(List<Node> layers, boolean rows) {
    return run(
            rows ? "rho of rows" : "rho of columns",
            layers,
            (layer, from) ->
                new LayerTask.Neurons(Owners.of(layer.layer(), rows), weight(layer), from))
        .stream()
        .map(task -> (LayerTask.Neurons) task)
        .toList();
  }

  private interface Factory {
    LayerTask make(Node layer, Seed from);
  }

  private List<LayerTask> run(String what, List<Node> layers, Factory factory) {
    List<Node> open = new ArrayList<>();
    for (Node layer : layers) {
      String key = what + "/" + layer.index();
      if (!done.containsKey(key)) {
        LayerTask task = factory.make(layer, seed.split(what).split(layer.index()));
        task.layer = layer;
        done.put(key, task);
        open.add(layer);
      }
    }
    advance(what, open);
    return layers.stream().map(layer -> done.get(what + "/" + layer.index())).toList();
  }

  private void advance(String what, List<Node> all) {
    List<LayerTask> tasks =
        all.stream().map(layer -> done.get(what + "/" + layer.index())).toList();
    int rounds = tasks.stream().mapToInt(LayerTask::budget).max().orElse(0);
    for (int round = 0; round < rounds; round++) {
      if (round > 0 && subject.timeIsUp()) {
        return;
      }
      int now = round;
      List<LayerTask> open = tasks.stream().filter(task -> now < task.budget()).toList();
      List<double[]> vectors = new ArrayList<>();
      List<double[]> products = new ArrayList<>();
      for (LayerTask task : open) {
        double[] vector = new double[weight(task.layer).length];
        task.vector(round, vector);
        vectors.add(vector);
        products.add(new double[vector.length]);
      }
      Shared.layerProducts(
          subject, open.stream().map(task -> task.layer).toList(), vectors, products);
      for (int i = 0; i < open.size(); i++) {
        open.get(i).accept(round, vectors.get(i), products.get(i));
        open.get(i).products = round + 1;
      }
      subject.progress().update(what + " of the layers", round + 1, rounds);
    }
  }

  private double[] weight(Node layer) {
    return subject.network().values(subject.network().weight(layer));
  }

  /** Samples so far. */
  static double[] first(double[] samples, int count) {
    return Arrays.copyOf(samples, count);
  }
}
