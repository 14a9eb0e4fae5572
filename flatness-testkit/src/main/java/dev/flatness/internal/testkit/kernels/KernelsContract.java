package dev.flatness.internal.testkit.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.flatness.internal.engine.KernelGemm;
import dev.flatness.internal.kernels.FilterTransform;
import dev.flatness.internal.testkit.GemmCase;
import dev.flatness.linalg.Gemm;
import dev.flatness.testkit.GemmContract;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What the engine's kernels around a {@link Gemm} must do in both precisions, beyond what the
 * matrix product itself must; extend it and say which product.
 */
public abstract class KernelsContract extends GemmContract {
  private dev.flatness.internal.kernels64.Kernels doubles;
  private dev.flatness.internal.kernels32.Kernels floats;

  @BeforeEach
  void obtainKernels() {
    Gemm gemm = gemm();
    doubles = KernelGemm.doubles(gemm);
    floats = KernelGemm.floats(gemm);
  }

  @Test
  void productsAreThoseOfTheMatrixProduct() {
    SplittableRandom random = new SplittableRandom(20273);
    Gemm kernels = new KernelProducts(doubles, floats);
    for (int[] size : new int[][] {{1, 1, 1}, {5, 16, 9}, {50, 64, 70}, {130, 97, 260}}) {
      for (int trans = 0; trans < 4; trans++) {
        GemmCase one =
            GemmCase.of(random, size[0], size[1], size[2], (trans & 1) != 0, (trans & 2) != 0);
        assertThat(one.product(kernels)).containsExactly(one.product(gemm()));
        assertThat(one.singleProduct(kernels)).containsExactly(one.singleProduct(gemm()));
      }
    }
  }

  @Test
  void packedFactorsGiveTheSameProducts() {
    SplittableRandom random = new SplittableRandom(20271);
    Gemm packing = new PackingGemm(doubles, floats);
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
        double[] wide = widened(x);
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
        doubles.addRowSums(rows, n, wide, 3, y, 2);
        floats.addRowSums(rows, n, x, 3, singles, 2);
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
    // Large numbers that cancel, one small one: alike in every lane and in neighboring ones.
    int n = 96;
    for (int step : new int[] {1, 8, 16, 32}) {
      float[] x = new float[n];
      x[0] = 0x1p30f;
      x[step] = 1;
      x[2 * step] = -0x1p30f;
      float[] y = {0};
      floats.addRowSums(1, n, x, 0, y, 0);
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
      floats.addTo(n, x, 2, ofFloats, 5);
      doubles.addTo(n, widened(x), 2, ofDoubles, 5);
      assertThat(ofFloats).containsExactly(expected);
      assertThat(ofDoubles).containsExactly(expected);
    }
  }

  @Test
  void sumsOverRunsAgreeAndLeaveWhatIsBetween() {
    SplittableRandom random = new SplittableRandom(20263);
    for (int rows = 0; rows <= 5; rows++) {
      for (int n : new int[] {0, 1, 4, 7, 8, 15, 16, 24, 32, 40, 48, 96, 100}) {
        new RunsCase(random, rows, n).assertBothPrecisions(doubles, floats);
      }
    }
  }

  @Test
  void transformsOfMinimalFilteringAreTheirMatrices() {
    SplittableRandom random = new SplittableRandom(20264);
    for (FilterTransform transform : FilterTransform.values()) {
      for (int runs : new int[] {0, 1, 2, 5}) {
        for (int run : new int[] {1, 7, 8, 16, 37}) {
          new FilterCase(random, transform, runs, run, true).assertBothPrecisions(doubles, floats);
          new FilterCase(random, transform, runs, run, false).assertBothPrecisions(doubles, floats);
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
        doubles.multiplyEach(
            count, ta, tb, m, n, k, a, 1, m * k + 3, lda, b, 2, k * n + 5, ldb, beta, c, 3,
            m * n + 7, n);
        floats.multiplyEach(
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
        doubles.multiplyEntries(n, x, 1, z, 2, add, y, 3);
        floats.multiplyEntries(n, singles(x), 1, singles(z), 2, add, singles, 3);
        for (int i = 0; i < y.length; i++) {
          boolean changed = i >= 3 && i < 3 + n;
          assertThat(y[i]).isCloseTo(expected[i], within(changed ? 0x1p-51 : 0.0));
          assertThat((double) singles[i])
              .isCloseTo(
                  changed ? expected[i] : (float) expected[i], within(changed ? 0x1p-21 : 0.0));
        }
      }
      double[] own = x.clone();
      doubles.multiplyEntries(n, own, 1, z, 2, false, own, 1);
      double[] other = z.clone();
      doubles.multiplyEntries(n, x, 1, other, 2, true, other, 2);
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
      doubles.maxEntries(n, x, 1, z, 2, y, 3);
      floats.maxEntries(n, singles(x), 1, singles(z), 2, singles, 3);
      assertThat(y).containsExactly(expected);
      assertThat(singles).containsExactly(ofFloats);
      double[] own = z.clone();
      doubles.maxEntries(n, x, 1, own, 2, own, 2);
      assertThat(Arrays.copyOfRange(own, 2, 2 + n))
          .containsExactly(Arrays.copyOfRange(expected, 3, 3 + n));
    }
  }

  /** Sums across lanes have the same order in the interpreter as in compiled loops. */
  @Test
  void sumsKeepTheirBitsWhenTheJitHasCompiledThem() {
    SplittableRandom random = new SplittableRandom(20270);
    double[] wide = random.doubles(2000, -1, 1).toArray();
    float[] x = singles(random.doubles(2000, -1, 1).toArray());
    double[] first = sums(wide, x);
    for (int i = 0; i < 20_000; i++) {
      assertThat(Arrays.equals(sums(wide, x), first)).as("call %s", i).isTrue();
    }
  }

  private double[] sums(double[] wide, float[] x) {
    float[] rowSum = new float[1];
    floats.addRowSums(1, 160, x, 1, rowSum, 0);
    return new double[] {
      rowSum[0],
      doubles.dot(3, 32, wide, 0, 40, wide, 600, 40),
      floats.dot(3, 32, x, 0, 40, x, 600, 40),
      doubles.dot(3, 24, wide, 0, 40, wide, 600, 40)
    };
  }

  private static double[] widened(float[] from) {
    double[] values = new double[from.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = from[i];
    }
    return values;
  }

  private static float[] singles(double[] from) {
    float[] values = new float[from.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) from[i];
    }
    return values;
  }
}
