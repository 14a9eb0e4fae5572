package dev.flatness.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.random.Seed;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class LossFactorTest {
  private static final double[] TARGET = {1, 0, 2, 1};

  private static double[][] factor(Loss loss, double[] f) {
    double[][] columns = new double[loss.factorColumns(f.length)][f.length];
    // What stood in the columns before must not matter.
    for (double[] column : columns) {
      Arrays.fill(column, 7);
    }
    loss.factor(f, TARGET, 0, columns);
    return columns;
  }

  @Test
  void columnsAddUpToTheDenseHessian() {
    RandomGenerator random = Seed.of(1).generator();
    for (Loss loss : TestLosses.convex()) {
      for (int trial = 0; trial < 50; trial++) {
        int n = loss instanceof BinaryCrossEntropy ? 1 : 2 + trial % 3;
        double[] f = random.doubles(n).map(u -> 6 * u - 3).toArray();
        double[][] hessian = new double[n][n];
        double largest = 0;
        for (int j = 0; j < n; j++) {
          double[] unit = new double[n];
          unit[j] = 1;
          loss.hessianProduct(f, TARGET, unit, hessian[j]);
          largest = Math.max(largest, hessian[j][j]);
        }
        double[][] columns = factor(loss, f);
        for (int i = 0; i < n; i++) {
          for (int j = 0; j < n; j++) {
            double sum = 0;
            for (double[] column : columns) {
              sum += column[i] * column[j];
            }
            // The default drops pivots below 4n roundings of the largest entry.
            assertThat(sum).as(loss.id()).isCloseTo(hessian[i][j], within(4e-15 * largest));
          }
        }
      }
    }
  }

  @Test
  void someColumnsAreThoseOfAll() {
    RandomGenerator random = Seed.of(2).generator();
    for (Loss loss : TestLosses.convex()) {
      int n = loss instanceof BinaryCrossEntropy ? 1 : 4;
      double[] f = random.doubles(n).map(u -> 6 * u - 3).toArray();
      double[][] all = factor(loss, f);
      for (int first = 0; first < all.length; first++) {
        for (int count = 1; first + count <= all.length; count++) {
          double[][] some = new double[count][n];
          loss.factor(f, TARGET, first, some);
          assertThat(some).isDeepEqualTo(Arrays.copyOfRange(all, first, first + count));
        }
      }
    }
  }

  @Test
  void aHessianOfLowRankNeedsAsManyColumnsAsItsRank() {
    double[][] ones = {{1, 1}, {1, 1}};
    double[][] columns = factor(new TestLosses.Quadratic("mean", 1, ones), new double[2]);
    assertThat(columns).isDeepEqualTo(new double[][] {{1, 1}});
    double[][] more = factor(new TestLosses.Quadratic("mean", 2, ones), new double[2]);
    assertThat(more).isDeepEqualTo(new double[][] {{1, 1}, {0, 0}});
  }

  @Test
  void aFlatLossHasColumnsOfZeros() {
    double[][] columns =
        factor(new TestLosses.Quadratic("flat", 1, new double[2][2]), new double[2]);
    assertThat(columns).isDeepEqualTo(new double[1][2]);
  }

  private static void assertRefused(Loss loss, String message) {
    assertThatThrownBy(() -> factor(loss, new double[] {0.5, -0.5}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void refusesLossesThatAreNotConvex() {
    assertRefused(
        new TestLosses.Quadratic("concave", 2, new double[][] {{2, 0}, {0, -3}}),
        "loss \"concave\" is not convex in the outputs;"
            + " closed forms need a convex loss, use an estimator");
    assertRefused(
        new TestLosses.Quadratic("saddle", 2, new double[][] {{0, 1}, {1, 0}}),
        "loss \"saddle\" is not convex in the outputs;"
            + " closed forms need a convex loss, use an estimator");
    assertRefused(
        new TestLosses.Quadratic("indefinite", 2, new double[][] {{1, 2}, {2, 1}}),
        "loss \"indefinite\" is not convex in the outputs;"
            + " closed forms need a convex loss, use an estimator");
  }

  @Test
  void refusesFewerColumnsThanTheRank() {
    assertRefused(
        new TestLosses.Quadratic("round", 1, new double[][] {{1, 0}, {0, 1}}),
        "loss \"round\" announces 1 factor columns, but the rank of its Hessian is larger;"
            + " announce as many as outputs");
  }
}
