package dev.flatness.hessian;

import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.loss.NonConvexLossException;
import dev.flatness.measure.Interval;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;
import dev.flatness.network.Node;
import dev.flatness.random.Seed;
import dev.flatness.spectral.Lanczos;
import dev.flatness.spectral.Lanczos.End;
import dev.flatness.spectral.LanczosRun;
import dev.flatness.surface.PassStoppedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Lanczos runs on the own Hessian block of every row of layers' weights, which advance together:
 * all rows of all layers in one sweep where the network is piecewise linear, else 16 rows of a
 * layer in a block of products. A row's run depends on its layer, its place and the seed alone.
 */
final class RowSpectra {
  private static final int BLOCK = 16;

  /** Rows of a layer that are followed where each takes products of its own. */
  static final int MOST_ROWS = 64;

  private final Subject subject;
  private final Seed seed;
  private final Lanczos method;

  RowSpectra(Subject subject, Seed seed) {
    this.subject = subject;
    this.seed = seed;
    this.method = HessianFacts.lanczos(subject).withEnds(End.LARGEST);
  }

  /** The runs of a layer's rows. */
  private final class Layer {
    final Node node;
    final double[] weight;
    final int rows;
    final int width;
    final int[] followed;
    final LanczosRun[] runs;

    Layer(Node node, int most) {
      this.node = node;
      this.weight = subject.network().values(subject.network().weight(node));
      this.rows = subject.network().weight(node).shape().extent(0);
      this.width = weight.length / rows;
      Seed own = seed.split(node.index());
      int[] all = IntStream.range(0, rows).filter(s -> squaredNorm(s) > 0).toArray();
      this.followed = all.length <= most ? all : chosen(all, most, own.split("rows").generator());
      this.runs = new LanczosRun[followed.length];
      Arrays.setAll(runs, i -> method.start(width, own.split(followed[i])));
    }

    double squaredNorm(int row) {
      double sum = 0;
      for (int e = row * width; e < (row + 1) * width; e++) {
        sum += weight[e] * weight[e];
      }
      return sum;
    }

    /** Rows that take part, of those with a weight. */
    int candidates() {
      return (int) IntStream.range(0, rows).filter(s -> squaredNorm(s) > 0).count();
    }

    boolean open() {
      return Arrays.stream(runs).anyMatch(run -> !run.finished());
    }

    /** Σ_s ‖w_s‖² λ_s over the rows followed, scaled up where they are a sample. */
    LayerOutcome number() {
      int n = runs.length;
      if (n == 0) {
        return new LayerOutcome(node, Outcome.exact(0));
      }
      double[] terms = new double[n];
      double residual = 0;
      long products = 0;
      LanczosRun open = null;
      for (int i = 0; i < n; i++) {
        Outcome found = runs[i].outcome(End.LARGEST);
        terms[i] = squaredNorm(followed[i]) * found.value();
        residual = Math.max(residual, found.residual().orElse(Double.NaN));
        products += found.products().orElse(0);
        open = runs[i].converged(End.LARGEST) ? open : runs[i];
      }
      int of = candidates();
      boolean sampled = n < of;
      Outcome mean = Outcome.mean(terms, sampled ? "lanczos of a sample of rows" : "lanczos");
      Outcome total = mean.times(of);
      Outcome outcome =
          (sampled
                  ? ofSome(total, Math.sqrt(1 - (double) n / of))
                  : Outcome.of(total.value(), total.method(), Status.CONVERGED))
              .withStatus(
                  open != null
                      ? Status.NOT_CONVERGED
                      : sampled ? Status.ESTIMATED : Status.CONVERGED)
              .withResidual(residual)
              .withProducts(products)
              .because(
                  open != null
                      ? open.reason()
                      : (sampled ? n + " of " + of + " rows were followed, and " : "")
                          + "the residuals met the tolerance");
      return new LayerOutcome(node, outcome);
    }
  }

  /** A sum over a sample without repetition, whose uncertainty is that of what was not drawn. */
  private static Outcome ofSome(Outcome total, double left) {
    double value = total.value();
    return total
        .interval()
        .map(
            range ->
                total.withStandardError(
                    left * total.standardError().orElseThrow(),
                    new Interval(
                        value - left * (value - range.low()),
                        value + left * (range.high() - value))))
        .orElse(total);
  }

  private static int[] chosen(int[] all, int most, RandomGenerator random) {
    for (int i = 0; i < most; i++) {
      int j = i + random.nextInt(all.length - i);
      int swapped = all[i];
      all[i] = all[j];
      all[j] = swapped;
    }
    int[] some = Arrays.copyOf(all, most);
    Arrays.sort(some);
    return some;
  }

