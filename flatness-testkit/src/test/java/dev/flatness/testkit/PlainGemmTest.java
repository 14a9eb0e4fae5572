package dev.flatness.testkit;

import dev.flatness.internal.testkit.kernels.KernelsContract;
import dev.flatness.linalg.Gemm;
import dev.flatness.linalg.Gemms;

class PlainGemmTest extends KernelsContract {
  @Override
  protected Gemm gemm() {
    return Gemms.plain();
  }
}
