package dev.flatness.internal.engine64;

import dev.flatness.internal.engine.Layout;

/**
 * One worker's buffers for chunks of at most {@code maxColumns} samples and blocks of at most
 * {@code maxBlock} directions.
 *
 * <p>A block of k directions of a node of f features over B samples is k matrices [f × B] one after
 * the other. Buffers are made at first use and kept: a pass in steady state allocates nothing.
 */
final class Frame {
  final int maxColumns;
  final int maxBlock;

  /** Samples in the current chunk. */
  int columns;

  /** Directions in the current block. */
  int block;

  /** θ. */
  double[] theta;

  /** The directions in parameter space, k vectors of the length of θ. */
  double[] directions;

  /** Receives the sums over samples of products with parameters: k vectors of the length of θ. */
  double[] sums;

  /** Which parameters are active, and which nodes depend on one. */
  boolean[] active;

  boolean[] live;

  /** Whether σ″ is wanted beside σ′. */
  boolean second;

  final double[][] values;
  final double[][] slopes;
  final double[][] curvatures;
  final int[][] choices;
  private final Layout layout;
  private final double[][] tangents;
  private final double[][] adjoint;
  private final double[][] cotangents;
  private final double[][] images;
  private final double[][] scratch = new double[8][];
  private /*64*/ double[] channels = new /*64*/ double[0];

  Frame(Layout layout, int nodes, int maxColumns, int maxBlock) {
    this.layout = layout;
    this.maxColumns = maxColumns;
    this.maxBlock = maxBlock;
    this.values = new double[layout.storages()][];
    this.slopes = new double[nodes][];
    this.curvatures = new double[nodes][];
    this.choices = new int[nodes][];
    this.images = new double[nodes][];
    this.tangents = new double[layout.storages()][];
    this.adjoint = new double[layout.slots()][];
    this.cotangents = new double[layout.slots()][];
  }

  double[] value(int node) {
    int s = layout.storage(node);
    if (values[s] == null) {
      values[s] = new double[layout.storageSize(s) * maxColumns];
    }
    return values[s];
  }

  double[] tangent(int node) {
    int s = layout.storage(node);
    if (tangents[s] == null) {
      tangents[s] = new double[Math.multiplyExact(layout.storageSize(s) * maxColumns, maxBlock)];
    }
    return tangents[s];
  }

  /** The cotangents of the value: one direction. */
  double[] adjoint(int node) {
    int s = layout.slot(node);
    if (adjoint[s] == null) {
      adjoint[s] = new double[layout.slotSize(s) * maxColumns];
    }
    return adjoint[s];
  }

  /** A block of cotangents. */
  double[] cotangent(int node) {
    int s = layout.slot(node);
    if (cotangents[s] == null) {
      cotangents[s] = new double[Math.multiplyExact(layout.slotSize(s) * maxColumns, maxBlock)];
    }
    return cotangents[s];
  }

  double[] slope(int node, int features) {
    if (slopes[node] == null) {
      slopes[node] = new double[features * maxColumns];
    }
    return slopes[node];
  }

  double[] curvature(int node, int features) {
    if (curvatures[node] == null) {
      curvatures[node] = new double[features * maxColumns];
    }
    return curvatures[node];
  }

  /** What a layer's own direction makes of its input: one direction. */
  double[] image(int node, int features) {
    if (images[node] == null) {
      images[node] = new double[features * maxColumns];
    }
    return images[node];
  }

  int[] choice(int node, int features) {
    if (choices[node] == null) {
      choices[node] = new int[features * maxColumns];
    }
    return choices[node];
  }

  /**
   * A scratch array of at least this length; its content is lost at the next call with the same
   * number.
   */
  double[] scratch(int number, int length) {
    if (scratch[number] == null || scratch[number].length < length) {
      scratch[number] = new double[length];
    }
    return scratch[number];
  }

  /** A scratch array in double, per channel. */
  /*64*/ double[] channels(int length) {
    if (channels.length < length) {
      channels = new /*64*/ double[length];
    }
    return channels;
  }
}
