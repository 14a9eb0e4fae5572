package dev.flatness.internal.blas;

import dev.flatness.internal.linalg.GemmArguments;
import dev.flatness.internal.linalg.PlainGemm;
import dev.flatness.linalg.FilterTransform;
import dev.flatness.linalg.Gemm;
import jdk.incubator.vector.VectorShape;

/**
 * The matrix product on the vector units, by {@code jdk.incubator.vector}.
 *
 * <p>Until the JIT has compiled them, which takes about a second, vector kernels crawl. Small
 * products and short rows therefore go to the plain ones: a network all of whose products are small
 * never waits, and beside large products small ones do not count. Sums over patches, maxima and
 * transforms always take the vector units.
 */
public final class VectorGemm implements Gemm {
  /** m·n·k from which on the vector kernels are used; ours, by cold starts and steady rates. */
  private static final long WORTHWHILE = 1 << 16;

  /** Numbers of a row, or of rows to sum, from which on their arithmetic takes the vector units. */
  private static final int LONG_ROW = 1 << 10;

  /** Columns that a packed factor is taken to meet, for the same bound. */
  private static final int COLUMNS = 16;

  private final Gemm small = new PlainGemm();
  private final long worthwhile;
  private final int longRow;

  /** The vector kernels for products of any size. */
  private final Gemm always;

  VectorGemm() {
    this(WORTHWHILE);
  }

  VectorGemm(long worthwhile) {
    this.worthwhile = worthwhile;
    this.longRow = worthwhile == 0 ? 0 : LONG_ROW;
    this.always = worthwhile == 0 ? this : new VectorGemm(0);
  }

  @Override
  public String name() {
    return "vector-" + bits();
  }

  int bits() {
    return VectorShape.preferredShape().vectorBitSize();
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
    dev.flatness.internal.blas.vector64.VectorKernel.multiply(
        transA, transB, m, n, k, alpha, a, aOffset, lda, b, bOffset, ldb, beta, c, cOffset, ldc);
  }

  @Override
  public void multiply(
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
    dev.flatness.internal.blas.vector32.VectorKernel.multiply(
        transA, transB, m, n, k, alpha, a, aOffset, lda, b, bOffset, ldb, beta, c, cOffset, ldc);
  }

  @Override
  public double dot(
      int rows, int n, double[] a, int aOffset, int lda, double[] b, int bOffset, int ldb) {
    return dev.flatness.internal.blas.vector64.RowRuns.fits(rows, n)
        ? dev.flatness.internal.blas.vector64.RowRuns.dot(rows, n, a, aOffset, lda, b, bOffset, ldb)
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
            : dev.flatness.internal.blas.vector64.RowRuns.add(
                rows, n, alpha, x, xOffset, ldx, y, yOffset, ldy);
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
    if (dev.flatness.internal.blas.vector64.RowRuns.fits(rows, n)) {
      dev.flatness.internal.blas.vector64.RowRuns.add(
          rows, n, alpha, x, xOffset, ldx, beta, z, zOffset, ldz, y, yOffset, ldy);
    } else {
      small.add(rows, n, alpha, x, xOffset, ldx, beta, z, zOffset, ldz, y, yOffset, ldy);
    }
  }

  @Override
  public float dot(
      int rows, int n, float[] a, int aOffset, int lda, float[] b, int bOffset, int ldb) {
    return dev.flatness.internal.blas.vector32.RowRuns.fits(rows, n)
        ? dev.flatness.internal.blas.vector32.RowRuns.dot(rows, n, a, aOffset, lda, b, bOffset, ldb)
        : small.dot(rows, n, a, aOffset, lda, b, bOffset, ldb);
  }

  @Override
  public void add(
      int rows,
      int n,
      float alpha,
      float[] x,
      int xOffset,
      int ldx,
      float[] y,
      int yOffset,
      int ldy) {
    int whole =
        rows == 1 && n < longRow
            ? 0
            : dev.flatness.internal.blas.vector32.RowRuns.add(
                rows, n, alpha, x, xOffset, ldx, y, yOffset, ldy);
    if (whole < n) {
      small.add(rows, n - whole, alpha, x, xOffset + whole, ldx, y, yOffset + whole, ldy);
    }
  }

