package dev.flatness.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.data.Dataset;
import dev.flatness.data.Datasets;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.loss.SquaredError;
import dev.flatness.network.Activation;
import dev.flatness.network.GraphBuilder;
import dev.flatness.network.Network;
import dev.flatness.network.OutputActivation;
import dev.flatness.random.Seed;
import dev.flatness.surface.Curvature;
import dev.flatness.surface.LossSurface;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.SurfaceOptions;
import dev.flatness.tensor.Precision;
import dev.flatness.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Networks whose last layer is a softmax, or its logarithm. */
class SoftmaxEndTest {
  private static final int CLASSES = 4;

  private static Network network(boolean softmax, boolean logarithm) {
    RandomGenerator random = Seed.of(31).generator();
    GraphBuilder graph = Network.builder(3);
    int hidden = graph.dense("hidden", graph.input(), draw(random, 5, 3), draw(random, 5));
    hidden = graph.activate("tanh", hidden, Activation.TANH);
    int logits = graph.dense("out", hidden, draw(random, CLASSES, 5), draw(random, CLASSES));
    return graph.build(softmax ? graph.softmax("p", logits, logarithm) : logits);
  }

  private static Tensor draw(RandomGenerator random, int... extents) {
    int size = Arrays.stream(extents).reduce(1, (a, b) -> a * b);
    return Tensor.of(random.doubles(size).map(u -> 3 * u - 1.5).toArray(), extents);
  }

  private static Dataset data() {
    RandomGenerator random = Seed.of(32).generator();
    return Datasets.of(draw(random, 9, 3), draw(random, 9, CLASSES));
  }

  private static NetworkSurface surface(boolean logarithm) {
    return NetworkSurface.of(network(true, logarithm), data(), SquaredError.summed());
  }

  @Nested
  class OfProbabilities extends LossSurfaceContract {
    @Override
    protected LossSurface surface() {
      return SoftmaxEndTest.surface(false);
    }

    @Override
    protected double[] point() {
      return network(true, false).parameterVector();
    }

    @Override
    protected List<Curvature> matrices() {
      return List.of(Curvature.HESSIAN, Curvature.GAUSS_NEWTON);
    }
  }

  @Nested
  class OfTheirLogarithms extends LossSurfaceContract {
    @Override
    protected LossSurface surface() {
      return SoftmaxEndTest.surface(true);
    }

    @Override
    protected double[] point() {
      return network(true, true).parameterVector();
    }
  }

  @Test
  void theEnginePutsOutProbabilities() {
    double[] theta = network(true, false).parameterVector();
    double[] logits =
        NetworkSurface.of(network(false, false), data(), SquaredError.summed())
            .outputs(theta, 0, 9);
    double[] p = surface(false).outputs(theta, 0, 9);
    double[] logarithms = surface(true).outputs(theta, 0, 9);
    for (int i = 0; i < 9; i++) {
      double sum = 0;
      for (int k = 0; k < CLASSES; k++) {
        sum += Math.exp(logits[i * CLASSES + k]);
      }
      for (int k = 0; k < CLASSES; k++) {
        int at = i * CLASSES + k;
        assertThat(p[at]).isCloseTo(Math.exp(logits[at]) / sum, within(1e-15));
        assertThat(logarithms[at]).isCloseTo(logits[at] - Math.log(sum), within(1e-14));
      }
      double[] x = new double[3];
      data().read(i, 1, x, new double[CLASSES]);
      assertThat(network(true, false).outputs(x))
          .containsExactly(Arrays.copyOfRange(p, i * CLASSES, (i + 1) * CLASSES), within(1e-15));
    }
  }

  /** Quadratic forms along one weight are the diagonal of the Hessian. */
  @Test
  void sparseDirectionsSeeTheSoftmax() {
    for (boolean logarithm : new boolean[] {false, true}) {
      NetworkSurface surface = surface(logarithm);
      double[] theta = network(true, logarithm).parameterVector();
      int p = theta.length;
      int[][] positions = new int[p][];
      double[][] values = new double[p][];
      double[] diagonal = new double[p];
      for (int i = 0; i < p; i++) {
        positions[i] = new int[] {i};
        values[i] = new double[] {1};
        double[] unit = new double[p];
        unit[i] = 1;
        diagonal[i] = surface.hessian(theta).apply(unit)[i];
      }
      double[] forms = surface.quadraticForms(theta, positions, values);
      double largest = Arrays.stream(diagonal).map(Math::abs).max().orElseThrow();
      assertThat(forms).containsExactly(diagonal, within(1e-13 * largest));
    }
  }

  @Test
  void inFloat32TheNumbersAreThoseOfFloat64() {
    double[] theta = network(true, false).parameterVector();
    NetworkSurface single =
        NetworkSurface.of(
            network(true, false),
            data(),
            SquaredError.summed(),
            SurfaceOptions.withDefaults().withPrecision(Precision.FLOAT32));
    double[] gradient = new double[theta.length];
    surface(false).valueAndGradient(theta, gradient);
    double[] found = new double[theta.length];
    single.valueAndGradient(theta, found);
    double largest = Arrays.stream(gradient).map(Math::abs).max().orElseThrow();
    assertThat(found).containsExactly(gradient, within(1e-5 * largest));
  }

  @Test
  void crossEntropyTakesTheLogitsBeforeIt() {
    Network softmax = network(true, false);
    RandomGenerator random = Seed.of(33).generator();
    int[] labels = random.ints(9, 0, CLASSES).toArray();
    Dataset labelled = Datasets.of(draw(Seed.of(32).generator(), 9, 3), labels);
    NetworkSurface fitted = NetworkSurface.of(softmax, labelled, SoftmaxCrossEntropy.onLogits());
    assertThat(softmax.outputActivation()).contains(OutputActivation.SOFTMAX);
    assertThat(fitted.network().outputActivation()).isEmpty();
    double[] theta = softmax.parameterVector();
    NetworkSurface bare =
        NetworkSurface.of(network(false, false), labelled, SoftmaxCrossEntropy.onLogits());
    assertThat(fitted.value(theta)).isEqualTo(bare.value(theta));
    assertThat(fitted.at(softmax).network().parameterVector()).containsExactly(theta);
  }
}
