package dev.flatness.cost;

import dev.flatness.internal.engine.KernelGemm;
import dev.flatness.internal.kernels64.PlainKernels;
import dev.flatness.linalg.Gemm;
import dev.flatness.linalg.GemmProvider;
import dev.flatness.linalg.Gemms;
import java.util.concurrent.atomic.AtomicLong;

/** The plain matrix product and its kernels, which count what they are asked for. */
public final class CountingGemm implements KernelGemm, GemmProvider {
  static final String ID = "counting";
  static final AtomicLong OPERATIONS = new AtomicLong();

  @Override
  public String id() {
    return ID;
  }

  @Override
  public String name() {
    return ID;
  }

  /** Never chosen unless named. */
  @Override
  public int priority() {
    return Integer.MIN_VALUE;
  }

  @Override
  public Outcome load() {
    return new Loaded(this);
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
    OPERATIONS.addAndGet(2L * m * n * k);
    Gemms.plain()
        .multiply(
            transA, transB, m, n, k, alpha, a, aOffset, lda, b, bOffset, ldb, beta, c, cOffset,
            ldc);
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
    OPERATIONS.addAndGet(2L * m * n * k);
    Gemms.plain()
        .multiply(
            transA, transB, m, n, k, alpha, a, aOffset, lda, b, bOffset, ldb, beta, c, cOffset,
            ldc);
  }

  @Override
  public dev.flatness.internal.kernels64.Kernels doubles() {
    return new CountingKernels(this);
  }

  @Override
  public dev.flatness.internal.kernels32.Kernels floats() {
    return new dev.flatness.internal.kernels32.PlainKernels(this);
  }

  private static final class CountingKernels extends PlainKernels {
    CountingKernels(Gemm gemm) {
      super(gemm);
    }

    @Override
    public double dot(
        int rows, int n, double[] a, int aOffset, int lda, double[] b, int bOffset, int ldb) {
      OPERATIONS.addAndGet(2L * rows * n);
      return super.dot(rows, n, a, aOffset, lda, b, bOffset, ldb);
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
      OPERATIONS.addAndGet(2L * rows * n);
      super.add(rows, n, alpha, x, xOffset, ldx, y, yOffset, ldy);
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
      OPERATIONS.addAndGet(4L * rows * n);
      super.add(rows, n, alpha, x, xOffset, ldx, beta, z, zOffset, ldz, y, yOffset, ldy);
    }
  }
}
