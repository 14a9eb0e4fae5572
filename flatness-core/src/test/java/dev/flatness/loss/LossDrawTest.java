package dev.flatness.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.random.Seed;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Labels drawn from the distribution that a loss is the likelihood of. */
class LossDrawTest {
  private static final int DRAWS = 100_000;

  /** Four standard errors of a frequency are left once in 16 000 times. */
  private static void assertFrequency(int count, double probability) {
    double error = Math.sqrt(probability * (1 - probability) / DRAWS);
    assertThat(count / (double) DRAWS).isCloseTo(probability, within(4 * error));
  }

  @Test
  void classesComeAsOftenAsTheirProbabilities() {
    RandomGenerator random = Seed.of(2).generator();
    double[] f = {710, 708.5, 712, 600};
    double[] p = new double[4];
    double sum = 0;
    for (int k = 0; k < 4; k++) {
      p[k] = Math.exp(f[k] - 712);
      sum += p[k];
    }
    int[] counts = new int[4];
    double[] target = new double[1];
    for (int i = 0; i < DRAWS; i++) {
      SoftmaxCrossEntropy.onLogits().draw(f, random, target);
      counts[(int) target[0]]++;
    }
    for (int k = 0; k < 4; k++) {
      assertFrequency(counts[k], p[k] / sum);
    }
    assertThat(counts[3]).isZero();
  }

  @Test
  void onesComeAsOftenAsTheSigmoid() {
    RandomGenerator random = Seed.of(3).generator();
    double[] target = new double[1];
    for (double f : new double[] {-2, 0, 1.5}) {
      int ones = 0;
      for (int i = 0; i < DRAWS; i++) {
        BinaryCrossEntropy.onLogits().draw(new double[] {f}, random, target);
        ones += (int) target[0];
      }
      assertFrequency(ones, 1 / (1 + Math.exp(-f)));
    }
  }

  /**
   * exp(−(y − f)²) is a normal density of variance ½: under it, the gradient 2(f − y) has the
   * covariance 2I, the Hessian of the loss.
   */
  @Test
  void realTargetsAreNormalOfVarianceOneHalf() {
    RandomGenerator random = Seed.of(4).generator();
    double[] f = {3, -1};
    double[] target = new double[2];
    double[] gradient = new double[2];
    double[] first = new double[2];
    double[] second = new double[3];
    for (int i = 0; i < DRAWS; i++) {
      SquaredError.summed().draw(f, random, target);
      SquaredError.summed().gradient(f, target, gradient);
      first[0] += gradient[0] / DRAWS;
      first[1] += gradient[1] / DRAWS;
      second[0] += gradient[0] * gradient[0] / DRAWS;
      second[1] += gradient[1] * gradient[1] / DRAWS;
      second[2] += gradient[0] * gradient[1] / DRAWS;
    }
    double root = Math.sqrt(DRAWS);
    assertThat(first[0]).isCloseTo(0, within(4 * Math.sqrt(2) / root));
    assertThat(first[1]).isCloseTo(0, within(4 * Math.sqrt(2) / root));
    // The square of a normal of variance 2 has variance 8, the product of two variance 4.
    assertThat(second[0]).isCloseTo(2, within(4 * Math.sqrt(8) / root));
    assertThat(second[1]).isCloseTo(2, within(4 * Math.sqrt(8) / root));
    assertThat(second[2]).isCloseTo(0, within(4 * 2 / root));
  }

  /** The mean over K outputs leaves a variance of K/2: the drawn residual is √K times as large. */
  @Test
  void targetsOfTheMeanSpreadByTheRootOfTheOutputs() {
    double[] f = {3, -1, 0, 2};
    double[] summed = new double[4];
    double[] averaged = new double[4];
    SquaredError.summed().draw(f, Seed.of(5).generator(), summed);
    SquaredError.averaged().draw(f, Seed.of(5).generator(), averaged);
    for (int k = 0; k < 4; k++) {
      assertThat(averaged[k] - f[k]).isCloseTo(2 * (summed[k] - f[k]), within(1e-14));
    }
    assertThat(SquaredError.averaged().value(f, averaged))
        .isCloseTo(SquaredError.summed().value(f, summed), within(1e-12));
  }
}
