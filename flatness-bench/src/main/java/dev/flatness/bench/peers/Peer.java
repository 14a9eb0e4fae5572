package dev.flatness.bench.peers;

/**
 * Another library's double backward on the mean cross-entropy of a network over some samples, in
 * float32. Vectors are handed over before and products read after the timed work.
 */
interface Peer extends AutoCloseable {
  /** How much of the primal work the products of one call share. */
  enum Graph {
    /** Every product runs forward and backward itself, as over a stream of batches. */
    EACH,
    /** The products of one call share one forward and backward pass. */
    SHARED,
    /** All calls share one. */
    KEPT
  }

  /** Sets the vectors of the next products. */
  void vectors(double[][] vectors);

  /** Computes one product per vector. */
  void products(Graph graph);

  /** Reads the products of the last call. */
  double[][] readProducts();

  /**
   * Computes the loss at other parameters, by forward passes alone.
   *
   * @param theta the parameters
   */
  double value(double[] theta);

  /** Computes loss and gradient; returns the loss. */
  double gradient();

  /** Reads the gradient of the last call. */
  double[] readGradient();

  /**
   * The Hessian's block of one parameter, row by row, one backward pass each.
   *
   * @param parameter its index
   */
  double[][] denseBlock(int parameter);

  @Override
  void close();
}
