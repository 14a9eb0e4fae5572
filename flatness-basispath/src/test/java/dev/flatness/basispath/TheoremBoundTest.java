package dev.flatness.basispath;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.loss.Loss;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.loss.SquaredError;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Monitor;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.testkit.NetworkArbitraries;
import dev.flatness.testkit.RandomDatasets;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class TheoremBoundTest {
  @Provide
  Arbitrary<Seed> seeds() {
    return NetworkArbitraries.seeds();
  }

  private static NetworkSurface surface(Network network, Loss loss) {
    return Cases.surface(
        network,
        loss instanceof SquaredError
            ? RandomDatasets.real(network, 12, Seed.of(3))
            : RandomDatasets.labelled(network, 12, Seed.of(3)),
        loss);
  }

  private static Subject subject(NetworkSurface surface, Settings settings) {
    return Subject.of(surface, settings, Monitor.NONE, Seed.of(0));
  }

  private static Estimate bound(NetworkSurface surface, double epsilon) {
    return TheoremBound.withDefaults()
        .evaluate(
            subject(surface, Settings.withDefaults().with(TheoremBound.EPSILON, epsilon))
                .withSeed(Cases.SEED))
        .get(0);
  }

  /** Within its hypotheses the loss cannot rise further, and no unit changes its sign. */
  @Property(tries = 40)
  void theLossRisesByNoMoreAndNoSignChanges(@ForAll("seeds") Seed seed) {
    Network network = Cases.mlp(false, seed, 3, 4, 4, 3);
    NetworkSurface surface = surface(network, SoftmaxCrossEntropy.onLogits());
    Estimate far = bound(surface, 1);
    assertThat(far.status()).isEqualTo(Status.HYPOTHESIS_NOT_MET);
    double limit =
        Math.min(
            (double) far.details().get("epsilonLimit"), (double) far.details().get("signLimit"));
    double epsilon = 0.999 * limit;
    Estimate near = bound(surface, epsilon);
    assertThat(near.status()).isEqualTo(Status.EXACT);
    BasisPathCoordinates coordinates = BasisPaths.of(Skeleton.auto(network)).coordinates();
    double[] v = coordinates.paths().values();
    double loss = surface.value(network.parameterVector());
    boolean[] signs = signs(network, network.parameterVector());
    RandomGenerator random = seed.split("moves").generator();
    for (int draw = 0; draw < 20; draw++) {
      double[] moved = v.clone();
      for (int i = 0; i < v.length; i++) {
        moved[i] += epsilon * (random.nextBoolean() ? 1 : -1) / Math.sqrt(v.length);
      }
      double[] theta = coordinates.parametersAt(moved);
      assertThat(surface.value(theta) - loss).isLessThanOrEqualTo(near.value());
      // Signs stay where every coordinate moves by ε at once.
      double[] corner = v.clone();
      for (int i = 0; i < v.length; i++) {
        corner[i] += epsilon * (random.nextBoolean() ? 1 : -1);
      }
      assertThat(signs(network, coordinates.parametersAt(corner))).isEqualTo(signs);
    }
  }

  /** The signs of all hidden units on the data, by a plain forward pass. */
  private static boolean[] signs(Network network, double[] theta) {
    double[] x = new double[12 * 3];
    RandomDatasets.labelled(network, 12, Seed.of(3)).read(0, 12, x, new double[12]);
    boolean[] signs = new boolean[12 * 8];
    for (int sample = 0; sample < 12; sample++) {
      double[] input = Arrays.copyOfRange(x, 3 * sample, 3 * sample + 3);
      int at = 0;
      for (int l = 0; l < 2; l++) {
        double[] output = new double[4];
        for (int s = 0; s < 4; s++) {
          for (double entry : input) {
            output[s] += theta[at++] * entry;
          }
          signs[sample * 8 + l * 4 + s] = output[s] > 0;
          output[s] = Math.max(0, output[s]);
        }
        input = output;
      }
    }
    return signs;
  }

  /** The formula as it stands in the paper, without logarithms. */
  @Test
  void theFormulaIsThePapers() {
    Network network = Cases.mlp(false, Seed.of(5), 3, 4, 4, 3);
    Estimate found = bound(surface(network, SoftmaxCrossEntropy.onLogits()), 1e-4);
    BasisPaths paths = BasisPaths.of(Skeleton.auto(network));
    double psi = 0;
    for (int s = 1; s <= 3; s++) {
      psi =
          Math.max(
              psi,
              Math.pow(1e-4, s - 1)
                  * Math.pow(paths.largest(), 7 - s)
                  / Math.pow(paths.smallest(), 6));
    }
    double c = (double) found.details().get("largestInput");
    double expected =
        2 * c * Math.sqrt(2) * 3 * 16 * 3 * (1 + Math.pow(2, 6.5) * 2 * 4 * 3 * psi) * 1e-4;
    assertThat((double) found.details().get("psi")).isCloseTo(psi, within(1e-10 * psi));
    assertThat(found.value()).isCloseTo(expected, within(1e-10 * expected));
    assertThat((double) found.details().get("logValue"))
        .isCloseTo(Math.log(expected), within(1e-10));
  }

  @Test
  void aBoundBeyondDoublesIsGivenByItsLogarithm() {
    int[] widths = new int[60];
    Arrays.fill(widths, 3);
    Network network = Cases.mlp(false, Seed.of(5), widths);
    Estimate found = bound(surface(network, SoftmaxCrossEntropy.onLogits()), 1e-6);
    assertThat(found.status()).isEqualTo(Status.HYPOTHESIS_NOT_MET);
    assertThat(found.value()).isNaN();
    assertThat((double) found.details().get("logValue")).isFinite().isGreaterThan(710);
  }

  @Test
  void aPathOfValueZeroMakesItInfinite() {
    Network network = Cases.mlp(false, Seed.of(5), 3, 4, 4, 3);
    double[] theta = network.parameterVector();
    theta[1] = 0;
    Estimate found =
        bound(surface(network.withParameters(theta), SoftmaxCrossEntropy.onLogits()), 1e-6);
    assertThat(found.status()).isEqualTo(Status.INFINITE);
    assertThat(found.reason().orElseThrow()).contains("(l1.weight[0,1])");
  }

  @Test
  void squaredErrorNeedsItsConstant() {
    NetworkSurface surface =
        surface(Cases.mlp(false, Seed.of(5), 3, 4, 4, 3), SquaredError.summed());
    TheoremBound bound = TheoremBound.withDefaults();
    assertThat(bound.inapplicable(subject(surface, Settings.withDefaults())))
        .hasValueSatisfying(reason -> assertThat(reason).contains("--loss-lipschitz"));
    Subject given =
        subject(surface, Settings.withDefaults().with(TheoremBound.LOSS_LIPSCHITZ, 7.0));
    assertThat(bound.inapplicable(given)).isEmpty();
    assertThat(bound.evaluate(given.withSeed(Cases.SEED)).get(0).details())
        .containsEntry("lossLipschitz", 7.0);
    assertThatThrownBy(() -> Settings.withDefaults().with(TheoremBound.LOSS_LIPSCHITZ, 0.0))
        .hasMessageContaining("expected a positive number");
  }

  @Test
  void otherNetworksAreRefusedWithTheReason() {
    refused(Cases.mlp(true, Seed.of(5), 3, 4, 4, 3), "has a bias");
    refused(Cases.mlp(false, Seed.of(5), 3, 4, 5, 3), "different widths, 4 and 5");
    refused(Cases.mlp(false, Seed.of(5), 3, 2), "has no hidden layer");
  }

  private static void refused(Network network, String reason) {
    NetworkSurface surface = surface(network, SoftmaxCrossEntropy.onLogits());
    assertThat(TheoremBound.withDefaults().inapplicable(subject(surface, Settings.withDefaults())))
        .hasValueSatisfying(text -> assertThat(text).contains(reason));
  }
}
