package dev.flatness.pacbayes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.basispath.BasisPaths;
import dev.flatness.basispath.Skeleton;
import dev.flatness.network.Activation;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.symmetry.Rescaling;
import dev.flatness.symmetry.ScaleClasses;
import dev.flatness.tensor.Shape;
import dev.flatness.training.Architectures;
import dev.flatness.training.Initialization;
import java.util.List;
import org.junit.jupiter.api.Test;

class BasisPathDivergenceTest {
  private final Network network =
      Initialization.XAVIER.draw(
          Architectures.perceptron(Shape.of(3), List.of(4), 2, Activation.RELU), Seed.of(2));
  private final BasisPaths paths = BasisPaths.of(Skeleton.diagonal(network));

  /** ∫ q ln (q/p) of each coordinate by the trapezoid rule, which is exact for such integrands. */
  private static double integrated(double mean, double sigma, double priorMean, double prior) {
    double sum = 0;
    double step = sigma / 50;
    for (double x = mean - 12 * sigma; x <= mean + 12 * sigma; x += step) {
      double logQ = -0.5 * Math.pow((x - mean) / sigma, 2) - Math.log(sigma);
      double logP = -0.5 * Math.pow((x - priorMean) / prior, 2) - Math.log(prior);
      sum += Math.exp(logQ) / Math.sqrt(2 * Math.PI) * (logQ - logP) * step;
    }
    return sum;
  }

  @Test
  void fromZeroIsTheIntegralAndABitForEachFreeEdge() {
    double expected = 4 * Math.log(2);
    for (double v : paths.values()) {
      expected += integrated(v, 0.1, 0, 0.5);
    }
    assertThat(BasisPathDivergence.fromZero(paths, 0.1, 0.5))
        .isCloseTo(expected, within(1e-9 * expected));
  }

  @Test
  void fromInitialMeasuresTheWayThatTrainingWent() {
    double[] theta = network.parameterVector();
    for (int i = 0; i < theta.length; i++) {
      theta[i] *= 1.1 + 0.01 * i;
    }
    BasisPaths trained =
        BasisPaths.of(
            Skeleton.of(
                network.withParameters(theta),
                paths.skeleton().freeEdges(),
                paths.skeleton().inEdges()));
    double expected = 0;
    double[] v = trained.values();
    for (int i = 0; i < v.length; i++) {
      expected += integrated(v[i], 0.1, paths.values()[i], 0.3);
    }
    assertThat(BasisPathDivergence.fromInitial(trained, paths, 0.1, 0.3))
        .isCloseTo(expected, within(1e-9 * expected));
  }

  @Test
  void aPriorOnTheInitialSignsHoldsNoNetworkOfOthers() {
    double[] theta = network.parameterVector();
    theta[paths.skeleton().freeEdges()[0]] *= -1;
    BasisPaths flipped =
        BasisPaths.of(
            Skeleton.of(
                network.withParameters(theta),
                paths.skeleton().freeEdges(),
                paths.skeleton().inEdges()));
    assertThat(BasisPathDivergence.fromInitial(flipped, paths, 0.1, 0.1)).isInfinite();
    assertThat(BasisPathDivergence.fromZero(flipped, 0.1, 0.1)).isFinite();
  }

  @Test
  void rescalingChangesNeither() {
    Network other = Rescaling.random(ScaleClasses.of(network), 1e3, Seed.of(1)).applyTo(network);
    BasisPaths rescaled = BasisPaths.of(Skeleton.diagonal(other));
    double zero = BasisPathDivergence.fromZero(paths, 0.1, 0.5);
    assertThat(BasisPathDivergence.fromZero(rescaled, 0.1, 0.5))
        .isCloseTo(zero, within(1e-12 * zero));
    assertThat(BasisPathDivergence.fromInitial(rescaled, paths, 0.3, 0.3))
        .isCloseTo(0, within(1e-12));
  }

  @Test
  void anotherSkeletonAndScalesThatAreNoneAreRefused() {
    BasisPaths balanced = BasisPaths.of(Skeleton.balanced(network));
    assertThatThrownBy(() -> BasisPathDivergence.fromInitial(balanced, paths, 0.1, 0.1))
        .hasMessageContaining("different skeletons");
    assertThatThrownBy(() -> BasisPathDivergence.fromZero(paths, 0, 0.1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
