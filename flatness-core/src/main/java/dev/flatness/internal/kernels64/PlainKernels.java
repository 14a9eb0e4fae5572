package dev.flatness.internal.kernels64;

import dev.flatness.internal.kernels.FilterTransform;
import dev.flatness.linalg.Gemm;

/**
 * Kernels in plain Java around the products of a {@link Gemm}; the build makes the float version of
 * this text.
 */
public class PlainKernels implements Kernels {
  private final Gemm gemm;

  /**
   * Makes kernels.
   *
   * @param gemm the matrix products
   */
  public PlainKernels(Gemm gemm) {
    this.gemm = gemm;
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
    gemm.multiply(
        transA, transB, m, n, k, alpha, a, aOffset, lda, b, bOffset, ldb, beta, c, cOffset, ldc);
  }

  @Override
  public double dot(
      int rows, int n, double[] a, int aOffset, int lda, double[] b, int bOffset, int ldb) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    for (int r = 0; r < rows; r++) {
      int p = aOffset + r * lda;
      int q = bOffset + r * ldb;
      int j = 0;
      for (; j + 3 < n; j += 4) {
        s0 = Math.fma(a[p + j], b[q + j], s0);
        s1 = Math.fma(a[p + j + 1], b[q + j + 1], s1);
        s2 = Math.fma(a[p + j + 2], b[q + j + 2], s2);
        s3 = Math.fma(a[p + j + 3], b[q + j + 3], s3);
      }
      for (; j < n; j++) {
        s0 = Math.fma(a[p + j], b[q + j], s0);
      }
    }
    return (s0 + s1) + (s2 + s3);
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
    for (int r = 0; r < rows; r++) {
      int p = xOffset + r * ldx;
      int q = yOffset + r * ldy;
      for (int j = 0; j < n; j++) {
        y[q + j] = Math.fma(alpha, x[p + j], y[q + j]);
      }
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
    for (int r = 0; r < rows; r++) {
      int p = xOffset + r * ldx;
      int s = zOffset + r * ldz;
      int q = yOffset + r * ldy;
      for (int j = 0; j < n; j++) {
        y[q + j] = Math.fma(beta, z[s + j], Math.fma(alpha, x[p + j], y[q + j]));
      }
    }
  }

  @Override
  public void maxEntries(
      int n, double[] x, int xOffset, double[] z, int zOffset, double[] y, int yOffset) {
    for (int j = 0; j < n; j++) {
      y[yOffset + j] = Math.max(x[xOffset + j], z[zOffset + j]);
    }
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
    if (add) {
      for (int j = 0; j < n; j++) {
        y[yOffset + j] = Math.fma(x[xOffset + j], z[zOffset + j], y[yOffset + j]);
      }
    } else {
      for (int j = 0; j < n; j++) {
        y[yOffset + j] = x[xOffset + j] * z[zOffset + j];
      }
    }
  }

  @Override
  public void addRowSums(int rows, int n, double[] x, int xOffset, double[] y, int yOffset) {
    for (int r = 0; r < rows; r++) {
      y[yOffset + r] += (double) PlainLoops.sum(x, xOffset + r * n, n);
    }
  }

  @Override
  public void addTo(int n, double[] x, int xOffset, /*64*/ double[] y, int yOffset) {
    for (int j = 0; j < n; j++) {
      y[yOffset + j] += x[xOffset + j];
    }
  }

  @Override
  public boolean packs(int m, int k) {
    return false;
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
    for (int i = 0; i < m; i++) {
      for (int p = 0; p < k; p++) {
        packed[packedOffset + i * k + p] = a[aOffset + (transA ? p * lda + i : i * lda + p)];
      }
    }
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
    multiply(
        false, false, m, n, k, 1, packed, packedOffset, k, b, bOffset, ldb, beta, c, cOffset, ldc);
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
    for (int i = 0; i < count; i++) {
      multiply(
          transA,
          transB,
          m,
          n,
          k,
          1,
          a,
          aOffset + i * aStep,
          lda,
          b,
          bOffset + i * bStep,
          ldb,
          beta,
          c,
          cOffset + i * cStep,
          ldc);
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
    PlainTransforms.apply(transform, runs, run, x, xOffset, ldx, xStep, y, yOffset, ldy, yStep);
  }
}
