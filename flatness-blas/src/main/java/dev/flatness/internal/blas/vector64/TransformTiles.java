package dev.flatness.internal.blas.vector64;

import dev.flatness.internal.kernels.FilterTransform;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/** The transforms of minimal filtering, a vector of each run at a time. */
public final class TransformTiles {
  private static final VectorSpecies<Double> SPECIES = ProductTiles.SPECIES;
  private static final int LANES = ProductTiles.LANES;

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

  private TransformTiles() {}

  /** Transforms runs as far as whole vectors go, and returns how far that is. */
  public static int apply(
      FilterTransform transform,
      int runs,
      int run,
      double[] x,
      int x0,
      int ldx,
      int xStep,
      double[] y,
      int y0,
      int ldy,
      int yStep) {
    int n = run - run % LANES;
    if (n > 0) {
      switch (transform) {
        case INPUT -> input(runs, n, x, x0, ldx, xStep, y, y0, ldy, yStep);
        case INPUT_ADJOINT -> inputAdjoint(runs, n, x, x0, ldx, xStep, y, y0, ldy, yStep);
        case OUTPUT -> output(runs, n, x, x0, ldx, xStep, y, y0, ldy, yStep);
        case OUTPUT_ADJOINT -> outputAdjoint(runs, n, x, x0, ldx, xStep, y, y0, ldy, yStep);
        case WEIGHT -> weight(runs, n, x, x0, ldx, xStep, y, y0, ldy, yStep);
        case WEIGHT_ADJOINT -> weightAdjoint(runs, n, x, x0, ldx, xStep, y, y0, ldy, yStep);
      }
    }
    return n;
  }

  private static void input(
      int runs,
      int n,
      double[] x,
      int x0,
      int ldx,
      int xStep,
      double[] y,
      int y0,
      int ldy,
      int yStep) {
    DoubleVector pp = DoubleVector.broadcast(SPECIES, PP);
    DoubleVector qq = DoubleVector.broadcast(SPECIES, QQ);
    DoubleVector byP = DoubleVector.broadcast(SPECIES, P);
    DoubleVector byQ = DoubleVector.broadcast(SPECIES, Q);
    DoubleVector ppqq = DoubleVector.broadcast(SPECIES, PPQQ);
    DoubleVector sum = DoubleVector.broadcast(SPECIES, SUM);
    for (int r = 0; r < runs; r++) {
      int p = x0 + r * xStep;
      int q = y0 + r * yStep;
      for (int j = 0; j < n; j += LANES) {
        DoubleVector v0 = DoubleVector.fromArray(SPECIES, x, p + j);
        DoubleVector v1 = DoubleVector.fromArray(SPECIES, x, p + ldx + j);
        DoubleVector v2 = DoubleVector.fromArray(SPECIES, x, p + 2 * ldx + j);
        DoubleVector v3 = DoubleVector.fromArray(SPECIES, x, p + 3 * ldx + j);
        DoubleVector v4 = DoubleVector.fromArray(SPECIES, x, p + 4 * ldx + j);
        DoubleVector v5 = DoubleVector.fromArray(SPECIES, x, p + 5 * ldx + j);
        DoubleVector near = v4.sub(qq.mul(v2));
        DoubleVector nearOdd = byP.mul(v3.sub(qq.mul(v1)));
        DoubleVector far = v4.sub(pp.mul(v2));
        DoubleVector farOdd = byQ.mul(v3.sub(pp.mul(v1)));
        ppqq.fma(v0, v4.sub(sum.mul(v2))).intoArray(y, q + j);
        near.add(nearOdd).intoArray(y, q + ldy + j);
        near.sub(nearOdd).intoArray(y, q + 2 * ldy + j);
        far.add(farOdd).intoArray(y, q + 3 * ldy + j);
        far.sub(farOdd).intoArray(y, q + 4 * ldy + j);
        ppqq.fma(v1, v5.sub(sum.mul(v3))).intoArray(y, q + 5 * ldy + j);
      }
    }
  }

