package dev.flatness.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.flatness.linalg.FilterTransform;
import dev.flatness.linalg.Gemm;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link Gemm} must do; extend it and say which.
 *
 * <p>Results are held against the same product in twice the working precision. An entry may differ
 * by {@code 2 (k + 4) u (|alpha| |op(A)| |op(B)| + |beta| |C|)} with unit roundoff u, which any
 * order of summation, fused or not, keeps (Higham, Accuracy and Stability of Numerical Algorithms,
 * §3.1).
 */
public abstract class GemmContract {
  private Gemm gemm;

  /** Returns the implementation under test; a missing one aborts by a failed assumption. */
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

  @Test
  void packedFactorsGiveTheSameProducts() {
    SplittableRandom random = new SplittableRandom(20271);
    Gemm packing = new PackingGemm(gemm);
    int[][] shapes = {
      {0, 3, 2}, {3, 4, 0}, {1, 1, 1}, {481, 5, 300}, {50, 64, 784}, {6, 700, 25}, {16, 33, 1030}
    };
    for (int[] shape : shapes) {
      for (boolean trans : new boolean[] {false, true}) {
        GemmCase.packable(random, shape[0], shape[1], shape[2], trans)
            .assertBothPrecisions(packing);
      }
    }
    for (int m = 1; m < 30; m++) {
      for (int n : new int[] {1, 16, 50, 97, 130}) {
        GemmCase.packable(random, m, n, 20 + 2 * m, n % 2 == 0).assertBothPrecisions(packing);
        GemmCase.packable(random, m + 40, n, 65, n % 2 != 0).assertBothPrecisions(packing);
      }
    }
  }

  @Test
  void sumsOfRowsAreTakenInDouble() {
    SplittableRandom random = new SplittableRandom(20268);
    for (int n : new int[] {0, 1, 15, 16, 33, 160}) {
      for (int rows : new int[] {0, 1, 9}) {
        float[] x = singles(random.doubles(2000, -1, 1).toArray());
        double[] wide = doubles(x);
        double[] y = random.doubles(20, -1, 1).toArray();
        double[] expected = y.clone();
        double[] size = new double[20];
        for (int r = 0; r < rows; r++) {
          BigDecimal sum = new BigDecimal(y[2 + r]);
          for (int j = 0; j < n; j++) {
            sum = sum.add(new BigDecimal(wide[3 + r * n + j]));
            size[2 + r] += Math.abs(wide[3 + r * n + j]);
          }
          expected[2 + r] = sum.doubleValue();
          size[2 + r] += Math.abs(y[2 + r]);
        }
        float[] singles = singles(y);
        gemm.addRowSums(rows, n, wide, 3, y, 2);
        gemm.addRowSums(rows, n, x, 3, singles, 2);
        for (int i = 0; i < y.length; i++) {
          assertThat(y[i]).isCloseTo(expected[i], within((n + 2) * 0x1p-53 * size[i]));
          // The sum is in double; what it is added to and the result are floats.
          double bound = 3 * 0x1p-24 * (Math.abs(expected[i]) + 2) + (n + 2) * 0x1p-53 * size[i];
          assertThat((double) singles[i]).isCloseTo(expected[i], within(bound));
        }
      }
    }
  }

  @Test
  void sumsOfFloatsKeepWhatFloatsWouldLose() {
    // Large numbers that cancel, one small one: alike in every lane and in neighbouring ones.
    int n = 96;
    for (int step : new int[] {1, 8, 16, 32}) {
      float[] x = new float[n];
      x[0] = 0x1p30f;
      x[step] = 1;
      x[2 * step] = -0x1p30f;
      float[] y = {0};
      gemm.addRowSums(1, n, x, 0, y, 0);
      assertThat(y).containsExactly(1);
    }
  }

