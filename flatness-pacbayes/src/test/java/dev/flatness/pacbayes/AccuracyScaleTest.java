package dev.flatness.pacbayes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.data.Datasets;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Monitor;
import dev.flatness.measure.Setting;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.pacbayes.ScaleBisection.Drop;
import dev.flatness.pacbayes.ScaleBisection.Found;
import dev.flatness.random.Seed;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.SurfaceOptions;
import dev.flatness.tensor.Tensor;
import java.util.Arrays;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.junit.jupiter.api.Test;

/**
 * A linear classifier f = W x of two classes on the unit vectors, with margins (W_y − W_k)_j: under
 * Gaussian noise σ the margin of each is normal with standard deviation σ √2, independently.
 */
class AccuracyScaleTest {
  private static final int SIZE = 50;
  private static final double MARGIN = 0.8;

  /** Where a standard normal lies below with probability 0.9. */
  private static final double NINTH = NormalDistribution.of(0, 1).inverseCumulativeProbability(0.9);

  private static double[] alike() {
    double[] margins = new double[SIZE];
    Arrays.fill(margins, MARGIN);
    return margins;
  }

  /** All below 1, and no two alike. */
  private static double[] different() {
    double[] margins = new double[SIZE];
    Arrays.setAll(margins, j -> 0.3 + 0.01 * ((7 * j) % SIZE));
    return margins;
  }

  private static Subject classifier(double[] margins, Settings settings, int threads) {
    double[] w = new double[2 * SIZE];
    double[][] x = new double[SIZE][SIZE];
    int[] labels = new int[SIZE];
    for (int j = 0; j < SIZE; j++) {
      labels[j] = j % 2;
      int sign = labels[j] == 0 ? 1 : -1;
      w[j] = sign * margins[j] / 2;
      w[SIZE + j] = -sign * margins[j] / 2;
      x[j][j] = 1;
    }
    Network network = Network.sequential(SIZE).dense("fc", Tensor.of(w, 2, SIZE), null).build();
    NetworkSurface surface =
        NetworkSurface.of(
            network,
            Datasets.of(x, labels),
            SoftmaxCrossEntropy.onLogits(),
            SurfaceOptions.withDefaults().withThreads(threads));
    return Subject.of(surface, settings, Monitor.NONE, Seed.of(3));
  }

  private static Subject classifier(double[] margins) {
    return classifier(margins, Settings.withDefaults(), 1);
  }

  private static Settings flag(Setting<Boolean> flag) {
    return Settings.withDefaults().with(flag, true);
  }

  @Test
  void noiseThatCostsATenthOfALinearClassifierIsThatOfTheNormalLaw() {
    Found found = Perturbations.noise(classifier(alike()), false, 400, 1e-4);
    double expected = MARGIN / (Math.sqrt(2) * NINTH);
    // 20 000 independent signs: 0.3/√20000 of accuracy, over the slope z φ(z) of the normal law.
    double error = 0.3 / Math.sqrt(20_000) / (NINTH * NormalDistribution.of(0, 1).density(NINTH));
    assertThat(found.error()).isCloseTo(error, within(0.3 * error));
    assertThat(Math.log(found.scale() / expected)).isBetween(-4 * error, 4 * error);
    assertThat(found.drop()).isBetween(0.099, 0.1);
  }

  @Test
  void noiseThatGrowsWithTheWeightsIsThatOfTheNormalLaw() {
    Found found = Perturbations.noise(classifier(alike()), true, 400, 1e-4);
    // 2 (σ² (m/2)² + ε²) = (m/z)².
    double variance = MARGIN * MARGIN / (NINTH * NINTH) / 2 - 1e-6;
    double expected = Math.sqrt(variance) / (MARGIN / 2);
    assertThat(Math.log(found.scale() / expected)).isBetween(-0.05, 0.05);
  }

