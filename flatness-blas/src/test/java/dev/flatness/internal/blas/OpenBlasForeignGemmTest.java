package dev.flatness.internal.blas;

import dev.flatness.linalg.Gemm;
import dev.flatness.testkit.GemmContract;

class OpenBlasForeignGemmTest extends GemmContract {
  @Override
  protected Gemm gemm() {
    return Providers.gemm(new OpenBlasForeignProvider());
  }
}
