package dev.flatness.robustness;

/** Directions in which the value of a layer changes, one for each draw, at δ = 1. */
interface Directions {
  /**
   * Makes draws ready, more than one thread at work.
   *
   * @param first the first draw
   * @param count how many follow from it
   */
  void prepare(int first, int count, Workers workers);

  /** The change of the layer's value on a chunk, for a draw that is ready. */
  double[] of(ChangePass.Chunk chunk, int draw);

  /** The most draws that are held at once. */
  int block();
}
