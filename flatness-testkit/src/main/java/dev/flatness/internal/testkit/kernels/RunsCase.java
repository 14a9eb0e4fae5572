package dev.flatness.internal.testkit.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.util.SplittableRandom;

/** Matrices of runs that stand a distance apart, for the sums beside the matrix product. */
final class RunsCase {
  private static final int SIZE = 700;
  private static final double DOUBLE = 0x1p-53;
  private static final double FLOAT = 0x1p-24;

  private final SplittableRandom random;
  private final int rows;
  private final int n;
  private final int[] offsets = new int[3];
  private final int[] distances = new int[3];

  RunsCase(SplittableRandom random, int rows, int n) {
    this.random = random;
    this.rows = rows;
    this.n = n;
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = random.nextInt(20);
      // Shorter than a row: rows overlap, as those of neighboring patches do.
      distances[i] = Math.max(1, n + random.nextInt(17) - 8);
    }
  }

  void assertBothPrecisions(
      dev.flatness.internal.kernels64.Kernels doubles,
      dev.flatness.internal.kernels32.Kernels floats) {
    float[] a = floats();
    float[] b = floats();
    float[] c = floats();
    double[] x = widened(a);
    double[] y = widened(b);
    double[] z = widened(c);
    double[] exact = dot(x, y);
    double bound = 2 * (rows * n + 4) * exact[1];
    assertThat(doubles.dot(rows, n, x, offsets[0], distances[0], y, offsets[1], distances[1]))
        .isCloseTo(exact[0], within(DOUBLE * bound));
    assertThat(
            (double) floats.dot(rows, n, a, offsets[0], distances[0], b, offsets[1], distances[1]))
        .isCloseTo(exact[0], within(FLOAT * bound));
    for (double beta : new double[] {0, -0.75}) {
      add(doubles, floats, x, y, z.clone(), a, b, c.clone(), beta);
    }
  }

  private void add(
      dev.flatness.internal.kernels64.Kernels doubles,
      dev.flatness.internal.kernels32.Kernels floats,
      double[] x,
      double[] y,
      double[] z,
      float[] a,
      float[] b,
      float[] c,
      double beta) {
    double[] expected = z.clone();
    double[] size = new double[SIZE];
    for (int r = 0; r < rows; r++) {
      for (int j = 0; j < n; j++) {
        double first = 1.5 * x[offsets[0] + r * distances[0] + j];
        double second = beta * y[offsets[1] + r * distances[1] + j];
        int at = offsets[2] + r * distances[2] + j;
        size[at] += Math.abs(first) + Math.abs(second) + Math.abs(expected[at]);
        expected[at] += first + second;
      }
    }
    int p = offsets[0];
    int q = offsets[1];
    int s = offsets[2];
    int lx = distances[0];
    int ly = distances[1];
    int lz = distances[2];
    if (beta == 0) {
      doubles.add(rows, n, 1.5, x, p, lx, z, s, lz);
      floats.add(rows, n, 1.5f, a, p, lx, c, s, lz);
    } else {
      doubles.add(rows, n, 1.5, x, p, lx, beta, y, q, ly, z, s, lz);
      floats.add(rows, n, 1.5f, a, p, lx, (float) beta, b, q, ly, c, s, lz);
    }
    for (int i = 0; i < SIZE; i++) {
      // Entries between the runs have size 0: they must not change at all.
      assertThat(z[i]).isCloseTo(expected[i], within(4 * DOUBLE * size[i]));
      assertThat((double) c[i]).isCloseTo(expected[i], within(4 * FLOAT * size[i]));
    }
  }

  /** The sum without rounding, and that of the magnitudes. */
  private double[] dot(double[] a, double[] b) {
    BigDecimal sum = BigDecimal.ZERO;
    double size = 0;
    for (int r = 0; r < rows; r++) {
      for (int j = 0; j < n; j++) {
        double x = a[offsets[0] + r * distances[0] + j];
        double y = b[offsets[1] + r * distances[1] + j];
        sum = sum.add(new BigDecimal(x).multiply(new BigDecimal(y)));
        size += Math.abs(x * y);
      }
    }
    return new double[] {sum.doubleValue(), size};
  }

  private float[] floats() {
    float[] values = new float[SIZE];
    for (int i = 0; i < SIZE; i++) {
      values[i] = (float) (2 * random.nextDouble() - 1);
    }
    return values;
  }

  private static double[] widened(float[] from) {
    double[] values = new double[from.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = from[i];
    }
    return values;
  }
}
