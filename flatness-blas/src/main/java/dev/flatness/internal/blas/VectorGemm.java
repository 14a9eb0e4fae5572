package dev.flatness.internal.blas;

import dev.flatness.internal.blas.vector64.VectorKernels;
import dev.flatness.internal.engine.KernelGemm;
import dev.flatness.internal.kernels.PlainGemm;
import dev.flatness.linalg.Gemm;
import jdk.incubator.vector.VectorShape;

/** The matrix product on the vector units, by {@code jdk.incubator.vector}, with its kernels. */
public final class VectorGemm implements KernelGemm {
  /** m·n·k from which on the vector kernels are used; ours, by cold starts and steady rates. */
  private static final long WORTHWHILE = 1 << 16;

  private final dev.flatness.internal.kernels64.Kernels doubles;
  private final dev.flatness.internal.kernels32.Kernels floats;

  VectorGemm() {
    this(WORTHWHILE);
  }

  VectorGemm(long worthwhile) {
    Gemm plain = new PlainGemm();
    this.doubles = new VectorKernels(plain, worthwhile);
    this.floats = new FloatVectorKernels(plain, worthwhile);
  }

  @Override
  public String name() {
    return "vector-" + bits();
  }

  int bits() {
    return VectorShape.preferredShape().vectorBitSize();
  }

  @Override
  public dev.flatness.internal.kernels64.Kernels doubles() {
    return doubles;
  }

  @Override
  public dev.flatness.internal.kernels32.Kernels floats() {
    return floats;
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
    doubles.multiply(
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
    floats.multiply(
        transA, transB, m, n, k, alpha, a, aOffset, lda, b, bOffset, ldb, beta, c, cOffset, ldc);
  }
}
