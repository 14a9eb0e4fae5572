package dev.flatness.internal.engine64;

import dev.flatness.internal.engine.Head;
import java.util.Arrays;

/**
 * vᵀ H v for directions v with few non-zero entries, by one tangent each and no cotangent of it.
 *
 * <p>vᵀ H v = mean of ⟨ẏ, ∇²ℓ ẏ⟩ at the outputs + Σ over nodes ⟨g, d²F(v, v)⟩, g the value's
 * cotangent, which all directions share: d²F is 2 V ẋ for a layer with weight direction V, σ″ ẋ²
 * for a smooth activation.
 */
final class QuadraticForms {
  private final NetworkEngine engine;
  private final SparseDirection[] directions;

  /** Whether the outputs' part, that of the Gauss–Newton matrix, is left out. */
  private final boolean residual;

  QuadraticForms(
      NetworkEngine engine, int[][] positions, /*64*/ double[][] values, boolean residual) {
    this.residual = residual;
    this.engine = engine;
    this.directions = new SparseDirection[positions.length];
    Arrays.setAll(directions, i -> new SparseDirection(engine, positions[i], values[i]));
  }

  /** The sums over samples. */
  /*64*/ double[] total() {
    Chunks from = engine.prepare(1, true, directions.length);
    Tape kept = engine.tape(from);
    boolean[] all = new boolean[engine.network.parameters().size()];
    Arrays.fill(all, true);
    /*64*/ double[] total = new /*64*/ double[directions.length];
    engine.runner.run(
        from.count(),
        total,
        (w, chunk, result) -> {
          Worker worker = engine.workers[w];
          NetworkEngine.activate(worker.frame, all, engine.dependent);
          worker.frame.block = 1;
          worker.forward(from, chunk, true, kept == null ? null : kept.chunk(chunk));
          worker.pullAdjoints(kept != null && kept.chunk(chunk) != null);
          for (int i = 0; i < result.length; i++) {
            result[i] += form(worker, directions[i]);
          }
          worker.frame.replay = false;
        });
    return total;
  }

  private /*64*/ double form(Worker worker, SparseDirection v) {
    Frame f = worker.frame;
    /*64*/ double form = 0;
    for (int i = 0; i < engine.ops.length; i++) {
      if (!v.reaches(i)) {
        continue;
      }
      if (engine.ops[i] == null) {
        v.completeReshape(engine.network.node(i), f);
      } else {
        form += engine.ops[i].pushSparse(f, v);
      }
    }
    int out = engine.network.output().index();
    if (residual || !v.reaches(out)) {
      return form;
    }
    Head head = worker.head;
    int positions = engine.network.output().shape().positions();
    double[] tangent = f.tangent(out);
    for (int j = 0; j < f.columns; j++) {
      worker.load(j);
      for (int row = 0; row < head.tangent.length; row++) {
        head.tangent[row] = v.reaches(out, row / positions) ? tangent[row * f.columns + j] : 0;
      }
      head.multiplyHessian();
      for (int row = 0; row < head.tangent.length; row++) {
        form += head.tangent[row] * head.product[row];
      }
    }
    return form;
  }
}
