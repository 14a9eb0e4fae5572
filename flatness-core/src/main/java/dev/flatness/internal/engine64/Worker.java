package dev.flatness.internal.engine64;

import dev.flatness.internal.engine.Head;
import dev.flatness.surface.Curvature;
import java.util.function.Consumer;

/** One thread's buffers. */
final class Worker {
  private final NetworkEngine engine;
  private final Op[] ops;
  private final PassOp[] fused;
  private final int out;
  private int firstSample;
  final Frame frame;
  final Head head;
  final Chunks.Reader reader = new Chunks.Reader();

  Worker(NetworkEngine engine, int targetSize, int columns, int block) {
    this.engine = engine;
    this.ops = engine.ops;
    this.fused = engine.fused;
    this.out = engine.network.output().index();
    this.head = new Head(engine.loss, engine.network.output().shape().size(), targetSize);
    this.frame = new Frame(engine.layout, ops.length, columns, block);
  }

  /** Runs the network forward on a chunk for its values alone. */
  void value(Chunks from, int chunk) {
    forward(from, chunk, false, false, null, ops);
  }

  /** Runs the network forward on a chunk. */
  void forward(Chunks from, int chunk, boolean second) {
    forward(from, chunk, second, null);
  }

  /** Runs the network forward on a chunk, unless a kept pass can stand for it. */
  void forward(Chunks from, int chunk, boolean second, Primal kept) {
    forward(from, chunk, true, second, kept, ops);
  }

  /** The same before {@link #product} or {@link #pullGradient}, which take the fused nodes. */
  void forwardFused(Chunks from, int chunk, boolean second, Primal kept) {
    forward(from, chunk, true, second, kept, fused);
  }

  private void forward(
      Chunks from, int chunk, boolean derivatives, boolean second, Primal kept, PassOp[] plan) {
    frame.derivatives = derivatives;
    from.read(chunk, reader);
    firstSample = chunk * from.columns();
    frame.columns = from.columns(chunk);
    frame.theta = engine.theta;
    frame.packedTheta = engine.packedTheta();
    frame.second = second || kept != null;
    frame.use(kept);
    frame.setInputs(reader.inputs);
    boolean done = kept != null && kept.forward;
    for (int i = 0; i < ops.length; i++) {
      PassOp op = plan[i] == null && !done ? ops[i] : plan[i];
      if (op != null && done) {
        op.restore(frame);
      } else if (op != null) {
        op.forward(frame);
      }
    }
    frame.primal.forward = true;
  }

  /** Puts sample j's outputs and target into the head. */
  void load(int j) {
    gather(frame.value(out), 0, j, head.outputs);
    System.arraycopy(reader.targets, j * head.target.length, head.target, 0, head.target.length);
  }

  void gather(double[] from, int at, int j, /*64*/ double[] sample) {
    for (int i = 0; i < sample.length; i++) {
      sample[i] = from[at + i * frame.columns + j];
    }
  }

  void scatter(/*64*/ double[] sample, double[] to, int at, int j) {
    for (int i = 0; i < sample.length; i++) {
      to[at + i * frame.columns + j] = (double) sample[i];
    }
  }

  /**
   * Behind {@link #forward}: pushes the directions forward and pulls the curvature's products back
   * into the sums.
   */
  void product(Curvature kind) {
    product(kind, false);
  }

  /** The same; keeps the value's cotangents if told so and they are not yet kept. */
  void product(Curvature kind, boolean keepAdjoints) {
    int f = head.outputs.length;
    for (int i = 0; i < fused.length; i++) {
      if (fused[i] != null && frame.live[i]) {
        fused[i].pushforward(frame);
      }
    }
    boolean hessian = kind == Curvature.HESSIAN;
    boolean fisher = !hessian && kind != Curvature.GAUSS_NEWTON;
    frame.replay = hessian && frame.primal.backward;
    boolean keep = keepAdjoints && hessian && !frame.replay;
    double[] tangent = frame.tangent(out);
    double[] cotangent = frame.cotangent(out);
    double[] adjoint = hessian && !frame.replay ? frame.adjoint(out) : null;
    for (int j = 0; j < frame.columns; j++) {
      load(j);
      if (fisher) {
        head.prepareFisher(kind, engine.options.firstSample() + firstSample + j);
      }
      if (adjoint != null) {
        head.differentiate();
        scatter(head.gradient, adjoint, 0, j);
      }
      for (int i = 0; i < frame.block; i++) {
        int at = i * f * frame.columns;
        gather(tangent, at, j, head.tangent);
        if (fisher) {
          head.multiplyFisher();
        } else {
          head.multiplyHessian();
        }
        scatter(head.product, cotangent, at, j);
      }
    }
    for (int i = fused.length - 1; i > 0; i--) {
      if (fused[i] != null && frame.live[i]) {
        if (hessian) {
          if (keep && fused[i].keepsAdjoint(frame.live)) {
            frame.primal.keep(i, frame.adjoint(i), fused[i].features * frame.columns);
          }
          fused[i].pullbackProduct(frame);
        } else {
          fused[i].pullback(frame, false, frame.sums);
        }
      }
    }
    if (keep) {
      frame.primal.backward = true;
      frame.primal.forms = false;
    }
    frame.replay = false;
  }

  /** Behind {@link #forwardFused} and the cotangent of the output: the gradient's sums. */
  void pullGradient() {
    for (int i = fused.length - 1; i > 0; i--) {
      if (fused[i] != null && frame.live[i]) {
        fused[i].pullback(frame, true, frame.sums);
      }
    }
  }

  /**
   * Pulls the value's cotangents back, keeps those that second-order terms read, and replays them
   * from then on.
   *
   * @param lasting whether the primal pass is one that is kept at this point
   */
  void pullAdjoints(boolean lasting) {
    if (!frame.primal.forms) {
      double[] adjoint = frame.adjoint(out);
      for (int j = 0; j < frame.columns; j++) {
        load(j);
        head.differentiate();
        scatter(head.gradient, adjoint, 0, j);
      }
      for (int i = ops.length - 1; i > 0; i--) {
        if (ops[i] != null && frame.live[i]) {
          if (ops[i].keepsAdjoint(frame.live)) {
            frame.primal.keep(i, frame.adjoint(i), ops[i].features * frame.columns);
          }
          ops[i].pullback(frame, true, null);
        }
      }
      if (lasting) {
        frame.primal.forms = true;
        frame.primal.backward = false;
      }
    }
    frame.replay = true;
  }

  /**
   * Pulls the columns of the loss's factor back, at most {@code k} at once, and shows each node the
   * cotangents of its output.
   */
  void pullFactors(int k, Consumer<Op> visitor) {
    int f = head.outputs.length;
    int all = engine.factors();
    for (int first = 0; first < all; first += k) {
      frame.block = Math.min(k, all - first);
      double[] seeds = frame.cotangent(out);
      for (int j = 0; j < frame.columns; j++) {
        load(j);
        head.factor(first, frame.block);
        for (int i = 0; i < frame.block; i++) {
          scatter(head.columns[i], seeds, i * f * frame.columns, j);
        }
      }
      for (int i = ops.length - 1; i > 0; i--) {
        if (ops[i] != null && frame.live[i]) {
          visitor.accept(ops[i]);
          ops[i].pullback(frame, false, null);
        }
      }
    }
  }
}
