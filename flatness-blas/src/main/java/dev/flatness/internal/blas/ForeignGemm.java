package dev.flatness.internal.blas;

import dev.flatness.internal.kernels.GemmArguments;
import dev.flatness.linalg.Gemm;

/** OpenBLAS on heap arrays, without a copy. */
final class ForeignGemm implements Gemm {
  private final String name;

  ForeignGemm(String version) {
    name = "openblas-ffm " + version;
  }

  @Override
  public String name() {
    return name;
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
    if (k == 0 || alpha == 0) {
      Scaling.scale(m, n, beta, c, cOffset, ldc);
      return;
    }
    if (m == 0 || n == 0) {
      return;
    }
    int order = Cblas.ROW_MAJOR;
    int ta = Cblas.transpose(transA);
    int tb = Cblas.transpose(transB);
    BlasPieces.cut(
        m,
        n,
        k,
        (row, column, depth, rows, columns, depths) -> {
          long aAt = Double.BYTES * (long) Cblas.at(transA, aOffset, lda, row, depth);
          long bAt = Double.BYTES * (long) Cblas.at(transB, bOffset, ldb, depth, column);
          long cAt = Double.BYTES * (long) Cblas.at(false, cOffset, ldc, row, column);
          double scale = depth == 0 ? beta : 1;
          try {
            ForeignBlas.DGEMM.invokeExact(
                order,
                ta,
                tb,
                rows,
                columns,
                depths,
                alpha,
                a,
                aAt,
                Cblas.ld(lda),
                b,
                bAt,
                Cblas.ld(ldb),
                scale,
                c,
                cAt,
                Cblas.ld(ldc));
          } catch (Throwable e) {
            throw new IllegalStateException("OpenBLAS could not be called", e);
          }
        });
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
    if (k == 0 || alpha == 0) {
      Scaling.scale(m, n, beta, c, cOffset, ldc);
      return;
    }
    if (m == 0 || n == 0) {
      return;
    }
    int order = Cblas.ROW_MAJOR;
    int ta = Cblas.transpose(transA);
    int tb = Cblas.transpose(transB);
    BlasPieces.cut(
        m,
        n,
        k,
        (row, column, depth, rows, columns, depths) -> {
          long aAt = Float.BYTES * (long) Cblas.at(transA, aOffset, lda, row, depth);
          long bAt = Float.BYTES * (long) Cblas.at(transB, bOffset, ldb, depth, column);
          long cAt = Float.BYTES * (long) Cblas.at(false, cOffset, ldc, row, column);
          float scale = depth == 0 ? beta : 1;
          try {
            ForeignBlas.SGEMM.invokeExact(
                order,
                ta,
                tb,
                rows,
                columns,
                depths,
                alpha,
                a,
                aAt,
                Cblas.ld(lda),
                b,
                bAt,
                Cblas.ld(ldb),
                scale,
                c,
                cAt,
                Cblas.ld(ldc));
          } catch (Throwable e) {
            throw new IllegalStateException("OpenBLAS could not be called", e);
          }
        });
  }
}
