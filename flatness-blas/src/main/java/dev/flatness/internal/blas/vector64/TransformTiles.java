package dev.flatness.internal.blas.vector64;

import dev.flatness.linalg.FilterTransform;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/** The transforms of minimal filtering, a vector of each run at a time. */
public final class TransformTiles {
  private static final VectorSpecies<Double> SPECIES = ProductTiles.SPECIES;
  private static final int LANES = ProductTiles.LANES;

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
    DoubleVector four = DoubleVector.broadcast(SPECIES, 4);
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
        DoubleVector even = v4.sub(four.mul(v2));
        DoubleVector odd = v3.sub(four.mul(v1));
        DoubleVector far = v4.sub(v2);
        DoubleVector half = v3.sub(v1);
        DoubleVector twice = half.add(half);
        four.fma(v0.sub(v2), far).intoArray(y, q + j);
        even.add(odd).intoArray(y, q + ldy + j);
        even.sub(odd).intoArray(y, q + 2 * ldy + j);
        far.add(twice).intoArray(y, q + 3 * ldy + j);
        far.sub(twice).intoArray(y, q + 4 * ldy + j);
        four.fma(v1.sub(v3), v5.sub(v3)).intoArray(y, q + 5 * ldy + j);
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
    DoubleVector four = DoubleVector.broadcast(SPECIES, 4);
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
        DoubleVector half = u3.sub(u4);
        DoubleVector farOdd = half.add(half);
        DoubleVector y0s = DoubleVector.fromArray(SPECIES, y, q + j);
        four.fma(u0, y0s).intoArray(y, q + j);
        DoubleVector y1s = DoubleVector.fromArray(SPECIES, y, q + ldy + j);
        four.fma(u5.sub(nearOdd), y1s.sub(farOdd)).intoArray(y, q + ldy + j);
        DoubleVector y2s = DoubleVector.fromArray(SPECIES, y, q + 2 * ldy + j);
        y2s.sub(four.fma(u0.add(near), u0.add(far))).intoArray(y, q + 2 * ldy + j);
        DoubleVector y3s = DoubleVector.fromArray(SPECIES, y, q + 3 * ldy + j);
        y3s.add(nearOdd.add(farOdd).sub(four.fma(u5, u5))).intoArray(y, q + 3 * ldy + j);
        DoubleVector y4s = DoubleVector.fromArray(SPECIES, y, q + 4 * ldy + j);
        y4s.add(u0.add(near.add(far))).intoArray(y, q + 4 * ldy + j);
        DoubleVector y5s = DoubleVector.fromArray(SPECIES, y, q + 5 * ldy + j);
        y5s.add(u5).intoArray(y, q + 5 * ldy + j);
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
    DoubleVector four = DoubleVector.broadcast(SPECIES, 4);
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
        DoubleVector half = m3.sub(m4);
        DoubleVector farOdd = half.add(half);
        m0.add(near.add(far)).intoArray(y, q + j);
        nearOdd.add(farOdd).intoArray(y, q + ldy + j);
        four.fma(far, near).intoArray(y, q + 2 * ldy + j);
        four.fma(farOdd, nearOdd).add(m5).intoArray(y, q + 3 * ldy + j);
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
    DoubleVector four = DoubleVector.broadcast(SPECIES, 4);
    for (int r = 0; r < runs; r++) {
      int p = x0 + r * xStep;
      int q = y0 + r * yStep;
      for (int j = 0; j < n; j += LANES) {
        DoubleVector g0 = DoubleVector.fromArray(SPECIES, x, p + j);
        DoubleVector g1 = DoubleVector.fromArray(SPECIES, x, p + ldx + j);
        DoubleVector g2 = DoubleVector.fromArray(SPECIES, x, p + 2 * ldx + j);
        DoubleVector g3 = DoubleVector.fromArray(SPECIES, x, p + 3 * ldx + j);
        DoubleVector even = g0.add(g2);
        DoubleVector odd = g1.add(g3);
        DoubleVector evenFar = four.fma(g2, g0);
        DoubleVector half = four.fma(g3, g1);
        DoubleVector oddFar = half.add(half);
        g0.intoArray(y, q + j);
        even.add(odd).intoArray(y, q + ldy + j);
        even.sub(odd).intoArray(y, q + 2 * ldy + j);
        evenFar.add(oddFar).intoArray(y, q + 3 * ldy + j);
        evenFar.sub(oddFar).intoArray(y, q + 4 * ldy + j);
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
    DoubleVector quarter = DoubleVector.broadcast(SPECIES, (double) (1.0 / 4));
    DoubleVector sixth = DoubleVector.broadcast(SPECIES, (double) (1.0 / 6));
    DoubleVector twelfth = DoubleVector.broadcast(SPECIES, (double) (1.0 / 12));
    DoubleVector twentyFourth = DoubleVector.broadcast(SPECIES, (double) (1.0 / 24));
    for (int r = 0; r < runs; r++) {
      int p = x0 + r * xStep;
      int q = y0 + r * yStep;
      for (int j = 0; j < n; j += LANES) {
        DoubleVector w0 = DoubleVector.fromArray(SPECIES, x, p + j);
        DoubleVector w1 = DoubleVector.fromArray(SPECIES, x, p + ldx + j);
        DoubleVector w2 = DoubleVector.fromArray(SPECIES, x, p + 2 * ldx + j);
        DoubleVector near = sixth.mul(w0.add(w2)).neg();
        DoubleVector nearOdd = sixth.mul(w1);
        DoubleVector far = twentyFourth.fma(w0, sixth.mul(w2));
        DoubleVector farOdd = twelfth.mul(w1);
        quarter.mul(w0).intoArray(y, q + j);
        near.sub(nearOdd).intoArray(y, q + ldy + j);
        near.add(nearOdd).intoArray(y, q + 2 * ldy + j);
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
    DoubleVector quarter = DoubleVector.broadcast(SPECIES, (double) (1.0 / 4));
    DoubleVector sixth = DoubleVector.broadcast(SPECIES, (double) (1.0 / 6));
    DoubleVector twelfth = DoubleVector.broadcast(SPECIES, (double) (1.0 / 12));
    DoubleVector twentyFourth = DoubleVector.broadcast(SPECIES, (double) (1.0 / 24));
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
        DoubleVector near = sixth.mul(u1.add(u2));
        DoubleVector far = u3.add(u4);
        twentyFourth.fma(far, quarter.mul(u0).sub(near)).intoArray(y, q + j);
        twelfth.fma(u3.sub(u4), sixth.mul(u2.sub(u1))).intoArray(y, q + ldy + j);
        sixth.fma(far, u5.sub(near)).intoArray(y, q + 2 * ldy + j);
      }
    }
  }
}
