package dev.flatness.internal.engine64;

import java.util.Arrays;

/**
 * What a chunk's forward pass leaves, and the cotangents of its values where they were kept: a
 * worker's own, overwritten by every chunk, or a chunk's on the {@link Tape}.
 */
final class Primal {
  /** Samples there is room for. */
  final int columns;

  /** By storage. */
  final double[][] values;

  /** By node: σ′ and σ″ of smooth activations. */
  final double[][] slopes;

  final double[][] curvatures;

  /** By node, null where no product reads it. */
  final double[][] adjoints;

  /** Whether the forward pass is done. */
  boolean forward;

  /**
   * Whether the kept cotangents are those of products or those of quadratic forms, which pull them
   * through fused nodes or not: one or neither.
   */
  boolean backward;

  boolean forms;

  Primal(int storages, int nodes, int columns) {
    this.columns = columns;
    this.values = new double[storages][];
    this.slopes = new double[nodes][];
    this.curvatures = new double[nodes][];
    this.adjoints = new double[nodes][];
  }

  /** Keeps a node's cotangent. */
  void keep(int node, double[] adjoint, int length) {
    if (adjoints[node] == null || adjoints[node].length < length) {
      adjoints[node] = Arrays.copyOf(adjoint, length);
    } else {
      System.arraycopy(adjoint, 0, adjoints[node], 0, length);
    }
  }
}