  @Override
  public void add(
      int rows,
      int n,
      float alpha,
      float[] x,
      int xOffset,
      int ldx,
      float beta,
      float[] z,
      int zOffset,
      int ldz,
      float[] y,
      int yOffset,
      int ldy) {
    if (dev.flatness.internal.blas.vector32.RowRuns.fits(rows, n)) {
      dev.flatness.internal.blas.vector32.RowRuns.add(
          rows, n, alpha, x, xOffset, ldx, beta, z, zOffset, ldz, y, yOffset, ldy);
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
    dev.flatness.internal.blas.vector64.VectorKernel.pack(
        transA, m, k, a, aOffset, lda, packed, packedOffset);
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
    dev.flatness.internal.blas.vector64.VectorKernel.multiplyPacked(
        m, n, k, packed, packedOffset, b, bOffset, ldb, beta, c, cOffset, ldc);
  }

  @Override
  public void pack(
      boolean transA,
      int m,
      int k,
      float[] a,
      int aOffset,
      int lda,
      float[] packed,
      int packedOffset) {
    dev.flatness.internal.blas.vector32.VectorKernel.pack(
        transA, m, k, a, aOffset, lda, packed, packedOffset);
  }

  @Override
  public void multiplyPacked(
      int m,
      int n,
      int k,
      float[] packed,
      int packedOffset,
      float[] b,
      int bOffset,
      int ldb,
      float beta,
      float[] c,
      int cOffset,
      int ldc) {
    dev.flatness.internal.blas.vector32.VectorKernel.multiplyPacked(
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
    Gemm each = (long) count * m * n * k < worthwhile ? small : always;
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
        dev.flatness.internal.blas.vector64.TransformTiles.apply(
            transform, runs, run, x, xOffset, ldx, xStep, y, yOffset, ldy, yStep);
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
  public void multiplyEach(
      int count,
      boolean transA,
      boolean transB,
      int m,
      int n,
      int k,
      float[] a,
      int aOffset,
      int aStep,
      int lda,
      float[] b,
      int bOffset,
      int bStep,
      int ldb,
      float beta,
      float[] c,
      int cOffset,
      int cStep,
      int ldc) {
    Gemm each = (long) count * m * n * k < worthwhile ? small : always;
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
      float[] x,
      int xOffset,
      int ldx,
      int xStep,
      float[] y,
      int yOffset,
      int ldy,
      int yStep) {
    int whole =
        dev.flatness.internal.blas.vector32.TransformTiles.apply(
            transform, runs, run, x, xOffset, ldx, xStep, y, yOffset, ldy, yStep);
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
    int whole =
        dev.flatness.internal.blas.vector64.RowRuns.larger(n, x, xOffset, z, zOffset, y, yOffset);
    int p = xOffset + whole;
    small.maxEntries(n - whole, x, p, z, zOffset + whole, y, yOffset + whole);
  }

  @Override
  public void maxEntries(
      int n, float[] x, int xOffset, float[] z, int zOffset, float[] y, int yOffset) {
    int whole =
        dev.flatness.internal.blas.vector32.RowRuns.larger(n, x, xOffset, z, zOffset, y, yOffset);
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
    int whole =
        n < longRow
            ? 0
            : dev.flatness.internal.blas.vector64.RowRuns.multiply(
                n, x, xOffset, z, zOffset, add, y, yOffset);
    if (whole < n) {
      int p = xOffset + whole;
      small.multiplyEntries(n - whole, x, p, z, zOffset + whole, add, y, yOffset + whole);
    }
  }

  @Override
  public void multiplyEntries(
      int n, float[] x, int xOffset, float[] z, int zOffset, boolean add, float[] y, int yOffset) {
    int whole =
        n < longRow
            ? 0
            : dev.flatness.internal.blas.vector32.RowRuns.multiply(
                n, x, xOffset, z, zOffset, add, y, yOffset);
    if (whole < n) {
      int p = xOffset + whole;
      small.multiplyEntries(n - whole, x, p, z, zOffset + whole, add, y, yOffset + whole);
    }
  }

  @Override
  public void addRowSums(int rows, int n, float[] x, int xOffset, float[] y, int yOffset) {
    int whole = (long) rows * n < longRow ? 0 : WideRows.whole(n);
    if (whole == 0) {
      small.addRowSums(rows, n, x, xOffset, y, yOffset);
      return;
    }
    for (int r = 0; r < rows; r++) {
      int from = xOffset + r * n;
      double sum = WideRows.sum(whole, x, from);
      for (int j = from + whole; j < from + n; j++) {
        sum += x[j];
      }
      y[yOffset + r] += (float) sum;
    }
  }

  @Override
  public void addTo(int n, float[] x, int xOffset, double[] y, int yOffset) {
    int whole = n < longRow ? 0 : WideRows.whole(n);
    if (whole > 0) {
      WideRows.add(whole, x, xOffset, y, yOffset);
    }
    small.addTo(n - whole, x, xOffset + whole, y, yOffset + whole);
  }
}
