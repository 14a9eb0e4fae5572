package dev.flatness.internal.blas;

import dev.flatness.linalg.Gemm;
import dev.flatness.testkit.GemmContract;

class VectorGemmTest extends GemmContract {
  @Override
  protected Gemm gemm() {
    return Providers.gemm(new VectorProvider());
  }
}
