package dev.flatness.internal.kernels;

import dev.flatness.linalg.Gemm;

/**
 * The matrix product in plain Java: always there, and the oracle of the others.
 *
 * <p>Every operation is an IEEE one in a fixed order, so its bits are the same on every machine. A
 * processor without fused multiply-add (x86 before 2013) gets them from software, slowly.
 */
public final class PlainGemm implements Gemm {
  @Override
  public String name() {
    return "plain";
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
    boolean readsFactors = alpha != 0 && k > 0;
    GemmArguments.check(
        transA,
        transB,
        m,
        n,
        k,
        readsFactors,
        a.length,
        aOffset,
        lda,
        b.length,
        bOffset,
        ldb,
        c.length,
        cOffset,
        ldc);
    dev.flatness.internal.kernels64.PlainLoops.scale(m, n, beta, c, cOffset, ldc);
    if (readsFactors) {
      dev.flatness.internal.kernels64.PlainLoops.add(
          transA, transB, m, n, k, alpha, a, aOffset, lda, b, bOffset, ldb, c, cOffset, ldc);
    }
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
    boolean readsFactors = alpha != 0 && k > 0;
    GemmArguments.check(
        transA,
        transB,
        m,
        n,
        k,
        readsFactors,
        a.length,
        aOffset,
        lda,
        b.length,
        bOffset,
        ldb,
        c.length,
        cOffset,
        ldc);
    dev.flatness.internal.kernels32.PlainLoops.scale(m, n, beta, c, cOffset, ldc);
    if (readsFactors) {
      dev.flatness.internal.kernels32.PlainLoops.add(
          transA, transB, m, n, k, alpha, a, aOffset, lda, b, bOffset, ldb, c, cOffset, ldc);
    }
  }
}
