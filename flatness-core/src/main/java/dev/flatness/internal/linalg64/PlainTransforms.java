package dev.flatness.internal.linalg64;

import dev.flatness.linalg.FilterTransform;

/**
 * The transforms of minimal filtering, in double; the build makes the float version of this text.
 */
public final class PlainTransforms {
  private static final double QUARTER = (double) (1.0 / 4);
  private static final double SIXTH = (double) (1.0 / 6);
  private static final double TWELFTH = (double) (1.0 / 12);
  private static final double TWENTY_FOURTH = (double) (1.0 / 24);

  private PlainTransforms() {}

  /** Transforms runs; see {@link dev.flatness.linalg.Gemm}. */
  public static void apply(
      FilterTransform transform,
      int runs,
      int run,
      double[] x,
      int xOffset,
      int ldx,
      int xStep,
      double[] y,
      int yOffset,
      int ldy,
      int yStep) {
    for (int r = 0; r < runs; r++) {
      int from = xOffset + r * xStep;
      int to = yOffset + r * yStep;
      switch (transform) {
        case INPUT -> input(run, x, from, ldx, y, to, ldy);
        case INPUT_ADJOINT -> inputAdjoint(run, x, from, ldx, y, to, ldy);
        case OUTPUT -> output(run, x, from, ldx, y, to, ldy);
        case OUTPUT_ADJOINT -> outputAdjoint(run, x, from, ldx, y, to, ldy);
        case WEIGHT -> weight(run, x, from, ldx, y, to, ldy);
        case WEIGHT_ADJOINT -> weightAdjoint(run, x, from, ldx, y, to, ldy);
      }
    }
  }

  private static void input(int n, double[] x, int p, int ldx, double[] y, int q, int ldy) {
    for (int j = 0; j < n; j++) {
      double x0 = x[p + j];
      double x1 = x[p + ldx + j];
      double x2 = x[p + 2 * ldx + j];
      double x3 = x[p + 3 * ldx + j];
      double x4 = x[p + 4 * ldx + j];
      double x5 = x[p + 5 * ldx + j];
      double even = x4 - 4 * x2;
      double odd = x3 - 4 * x1;
      double far = x4 - x2;
      double twice = 2 * (x3 - x1);
      y[q + j] = 4 * (x0 - x2) + far;
      y[q + ldy + j] = even + odd;
      y[q + 2 * ldy + j] = even - odd;
      y[q + 3 * ldy + j] = far + twice;
      y[q + 4 * ldy + j] = far - twice;
      y[q + 5 * ldy + j] = 4 * (x1 - x3) + (x5 - x3);
    }
  }

  private static void inputAdjoint(int n, double[] x, int p, int ldx, double[] y, int q, int ldy) {
    for (int j = 0; j < n; j++) {
      double u0 = x[p + j];
      double u1 = x[p + ldx + j];
      double u2 = x[p + 2 * ldx + j];
      double u3 = x[p + 3 * ldx + j];
      double u4 = x[p + 4 * ldx + j];
      double u5 = x[p + 5 * ldx + j];
      double near = u1 + u2;
      double far = u3 + u4;
      double nearOdd = u1 - u2;
      double farOdd = 2 * (u3 - u4);
      y[q + j] += 4 * u0;
      y[q + ldy + j] += 4 * (u5 - nearOdd) - farOdd;
      y[q + 2 * ldy + j] -= 5 * u0 + (4 * near + far);
      y[q + 3 * ldy + j] += (nearOdd + farOdd) - 5 * u5;
      y[q + 4 * ldy + j] += u0 + (near + far);
      y[q + 5 * ldy + j] += u5;
    }
  }

  private static void output(int n, double[] x, int p, int ldx, double[] y, int q, int ldy) {
    for (int j = 0; j < n; j++) {
      double m1 = x[p + ldx + j];
      double m2 = x[p + 2 * ldx + j];
      double m3 = x[p + 3 * ldx + j];
      double m4 = x[p + 4 * ldx + j];
      double near = m1 + m2;
      double far = m3 + m4;
      double nearOdd = m1 - m2;
      double farOdd = m3 - m4;
      y[q + j] = x[p + j] + (near + far);
      y[q + ldy + j] = nearOdd + 2 * farOdd;
      y[q + 2 * ldy + j] = near + 4 * far;
      y[q + 3 * ldy + j] = (nearOdd + 8 * farOdd) + x[p + 5 * ldx + j];
    }
  }

  private static void outputAdjoint(int n, double[] x, int p, int ldx, double[] y, int q, int ldy) {
    for (int j = 0; j < n; j++) {
      double g0 = x[p + j];
      double g1 = x[p + ldx + j];
      double g2 = x[p + 2 * ldx + j];
      double g3 = x[p + 3 * ldx + j];
      double even = g0 + g2;
      double odd = g1 + g3;
      double evenFar = g0 + 4 * g2;
      double oddFar = 2 * (g1 + 4 * g3);
      y[q + j] = g0;
      y[q + ldy + j] = even + odd;
      y[q + 2 * ldy + j] = even - odd;
      y[q + 3 * ldy + j] = evenFar + oddFar;
      y[q + 4 * ldy + j] = evenFar - oddFar;
      y[q + 5 * ldy + j] = g3;
    }
  }

  private static void weight(int n, double[] x, int p, int ldx, double[] y, int q, int ldy) {
    for (int j = 0; j < n; j++) {
      double w0 = x[p + j];
      double w1 = x[p + ldx + j];
      double w2 = x[p + 2 * ldx + j];
      double near = -SIXTH * (w0 + w2);
      double nearOdd = SIXTH * w1;
      double far = TWENTY_FOURTH * w0 + SIXTH * w2;
      double farOdd = TWELFTH * w1;
      y[q + j] = QUARTER * w0;
      y[q + ldy + j] = near - nearOdd;
      y[q + 2 * ldy + j] = near + nearOdd;
      y[q + 3 * ldy + j] = far + farOdd;
      y[q + 4 * ldy + j] = far - farOdd;
      y[q + 5 * ldy + j] = w2;
    }
  }

  private static void weightAdjoint(int n, double[] x, int p, int ldx, double[] y, int q, int ldy) {
    for (int j = 0; j < n; j++) {
      double u1 = x[p + ldx + j];
      double u2 = x[p + 2 * ldx + j];
      double u3 = x[p + 3 * ldx + j];
      double u4 = x[p + 4 * ldx + j];
      double near = SIXTH * (u1 + u2);
      double far = u3 + u4;
      y[q + j] = (QUARTER * x[p + j] - near) + TWENTY_FOURTH * far;
      y[q + ldy + j] = SIXTH * (u2 - u1) + TWELFTH * (u3 - u4);
      y[q + 2 * ldy + j] = (SIXTH * far - near) + x[p + 5 * ldx + j];
    }
  }
}
