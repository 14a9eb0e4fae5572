package dev.flatness.linalg;

import java.util.function.UnaryOperator;

/**
 * A symmetric linear map that is known only by its dimension and products.
 *
 * <p>Formula: {@code y_i = A x_i} for a block of vectors, A = Aᵀ.
 *
 * <p>Shapes: every vector has {@link #dimension()} entries. Cost: stated by the implementation; a
 * block costs at most as much as its vectors one by one. Implementations are deterministic and may
 * be called from one thread at a time.
 */
public interface SymmetricOperator {
  /**
   * Wraps a product of one's own.
   *
   * <p>Cost: one call a vector; implement the interface where a block can be multiplied at once.
   *
   * @param dimension the number of rows
   * @param product x ↦ A x, which must not modify x; A must be symmetric, which is not checked
   * @return the operator; its products are refused where {@code product} returns another length
   * @throws IllegalArgumentException if the dimension is below 1
   */
  static SymmetricOperator of(int dimension, UnaryOperator<double[]> product) {
    return new FunctionOperator(dimension, product);
  }

  /**
   * Returns the number of rows, which is the number of columns.
   *
   * @return the dimension
   */
  int dimension();

  /**
   * Multiplies a block of vectors.
   *
   * @param vectors the vectors x_i, not changed
   * @param products receives A x_i; as many as vectors, none of them an array of {@code vectors}
   * @throws IllegalArgumentException if a length is not the dimension
   */
  void apply(double[][] vectors, double[][] products);

  /**
   * Multiplies one vector.
   *
   * @param vector the vector x, not changed
   * @return A x, a new array
   */
  default double[] apply(double[] vector) {
    double[] product = new double[dimension()];
    apply(new double[][] {vector}, new double[][] {product});
    return product;
  }

  /**
   * Bounds what products are wrong by: ‖y − A x‖ ≤ error ‖x‖.
   *
   * <p>Solvers state no residual below it.
   *
   * @return 0, the default, where products are right to rounding
   */
  default double error() {
    return 0;
  }
}
