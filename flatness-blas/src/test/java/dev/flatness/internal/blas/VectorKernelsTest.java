package dev.flatness.internal.blas;

import dev.flatness.linalg.Gemm;
import dev.flatness.testkit.GemmContract;

/** The vector kernels on every size, the small ones too. */
class VectorKernelsTest extends GemmContract {
  @Override
  protected Gemm gemm() {
    Providers.gemm(new VectorProvider());
    return new VectorGemm(0);
  }
}
