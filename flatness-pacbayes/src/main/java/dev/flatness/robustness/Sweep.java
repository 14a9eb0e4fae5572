package dev.flatness.robustness;

import dev.flatness.measure.Monitor;

/** Evaluates draws of directions at every δ on every chunk of samples. */
final class Sweep {
  /** Receives a chunk's changes for one draw and one δ, from several threads. */
  interface Receiver {
    /**
     * Receives ℓ(z ± δ · direction) − ℓ(z) of every sample; the arrays are used again.
     *
     * @param rounding the sum of the rounding errors of plain differences of losses
     */
    void accept(
        ChangePass.Chunk chunk,
        int draw,
        int delta,
        double[] plus,
        double[] minus,
        boolean[] crossedPlus,
        boolean[] crossedMinus,
        double rounding);
  }

  private final ChangePass pass;
  private final Directions directions;
  private final double[] deltas;
  private final Workers workers;

  Sweep(ChangePass pass, Directions directions, double[] deltas, Workers workers) {
    this.pass = pass;
    this.directions = directions;
    this.deltas = deltas;
    this.workers = workers;
  }

  /**
   * Runs blocks of draws until all are done or the monitor stops the work between two blocks.
   *
   * @return how many draws were done
   */
  int run(int draws, Monitor monitor, String task, Receiver receiver) {
    int done = 0;
    while (done < draws && !monitor.stopped()) {
      int first = done;
      int block = Math.min(directions.block(), pass.block());
      int count = Math.min(block, draws - done);
      directions.prepare(first, count, workers);
      workers.run(pass.chunks(), index -> chunk(pass.chunk(index), first, count, receiver));
      done += count;
      monitor.update(task, done, draws);
    }
    return done;
  }

  private void chunk(ChangePass.Chunk chunk, int first, int count, Receiver receiver) {
    double[] plus = new double[chunk.count()];
    double[] minus = new double[chunk.count()];
    for (int draw = first; draw < first + count; draw++) {
      double[] direction = directions.of(chunk, draw);
      for (int d = 0; d < deltas.length; d++) {
        boolean[] crossedPlus = new boolean[chunk.count()];
        boolean[] crossedMinus = new boolean[chunk.count()];
        double rounding = chunk.changes(direction, deltas[d], plus, crossedPlus);
        rounding += chunk.changes(direction, -deltas[d], minus, crossedMinus);
        receiver.accept(chunk, draw, d, plus, minus, crossedPlus, crossedMinus, rounding);
      }
    }
  }
}
