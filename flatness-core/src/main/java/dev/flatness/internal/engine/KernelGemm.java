package dev.flatness.internal.engine;

import dev.flatness.linalg.Gemm;

/**
 * A matrix product that brings kernels of its own for everything else the engine computes. Any
 * other {@link Gemm} gets plain kernels around its two products.
 */
public interface KernelGemm extends Gemm {
  /**
   * Returns the kernels in double precision; their products are those of this object.
   *
   * @return the same kernels at every call
   */
  dev.flatness.internal.kernels64.Kernels doubles();

  /**
   * Returns the kernels in single precision; their products are those of this object.
   *
   * @return the same kernels at every call
   */
  dev.flatness.internal.kernels32.Kernels floats();

  /**
   * Returns the kernels that a product brings, or plain ones around it.
   *
   * @param gemm the matrix products
   * @return the kernels in double precision
   */
  static dev.flatness.internal.kernels64.Kernels doubles(Gemm gemm) {
    return gemm instanceof KernelGemm own
        ? own.doubles()
        : new dev.flatness.internal.kernels64.PlainKernels(gemm);
  }

  /**
   * Returns the kernels that a product brings, or plain ones around it.
   *
   * @param gemm the matrix products
   * @return the kernels in single precision
   */
  static dev.flatness.internal.kernels32.Kernels floats(Gemm gemm) {
    return gemm instanceof KernelGemm own
        ? own.floats()
        : new dev.flatness.internal.kernels32.PlainKernels(gemm);
  }
}