  private static void inputAdjoint(
      int runs,
      int n,
      double[] x,
      int x0,
      int ldx,
      int xStep,
      double[] y,
      int y0,
      int ldy,
      int yStep) {
    DoubleVector pp = DoubleVector.broadcast(SPECIES, PP);
    DoubleVector qq = DoubleVector.broadcast(SPECIES, QQ);
    DoubleVector byP = DoubleVector.broadcast(SPECIES, P);
    DoubleVector byQ = DoubleVector.broadcast(SPECIES, Q);
    DoubleVector ppqq = DoubleVector.broadcast(SPECIES, PPQQ);
    DoubleVector sum = DoubleVector.broadcast(SPECIES, SUM);
    DoubleVector pqq = DoubleVector.broadcast(SPECIES, PQQ);
    DoubleVector qpp = DoubleVector.broadcast(SPECIES, QPP);
    for (int r = 0; r < runs; r++) {
      int p = x0 + r * xStep;
      int q = y0 + r * yStep;
      for (int j = 0; j < n; j += LANES) {
        DoubleVector u0 = DoubleVector.fromArray(SPECIES, x, p + j);
        DoubleVector u1 = DoubleVector.fromArray(SPECIES, x, p + ldx + j);
        DoubleVector u2 = DoubleVector.fromArray(SPECIES, x, p + 2 * ldx + j);
        DoubleVector u3 = DoubleVector.fromArray(SPECIES, x, p + 3 * ldx + j);
        DoubleVector u4 = DoubleVector.fromArray(SPECIES, x, p + 4 * ldx + j);
        DoubleVector u5 = DoubleVector.fromArray(SPECIES, x, p + 5 * ldx + j);
        DoubleVector near = u1.add(u2);
        DoubleVector far = u3.add(u4);
        DoubleVector nearOdd = u1.sub(u2);
        DoubleVector farOdd = u3.sub(u4);
        DoubleVector s0 = DoubleVector.fromArray(SPECIES, y, q + j);
        ppqq.fma(u0, s0).intoArray(y, q + j);
        DoubleVector s1 = DoubleVector.fromArray(SPECIES, y, q + ldy + j);
        s1.add(ppqq.mul(u5).sub(pqq.fma(nearOdd, qpp.mul(farOdd)))).intoArray(y, q + ldy + j);
        DoubleVector s2 = DoubleVector.fromArray(SPECIES, y, q + 2 * ldy + j);
        s2.sub(sum.fma(u0, qq.fma(near, pp.mul(far)))).intoArray(y, q + 2 * ldy + j);
        DoubleVector s3 = DoubleVector.fromArray(SPECIES, y, q + 3 * ldy + j);
        s3.add(byP.fma(nearOdd, byQ.mul(farOdd)).sub(sum.mul(u5))).intoArray(y, q + 3 * ldy + j);
        DoubleVector s4 = DoubleVector.fromArray(SPECIES, y, q + 4 * ldy + j);
        s4.add(u0.add(near.add(far))).intoArray(y, q + 4 * ldy + j);
        DoubleVector s5 = DoubleVector.fromArray(SPECIES, y, q + 5 * ldy + j);
        s5.add(u5).intoArray(y, q + 5 * ldy + j);
      }
    }
  }

  private static void output(
      int runs,
      int n,
      double[] x,
      int x0,
      int ldx,
      int xStep,
      double[] y,
      int y0,
      int ldy,
      int yStep) {
    DoubleVector pp = DoubleVector.broadcast(SPECIES, PP);
    DoubleVector qq = DoubleVector.broadcast(SPECIES, QQ);
    DoubleVector byP = DoubleVector.broadcast(SPECIES, P);
    DoubleVector byQ = DoubleVector.broadcast(SPECIES, Q);
    DoubleVector ppp = DoubleVector.broadcast(SPECIES, PPP);
    DoubleVector qqq = DoubleVector.broadcast(SPECIES, QQQ);
    for (int r = 0; r < runs; r++) {
      int p = x0 + r * xStep;
      int q = y0 + r * yStep;
      for (int j = 0; j < n; j += LANES) {
        DoubleVector m0 = DoubleVector.fromArray(SPECIES, x, p + j);
        DoubleVector m1 = DoubleVector.fromArray(SPECIES, x, p + ldx + j);
        DoubleVector m2 = DoubleVector.fromArray(SPECIES, x, p + 2 * ldx + j);
        DoubleVector m3 = DoubleVector.fromArray(SPECIES, x, p + 3 * ldx + j);
        DoubleVector m4 = DoubleVector.fromArray(SPECIES, x, p + 4 * ldx + j);
        DoubleVector m5 = DoubleVector.fromArray(SPECIES, x, p + 5 * ldx + j);
        DoubleVector near = m1.add(m2);
        DoubleVector far = m3.add(m4);
        DoubleVector nearOdd = m1.sub(m2);
        DoubleVector farOdd = m3.sub(m4);
        m0.add(near.add(far)).intoArray(y, q + j);
        byP.fma(nearOdd, byQ.mul(farOdd)).intoArray(y, q + ldy + j);
        pp.fma(near, qq.mul(far)).intoArray(y, q + 2 * ldy + j);
        ppp.fma(nearOdd, qqq.fma(farOdd, m5)).intoArray(y, q + 3 * ldy + j);
      }
    }
  }

  private static void outputAdjoint(
      int runs,
      int n,
      double[] x,
      int x0,
      int ldx,
      int xStep,
      double[] y,
      int y0,
      int ldy,
      int yStep) {
    DoubleVector pp = DoubleVector.broadcast(SPECIES, PP);
    DoubleVector qq = DoubleVector.broadcast(SPECIES, QQ);
    DoubleVector byP = DoubleVector.broadcast(SPECIES, P);
    DoubleVector byQ = DoubleVector.broadcast(SPECIES, Q);
    for (int r = 0; r < runs; r++) {
      int p = x0 + r * xStep;
      int q = y0 + r * yStep;
      for (int j = 0; j < n; j += LANES) {
        DoubleVector g0 = DoubleVector.fromArray(SPECIES, x, p + j);
        DoubleVector g1 = DoubleVector.fromArray(SPECIES, x, p + ldx + j);
        DoubleVector g2 = DoubleVector.fromArray(SPECIES, x, p + 2 * ldx + j);
        DoubleVector g3 = DoubleVector.fromArray(SPECIES, x, p + 3 * ldx + j);
        DoubleVector near = pp.fma(g2, g0);
        DoubleVector nearOdd = byP.mul(pp.fma(g3, g1));
        DoubleVector far = qq.fma(g2, g0);
        DoubleVector farOdd = byQ.mul(qq.fma(g3, g1));
        g0.intoArray(y, q + j);
        near.add(nearOdd).intoArray(y, q + ldy + j);
        near.sub(nearOdd).intoArray(y, q + 2 * ldy + j);
        far.add(farOdd).intoArray(y, q + 3 * ldy + j);
        far.sub(farOdd).intoArray(y, q + 4 * ldy + j);
        g3.intoArray(y, q + 5 * ldy + j);
      }
    }
  }

