package dev.flatness.dl4j;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Copies numbers between arrays of ND4J and arrays of Java. */
final class Entries {
  private Entries() {}

  /** The entries in row-major order. */
  static double[] of(INDArray array) {
    return array.dup('c').data().asDouble();
  }

  /** Overwrites an array, whatever its order and type. */
  static void write(double[] entries, INDArray array) {
    array.assign(rows(entries, array.shape()));
  }

  /** An array of doubles. */
  static INDArray rows(double[] entries, long... shape) {
    return Nd4j.createFromArray(entries).reshape('c', shape);
  }

  /** The transpose of a row-major matrix. */
  static double[] transposed(double[] matrix, int rows) {
    int columns = matrix.length / rows;
    double[] result = new double[matrix.length];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        result[j * rows + i] = matrix[i * columns + j];
      }
    }
    return result;
  }
}
