package dev.flatness.internal.kernels;

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
}
