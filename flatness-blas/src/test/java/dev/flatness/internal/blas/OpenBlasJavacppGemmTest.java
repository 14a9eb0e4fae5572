package dev.flatness.internal.blas;

import dev.flatness.internal.testkit.kernels.KernelsContract;
import dev.flatness.linalg.Gemm;

class OpenBlasJavacppGemmTest extends KernelsContract {
  @Override
  protected Gemm gemm() {
    return Providers.gemm(new OpenBlasJavacppProvider());
  }
}
