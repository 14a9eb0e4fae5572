package dev.flatness.internal.engine64;

import dev.flatness.internal.engine.StorageLayout;
import dev.flatness.network.Node;

/**
 * The arithmetic of a node, or of a few in a row: its value, its derivative, the adjoint of its
 * derivative, and the derivative of that adjoint.
 *
 * <p>With y = F(x, w): {@link #forward} computes y; {@link #pushforward} dy_i = F_x dx_i + F_w dw_i
 * for every direction i; {@link #pullback} adds F_xᵀ ḡ to the inputs' cotangents and F_wᵀ ḡ to the
 * sums, for a block of cotangents ḡ; {@link #second} adds what the product rule leaves, (dF_x)ᵀ g
 * and (dF_w)ᵀ g for the value's own cotangent g. Pullbacks of the tangents of g together with
 * {@code second} give exact Hessian products (forward over reverse).
 */
abstract class PassOp {
  final Node node;
  final int output;
  final int input;
  final int features;
  final int inputFeatures;
  final boolean accumulate;

  PassOp(Node node, int inputFeatures, StorageLayout layout) {
    this.node = node;
    this.output = node.index();
    this.input = node.inputs().isEmpty() ? -1 : node.input();
    this.features = node.shape().size();
    this.inputFeatures = inputFeatures;
    this.accumulate = input >= 0 && layout.accumulates(output, 0);
  }

  abstract void forward(Frame f);

  /** Makes of a kept forward pass what was not kept. */
  void restore(Frame f) {}

  abstract void pushforward(Frame f);

  /**
   * Pulls a block of cotangents back.
   *
   * @param adjoint whether the one cotangent of the value is meant instead of the block
   * @param sums receives the parameters' cotangents, null if not wanted
   */
  abstract void pullback(Frame f, boolean adjoint, double[] sums);

  /** Adds the second-order terms; nothing for operations that are linear and have no parameters. */
  void second(Frame f) {}

  /**
   * What a Hessian product needs of a node: the pullback of the block, the second-order terms, and
   * the pullback of the value's own cotangent.
   */
  void pullbackProduct(Frame f) {
    pullback(f, false, f.sums);
    second(f);
    if (!f.replay) {
      pullback(f, true, null);
    }
  }

  /** Whether {@link #second} reads the value's cotangent. */
  boolean secondOrder() {
    return false;
  }

  /** Whether products read the value's cotangent at the output. */
  boolean keepsAdjoint(boolean[] dependent) {
    return secondOrder() && dependent[input];
  }

  /** Numbers a feature that a forward pass keeps beside the value. */
  int keptPerFeature() {
    return 0;
  }

  static double[] cotangent(Frame f, boolean adjoint, int node) {
    return adjoint ? f.adjoint(node) : f.cotangent(node);
  }

  static int block(Frame f, boolean adjoint) {
    return adjoint ? 1 : f.block;
  }
}
