package dev.flatness.internal.testkit.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flatness.linalg.Gemm;

/** Makes every product of a packed left factor, by the kernels of both precisions. */
record PackingGemm(
    dev.flatness.internal.kernels64.Kernels doubles, dev.flatness.internal.kernels32.Kernels floats)
    implements Gemm {
  @Override
  public String name() {
    return "packed";
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
    assertThat(alpha).isEqualTo(1);
    assertThat(transB).isFalse();
    for (int i = 0; i < m && beta != 0 && beta != 1; i++) {
      for (int j = 0; j < n; j++) {
        c[cOffset + i * ldc + j] *= beta;
      }
    }
    double[] packed = new double[m * k + 5];
    packed[m * k + 3] = 7;
    doubles.pack(transA, m, k, a, aOffset, lda, packed, 3);
    doubles.multiplyPacked(m, n, k, packed, 3, b, bOffset, ldb, beta == 0 ? 0 : 1, c, cOffset, ldc);
    assertThat(packed[m * k + 3]).as("the entry after a packed factor").isEqualTo(7);
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
    assertThat(alpha).isEqualTo(1);
    assertThat(transB).isFalse();
    for (int i = 0; i < m && beta != 0 && beta != 1; i++) {
      for (int j = 0; j < n; j++) {
        c[cOffset + i * ldc + j] *= beta;
      }
    }
    float[] packed = new float[m * k + 5];
    packed[m * k + 3] = 7;
    floats.pack(transA, m, k, a, aOffset, lda, packed, 3);
    floats.multiplyPacked(m, n, k, packed, 3, b, bOffset, ldb, beta == 0 ? 0 : 1, c, cOffset, ldc);
    assertThat(packed[m * k + 3]).as("the entry after a packed factor").isEqualTo(7);
  }
}
