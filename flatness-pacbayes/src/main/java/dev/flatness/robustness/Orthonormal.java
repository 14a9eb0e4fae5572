package dev.flatness.robustness;

import dev.flatness.internal.linalg.Vectors;
import dev.flatness.random.Seed;

/** Orthonormal rows of the uniform (Haar) distribution. */
final class Orthonormal {
  private Orthonormal() {}

  /**
   * Draws the first rows of a Haar-random orthogonal matrix.
   *
   * <p>Gaussian rows are made orthonormal one after the other, twice, which is the QR decomposition
   * with a positive diagonal. Cost: 4 count² length multiplications.
   *
   * @param count how many rows, at most their length
   */
  static double[][] rows(int count, int length, Seed seed) {
    double[][] rows = new double[count][];
    for (int i = 0; i < count; i++) {
      double[] row = Vectors.gaussian(length, seed.split(i));
      for (int pass = 0; pass < 2; pass++) {
        for (int j = 0; j < i; j++) {
          Vectors.addMultiple(-Vectors.dot(row, rows[j]), rows[j], row);
        }
        Vectors.divide(row, Vectors.norm(row));
      }
      rows[i] = row;
    }
    return rows;
  }
}