  /** Σ_s ‖w_s‖² λ_max(H_ss) of each layer. */
  List<LayerOutcome> weighted(List<Node> nodes) {
    if (subject.network().piecewiseLinear()) {
      List<Layer> layers = nodes.stream().map(node -> new Layer(node, Integer.MAX_VALUE)).toList();
      try {
        sweeps(layers);
        return layers.stream().map(Layer::number).toList();
      } catch (NonConvexLossException notConvex) {
        // The first sweep has no factors: each row takes products of its own.
      }
    }
    List<Layer> layers = nodes.stream().map(node -> new Layer(node, MOST_ROWS)).toList();
    layers.forEach(this::blocks);
    return layers.stream().map(Layer::number).toList();
  }

  private void sweeps(List<Layer> layers) {
    for (int sweep = 0; ; sweep++) {
      List<Layer> open = layers.stream().filter(Layer::open).toList();
      if (open.isEmpty()) {
        return;
      }
      if (sweep > 0 && subject.monitor().stopped()) {
        stop(open);
        return;
      }
      double[][] vectors = new double[open.size()][];
      double[][] products = new double[open.size()][];
      for (int l = 0; l < vectors.length; l++) {
        Layer layer = open.get(l);
        vectors[l] = new double[layer.weight.length];
        products[l] = new double[layer.weight.length];
        for (int i = 0; i < layer.runs.length; i++) {
          if (!layer.runs[i].finished()) {
            System.arraycopy(
                layer.runs[i].nextVector(),
                0,
                vectors[l],
                layer.followed[i] * layer.width,
                layer.width);
          }
        }
      }
      List<Node> nodes = open.stream().map(layer -> layer.node).toList();
      try {
        subject.surface().rowProducts(subject.theta(), nodes, vectors, products);
      } catch (PassStoppedException late) {
        if (sweep == 0) {
          throw late;
        }
        stop(open);
        return;
      }
      for (int l = 0; l < vectors.length; l++) {
        Layer layer = open.get(l);
        for (int i = 0; i < layer.runs.length; i++) {
          if (!layer.runs[i].finished()) {
            accept(layer, i, products[l]);
          }
        }
      }
      subject.monitor().update("eigenvalues of rows: sweeps", sweep + 1L, sweep + 10L);
    }
  }

  private static void accept(Layer layer, int i, double[] product) {
    int from = layer.followed[i] * layer.width;
    layer.runs[i].accept(Arrays.copyOfRange(product, from, from + layer.width));
    if (layer.runs[i].finished()) {
      layer.runs[i].release(0);
    }
  }

  private void stop(List<Layer> layers) {
    for (Layer layer : layers) {
      for (LanczosRun run : layer.runs) {
        if (!run.finished()) {
          run.stop(subject.monitor().whyStopped());
        }
      }
    }
  }

  private void blocks(Layer layer) {
    SymmetricOperator hessian = Hessian.ofLayer(subject.surface(), layer.node).at(subject.theta());
    int size = layer.weight.length;
    List<Integer> waiting = new ArrayList<>();
    for (int i = 0; i < layer.runs.length; i++) {
      waiting.add(i);
    }
    List<Integer> now = new ArrayList<>();
    int done = 0;
    while (!waiting.isEmpty() || !now.isEmpty()) {
      while (now.size() < BLOCK && !waiting.isEmpty()) {
        now.add(waiting.remove(0));
      }
      if (done > 0 && subject.monitor().stopped()) {
        stop(List.of(layer));
        return;
      }
      double[][] vectors = new double[now.size()][size];
      double[][] products = new double[now.size()][size];
      for (int j = 0; j < vectors.length; j++) {
        int i = now.get(j);
        System.arraycopy(
            layer.runs[i].nextVector(),
            0,
            vectors[j],
            layer.followed[i] * layer.width,
            layer.width);
      }
      try {
        hessian.apply(vectors, products);
      } catch (PassStoppedException late) {
        if (done == 0) {
          throw late;
        }
        stop(List.of(layer));
        return;
      }
      for (int j = vectors.length - 1; j >= 0; j--) {
        accept(layer, now.get(j), products[j]);
        if (layer.runs[now.get(j)].finished()) {
          now.remove(j);
        }
      }
      done += vectors.length;
      subject
          .monitor()
          .update("eigenvalues of rows: products", done, done + 8L * (waiting.size() + now.size()));
    }
  }
}