  @Test
  void addsRowsOfEitherPrecisionToOneInDouble() {
    SplittableRandom random = new SplittableRandom(20269);
    for (int n : new int[] {0, 1, 15, 16, 33, 1100}) {
      float[] x = singles(random.doubles(1200, -1, 1).toArray());
      double[] ofFloats = random.doubles(1200, -1, 1).toArray();
      double[] ofDoubles = ofFloats.clone();
      double[] expected = ofFloats.clone();
      for (int j = 0; j < n; j++) {
        expected[5 + j] += x[2 + j];
      }
      gemm.addTo(n, x, 2, ofFloats, 5);
      gemm.addTo(n, doubles(x), 2, ofDoubles, 5);
      assertThat(ofFloats).containsExactly(expected);
      assertThat(ofDoubles).containsExactly(expected);
    }
  }

  private static double[] doubles(float[] from) {
    double[] values = new double[from.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = from[i];
    }
    return values;
  }

  @Test
  void sumsOverRunsAgreeAndLeaveWhatIsBetween() {
    SplittableRandom random = new SplittableRandom(20263);
    for (int rows = 0; rows <= 5; rows++) {
      for (int n : new int[] {0, 1, 4, 7, 8, 15, 16, 24, 32, 40, 48, 96, 100}) {
        new RunsCase(random, rows, n).assertBothPrecisions(gemm);
      }
    }
  }

  @Test
  void transformsOfMinimalFilteringAreTheirMatrices() {
    SplittableRandom random = new SplittableRandom(20264);
    for (FilterTransform transform : FilterTransform.values()) {
      for (int runs : new int[] {0, 1, 2, 5}) {
        for (int run : new int[] {1, 7, 8, 16, 37}) {
          new FilterCase(random, transform, runs, run, true).assertBothPrecisions(gemm);
          new FilterCase(random, transform, runs, run, false).assertBothPrecisions(gemm);
        }
      }
    }
  }

