package dev.flatness.hessian;

import dev.flatness.measure.Facts;
import dev.flatness.measure.Subject;
import dev.flatness.network.Node;
import dev.flatness.network.Parameter;
import dev.flatness.random.Seed;
import dev.flatness.surface.LayerForms;
import dev.flatness.surface.PassStoppedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Layer measures of networks without closed forms: exact by quadratic forms in small networks and
 * where they are no more than the probes; else the Gauss–Newton part is exact and the rest probed,
 * or where layers share weights the whole by products. The probes of all layers advance together.
 * Every layer's probes depend on its position, on what is estimated and on the seed alone.
 */
final class LayerProbes {
  /**
   * The budget of a layer (ours: of a whole trace a relative standard error of at most 25 % for a
   * positive semidefinite operator).
   */
  static final int BUDGET = FunctionalHessian.PROBES;

  private static final int ROUNDS = 8;

  /** Exact forms that one pass takes. */
  private static final int BLOCK = 32;

  private final Subject subject;
  private final Seed seed;
  private final int exactUpTo;
  private final Map<String, LayerTask> done = new HashMap<>();

  LayerProbes(Subject subject, Seed seed) {
    this(subject, seed, CurvatureDiagonal.MOST_BY_PRODUCTS);
  }

  private LayerProbes(Subject subject, Seed seed, int exactUpTo) {
    this.subject = subject;
    this.seed = seed;
    this.exactUpTo = exactUpTo;
  }

  /** The same with another number of parameters up to which networks are small. */
  LayerProbes withExactUpTo(int parameters) {
    return new LayerProbes(subject, seed, parameters);
  }

  private boolean small() {
    return subject.surface().dimension() <= exactUpTo;
  }

  /** Tr H_l = E[zᵀ H_l z]. */
  List<LayerOutcome> traces(List<Node> layers) {
    if (small()) {
      CurvatureDiagonal diagonal = subject.get(HessianFacts.DIAGONAL_BY_FORMS);
      return layers.stream()
          .map(
              layer -> {
                Parameter weight = subject.network().weight(layer);
                return new LayerOutcome(layer, diagonal.sum(weight.offset(), weight.size()));
              })
          .toList();
    }
    return run(
            "trace",
            layers,
            (layer, from) ->
                known(
                    layer,
                    new LayerTask.Trace(weight(layer).length, from),
                    LayerForms::weightTrace))
        .stream()
        .map(LayerTask::total)
        .toList();
  }

