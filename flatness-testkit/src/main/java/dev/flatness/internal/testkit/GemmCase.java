package dev.flatness.internal.testkit;

import dev.flatness.linalg.Gemm;
import java.util.SplittableRandom;

/** One product with everything that can vary, in both precisions. */
public final class GemmCase {
  private static final double[] ALPHAS = {1, -1, 0.37, 0};
  private static final double[] BETAS = {0, 1, -0.61};

  private final boolean transA;
  private final boolean transB;
  private final int m;
  private final int n;
  private final int k;
  private final double alpha;
  private final double beta;
  private final int aOffset;
  private final int bOffset;
  private final int cOffset;
  private final int lda;
  private final int ldb;
  private final int ldc;
  private final float[] a;
  private final float[] b;
  private final float[] c;

  private GemmCase(
      SplittableRandom random,
      int m,
      int n,
      int k,
      boolean transA,
      boolean transB,
      int slack,
      double alpha) {
    this.alpha = alpha;
    this.m = m;
    this.n = n;
    this.k = k;
    this.transA = transA;
    this.transB = transB;
    beta = BETAS[random.nextInt(BETAS.length)];
    aOffset = random.nextInt(slack);
    bOffset = random.nextInt(slack);
    cOffset = random.nextInt(slack);
    lda = (transA ? m : k) + random.nextInt(slack);
    ldb = (transB ? k : n) + random.nextInt(slack);
    ldc = n + random.nextInt(slack);
    // Numbers a float holds, so that both precisions see the same problem.
    a = gaussians(random, aOffset + (transA ? k : m) * lda);
    b = gaussians(random, bOffset + (transB ? n : k) * ldb);
    c = gaussians(random, cOffset + m * ldc + random.nextInt(slack));
  }

  /** Sizes from zero to a few tens; offsets and leading dimensions with room to spare. */
  public static GemmCase small(SplittableRandom random) {
    int[] sizes = new int[3];
    for (int i = 0; i < 3; i++) {
      int limit = new int[] {2, 9, 40, 80}[random.nextInt(4)];
      sizes[i] = random.nextInt(limit);
    }
    return new GemmCase(
        random,
        sizes[0],
        sizes[1],
        sizes[2],
        random.nextBoolean(),
        random.nextBoolean(),
        1 + random.nextInt(6),
        alpha(random));
  }

  /** One of these sizes. */
  public static GemmCase of(
      SplittableRandom random, int m, int n, int k, boolean transA, boolean transB) {
    return new GemmCase(random, m, n, k, transA, transB, 4, alpha(random));
  }

  /** One with A as it is: alpha is 1. */
  public static GemmCase plain(SplittableRandom random, int m, int n, int k, boolean transB) {
    return new GemmCase(random, m, n, k, false, transB, 4, 1);
  }

  /** One whose left factor may be packed: alpha is 1 and B as it is. */
  public static GemmCase packable(SplittableRandom random, int m, int n, int k, boolean transA) {
    return new GemmCase(random, m, n, k, transA, false, 4, 1);
  }

  private static double alpha(SplittableRandom random) {
    return ALPHAS[random.nextInt(ALPHAS.length)];
  }

  private static float[] gaussians(SplittableRandom random, int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** The whole array of C after the product in double precision. */
  public double[] product(Gemm gemm) {
    double[] result = widen(c);
    gemm.multiply(
        transA, transB, m, n, k, alpha, widen(a), aOffset, lda, widen(b), bOffset, ldb, beta,
        result, cOffset, ldc);
    return result;
  }

  /** The whole array of C after the product in single precision. */
  public float[] singleProduct(Gemm gemm) {
    return singleProduct(gemm, a, b);
  }

  private float[] singleProduct(Gemm gemm, float[] a, float[] b) {
    float[] result = c.clone();
    gemm.multiply(
        transA,
        transB,
        m,
        n,
        k,
        (float) alpha,
        a,
        aOffset,
        lda,
        b,
        bOffset,
        ldb,
        (float) beta,
        result,
        cOffset,
        ldc);
    return result;
  }

  /** Holds the products in both precisions against twice the working precision. */
  public void assertBothPrecisions(Gemm gemm) {
    assertClose(product(gemm), alpha, beta, 0x1p-53, "double");
    float[] aCopy = a.clone();
    float[] bCopy = b.clone();
    float[] result = singleProduct(gemm, aCopy, bCopy);
    assertClose(widen(result), (float) alpha, (float) beta, 0x1p-24, "float");
    if (!java.util.Arrays.equals(a, aCopy) || !java.util.Arrays.equals(b, bCopy)) {
      throw new AssertionError("a factor was written: " + this);
    }
  }

  private void assertClose(
      double[] result, double alpha, double beta, double roundoff, String precision) {
    for (int at = 0; at < result.length; at++) {
      int i = at < cOffset ? m : (at - cOffset) / ldcOrOne();
      int j = at < cOffset ? n : (at - cOffset) % ldcOrOne();
      if (i >= m || j >= n) {
        if (result[at] != c[at]) {
          throw new AssertionError("entry " + at + " outside C was written: " + this);
        }
        continue;
      }
      TwiceDouble sum = new TwiceDouble();
      double size = 0;
      for (int p = 0; p < k; p++) {
        double x = transA ? a[aOffset + p * lda + i] : a[aOffset + i * lda + p];
        double y = transB ? b[bOffset + j * ldb + p] : b[bOffset + p * ldb + j];
        sum.add(x, y);
        size += Math.abs(x * y);
      }
      TwiceDouble whole = new TwiceDouble();
      whole.add(alpha, sum.high);
      whole.add(alpha, sum.low);
      whole.add(beta, c[at]);
      double bound = 2 * (k + 4) * roundoff * (Math.abs(alpha) * size + Math.abs(beta * c[at]));
      double error = Math.abs(result[at] - whole.high - whole.low);
      if (!(error <= bound)) {
        throw new AssertionError(
            precision
                + " entry ("
                + i
                + ", "
                + j
                + ") is "
                + result[at]
                + ", expected "
                + whole.high
                + " to "
                + bound
                + ": "
                + this);
      }
    }
  }

  private int ldcOrOne() {
    return Math.max(1, ldc);
  }

  private static double[] widen(float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }

  @Override
  public String toString() {
    return "m="
        + m
        + " n="
        + n
        + " k="
        + k
        + (transA ? " A^T" : " A")
        + (transB ? " B^T" : " B")
        + " alpha="
        + alpha
        + " beta="
        + beta
        + " offsets "
        + aOffset
        + " "
        + bOffset
        + " "
        + cOffset
        + " leading dimensions "
        + lda
        + " "
        + ldb
        + " "
        + ldc;
  }

  /** A sum of products as an unevaluated sum of two doubles (Ogita, Rump and Oishi 2005, Dot2). */
  private static final class TwiceDouble {
    private double high;
    private double low;

    void add(double x, double y) {
      double product = x * y;
      double sum = high + product;
      double part = sum - high;
      low += (high - (sum - part)) + (product - part) + Math.fma(x, y, -product);
      high = sum;
    }
  }
}
