package dev.flatness.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flatness.internal.testkit.GemmCase;
import dev.flatness.linalg.Gemm;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link Gemm} must do, one from outside too; extend it and say which.
 *
 * <p>Results are held against the same product in twice the working precision. An entry may differ
 * by {@code 2 (k + 4) u (|alpha| |op(A)| |op(B)| + |beta| |C|)} with unit roundoff u, which any
 * order of summation, fused or not, keeps (Higham, Accuracy and Stability of Numerical Algorithms,
 * §3.1).
 */
public abstract class GemmContract {
  private Gemm gemm;

  /** For subclasses. */
  protected GemmContract() {}

  /**
   * Returns the implementation under test; a missing one aborts by a failed assumption.
   *
   * @return the implementation
   */
  protected abstract Gemm gemm();

  @BeforeEach
  void obtain() {
    gemm = gemm();
  }

  @Test
  void agreesWithTwiceThePrecisionOnRandomShapes() {
    SplittableRandom random = new SplittableRandom(20261);
    for (int i = 0; i < 400; i++) {
      GemmCase.small(random).assertBothPrecisions(gemm);
    }
  }

  @Test
  void agreesOnShapesThatCrossEveryBlock() {
    SplittableRandom random = new SplittableRandom(20262);
    int[][] shapes = {
      {3, 1100, 2}, {481, 5, 300}, {50, 64, 784}, {6, 700, 25}, {16, 33, 1030}, {13, 513, 260}
    };
    for (int[] shape : shapes) {
      for (int trans = 0; trans < 4; trans++) {
        GemmCase.of(random, shape[0], shape[1], shape[2], (trans & 1) != 0, (trans & 2) != 0)
            .assertBothPrecisions(gemm);
      }
    }
  }

  @Test
  void agreesOnFewColumnsOfEveryWidth() {
    SplittableRandom random = new SplittableRandom(20267);
    for (int n : new int[] {1, 2, 3, 5, 7, 9, 10, 13, 16, 17, 18, 33, 34, 50, 96, 97}) {
      for (int m : new int[] {7, 8, 9, 50}) {
        for (int k : new int[] {31, 64, 300}) {
          GemmCase.plain(random, m, n, k, true).assertBothPrecisions(gemm);
          GemmCase.plain(random, m, n, k, false).assertBothPrecisions(gemm);
        }
      }
      GemmCase.plain(random, 500, n, 20, n % 2 == 0).assertBothPrecisions(gemm);
      GemmCase.plain(random, 500, n, 70, n % 2 != 0).assertBothPrecisions(gemm);
    }
  }

  @Test
  void agreesOnEveryHeightOfWhatIsLeft() {
    SplittableRandom random = new SplittableRandom(20270);
    for (int m = 48; m < 76; m++) {
      GemmCase.plain(random, m, 70, 70, false).assertBothPrecisions(gemm);
      GemmCase.of(random, m, 40, 66, true, false).assertBothPrecisions(gemm);
      GemmCase.of(random, m - 24, 97, 12, m % 2 == 0, true).assertBothPrecisions(gemm);
    }
  }

