package dev.flatness.internal.blas;

import dev.flatness.internal.testkit.kernels.KernelsContract;
import dev.flatness.linalg.Gemm;

class OpenBlasForeignGemmTest extends KernelsContract {
  @Override
  protected Gemm gemm() {
    return Providers.gemm(new OpenBlasForeignProvider());
  }
}
