package dev.flatness.internal.blas;

import dev.flatness.internal.blas.vector32.VectorKernels;
import dev.flatness.linalg.Gemm;

/** The vector kernels of floats, which take their sums in double on the vector units too. */
final class FloatVectorKernels extends VectorKernels {
  FloatVectorKernels(Gemm plain, long worthwhile) {
    super(plain, worthwhile);
  }

  @Override
  public void addRowSums(int rows, int n, float[] x, int xOffset, float[] y, int yOffset) {
    int whole = (long) rows * n < longRow ? 0 : WideRows.whole(n);
    if (whole == 0) {
      small.addRowSums(rows, n, x, xOffset, y, yOffset);
      return;
    }
    for (int r = 0; r < rows; r++) {
      int from = xOffset + r * n;
      double sum = WideRows.sum(whole, x, from);
      for (int j = from + whole; j < from + n; j++) {
        sum += x[j];
      }
      y[yOffset + r] += (float) sum;
    }
  }

  @Override
  public void addTo(int n, float[] x, int xOffset, double[] y, int yOffset) {
    int whole = n < longRow ? 0 : WideRows.whole(n);
    if (whole > 0) {
      WideRows.add(whole, x, xOffset, y, yOffset);
    }
    small.addTo(n - whole, x, xOffset + whole, y, yOffset + whole);
  }
}