  private static float[] singles(double[] from) {
    float[] values = new float[from.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) from[i];
    }
    return values;
  }

  @Test
  void neverReadsCWhenBetaIsZero() {
    double[] c = {Double.NaN, Double.POSITIVE_INFINITY};
    gemm.multiply(false, false, 1, 2, 1, 2, doubles(3), 0, 1, doubles(5, 7), 0, 2, 0, c, 0, 2);
    assertThat(c).containsExactly(30, 42);
    float[] f = {Float.NaN, Float.NEGATIVE_INFINITY};
    gemm.multiply(false, false, 1, 2, 1, 2, floats(3), 0, 1, floats(5, 7), 0, 2, 0, f, 0, 2);
    assertThat(f).containsExactly(30, 42);
  }

  @Test
  void overwritesCWithZerosWhenNothingIsToBeAdded() {
    double[] c = {Double.NaN, Double.NaN, Double.NaN};
    gemm.multiply(false, false, 1, 2, 0, 1, doubles(), 0, 0, doubles(), 0, 2, 0, c, 1, 2);
    assertThat(c).containsExactly(Double.NaN, 0, 0);
    float[] f = {Float.NaN, Float.NaN, Float.NaN};
    gemm.multiply(false, false, 1, 2, 0, 1, floats(), 0, 0, floats(), 0, 2, 0, f, 1, 2);
    assertThat(f).containsExactly(Float.NaN, 0, 0);
  }

  @Test
  void neverReadsTheFactorsWhenAlphaIsZero() {
    double[] nan = doubles(Double.NaN, Double.NaN);
    double[] c = {1, 2};
    gemm.multiply(false, false, 1, 2, 1, 0, nan, 0, 1, nan, 0, 2, 3, c, 0, 2);
    assertThat(c).containsExactly(3, 6);
    float[] nanF = floats(Float.NaN, Float.NaN);
    float[] f = {1, 2};
    gemm.multiply(false, false, 1, 2, 1, 0, nanF, 0, 1, nanF, 0, 2, 3, f, 0, 2);
    assertThat(f).containsExactly(3, 6);
  }

  @Test
  void nanReachesItsRowOrColumnAndNothingElse() {
    int m = 9;
    int n = 37;
    int k = 11;
    double[] a = new double[m * k];
    double[] b = new double[k * n];
    double[] c = new double[m * n];
    Arrays.fill(a, 1);
    Arrays.fill(b, 1);
    a[4 * k + 10] = Double.NaN;
    b[10 * n + 36] = Double.NaN;
    gemm.multiply(false, false, m, n, k, 1, a, 0, k, b, 0, n, 0, c, 0, n);
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        assertThat(c[i * n + j]).isEqualTo(Double.valueOf(i == 4 || j == 36 ? Double.NaN : k));
      }
    }
  }

  /** Sums across lanes have the same order in the interpreter as in compiled loops. */
  @Test
  void keepsItsBitsWhenTheJitHasCompiledIt() {
    SplittableRandom random = new SplittableRandom(20270);
    double[] wide = random.doubles(2000, -1, 1).toArray();
    float[] x = singles(random.doubles(2000, -1, 1).toArray());
    double[] first = sums(wide, x);
    for (int i = 0; i < 20_000; i++) {
      assertThat(Arrays.equals(sums(wide, x), first)).as("call %s", i).isTrue();
    }
  }

  private double[] sums(double[] wide, float[] x) {
    double[] c = new double[4];
    float[] f = new float[4];
    gemm.multiply(false, true, 2, 2, 96, 1, wide, 0, 96, wide, 500, 96, 0, c, 0, 2);
    gemm.multiply(false, true, 2, 2, 96, 1, x, 0, 96, x, 500, 96, 0, f, 0, 2);
    double[] all = Arrays.copyOf(c, c.length + f.length);
    for (int i = 0; i < f.length; i++) {
      all[c.length + i] = f[i];
    }
    return all;
  }

  @Test
  void repeatsItsBitsOnManyThreadsAtOnce() throws Exception {
    GemmCase one = GemmCase.of(new SplittableRandom(20263), 37, 130, 290, false, true);
    GemmCase two = GemmCase.of(new SplittableRandom(20264), 50, 70, 33, true, false);
    double[] first = one.product(gemm);
    double[] second = two.product(gemm);
    ExecutorService pool = Executors.newFixedThreadPool(2);
    try {
      Callable<Boolean> ones = () -> sameBits(one, first);
      Callable<Boolean> twos = () -> sameBits(two, second);
      Future<Boolean> left = pool.submit(ones);
      Future<Boolean> right = pool.submit(twos);
      assertThat(left.get() && right.get()).isTrue();
    } finally {
      pool.shutdownNow();
    }
  }

  private boolean sameBits(GemmCase gemmCase, double[] expected) {
    for (int i = 0; i < 100; i++) {
      if (!Arrays.equals(gemmCase.product(gemm), expected)) {
        return false;
      }
    }
    return true;
  }

  @Test
  void rejectsNegativeSizes() {
    assertThatThrownBy(() -> multiply(2, -1, 3, 12, 0, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("matrix product: m, n and k must not be negative, got m = 2, n = -1, k = 3");
  }

  @Test
  void rejectsALeadingDimensionShorterThanARow() {
    assertThatThrownBy(() -> multiply(2, 2, 3, 12, 0, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "matrix product: the leading dimension of A must be at least its row length 3, got 2");
  }

  @Test
  void rejectsAMatrixThatDoesNotFitItsArray() {
    assertThatThrownBy(() -> multiply(2, 2, 3, 6, 1, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "matrix product: A (2×3, offset 1, leading dimension 3) does not fit its array of"
                + " length 6");
    assertThatThrownBy(() -> multiply(2, 2, 3, 6, -1, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "matrix product: A (2×3, offset -1, leading dimension 3) does not fit its array of"
                + " length 6");
  }

  @Test
  void rejectsAnExtentBeyondTheRangeOfInt() {
    assertThatThrownBy(() -> multiply(3, 2, 3, 12, 0, Integer.MAX_VALUE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "matrix product: A (3×3, offset 0, leading dimension 2147483647) does not fit its"
                + " array of length 12");
  }

  private void multiply(int m, int n, int k, int aLength, int aOffset, int lda) {
    double[] a = new double[aLength];
    gemm.multiply(false, false, m, n, k, 1, a, aOffset, lda, new double[9], 0, 2, 0, a, 0, 2);
  }

  private static double[] doubles(double... values) {
    return values;
  }

  private static float[] floats(float... values) {
    return values;
  }
}
