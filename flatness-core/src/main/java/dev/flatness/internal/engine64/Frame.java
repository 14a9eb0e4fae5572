package dev.flatness.internal.engine64;

import dev.flatness.internal.engine.StorageLayout;

/**
 * One worker's buffers for chunks of at most {@code maxColumns} samples and blocks of at most
 * {@code maxBlock} directions.
 *
 * <p>A block of k directions of a node of f features over B samples is k matrices [f × B] one after
 * the other. Buffers are made at first use and kept: a pass in steady state allocates nothing.
 */
final class Frame {
  /** Arrays of its own that a node may have. */
  private static final int MAPS = 8;

  final int maxColumns;
  final int maxBlock;

  /** Samples in the current chunk. */
  int columns;

  /** Directions in the current block. */
  int block;

  /** θ. */
  double[] theta;

  /**
   * The directions in parameter space, parameter by parameter: that of s entries at offset o holds
   * k·s entries from k·o on, direction by direction.
   */
  double[] directions;

  /** θ and the directions as dense layers read them in products, or null where they are not so. */
  PackedWeights packedTheta;

  PackedWeights packedDirections;

  /** Receives the sums over samples of products with parameters, laid out as the directions. */
  double[] sums;

  /** Which parameters are active, and which nodes depend on one. */
  boolean[] active;

  boolean[] live;

  /** Whether the forward pass is followed by derivatives. */
  boolean derivatives;

  /** Whether σ″ is wanted beside σ′. */
  boolean second;

  /** Whether the value's cotangents are the kept ones. */
  boolean replay;

  /** What the forward pass leaves: this worker's own, or a kept one. */
  Primal primal;

  private final Primal own;
  private final StorageLayout layout;
  private final double[][] tangents;
  private final double[][] adjoint;
  private final double[][] cotangents;
  private final double[][] images;
  private final double[][][] maps;
  private final int[][] chosen;
  private final double[][] scratch = new double[8][];
  private /*64*/ double[] channels = new /*64*/ double[0];

  Frame(StorageLayout layout, int nodes, int maxColumns, int maxBlock) {
    this.layout = layout;
    this.maxColumns = maxColumns;
    this.maxBlock = maxBlock;
    this.own = new Primal(layout.storages(), nodes, maxColumns);
    this.primal = own;
    this.images = new double[nodes][];
    this.maps = new double[nodes][MAPS][];
    this.chosen = new int[nodes][];
    this.tangents = new double[layout.storages()][];
    this.adjoint = new double[layout.slots()][];
    this.cotangents = new double[layout.slots()][];
  }

  /** Works on a kept primal pass, or on this worker's own if it is null. */
  void use(Primal kept) {
    primal = kept == null ? own : kept;
    replay = false;
  }

  /** Whether this pass takes derivatives through a node; of others only values are wanted. */
  boolean derives(int node) {
    return derivatives && live[node];
  }

  void setDirections(double[] block, PackedWeights packed) {
    directions = block;
    packedDirections = packed;
  }

  void setInputs(double[] inputs) {
    primal.values[layout.storage(0)] = inputs;
  }

  double[] value(int node) {
    int s = layout.storage(node);
    if (primal.values[s] == null) {
      primal.values[s] = new double[layout.storageSize(s) * primal.columns];
    }
    return primal.values[s];
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
    if (replay) {
      return primal.adjoints[node];
    }
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
    return room(primal, primal.slopes, node, features);
  }

  /** σ′ of a piecewise-linear activation, masks of pooling: made of the values, so never kept. */
  double[] sign(int node, int features) {
    return room(own, own.slopes, node, features);
  }

  double[] curvature(int node, int features) {
    return room(primal, primal.curvatures, node, features);
  }

  private static double[] room(Primal of, double[][] arrays, int node, int features) {
    if (arrays[node] == null) {
      arrays[node] = new double[features * of.columns];
    }
    return arrays[node];
  }

  /** What a layer's own direction makes of its input: one direction. */
  double[] image(int node, int features) {
    if (images[node] == null) {
      images[node] = new double[features * maxColumns];
    }
    return images[node];
  }

  /** A node's array of its own, kept between passes, all 0 when it is new. */
  double[] map(int node, int number, int length) {
    if (maps[node][number] == null || maps[node][number].length < length) {
      maps[node][number] = new double[length];
    }
    return maps[node][number];
  }

  /** What a pooling chose, by feature and sample. */
  int[] chosen(int node, int features) {
    if (chosen[node] == null) {
      chosen[node] = new int[features * maxColumns];
    }
    return chosen[node];
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