  @Test
  void theConventionOfThePublicImplementationTakesTheVarianceForTheDeviation() {
    Settings settings = flag(JiangMeasures.VARIANCE_AS_DEVIATION);
    Found plain = Perturbations.noise(classifier(alike()), false, 40, 1e-6);
    Found other = Perturbations.noise(classifier(alike(), settings, 1), false, 40, 1e-6);
    assertThat(other.scale() * other.scale()).isCloseTo(plain.scale(), within(1e-4));
    assertThat(Perturbations.deviation(3, 2, false, true)).isEqualTo(9);
    assertThat(Perturbations.deviation(3, 2, true, true)).isEqualTo(36.000001);
    assertThat(Perturbations.deviation(3, 2, true, false)).isEqualTo(Math.sqrt(36.000001));
  }

  @Test
  void theWorstBoxOfALinearClassifierTakesTheSixthSmallestMargin() {
    // Every weight moves by α against its sample: a margin falls by 2 α. Five of 50 may go wrong.
    double[] margins = different();
    double[] sorted = margins.clone();
    Arrays.sort(sorted);
    Estimate flatness =
        PerturbedAccuracy.of("sharpness-flatness")
            .evaluate(classifier(margins, flag(JiangMeasures.UNIFORM_BOX), 1))
            .get(0);
    assertThat(flatness.status()).isEqualTo(Status.LOWER_BOUND);
    double alpha = (double) flatness.details().get("alpha");
    assertThat(alpha).isBetween(sorted[5] / 2 / 1.011, sorted[5] / 2);
    assertThat(flatness.value()).isCloseTo(1 / (alpha * alpha), within(1e-12 / (alpha * alpha)));
  }

  @Test
  void theWorstBoxThatGrowsWithTheWeightsHasAClosedForm() {
    // 2 α (m/2 + 1) = m in Keskar's box; 2 (α m/2 + ε₀) = m in the magnitude-aware one.
    double[] margins = different();
    double[] keskar = new double[SIZE];
    double[] aware = new double[SIZE];
    Arrays.setAll(keskar, j -> margins[j] / (margins[j] + 2));
    Arrays.setAll(aware, j -> (margins[j] - 2e-3) / margins[j]);
    Arrays.sort(keskar);
    Arrays.sort(aware);
    assertThat(detail("sharpness-flatness", "alpha", classifier(margins)))
        .isBetween(keskar[5] / 1.011, keskar[5]);
    assertThat(detail("sharpness-mag-flatness", "alpha", classifier(margins)))
        .isBetween(aware[5] / 1.011, aware[5]);
  }

  private static double detail(String id, String name, Subject subject) {
    return (double) PerturbedAccuracy.of(id).evaluate(subject).get(0).details().get(name);
  }

  @Test
  void theSameSeedGivesTheSameBitsOnAnyNumberOfThreads() {
    for (String id : new String[] {"pacbayes-orig", "pacbayes-mag-flatness", "sharpness-orig"}) {
      Subject one = classifier(different(), Settings.withDefaults(), 1);
      Subject three = classifier(different(), Settings.withDefaults(), 3);
      assertThat(PerturbedAccuracy.of(id).evaluate(three).get(0).value())
          .isEqualTo(PerturbedAccuracy.of(id).evaluate(one).get(0).value());
    }
  }

  @Test
  void bisectionEndsAtTheEdgeOfWhatIsAllowed() {
    for (double edge : new double[] {1e-9, 0.37, 5e7}) {
      Found found =
          ScaleBisection.largest(1, 4, 1e-6, scale -> new Drop(scale <= edge ? 0.1 : 0.3, 0));
      assertThat(found.scale()).isBetween(edge * (1 - 1e-6), edge);
      assertThat(found.above()).isBetween(edge, edge * (1 + 1e-6));
      assertThat(found.none()).isEmpty();
    }
    assertThat(ScaleBisection.largest(1, 4, 0.01, scale -> new Drop(0, 0)).none())
        .contains("the accuracy falls by no more than 0.1 under any perturbation tried");
    assertThat(ScaleBisection.largest(1, 4, 0.01, scale -> new Drop(1, 0)).none())
        .contains("the accuracy falls by more than 0.1 under every perturbation tried");
  }
}
