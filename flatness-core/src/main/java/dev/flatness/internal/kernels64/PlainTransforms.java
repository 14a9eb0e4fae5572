package dev.flatness.internal.kernels64;

import dev.flatness.internal.kernels.FilterTransform;

/**
 * The transforms of minimal filtering, in double; the build makes the float version of this text.
 */
public final class PlainTransforms {
  /** The points P and Q, their squares, and what the matrices are made of. */
  private static final double P = (double) FilterTransform.OUTPUT.coefficient(1, 1);

  private static final double Q = (double) FilterTransform.OUTPUT.coefficient(1, 3);
  private static final double PP = (double) FilterTransform.OUTPUT.coefficient(2, 1);
  private static final double QQ = (double) FilterTransform.OUTPUT.coefficient(2, 3);
  private static final double PPP = (double) FilterTransform.OUTPUT.coefficient(3, 1);
  private static final double QQQ = (double) FilterTransform.OUTPUT.coefficient(3, 3);
  private static final double PPQQ = (double) FilterTransform.INPUT.coefficient(0, 0);
  private static final double SUM = (double) -FilterTransform.INPUT.coefficient(0, 2);
  private static final double PQQ = (double) -FilterTransform.INPUT.coefficient(1, 1);
  private static final double QPP = (double) -FilterTransform.INPUT.coefficient(3, 1);
  private static final double FIRST = (double) FilterTransform.WEIGHT.coefficient(0, 0);
  private static final double NEAR = (double) FilterTransform.WEIGHT.coefficient(1, 0);
  private static final double FAR = (double) FilterTransform.WEIGHT.coefficient(3, 0);
  private static final double NEAR_ODD = (double) FilterTransform.WEIGHT.coefficient(1, 1);
  private static final double FAR_ODD = (double) FilterTransform.WEIGHT.coefficient(3, 1);
  private static final double NEAR_LAST = (double) FilterTransform.WEIGHT.coefficient(1, 2);
  private static final double FAR_LAST = (double) FilterTransform.WEIGHT.coefficient(3, 2);

  private PlainTransforms() {}

  /** Transforms runs; see {@link Kernels#transform}. */
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
      double x1 = x[p + ldx + j];
      double x2 = x[p + 2 * ldx + j];
      double x3 = x[p + 3 * ldx + j];
      double x4 = x[p + 4 * ldx + j];
      double near = x4 - QQ * x2;
      double nearOdd = P * (x3 - QQ * x1);
      double far = x4 - PP * x2;
      double farOdd = Q * (x3 - PP * x1);
      y[q + j] = PPQQ * x[p + j] - SUM * x2 + x4;
      y[q + ldy + j] = near + nearOdd;
      y[q + 2 * ldy + j] = near - nearOdd;
      y[q + 3 * ldy + j] = far + farOdd;
      y[q + 4 * ldy + j] = far - farOdd;
      y[q + 5 * ldy + j] = PPQQ * x1 - SUM * x3 + x[p + 5 * ldx + j];
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
      double farOdd = u3 - u4;
      y[q + j] += PPQQ * u0;
      y[q + ldy + j] += PPQQ * u5 - (PQQ * nearOdd + QPP * farOdd);
      y[q + 2 * ldy + j] -= SUM * u0 + (QQ * near + PP * far);
      y[q + 3 * ldy + j] += (P * nearOdd + Q * farOdd) - SUM * u5;
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
      y[q + ldy + j] = P * nearOdd + Q * farOdd;
      y[q + 2 * ldy + j] = PP * near + QQ * far;
      y[q + 3 * ldy + j] = (PPP * nearOdd + QQQ * farOdd) + x[p + 5 * ldx + j];
    }
  }

  private static void outputAdjoint(int n, double[] x, int p, int ldx, double[] y, int q, int ldy) {
    for (int j = 0; j < n; j++) {
      double g0 = x[p + j];
      double g1 = x[p + ldx + j];
      double g2 = x[p + 2 * ldx + j];
      double g3 = x[p + 3 * ldx + j];
      double near = g0 + PP * g2;
      double nearOdd = P * (g1 + PP * g3);
      double far = g0 + QQ * g2;
      double farOdd = Q * (g1 + QQ * g3);
      y[q + j] = g0;
      y[q + ldy + j] = near + nearOdd;
      y[q + 2 * ldy + j] = near - nearOdd;
      y[q + 3 * ldy + j] = far + farOdd;
      y[q + 4 * ldy + j] = far - farOdd;
      y[q + 5 * ldy + j] = g3;
    }
  }

  private static void weight(int n, double[] x, int p, int ldx, double[] y, int q, int ldy) {
    for (int j = 0; j < n; j++) {
      double w0 = x[p + j];
      double w1 = x[p + ldx + j];
      double w2 = x[p + 2 * ldx + j];
      double near = NEAR * w0 + NEAR_LAST * w2;
      double nearOdd = NEAR_ODD * w1;
      double far = FAR * w0 + FAR_LAST * w2;
      double farOdd = FAR_ODD * w1;
      y[q + j] = FIRST * w0;
      y[q + ldy + j] = near + nearOdd;
      y[q + 2 * ldy + j] = near - nearOdd;
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
      double near = u1 + u2;
      double far = u3 + u4;
      y[q + j] = FIRST * x[p + j] + (NEAR * near + FAR * far);
      y[q + ldy + j] = NEAR_ODD * (u1 - u2) + FAR_ODD * (u3 - u4);
      y[q + 2 * ldy + j] = (NEAR_LAST * near + FAR_LAST * far) + x[p + 5 * ldx + j];
    }
  }
}