  @Test
  void productsOfManyPairsAreThoseOfEach() {
    SplittableRandom random = new SplittableRandom(20265);
    for (int[] size :
        new int[][] {{3, 16, 128, 16}, {36, 17, 40, 33}, {2, 1, 3, 1}, {0, 4, 4, 4}}) {
      int count = size[0];
      int m = size[1];
      int n = size[2];
      int k = size[3];
      double[] a = random.doubles((long) (count + 1) * (m * k + 3)).toArray();
      double[] b = random.doubles((long) (count + 1) * (k * n + 5)).toArray();
      for (int trans = 0; trans < 8; trans++) {
        boolean ta = (trans & 1) != 0;
        boolean tb = (trans & 2) != 0;
        int beta = trans / 4;
        int lda = ta ? m : k;
        int ldb = tb ? k : n;
        double[] c = random.doubles((long) (count + 1) * (m * n + 7)).toArray();
        double[] expected = c.clone();
        for (int i = 0; i < count; i++) {
          int p = 1 + i * (m * k + 3);
          int q = 2 + i * (k * n + 5);
          int to = 3 + i * (m * n + 7);
          for (int r = 0; r < m; r++) {
            for (int j = 0; j < n; j++) {
              double sum = 0;
              for (int t = 0; t < k; t++) {
                sum += a[p + (ta ? t * m + r : r * k + t)] * b[q + (tb ? j * k + t : t * n + j)];
              }
              expected[to + r * n + j] = beta * expected[to + r * n + j] + sum;
            }
          }
        }
        float[] singles = singles(c);
        gemm.multiplyEach(
            count, ta, tb, m, n, k, a, 1, m * k + 3, lda, b, 2, k * n + 5, ldb, beta, c, 3,
            m * n + 7, n);
        gemm.multiplyEach(
            count,
            ta,
            tb,
            m,
            n,
            k,
            singles(a),
            1,
            m * k + 3,
            lda,
            singles(b),
            2,
            k * n + 5,
            ldb,
            beta,
            singles,
            3,
            m * n + 7,
            n);
        for (int i = 0; i < c.length; i++) {
          // All numbers are positive: errors are relative.
          assertThat(c[i]).isCloseTo(expected[i], withinPercentage(100 * (k + 4) * 0x1p-52));
          assertThat((double) singles[i])
              .isCloseTo(expected[i], withinPercentage(100 * (k + 8) * 0x1p-23));
        }
      }
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
  void multipliesRowsEntryByEntry() {
    SplittableRandom random = new SplittableRandom(20266);
    for (int n : new int[] {0, 1, 7, 8, 16, 35}) {
      double[] x = random.doubles(60, -1, 1).toArray();
      double[] z = random.doubles(60, -1, 1).toArray();
      for (boolean add : new boolean[] {false, true}) {
        double[] y = random.doubles(60, -1, 1).toArray();
        double[] expected = y.clone();
        for (int j = 0; j < n; j++) {
          expected[3 + j] = x[1 + j] * z[2 + j] + (add ? expected[3 + j] : 0);
        }
        float[] singles = singles(y);
        gemm.multiplyEntries(n, x, 1, z, 2, add, y, 3);
        gemm.multiplyEntries(n, singles(x), 1, singles(z), 2, add, singles, 3);
        for (int i = 0; i < y.length; i++) {
          boolean changed = i >= 3 && i < 3 + n;
          assertThat(y[i]).isCloseTo(expected[i], within(changed ? 0x1p-51 : 0.0));
          assertThat((double) singles[i])
              .isCloseTo(
                  changed ? expected[i] : (float) expected[i], within(changed ? 0x1p-21 : 0.0));
        }
      }
      double[] own = x.clone();
      gemm.multiplyEntries(n, own, 1, z, 2, false, own, 1);
      double[] other = z.clone();
      gemm.multiplyEntries(n, x, 1, other, 2, true, other, 2);
      for (int j = 0; j < n; j++) {
        assertThat(own[1 + j]).isEqualTo(x[1 + j] * z[2 + j]);
        assertThat(other[2 + j]).isCloseTo(x[1 + j] * z[2 + j] + z[2 + j], within(0x1p-51));
      }
    }
  }

  @Test
  void maximaAreThoseOfMath() {
    SplittableRandom random = new SplittableRandom(20272);
    for (int n : new int[] {0, 1, 7, 16, 33, 96}) {
      double[] x = random.doubles(100, -1, 1).toArray();
      double[] z = random.doubles(100, -1, 1).toArray();
      x[2] = Double.NaN;
      z[4] = Double.NaN;
      x[4] = -0.0;
      z[5] = 0.0;
      x[9] = Double.NEGATIVE_INFINITY;
      double[] y = random.doubles(100).toArray();
      double[] expected = y.clone();
      float[] singles = singles(y);
      float[] ofFloats = singles.clone();
      for (int j = 0; j < n; j++) {
        expected[3 + j] = Math.max(x[1 + j], z[2 + j]);
        ofFloats[3 + j] = Math.max((float) x[1 + j], (float) z[2 + j]);
      }
      gemm.maxEntries(n, x, 1, z, 2, y, 3);
      gemm.maxEntries(n, singles(x), 1, singles(z), 2, singles, 3);
      assertThat(y).containsExactly(expected);
      assertThat(singles).containsExactly(ofFloats);
      double[] own = z.clone();
      gemm.maxEntries(n, x, 1, own, 2, own, 2);
      assertThat(Arrays.copyOfRange(own, 2, 2 + n))
          .containsExactly(Arrays.copyOfRange(expected, 3, 3 + n));
    }
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
    double[] c = new double[8];
    float[] f = new float[5];
    gemm.multiply(false, true, 2, 2, 96, 1, wide, 0, 96, wide, 500, 96, 0, c, 0, 2);
    gemm.multiply(false, true, 2, 2, 96, 1, x, 0, 96, x, 500, 96, 0, f, 0, 2);
    gemm.addRowSums(1, 160, x, 1, f, 4);
    c[4] = gemm.dot(3, 32, wide, 0, 40, wide, 600, 40);
    c[5] = gemm.dot(3, 32, x, 0, 40, x, 600, 40);
    c[6] = gemm.dot(3, 24, wide, 0, 40, wide, 600, 40);
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
