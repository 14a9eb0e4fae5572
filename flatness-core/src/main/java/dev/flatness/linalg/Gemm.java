package dev.flatness.linalg;

/**
 * General matrix product on row-major Java arrays: all that the engine needs of a provider.
 * Whatever else it computes, it computes around these two products.
 *
 * <p>{@code C <- alpha * op(A) * op(B) + beta * C} with {@code op(X) = X} or {@code op(X) = X^T}.
 *
 * <p>{@code op(A)} is m×k, {@code op(B)} is k×n, {@code C} is m×n. The entry (i, j) of a stored
 * matrix {@code x} is {@code x[xOffset + i * ldx + j]}; {@code ldx} is at least the length of a
 * <em>stored</em> row, so A is stored m×k when {@code transA} is false and k×m when it is true. Any
 * of m, n and k may be zero.
 *
 * <ul>
 *   <li>{@code beta == 0} never reads C: what was there, NaN included, is gone.
 *   <li>{@code alpha == 0} or {@code k == 0} never reads A and B.
 *   <li>Entries of {@code c} outside the m×n window are never written.
 *   <li>C must not share entries with A or B; A and B may share theirs.
 * </ul>
 *
 * <p>Implementations are safe to call from any number of threads at once, run on the calling thread
 * alone, keep no state a caller could notice, and give the same bits for the same arguments on the
 * same machine.
 *
 * <p>Cost: 2mnk floating-point operations; nothing is allocated per call once a thread has made its
 * first calls.
 *
 * <p>Errors: {@link IllegalArgumentException} when a size, offset or leading dimension does not fit
 * its array.
 *
 * <p>Source: the calling convention of the level-3 BLAS (Dongarra, Du Croz, Hammarling and Duff
 * 1990), row-major.
 */
public interface Gemm {
  /**
   * Returns the implementation and what it runs on, for example {@code vector-512}.
   *
   * @return the name, with the width of its vectors where it has some
   */
  String name();

  /**
   * Multiplies in double precision; see the description of this interface.
   *
   * @param transA whether op(A) is Aᵀ
   * @param transB whether op(B) is Bᵀ
   * @param m the rows of C
   * @param n the columns of C
   * @param k the columns of op(A), which are the rows of op(B)
   * @param alpha the factor of the product
   * @param a the array that holds A
   * @param aOffset the position of the first entry of A
   * @param lda the distance between two rows of A
   * @param b the array that holds B
   * @param bOffset the position of the first entry of B
   * @param ldb the distance between two rows of B
   * @param beta the factor of what C held
   * @param c the array that holds C
   * @param cOffset the position of the first entry of C
   * @param ldc the distance between two rows of C
   * @throws IllegalArgumentException if a size, offset or leading dimension does not fit its array
   */
  void multiply(
      boolean transA,
      boolean transB,
      int m,
      int n,
      int k,
      double alpha,
      double[] a,
      int aOffset,
      int lda,
      double[] b,
      int bOffset,
      int ldb,
      double beta,
      double[] c,
      int cOffset,
      int ldc);

  /**
   * Multiplies in single precision; see the description of this interface.
   *
   * @param transA whether op(A) is Aᵀ
   * @param transB whether op(B) is Bᵀ
   * @param m the rows of C
   * @param n the columns of C
   * @param k the columns of op(A), which are the rows of op(B)
   * @param alpha the factor of the product
   * @param a the array that holds A
   * @param aOffset the position of the first entry of A
   * @param lda the distance between two rows of A
   * @param b the array that holds B
   * @param bOffset the position of the first entry of B
   * @param ldb the distance between two rows of B
   * @param beta the factor of what C held
   * @param c the array that holds C
   * @param cOffset the position of the first entry of C
   * @param ldc the distance between two rows of C
   * @throws IllegalArgumentException if a size, offset or leading dimension does not fit its array
   */
  void multiply(
      boolean transA,
      boolean transB,
      int m,
      int n,
      int k,
      float alpha,
      float[] a,
      int aOffset,
      int lda,
      float[] b,
      int bOffset,
      int ldb,
      float beta,
      float[] c,
      int cOffset,
      int ldc);
}
