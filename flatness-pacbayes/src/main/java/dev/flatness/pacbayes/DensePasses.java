package dev.flatness.pacbayes;

import dev.flatness.internal.dense.DenseChain;
import dev.flatness.internal.dense.DensePass;
import dev.flatness.linalg.Gemm;
import dev.flatness.linalg.Gemms;
import dev.flatness.surface.SurfaceOptions;
import dev.flatness.tensor.Precision;

/** Makes the passes of a chain of dense layers as options say. */
final class DensePasses {
  private DensePasses() {}

  static DensePass of(DenseChain chain, int rows, SurfaceOptions options) {
    Gemm gemm = gemm(options);
    return options.precision() == Precision.FLOAT32
        ? new dev.flatness.internal.dense32.LocalPass(chain, gemm, rows)
        : new dev.flatness.internal.dense64.LocalPass(chain, gemm, rows);
  }

  static Gemm gemm(SurfaceOptions options) {
    return options.gemm().equals("auto") ? Gemms.best() : Gemms.byId(options.gemm());
  }
}
