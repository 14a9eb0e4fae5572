package dev.flatness.internal.blas;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flatness.internal.testkit.kernels.KernelsContract;
import dev.flatness.linalg.Gemm;
import dev.flatness.random.Seed;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** The vector kernels on every size, the small ones too. */
class VectorKernelsTest extends KernelsContract {
  @Override
  protected Gemm gemm() {
    Providers.gemm(new VectorProvider());
    return new VectorGemm(0);
  }

  /**
   * Sums of 16,384 products are those of blocks of 256: each chain of n roundings errs by some √n
   * of them, 16 for a block and 128 for the whole.
   */
  @Test
  void errorsGrowWithTheDepthOfABlock() {
    int m = 60;
    int n = 64;
    int k = 16_384;
    float[] a = gaussian(m * k, 1);
    float[] b = gaussian(k * n, 2);
    float[] c = new float[m * n];
    gemm().multiply(false, false, m, n, k, 1f, a, 0, k, b, 0, n, 0f, c, 0, n);
    double error = 0;
    double size = 0;
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        double sum = 0;
        for (int p = 0; p < k; p++) {
          sum += (double) a[i * k + p] * b[p * n + j];
        }
        error += (c[i * n + j] - sum) * (c[i * n + j] - sum);
        size += sum * sum;
      }
    }
    assertThat(Math.sqrt(error / size)).isLessThan(16 * 0x1p-24);
  }

  private static float[] gaussian(int size, int seed) {
    RandomGenerator random = Seed.of(seed).generator();
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
