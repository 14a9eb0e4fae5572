package dev.flatness.internal.blas;

import dev.flatness.internal.testkit.kernels.KernelProducts;
import dev.flatness.internal.testkit.kernels.KernelsContract;
import dev.flatness.linalg.Gemm;

/** A matrix product that brings no kernels gets plain ones around its products. */
class OutsideGemmTest extends KernelsContract {
  @Override
  protected Gemm gemm() {
    Providers.gemm(new VectorProvider());
    VectorGemm vector = new VectorGemm(0);
    return new KernelProducts(vector.doubles(), vector.floats());
  }
}