  private static void weight(
      int runs,
      int n,
      double[] x,
      int x0,
      int ldx,
      int xStep,
      double[] y,
      int y0,
      int ldy,
      int yStep) {
    DoubleVector first = DoubleVector.broadcast(SPECIES, FIRST);
    DoubleVector byNear = DoubleVector.broadcast(SPECIES, NEAR);
    DoubleVector byFar = DoubleVector.broadcast(SPECIES, FAR);
    DoubleVector byNearOdd = DoubleVector.broadcast(SPECIES, NEAR_ODD);
    DoubleVector byFarOdd = DoubleVector.broadcast(SPECIES, FAR_ODD);
    DoubleVector byNearLast = DoubleVector.broadcast(SPECIES, NEAR_LAST);
    DoubleVector byFarLast = DoubleVector.broadcast(SPECIES, FAR_LAST);
    for (int r = 0; r < runs; r++) {
      int p = x0 + r * xStep;
      int q = y0 + r * yStep;
      for (int j = 0; j < n; j += LANES) {
        DoubleVector w0 = DoubleVector.fromArray(SPECIES, x, p + j);
        DoubleVector w1 = DoubleVector.fromArray(SPECIES, x, p + ldx + j);
        DoubleVector w2 = DoubleVector.fromArray(SPECIES, x, p + 2 * ldx + j);
        DoubleVector near = byNear.fma(w0, byNearLast.mul(w2));
        DoubleVector nearOdd = byNearOdd.mul(w1);
        DoubleVector far = byFar.fma(w0, byFarLast.mul(w2));
        DoubleVector farOdd = byFarOdd.mul(w1);
        first.mul(w0).intoArray(y, q + j);
        near.add(nearOdd).intoArray(y, q + ldy + j);
        near.sub(nearOdd).intoArray(y, q + 2 * ldy + j);
        far.add(farOdd).intoArray(y, q + 3 * ldy + j);
        far.sub(farOdd).intoArray(y, q + 4 * ldy + j);
        w2.intoArray(y, q + 5 * ldy + j);
      }
    }
  }

  private static void weightAdjoint(
      int runs,
      int n,
      double[] x,
      int x0,
      int ldx,
      int xStep,
      double[] y,
      int y0,
      int ldy,
      int yStep) {
    DoubleVector first = DoubleVector.broadcast(SPECIES, FIRST);
    DoubleVector byNear = DoubleVector.broadcast(SPECIES, NEAR);
    DoubleVector byFar = DoubleVector.broadcast(SPECIES, FAR);
    DoubleVector byNearOdd = DoubleVector.broadcast(SPECIES, NEAR_ODD);
    DoubleVector byFarOdd = DoubleVector.broadcast(SPECIES, FAR_ODD);
    DoubleVector byNearLast = DoubleVector.broadcast(SPECIES, NEAR_LAST);
    DoubleVector byFarLast = DoubleVector.broadcast(SPECIES, FAR_LAST);
    for (int r = 0; r < runs; r++) {
      int p = x0 + r * xStep;
      int q = y0 + r * yStep;
      for (int j = 0; j < n; j += LANES) {
        DoubleVector u0 = DoubleVector.fromArray(SPECIES, x, p + j);
        DoubleVector u1 = DoubleVector.fromArray(SPECIES, x, p + ldx + j);
        DoubleVector u2 = DoubleVector.fromArray(SPECIES, x, p + 2 * ldx + j);
        DoubleVector u3 = DoubleVector.fromArray(SPECIES, x, p + 3 * ldx + j);
        DoubleVector u4 = DoubleVector.fromArray(SPECIES, x, p + 4 * ldx + j);
        DoubleVector u5 = DoubleVector.fromArray(SPECIES, x, p + 5 * ldx + j);
        DoubleVector near = u1.add(u2);
        DoubleVector far = u3.add(u4);
        first.fma(u0, byNear.fma(near, byFar.mul(far))).intoArray(y, q + j);
        byNearOdd.fma(u1.sub(u2), byFarOdd.mul(u3.sub(u4))).intoArray(y, q + ldy + j);
        byNearLast.fma(near, byFarLast.fma(far, u5)).intoArray(y, q + 2 * ldy + j);
      }
    }
  }
}
