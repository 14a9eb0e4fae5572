package dev.flatness.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.random.Seed;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The losses on logits against 60 digits, at margins up to 700: nothing cancels, so that every
 * number is right to some ten roundings of its own size.
 */
class LossAccuracyTest {
  private static final double ROUNDING = 2e-15;

  /** Logits whose differences are exact, the first the largest by the margin. */
  private static double[] logits(double margin) {
    return new double[] {margin + 0.25, 0.25, -1.5, 0.125};
  }

  private static void assertExact(String what, double actual, BigDecimal expected) {
    assertExact(what, actual, expected, expected.abs());
  }

  /** Right relative to a size, or too small for a normal number. */
  private static void assertExact(
      String what, double actual, BigDecimal expected, BigDecimal size) {
    double allowed = ROUNDING * size.doubleValue() + Double.MIN_NORMAL;
    assertThat(Exact.of(actual).subtract(expected).abs().doubleValue())
        .as("%s: %s, expected %s", what, actual, expected.doubleValue())
        .isLessThanOrEqualTo(allowed);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.5, 5, 40, 300, 700})
  void softmaxCrossEntropyKeepsItsDigits(double margin) {
    double[] f = logits(margin);
    BigDecimal[] p = Exact.softmax(f);
    for (int y = 0; y < f.length; y++) {
      double[] target = {y};
      SoftmaxCrossEntropy loss = SoftmaxCrossEntropy.onLogits();
      BigDecimal odds = Exact.others(p, y).divide(p[y], Exact.DIGITS);
      assertExact("loss of class " + y, loss.value(f, target), Exact.log1p(odds));

      double[] gradient = new double[f.length];
      loss.gradient(f, target, gradient);
      for (int k = 0; k < f.length; k++) {
        BigDecimal expected = k == y ? Exact.others(p, y).negate() : p[k];
        assertExact("gradient " + k + " of class " + y, gradient[k], expected);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.5, 5, 40, 300, 700})
  void softmaxFactorsKeepTheirDigits(double margin) {
    double[] f = logits(margin);
    BigDecimal[] p = Exact.softmax(f);
    double[][] columns = new double[f.length][f.length];
    SoftmaxCrossEntropy.onLogits().factor(f, new double[] {1}, 0, columns);
    for (int k = 0; k < f.length; k++) {
      BigDecimal root = p[k].sqrt(Exact.DIGITS);
      for (int j = 0; j < f.length; j++) {
        BigDecimal expected = (j == k ? Exact.others(p, k) : p[j].negate()).multiply(root);
        assertExact("column " + k + ", entry " + j, columns[k][j], expected);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.5, 5, 40, 300, 700})
  void softmaxHessianProductsKeepTheirDigits(double margin) {
    double[] f = logits(margin);
    BigDecimal[] p = Exact.softmax(f);
    RandomGenerator random = Seed.of((long) margin).generator();
    for (int trial = 0; trial < 20; trial++) {
      double[] v = random.doubles(f.length).map(u -> 2 * u - 1).toArray();
      double[] product = new double[f.length];
      SoftmaxCrossEntropy.onLogits().hessianProduct(f, new double[] {0}, v, product);
      for (int k = 0; k < f.length; k++) {
        // (Hv)_k = p_k Σ_j p_j (v_k − v_j): nothing larger may leave its rounding errors.
        BigDecimal sum = BigDecimal.ZERO;
        BigDecimal size = BigDecimal.ZERO;
        for (int j = 0; j < f.length; j++) {
          BigDecimal part = p[j].multiply(Exact.of(v[k]).subtract(Exact.of(v[j])));
          sum = sum.add(part);
          size = size.add(part.abs());
        }
        // The mean is taken from the largest class, whose own distance comes in beside it.
        BigDecimal spread = Exact.others(p, 0);
        BigDecimal allowed = p[k].multiply(size.add(spread));
        assertExact("entry " + k, product[k], p[k].multiply(sum), allowed);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {-700, -300, -40, -5, -0.5, 0, 0.5, 5, 40, 300, 700})
  void binaryCrossEntropyKeepsItsDigits(double logit) {
    BinaryCrossEntropy loss = BinaryCrossEntropy.onLogits();
    BigDecimal[] p = Exact.softmax(new double[] {0, logit});
    for (int y = 0; y < 2; y++) {
      double[] f = {logit};
      double[] target = {y};
      BigDecimal odds = p[1 - y].divide(p[y], Exact.DIGITS);
      assertExact("loss", loss.value(f, target), Exact.log1p(odds));
      double[] found = new double[1];
      loss.gradient(f, target, found);
      assertExact("gradient", found[0], y == 1 ? p[0].negate() : p[1]);
      BigDecimal curvature = p[0].multiply(p[1]);
      loss.hessianProduct(f, target, new double[] {3}, found);
      assertExact("product", found[0], curvature.multiply(BigDecimal.valueOf(3)));
      loss.factor(f, target, 0, new double[][] {found});
      assertExact("factor", found[0], curvature.sqrt(Exact.DIGITS));
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-3, 1, 1e3})
  void derivativesAreDifferences(double scale) {
    RandomGenerator random = Seed.of(3).generator();
    List<Loss> losses = new ArrayList<>(TestLosses.convex());
    int labelled = losses.size();
    losses.addAll(TestLosses.convex().subList(0, 2));
    for (int i = 0; i < losses.size(); i++) {
      Loss loss = losses.get(i);
      int n = 4;
      double[] y =
          loss instanceof SquaredError
              ? new double[] {1, -2, 0.5, 3}
              : loss instanceof BinaryCrossEntropy
                  ? new double[] {1, 0, 0.25, 1}
                  : i < labelled ? new double[] {1} : new double[] {0.5, 0, 0.125, 0.375};
      // Losses on logits change over units; the others over the scale of their outputs.
      double size = loss instanceof SquaredError ? scale : 1;
      double[] f = random.doubles(n).map(u -> size * (4 * u - 2)).toArray();
      double[] v = random.doubles(n).map(u -> 2 * u - 1).toArray();
      double h = 1e-4;
      double[] plus = f.clone();
      double[] minus = f.clone();
      for (int k = 0; k < n; k++) {
        plus[k] += h * v[k];
        minus[k] -= h * v[k];
      }
      double[] gradient = new double[n];
      loss.gradient(f, y, gradient);
      double slope = 0;
      for (int k = 0; k < n; k++) {
        slope += gradient[k] * v[k];
      }
      double value = Math.abs(loss.value(f, y));
      // Third derivatives of order one leave h²; a rounding of the loss leaves ε|ℓ|/h.
      double allowed = 10 * h * h + 1e-15 * value / h;
      assertThat((loss.value(plus, y) - loss.value(minus, y)) / (2 * h))
          .as(loss.id())
          .isCloseTo(slope, within(allowed));

      double[] product = new double[n];
      loss.hessianProduct(f, y, v, product);
      double[] up = new double[n];
      double[] down = new double[n];
      loss.gradient(plus, y, up);
      loss.gradient(minus, y, down);
      double largest = Arrays.stream(gradient).map(Math::abs).max().orElseThrow();
      for (int k = 0; k < n; k++) {
        assertThat((up[k] - down[k]) / (2 * h))
            .as(loss.id())
            .isCloseTo(product[k], within(10 * h * h + 1e-15 * largest / h));
      }
    }
  }
}
