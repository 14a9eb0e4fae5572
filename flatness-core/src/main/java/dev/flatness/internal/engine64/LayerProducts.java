package dev.flatness.internal.engine64;

import dev.flatness.internal.engine.LayerCost;
import dev.flatness.internal.engine.StorageLayout;
import dev.flatness.loss.NonConvexLossException;
import dev.flatness.network.Node;
import dev.flatness.surface.Curvature;
import java.util.Arrays;
import java.util.List;

/**
 * Products of each layer's own Hessian block in its weight, all layers in one sweep over the data,
 * in the cheaper of two ways: a tangent and a cotangent through what lies above each layer, or the
 * K cotangents of the loss's factor through the whole network once.
 */
final class LayerProducts {
  /** Scratch arrays that no layer needs for its weight gradient, which reads the first. */
  private static final int MIXED = 5;

  private static final int DOTS = 3;

  /** Numbers of a run of rows. */
  private static final int RUN = 1 << 12;

  private final NetworkEngine engine;
  private final List<Node> layers;
  private final double[] block;
  private final boolean[][] active;
  private final boolean[][] live;

  private final boolean rows;

  /**
   * {@code block} is one vector of the length of θ that holds every layer's vector at its weight's
   * place. {@code rows}: each row's own block of the layer's Hessian instead of the whole, which
   * needs a piecewise-linear network.
   */
  LayerProducts(NetworkEngine engine, List<Node> layers, double[] block, boolean rows) {
    this.rows = rows;
    this.engine = engine;
    this.layers = layers;
    this.block = block;
    this.active = new boolean[layers.size()][engine.network.parameters().size()];
    this.live = new boolean[layers.size()][];
    for (int l = 0; l < active.length; l++) {
      active[l][layers.get(l).weight()] = true;
      live[l] = StorageLayout.live(engine.network, active[l]);
    }
  }

  /**
   * The sums over samples, at the weights' places. A loss that is not convex in the outputs has no
   * factors; the tangents need none.
   */
  /*64*/ double[] total() {
    boolean factors =
        rows
            || !engine.withoutFactors
                && engine.network.piecewiseLinear()
                && LayerCost.of(engine.network, layers, live).factorsAreCheaper(engine.factors());
    if (!factors) {
      return byTangents();
    }
    try {
      return byFactors();
    } catch (NonConvexLossException notConvex) {
      if (rows) {
        throw notConvex;
      }
      engine.withoutFactors = true;
      return byTangents();
    }
  }

  /** One tangent and one cotangent through the layers above each layer. */
  private /*64*/ double[] byTangents() {
    // Inside an activation region the outputs are affine in one layer's weight: its Hessian block
    // is Gauss–Newton's.
    Curvature kind = engine.network.piecewiseLinear() ? Curvature.GAUSS_NEWTON : Curvature.HESSIAN;
    int p = engine.theta.length;
    Chunks from = engine.prepare(1, true, p);
    Tape kept = engine.tape(from);
    boolean[] none = new boolean[engine.network.parameters().size()];
    /*64*/ double[] total = new /*64*/ double[p];
    engine.runner.run(
        from.count(),
        (w, chunk) -> {
          Worker worker = engine.workers[w];
          Frame frame = worker.frame;
          Primal primal = kept == null ? null : kept.chunk(chunk);
          NetworkEngine.activate(frame, none, engine.dependent);
          worker.forwardFused(from, chunk, kind == Curvature.HESSIAN, primal);
          frame.block = 1;
          frame.setDirections(block, null);
          frame.sums = NetworkEngine.cleared(frame.sums, p);
          for (int l = 0; l < active.length; l++) {
            NetworkEngine.activate(frame, active[l], live[l]);
            worker.product(kind);
          }
        },
        w -> engine.add(engine.workers[w].frame.sums, total));
    return total;
  }

  /**
   * K cotangents through the whole network, shared by all layers: H_l v = mean Σ_k b_k⟨b_k, v⟩ with
   * ⟨b_k, v⟩ = Σ_p ⟨g_{k,p}, V φ_p⟩, so that Σ_k b_k⟨b_k, v⟩ is the weight gradient of the mixed
   * cotangent Σ_k ⟨b_k, v⟩ g_k.
   */
  private /*64*/ double[] byFactors() {
    int p = engine.theta.length;
    int k = engine.factorBlock(p);
    boolean[] any = new boolean[engine.network.parameters().size()];
    boolean[] wanted = new boolean[engine.ops.length];
    for (Node layer : layers) {
      any[layer.weight()] = true;
      wanted[layer.index()] = true;
    }
    boolean[] above = StorageLayout.live(engine.network, any);
    Chunks from = engine.prepare(k, false, p);
    /*64*/ double[] total = new /*64*/ double[p];
    engine.runner.run(
        from.count(),
        (w, chunk) -> {
          Worker worker = engine.workers[w];
          Frame frame = worker.frame;
          NetworkEngine.activate(frame, any, above);
          worker.forward(from, chunk, false);
          frame.sums = NetworkEngine.cleared(frame.sums, p);
          for (Node layer : layers) {
            WeightOp op = (WeightOp) engine.ops[layer.index()];
            op.applyWeight(frame, block, op.weightOffset, frame.image(layer.index(), op.features));
          }
          worker.pullFactors(
              k,
              op -> {
                if (wanted[op.output]) {
                  mix((WeightOp) op, frame, rows);
                }
              });
        },
        w -> engine.add(engine.workers[w].frame.sums, total));
    return total;
  }

  /**
   * Adds the weight gradient of Σ_k ⟨b_k, v⟩ g_k for the block of cotangents at a layer's output;
   * of rows on their own, of Σ_k ⟨b_{k,s}, v_s⟩ g_{k,s} for every row s.
   */
  private void mix(WeightOp op, Frame f, boolean rows) {
    int b = f.columns;
    int n = op.features * b;
    int part = rows ? n / op.d : n;
    double[] image = f.image(op.output, op.features);
    double[] g = f.cotangent(op.output);
    // By runs of many rows, because those of few samples are short.
    int run = Math.min(part, Math.max(1, RUN / b) * b);
    double[] mixed = f.scratch(MIXED, n);
    double[] dots = f.scratch(DOTS, run);
    Arrays.fill(mixed, 0, n, 0);
    for (int i = 0; i < f.block; i++) {
      for (int first = 0; first < n; first += part) {
        Arrays.fill(dots, 0, run, 0);
        for (int at = first; at < first + part; at += run) {
          int length = Math.min(run, first + part - at);
          engine.rows.addProduct(g, i * n + at, image, at, dots, 0, length);
        }
        fold(dots, run, b);
        for (int at = first; at < first + part; at += run) {
          int length = Math.min(run, first + part - at);
          engine.rows.addProduct(g, i * n + at, dots, 0, mixed, at, length);
        }
      }
    }
    op.addWeightGradient(f, mixed, f.sums);
  }

  /** Replaces every row of b numbers by the sum of all rows. */
  private static void fold(double[] rows, int run, int b) {
    for (int at = b; at < run; at += b) {
      for (int j = 0; j < b; j++) {
        rows[j] += rows[at + j];
      }
    }
    for (int at = b; at < run; at += b) {
      System.arraycopy(rows, 0, rows, at, b);
    }
  }
}
