package dev.flatness.testkit;

import dev.flatness.linalg.Gemm;
import dev.flatness.linalg.Gemms;

class PlainGemmTest extends GemmContract {
  @Override
  protected Gemm gemm() {
    return Gemms.plain();
  }
}
