package dev.flatness.robustness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.data.Dataset;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.measure.Monitor;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Subject;
import dev.flatness.network.Activation;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.symmetry.Rescaling;
import dev.flatness.symmetry.ScaleClasses;
import dev.flatness.tensor.Tensor;
import dev.flatness.testkit.RandomDatasets;
import java.util.random.RandomGenerator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class RobustnessInvarianceTest {
  private static Tensor tensor(RandomGenerator random, int rows, int columns) {
    double[] numbers = new double[rows * columns];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = random.nextGaussian();
    }
    return Tensor.of(numbers, rows, columns);
  }

  private static Network network(Seed seed) {
    RandomGenerator random = seed.generator();
    return Network.sequential(4)
        .dense("a", tensor(random, 5, 4), null)
        .relu()
        .dense("b", tensor(random, 6, 5), null)
        .activate(Activation.leakyRelu(0.2))
        .dense("c", tensor(random, 3, 6), null)
        .build();
  }

  private static Subject subject(Network network, Dataset data, Seed seed) {
    return Subject.of(
        NetworkSurface.of(network, data, SoftmaxCrossEntropy.onLogits()),
        Settings.withDefaults(),
        Monitor.NONE,
        seed);
  }

  /** The first layer reads inputs, which no rescaling moves. */
  @Property(tries = 20)
  void staysUnderRescalingOfAllClassesButItsInputs(@ForAll long value) {
    Seed seed = Seed.of(value);
    Network network = network(seed);
    Dataset data = RandomDatasets.labelled(network, 10, seed);
    Network rescaled =
        Rescaling.random(ScaleClasses.of(network), 30, seed.split("factors")).applyTo(network);
    // Draws are rows of Q A with W = L Q, so another W means another A: one A is given to both.
    double[][] a = Orthonormal.rows(4, 4, seed);
    Subject first = subject(network, data, seed);
    Subject second = subject(rescaled, data, seed);
    FeatureRobustness how = FeatureRobustness.withDefaults().withDeltas(0.1);
    double given =
        how.given(first, first.network().weightLayers().get(0), a).get(0).value().value();
    double moved =
        how.given(second, second.network().weightLayers().get(0), a).get(0).value().value();
    assertThat(moved).isCloseTo(given, within(1e-11 * (1 + Math.abs(given))));
  }

  /** The short form of the coverage of standard errors, at a δ where the prediction is exact. */
  @Test
  void standardErrorsHoldTheTruth() {
    Network network = network(Seed.of(1));
    Dataset data = RandomDatasets.labelled(network, 10, Seed.of(2));
    int inside = 0;
    for (int seed = 0; seed < 100; seed++) {
      Subject subject = subject(network, data, Seed.of(seed));
      Robustness found =
          FeatureRobustness.withDefaults()
              .withDeltas(1e-6)
              .withDraws(60)
              .haar(subject, subject.network().weightLayers().get(2))
              .get(0);
      inside += Math.abs(found.ratio() - 1) <= 1.96 * found.ratioError() ? 1 : 0;
    }
    // 95 % are expected of normal means; 84 of 100 are 5 standard deviations below.
    assertThat(inside).isGreaterThanOrEqualTo(84);
  }
}