  /** κ_Tr = E[vec(WΞ)ᵀ H_l vec(WΞ)]. */
  List<LayerOutcome> relativeFlatness(List<Node> layers) {
    return run(
            "relative flatness",
            layers,
            (layer, from) ->
                known(
                    layer,
                    new LayerTask.RelativeFlatness(layer.layer(), weight(layer), from),
                    LayerForms::relativeFlatness))
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
                new LayerTask.Neurons(
                    NeuronIndex.of(layer.layer(), rows), weight(layer), from, small()))
        .stream()
        .map(task -> (LayerTask.Neurons) task)
        .toList();
  }

  /** Tells a task the Gauss–Newton part of its number where that has a closed form. */
  private LayerTask known(Node layer, LayerTask.Mean task, ToDoubleFunction<LayerForms> of) {
    if (small() || task.exactForms() <= BUDGET) {
      return task.exactly();
    }
    if (!FunctionalHessian.splits(subject)) {
      return task;
    }
    return task.beyond(
        subject.get(Facts.CLOSED_FORMS).layers().stream()
            .filter(forms -> forms.node().index() == layer.index())
            .mapToDouble(of)
            .findFirst()
            .orElseThrow());
  }

  /** Rounds of quadratic forms of the rest, some at once; each layer's vectors in its weight. */
  private void advanceForms(String what, List<LayerTask> tasks) {
    for (int round = 0; round < BUDGET; round += ROUNDS) {
      if (round > 0 && subject.monitor().stopped()) {
        return;
      }
      List<int[]> positions = new ArrayList<>();
      List<double[]> vectors = new ArrayList<>();
      for (LayerTask task : tasks) {
        int offset = subject.network().weight(task.layer).offset();
        int[] own = new int[weight(task.layer).length];
        Arrays.setAll(own, i -> offset + i);
        for (int i = 0; i < ROUNDS; i++) {
          double[] vector = new double[own.length];
          task.vector(round + i, vector);
          positions.add(own);
          vectors.add(vector);
        }
      }
      double[] forms =
          subject
              .surface()
              .residualForms(
                  subject.theta(),
                  positions.toArray(int[][]::new),
                  vectors.toArray(double[][]::new));
      for (int t = 0; t < tasks.size(); t++) {
        for (int i = 0; i < ROUNDS; i++) {
          tasks.get(t).acceptForm(round + i, forms[t * ROUNDS + i]);
        }
        tasks.get(t).products = round + ROUNDS;
      }
      subject.monitor().update(what + " of the layers", round + ROUNDS, BUDGET);
    }
  }

  /** The quadratic forms that a layer's number is made of, a block of them at once. */
  private void exactForms(String what, LayerTask task) {
    int offset = subject.network().weight(task.layer).offset();
    double[] vector = new double[weight(task.layer).length];
    int budget = task.budget();
    while (task.products < budget && (task.products == 0 || !subject.monitor().stopped())) {
      int count = Math.min(BLOCK, budget - task.products);
      int[][] positions = new int[count][];
      double[][] values = new double[count][];
      for (int i = 0; i < count; i++) {
        Arrays.fill(vector, 0);
        task.vector(task.products + i, vector);
        int[] filled = IntStream.range(0, vector.length).filter(e -> vector[e] != 0).toArray();
        positions[i] = Arrays.stream(filled).map(e -> offset + e).toArray();
        values[i] = Arrays.stream(filled).mapToDouble(e -> vector[e]).toArray();
      }
      double[] forms = subject.surface().quadraticForms(subject.theta(), positions, values);
      for (int i = 0; i < count; i++) {
        task.acceptForm(task.products + i, forms[i]);
      }
      task.products += count;
      subject.monitor().update(what + " of layer " + task.layer.name(), task.products, budget);
    }
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
        task.monitor = subject.monitor();
        done.put(key, task);
        open.add(layer);
      }
    }
    try {
      advance(what, open);
    } catch (PassStoppedException late) {
      // Each task knows how far it came.
      if (open.stream().allMatch(layer -> task(what, layer).products == 0)) {
        throw late;
      }
    }
    return layers.stream().map(layer -> task(what, layer)).toList();
  }

  private LayerTask task(String what, Node layer) {
    return Objects.requireNonNull(done.get(what + "/" + layer.index()));
  }

  private void advance(String what, List<Node> all) {
    if (all.isEmpty()) {
      return;
    }
    List<LayerTask> every = all.stream().map(layer -> task(what, layer)).toList();
    every.stream().filter(LayerTask::exact).forEach(task -> exactForms(what, task));
    List<LayerTask> tasks = every.stream().filter(task -> !task.exact()).toList();
    if (!tasks.isEmpty()) {
      advanceTogether(what, tasks);
    }
  }

  private void advanceTogether(String what, List<LayerTask> tasks) {
    if (tasks.stream().allMatch(LayerTask.Mean.class::isInstance)
        && FunctionalHessian.splits(subject)) {
      advanceForms(what, tasks);
      return;
    }
    int rounds = tasks.stream().mapToInt(LayerTask::budget).max().orElse(0);
    for (int round = 0; round < rounds; round++) {
      if (round > 0 && subject.monitor().stopped()) {
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
      HessianFacts.layerProducts(
          subject, open.stream().map(task -> task.layer).toList(), vectors, products);
      for (int i = 0; i < open.size(); i++) {
        open.get(i).accept(round, vectors.get(i), products.get(i));
        open.get(i).products = round + 1;
      }
      subject.monitor().update(what + " of the layers", round + 1, rounds);
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
