package dev.flatness.internal.blas.vector64;

import dev.flatness.internal.kernels.FilterTransform;
import dev.flatness.internal.kernels.GemmArguments;
import dev.flatness.internal.kernels64.Kernels;
import dev.flatness.internal.kernels64.PlainKernels;
import dev.flatness.linalg.Gemm;

/**
 * Kernels on the vector units; the build makes the float version of this text.
 *
 * <p>Until the JIT has compiled them, which takes about a second, vector kernels crawl. Small
 * products and short rows therefore go to the plain ones: a network all of whose products are small
 * never waits, and beside large products small ones do not count. Sums over patches, maxima and
 * transforms always take the vector units.
 */
public class VectorKernels implements Kernels {
  /** Numbers of a row, or of rows to sum, from which on their arithmetic takes the vector units. */
  private static final int LONG_ROW = 1 << 10;

  /** Columns that a packed factor is taken to meet when its product is compared with the bound. */
  private static final int COLUMNS = 16;

  /** For what is too small or too short for vectors. */
  protected final Kernels small;

  /** Rows from this length on take the vector units. */
  protected final int longRow;

  private final long worthwhile;

  /** The vector kernels for products of any size. */
  private final Kernels always;

  /**
   * Makes kernels.
   *
   * @param plain the products of small matrices
   * @param worthwhile m·n·k from which on vectors are used; 0 for rows of any length too
   */
  public VectorKernels(Gemm plain, long worthwhile) {
    this.small = new PlainKernels(plain);
    this.worthwhile = worthwhile;
    this.longRow = worthwhile == 0 ? 0 : LONG_ROW;
    this.always = worthwhile == 0 ? this : new VectorKernels(plain, 0);
  }

  @Override
  public void multiply(
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
      int ldc) {
    if ((long) m * n * k < worthwhile) {
      small.multiply(
          transA, transB, m, n, k, alpha, a, aOffset, lda, b, bOffset, ldb, beta, c, cOffset, ldc);
      return;
    }
    GemmArguments.check(
        transA,
        transB,
        m,
        n,
        k,
        alpha != 0,
        a.length,
        aOffset,
        lda,
        b.length,
        bOffset,
        ldb,
        c.length,
        cOffset,
        ldc);
    BlockedProduct.multiply(
        transA, transB, m, n, k, alpha, a, aOffset, lda, b, bOffset, ldb, beta, c, cOffset, ldc);
  }

  @Override
  public double dot(
      int rows, int n, double[] a, int aOffset, int lda, double[] b, int bOffset, int ldb) {
    return RowRuns.fits(rows, n)
        ? RowRuns.dot(rows, n, a, aOffset, lda, b, bOffset, ldb)
        : small.dot(rows, n, a, aOffset, lda, b, bOffset, ldb);
  }

  @Override
  public void add(
      int rows,
      int n,
      double alpha,
      double[] x,
      int xOffset,
      int ldx,
      double[] y,
      int yOffset,
      int ldy) {
    int whole =
        rows == 1 && n < longRow
            ? 0
            : RowRuns.add(rows, n, alpha, x, xOffset, ldx, y, yOffset, ldy);
    if (whole < n) {
      small.add(rows, n - whole, alpha, x, xOffset + whole, ldx, y, yOffset + whole, ldy);
    }
  }

  @Override
  public void add(
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
      int ldy) {
    if (RowRuns.fits(rows, n)) {
      RowRuns.add(rows, n, alpha, x, xOffset, ldx, beta, z, zOffset, ldz, y, yOffset, ldy);
    } else {
      small.add(rows, n, alpha, x, xOffset, ldx, beta, z, zOffset, ldz, y, yOffset, ldy);
    }
  }

  @Override
  public boolean packs(int m, int k) {
    return (long) m * k * COLUMNS >= worthwhile;
  }

  @Override
  public void pack(
      boolean transA,
      int m,
      int k,
      double[] a,
      int aOffset,
      int lda,
      double[] packed,
      int packedOffset) {
    BlockedProduct.pack(transA, m, k, a, aOffset, lda, packed, packedOffset);
  }

  @Override
  public void multiplyPacked(
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
      int ldc) {
    BlockedProduct.multiplyPacked(
        m, n, k, packed, packedOffset, b, bOffset, ldb, beta, c, cOffset, ldc);
  }

  @Override
  public void multiplyEach(
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
      int ldc) {
    Kernels each = (long) count * m * n * k < worthwhile ? small : always;
    for (int i = 0; i < count; i++) {
      int p = aOffset + i * aStep;
      int q = bOffset + i * bStep;
      int to = cOffset + i * cStep;
      each.multiply(transA, transB, m, n, k, 1, a, p, lda, b, q, ldb, beta, c, to, ldc);
    }
  }

  @Override
  public void transform(
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
      int yStep) {
    int whole =
        TransformTiles.apply(transform, runs, run, x, xOffset, ldx, xStep, y, yOffset, ldy, yStep);
    if (whole < run) {
      small.transform(
          transform,
          runs,
          run - whole,
          x,
          xOffset + whole,
          ldx,
          xStep,
          y,
          yOffset + whole,
          ldy,
          yStep);
    }
  }

  @Override
  public void maxEntries(
      int n, double[] x, int xOffset, double[] z, int zOffset, double[] y, int yOffset) {
    int whole = RowRuns.larger(n, x, xOffset, z, zOffset, y, yOffset);
    int p = xOffset + whole;
    small.maxEntries(n - whole, x, p, z, zOffset + whole, y, yOffset + whole);
  }

  @Override
  public void multiplyEntries(
      int n,
      double[] x,
      int xOffset,
      double[] z,
      int zOffset,
      boolean add,
      double[] y,
      int yOffset) {
    int whole = n < longRow ? 0 : RowRuns.multiply(n, x, xOffset, z, zOffset, add, y, yOffset);
    if (whole < n) {
      int p = xOffset + whole;
      small.multiplyEntries(n - whole, x, p, z, zOffset + whole, add, y, yOffset + whole);
    }
  }

  @Override
  public void addRowSums(int rows, int n, double[] x, int xOffset, double[] y, int yOffset) {
    small.addRowSums(rows, n, x, xOffset, y, yOffset);
  }

  @Override
  public void addTo(int n, double[] x, int xOffset, /*64*/ double[] y, int yOffset) {
    small.addTo(n, x, xOffset, y, yOffset);
  }
}
