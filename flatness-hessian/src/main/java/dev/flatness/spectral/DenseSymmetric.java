package dev.flatness.spectral;

import dev.flatness.internal.linalg.Vectors;
import dev.flatness.internal.spectral.SymmetricEigen;
import dev.flatness.internal.text.Memory;
import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.measure.Monitor;
import dev.flatness.surface.PassStoppedException;

/**
 * A symmetric operator written out as a matrix: an oracle for small problems.
 *
 * <p>Formula: A = [A e_1, …, A e_n], symmetrized to (A + Aᵀ)/2. Cost: n products in blocks, 8 n²
 * bytes, O(n³) operations for the eigenvalues: costly by design, and refused where n² exceeds the
 * length of an array.
 */
public final class DenseSymmetric implements SymmetricOperator {
  private static final int BLOCK = 32;
  private static final int LARGEST = 46_340;

  private final int dimension;
  private final double[] entries;

  private DenseSymmetric(int dimension, double[] entries) {
    this.dimension = dimension;
    this.entries = entries;
  }

  /**
   * Writes an operator out.
   *
   * @param operator the operator
   * @return its matrix
   * @throws IllegalArgumentException if the dimension is above 46,340 or the matrix would take more
   *     than half of the heap
   */
  public static DenseSymmetric of(SymmetricOperator operator) {
    int n = operator.dimension();
    if (n > LARGEST) {
      throw new IllegalArgumentException(
          "a dense matrix of dimension "
              + n
              + " does not fit into an array, expected at most "
              + LARGEST
              + "; use Lanczos or TraceEstimator on the operator");
    }
    long bytes = 8L * n * n;
    if (bytes > Runtime.getRuntime().maxMemory() / 2) {
      throw new IllegalArgumentException(
          "a dense matrix of dimension "
              + n
              + " takes "
              + Memory.needed(bytes)
              + ", more than half of the heap of "
              + Memory.available(Runtime.getRuntime().maxMemory())
              + "; use Lanczos or TraceEstimator on the operator, or "
              + Memory.MORE_HEAP);
    }
    double[] entries = new double[n * n];
    columns(
        operator,
        BLOCK,
        Monitor.NONE,
        (column, product) -> System.arraycopy(product, 0, entries, column * n, n));
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < i; j++) {
        double mean = (entries[i * n + j] + entries[j * n + i]) / 2;
        entries[i * n + j] = mean;
        entries[j * n + i] = mean;
      }
    }
    return new DenseSymmetric(n, entries);
  }

  /**
   * Wraps a symmetric matrix.
   *
   * @param dimension n
   * @param entries n² entries, row-major; copied
   * @return the matrix
   * @throws IllegalArgumentException if the number of entries is not n² or they are not symmetric
   */
  public static DenseSymmetric of(int dimension, double[] entries) {
    if (dimension < 1 || dimension > LARGEST || entries.length != dimension * dimension) {
      throw new IllegalArgumentException(
          "matrix of dimension " + dimension + " has " + entries.length + " entries");
    }
    for (int i = 0; i < dimension; i++) {
      for (int j = 0; j < i; j++) {
        if (entries[i * dimension + j] != entries[j * dimension + i]) {
          throw new IllegalArgumentException(
              "matrix is not symmetric: entry ["
                  + i
                  + ", "
                  + j
                  + "] is "
                  + entries[i * dimension + j]
                  + ", entry ["
                  + j
                  + ", "
                  + i
                  + "] is "
                  + entries[j * dimension + i]);
        }
      }
    }
    return new DenseSymmetric(dimension, entries.clone());
  }

  /** Receives the columns of an operator one after the other. */
  @FunctionalInterface
  public interface ColumnListener {
    /**
     * Receives one column.
     *
     * @param index its position
     * @param product A e_index
     */
    void column(int index, double[] product);
  }

  /**
   * Computes all columns in blocks of unit vectors and keeps none; ends early when it is stopped.
   *
   * @param operator A
   * @param width vectors a block
   * @param monitor receives the number of columns; asked before every block after the first
   * @param listener receives the columns in order
   * @return how many columns were computed
   */
  public static int columns(
      SymmetricOperator operator, int width, Monitor monitor, ColumnListener listener) {
    int n = operator.dimension();
    int done = 0;
    while (done < n && (done == 0 || !monitor.stopped())) {
      int count = Math.min(width, n - done);
      double[][] units = new double[count][n];
      double[][] products = new double[count][n];
      for (int i = 0; i < count; i++) {
        units[i][done + i] = 1;
      }
      try {
        operator.apply(units, products);
      } catch (PassStoppedException late) {
        if (done == 0) {
          throw late;
        }
        return done;
      }
      for (int i = 0; i < count; i++) {
        listener.column(done + i, products[i]);
      }
      done += count;
      monitor.update("columns", done, n);
    }
    return done;
  }

  @Override
  public int dimension() {
    return dimension;
  }

  @Override
  public void apply(double[][] vectors, double[][] products) {
    for (int k = 0; k < vectors.length; k++) {
      if (vectors[k].length != dimension || products[k].length != dimension) {
        throw new IllegalArgumentException(
            "vector "
                + k
                + " has "
                + vectors[k].length
                + " entries and its product "
                + products[k].length
                + ", expected "
                + dimension);
      }
      for (int i = 0; i < dimension; i++) {
        double sum = 0;
        for (int j = 0; j < dimension; j++) {
          sum += entries[i * dimension + j] * vectors[k][j];
        }
        products[k][i] = sum;
      }
    }
  }

  /**
   * Returns one entry.
   *
   * @param row its row
   * @param column its column
   * @return the entry
   */
  public double entry(int row, int column) {
    return entries[row * dimension + column];
  }

  /**
   * Returns the sum of the diagonal.
   *
   * @return Tr A
   */
  public double trace() {
    double sum = 0;
    for (int i = 0; i < dimension; i++) {
      sum += entries[i * dimension + i];
    }
    return sum;
  }

  /**
   * Returns the root of the sum of squares.
   *
   * @return ‖A‖_F
   */
  public double frobeniusNorm() {
    return Vectors.norm(entries);
  }

  /**
   * Returns all eigenvalues.
   *
   * @return ascending, with multiplicity
   * @throws ArithmeticException if an entry is not finite
   */
  public double[] eigenvalues() {
    return SymmetricEigen.of(dimension, entries).values();
  }
}
