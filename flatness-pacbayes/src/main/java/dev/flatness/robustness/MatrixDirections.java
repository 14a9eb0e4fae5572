package dev.flatness.robustness;

/** One given matrix W A in the layout of the weight. */
record MatrixDirections(double[] matrix) implements Directions {
  @Override
  public int block() {
    return 1;
  }

  @Override
  public void prepare(int first, int count, Workers workers) {
    if (first + count > 1) {
      throw new IllegalArgumentException("one matrix has no draw " + (first + count - 1));
    }
  }

  @Override
  public double[] of(ChangePass.Chunk chunk, int draw) {
    return chunk.product(matrix);
  }
}
