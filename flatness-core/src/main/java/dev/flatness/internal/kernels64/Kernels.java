package dev.flatness.internal.kernels64;

import dev.flatness.internal.kernels.FilterTransform;

/**
 * What the engine computes with, in one precision: matrix products, row arithmetic and the
 * transforms of minimal filtering. The build makes the float version of this text.
 *
 * <p>Implementations are safe to call from any number of threads at once, run on the calling thread
 * alone, keep no state a caller could notice, and give the same bits for the same arguments on the
 * same machine.
 */
public interface Kernels {
  /**
   * Multiplies two matrices; see {@link dev.flatness.linalg.Gemm}.
   *
   * <p>Formula: C ← α op(A) op(B) + β C. Cost: 2mnk operations; nothing is allocated once a thread
   * has made its first calls.
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
   * Sums the products of the entries of two matrices.
   *
   * <p>Formula: Σ_{r&lt;rows} Σ_{j&lt;n} a_{rj} b_{rj}, a_{rj} = a[aOffset + r · lda + j]. Cost: 2
   * · rows · n operations; nothing is allocated. The order of the sum is fixed, but an
   * implementation's own.
   *
   * @param rows the number of rows
   * @param n the length of a row
   * @param a the one matrix
   * @param aOffset where it begins
   * @param lda the distance of its rows
   * @param b the other
   * @param bOffset where it begins
   * @param ldb the distance of its rows
   * @return the sum
   */
  double dot(int rows, int n, double[] a, int aOffset, int lda, double[] b, int bOffset, int ldb);

  /**
   * Adds a multiple of a matrix to another.
   *
   * <p>Formula: y_{rj} += α x_{rj}, row by row, so that rows of y may overlap. Cost: 2 · rows · n
   * operations; nothing is allocated. Arguments are not checked beyond the arrays' bounds.
   *
   * @param rows the number of rows
   * @param n the length of a row
   * @param alpha α
   * @param x the matrix
   * @param xOffset where it begins
   * @param ldx the distance of its rows
   * @param y receives the sum; shares no entries with x
   * @param yOffset where it begins
   * @param ldy the distance of its rows
   */
  void add(
      int rows,
      int n,
      double alpha,
      double[] x,
      int xOffset,
      int ldx,
      double[] y,
      int yOffset,
      int ldy);

  /**
   * Adds multiples of two matrices to a third.
   *
   * <p>Formula: y_{rj} += α x_{rj} + β z_{rj}, row by row, so that rows of y may overlap. Cost: 4 ·
   * rows · n operations; nothing is allocated. Arguments are not checked beyond the arrays' bounds.
   *
   * @param rows the number of rows
   * @param n the length of a row
   * @param alpha α
   * @param x the one matrix
   * @param xOffset where it begins
   * @param ldx the distance of its rows
   * @param beta β
   * @param z the other
   * @param zOffset where it begins
   * @param ldz the distance of its rows
   * @param y receives the sum; shares no entries with x and z
   * @param yOffset where it begins
   * @param ldy the distance of its rows
   */
  void add(
      int rows,
      int n,
      double alpha,
      double[] x,
      int xOffset,
      int ldx,
      double beta,
      double[] z,
      int zOffset,
      int ldz,
      double[] y,
      int yOffset,
      int ldy);

  /**
   * Takes the larger of two rows' entries, as {@link Math#max(double, double)} does.
   *
   * <p>Formula: y_j ← max(x_j, z_j). Cost: n operations; nothing is allocated. Arguments are not
   * checked beyond the arrays' bounds.
   *
   * @param n the length of the rows
   * @param x the one row
   * @param xOffset where it begins
   * @param z the other
   * @param zOffset where it begins
   * @param y receives it; may be one of the two in the same place
   * @param yOffset where it begins
   */
  void maxEntries(int n, double[] x, int xOffset, double[] z, int zOffset, double[] y, int yOffset);

  /**
   * Multiplies two rows entry by entry.
   *
   * <p>Formula: y_j ← x_j z_j, or y_j ← y_j + x_j z_j. Cost: n or 2n operations; nothing is
   * allocated. Arguments are not checked beyond the arrays' bounds.
   *
   * @param n the length of the rows
   * @param x the one row
   * @param xOffset where it begins
   * @param z the other
   * @param zOffset where it begins
   * @param add whether the product is added to what is there
   * @param y receives it; may be one of the two in the same place
   * @param yOffset where it begins
   */
  void multiplyEntries(
      int n,
      double[] x,
      int xOffset,
      double[] z,
      int zOffset,
      boolean add,
      double[] y,
      int yOffset);

  /**
   * Adds the sums of a matrix's rows to a vector, each sum in double.
   *
   * <p>Formula: y_r ← y_r + Σ_{j&lt;n} x_{rj}, x_{rj} = x[xOffset + r · n + j]. Cost: rows · n
   * operations; nothing is allocated. The order of a sum is fixed, but an implementation's own.
   * Arguments are not checked beyond the arrays' bounds.
   *
   * @param rows the number of rows
   * @param n the length of a row
   * @param x the matrix
   * @param xOffset where it begins
   * @param y receives the sums
   * @param yOffset where they begin
   */
  void addRowSums(int rows, int n, double[] x, int xOffset, double[] y, int yOffset);

