package dev.flatness.internal.engine64;

import dev.flatness.internal.engine.StorageLayout;

/**
 * The primal passes of the first chunks at one point, as many as a budget holds: products at that
 * point neither run forward nor pull the value's cotangents back again.
 *
 * <p>A kept number is the one that would be computed: no bit depends on the budget. Per sample it
 * takes the nodes' values, σ′ and σ″ of smooth activations, and the cotangents at the outputs of
 * layers whose input depends on a parameter.
 */
final class Tape {
  private final NetworkEngine engine;
  private final int columns;
  private final Primal[] chunks;
  private final double[] theta;

  /** Makes an empty tape at the engine's point; null if not one chunk fits. */
  static Tape of(NetworkEngine engine, Chunks from, long budget) {
    long bytes = bytesPerSample(engine) * from.columns();
    long fit = Math.min(from.count(), budget / Math.max(1, bytes));
    return fit < 1 ? null : new Tape(engine, from, (int) fit);
  }

  private Tape(NetworkEngine engine, Chunks from, int fit) {
    this.engine = engine;
    this.columns = from.columns();
    this.chunks = new Primal[fit];
    this.theta = new double[engine.theta.length];
    for (int c = 0; c < fit; c++) {
      chunks[c] = new Primal(engine.layout.storages(), engine.ops.length, from.columns(c));
    }
    move();
  }

  /** Forgets the point and takes the engine's. */
  void move() {
    System.arraycopy(engine.theta, 0, theta, 0, theta.length);
    for (Primal chunk : chunks) {
      chunk.forward = false;
      chunk.backward = false;
      chunk.forms = false;
    }
  }

  /** Whether it is of the engine's point. */
  boolean atPoint() {
    for (int i = 0; i < theta.length; i++) {
      if (theta[i] != engine.theta[i]) {
        return false;
      }
    }
    return true;
  }

  /** Whether it is of chunks of that size. */
  boolean fits(Chunks from) {
    return from.columns() == columns;
  }

  /** A chunk's primal pass, null if it is not kept. */
  Primal chunk(int chunk) {
    return chunk < chunks.length ? chunks[chunk] : null;
  }

  private static long bytesPerSample(NetworkEngine engine) {
    StorageLayout layout = engine.layout;
    long numbers = 0;
    for (int s = 0; s < layout.storages(); s++) {
      numbers += s == layout.storage(0) ? 0 : layout.storageSize(s);
    }
    for (Op op : engine.ops) {
      if (op != null) {
        numbers += op.keepsAdjoint(engine.dependent) ? op.features : 0;
        numbers += (long) op.keptPerFeature() * op.features;
      }
    }
    for (int i = 0; i < engine.ops.length; i++) {
      PassOp op = engine.fused[i];
      boolean more = op != null && op != engine.ops[i];
      numbers += more && op.keepsAdjoint(engine.dependent) ? op.features : 0;
    }
    return numbers * engine.options.precision().bytes();
  }
}