  /**
   * Adds a row to one in double.
   *
   * <p>Formula: y_j ← y_j + x_j. Cost: n operations; nothing is allocated. Arguments are not
   * checked beyond the arrays' bounds.
   *
   * @param n the length of the rows
   * @param x the row
   * @param xOffset where it begins
   * @param y receives the sum; is not x
   * @param yOffset where it begins
   */
  void addTo(int n, double[] x, int xOffset, /*64*/ double[] y, int yOffset);

  /**
   * Whether a left factor of this size is worth {@link #pack packing} before it meets many others.
   *
   * <p>False where a product copies nothing that packing would save.
   *
   * @param m rows of op(A)
   * @param k columns of op(A)
   */
  boolean packs(int m, int k);

  /**
   * Copies a left factor in the order in which products read it, once for many of them.
   *
   * <p>The order is this implementation's own: only {@link #multiplyPacked} of the same object,
   * with the same m and k, understands it. Cost: mk numbers copied; nothing is allocated. Arguments
   * are not checked beyond the arrays' bounds.
   *
   * @param transA whether A is transposed
   * @param m rows of op(A)
   * @param k columns of op(A)
   * @param a the factor
   * @param aOffset where it begins
   * @param lda the distance of its rows
   * @param packed receives m · k numbers; is not a
   * @param packedOffset where they begin
   */
  void pack(
      boolean transA,
      int m,
      int k,
      double[] a,
      int aOffset,
      int lda,
      double[] packed,
      int packedOffset);

  /**
   * Multiplies a {@link #pack packed} left factor.
   *
   * <p>Formula: C ← op(A) B + beta · C. Cost: 2mnk operations; nothing is allocated. Arguments are
   * not checked beyond the arrays' bounds.
   *
   * @param m rows of C
   * @param n columns of C
   * @param k rows of B
   * @param packed the left factor
   * @param packedOffset where it begins
   * @param b the right factor
   * @param bOffset where it begins
   * @param ldb the distance of its rows
   * @param beta 0 to overwrite C, 1 to add to it
   * @param c receives the product
   * @param cOffset where it begins
   * @param ldc the distance of its rows
   */
  void multiplyPacked(
      int m,
      int n,
      int k,
      double[] packed,
      int packedOffset,
      double[] b,
      int bOffset,
      int ldb,
      double beta,
      double[] c,
      int cOffset,
      int ldc);

  /**
   * Multiplies this many pairs of matrices of the same sizes, one pair a step further than the
   * last.
   *
   * <p>Formula: C_i ← op(A_i) op(B_i) + beta · C_i, A_i from {@code aOffset + i · aStep} on and so
   * forth. Cost: 2 · count · mnk operations; nothing is allocated. Errors: as of one product.
   *
   * @param count the number of pairs
   * @param transA whether A_i is transposed
   * @param transB whether B_i is transposed
   * @param m rows of C_i
   * @param n columns of C_i
   * @param k columns of op(A_i)
   * @param a the left factors
   * @param aOffset where the first begins
   * @param aStep the distance of the next
   * @param lda the distance of its rows
   * @param b the right factors
   * @param bOffset where the first begins
   * @param bStep the distance of the next
   * @param ldb the distance of its rows
   * @param beta 0 to overwrite C, 1 to add to it
   * @param c receives the products
   * @param cOffset where the first begins
   * @param cStep the distance of the next
   * @param ldc the distance of its rows
   */
  void multiplyEach(
      int count,
      boolean transA,
      boolean transB,
      int m,
      int n,
      int k,
      double[] a,
      int aOffset,
      int aStep,
      int lda,
      double[] b,
      int bOffset,
      int bStep,
      int ldb,
      double beta,
      double[] c,
      int cOffset,
      int cStep,
      int ldc);

  /**
   * Transforms runs of numbers for minimal filtering.
   *
   * <p>Formula: y_{q,r,j} ← Σ_p T_{qp} x_{p,r,j} for j &lt; run; y_{q,r,j} = {@code y[yOffset + q ·
   * ldy + r · yStep + j]}, x alike. Where the transform {@linkplain FilterTransform#adds() adds},
   * the sum is added to what is there, and runs of y may overlap. Cost: some 2 operations a number;
   * nothing is allocated. Arguments are not checked beyond the arrays' bounds.
   *
   * @param transform T
   * @param runs the number of runs
   * @param run their length
   * @param x the inputs
   * @param xOffset where they begin
   * @param ldx the distance of the next input
   * @param xStep the distance of the next run
   * @param y receives the outputs; shares no entries with x
   * @param yOffset where they begin
   * @param ldy the distance of the next output
   * @param yStep the distance of the next run
   */
  void transform(
      FilterTransform transform,
      int runs,
      int run,
      double[] x,
      int xOffset,
      int ldx,
      int xStep,
      double[] y,
      int yOffset,
      int ldy,
      int yStep);
}
