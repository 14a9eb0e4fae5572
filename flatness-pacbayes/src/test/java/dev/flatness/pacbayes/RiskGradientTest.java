package dev.flatness.pacbayes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.data.Dataset;
import dev.flatness.data.Datasets;
import dev.flatness.internal.dense.DenseChain;
import dev.flatness.internal.engine.ChunkRunner;
import dev.flatness.loss.BinaryCrossEntropy;
import dev.flatness.loss.Loss;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.network.Activation;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.surface.SurfaceOptions;
import dev.flatness.tensor.Precision;
import dev.flatness.tensor.Tensor;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The gradients against differences of the risk with the noise held fixed. */
class RiskGradientTest {
  private static final int SAMPLES = 7;
  private static final double STEP = 1e-6;
  private static final SurfaceOptions DOUBLE = SurfaceOptions.withDefaults().withThreads(1);

  @ParameterizedTest
  @EnumSource(Surrogate.class)
  void ofOneOutputEqualsDifferences(Surrogate surrogate) {
    Network network = Networks.dense(Seed.of(1), Activation.TANH, true, 3, 5, 4, 1);
    check(
        network,
        dense(network, data(network, 2), BinaryCrossEntropy.onLogits(), surrogate, DOUBLE));
  }

  @Test
  void ofClassesWithReluAndWithoutBiasEqualsDifferences() {
    Network network = Networks.dense(Seed.of(5), Activation.RELU, false, 4, 6, 3);
    check(
        network,
        dense(
            network, data(network, 3), SoftmaxCrossEntropy.onLogits(), Surrogate.CLIPPED, DOUBLE));
  }

  @Test
  void ofScaledInputsEqualsDifferences() {
    var graph = Network.builder(1, 2, 2);
    int at = graph.constant("scale", graph.input(), List.of(3.0), List.of(-0.5));
    at = graph.flatten("flatten", at);
    at = graph.dense("fc1", at, weights(5, 3, 4), Tensor.of(new double[] {0.1, 0.2, 0.3}, 3));
    at = graph.activate("act", at, Activation.leakyRelu(0.1));
    Network network = graph.build(graph.dense("fc2", at, weights(6, 2, 3), null));
    check(
        network,
        dense(
            network, data(network, 2), SoftmaxCrossEntropy.onLogits(), Surrogate.LOGISTIC, DOUBLE));
  }

  @Test
  void ofAConvolutionEqualsDifferences() {
    Network network = Networks.convolution(Seed.of(3), 3);
    SurrogateRisk surrogate =
        SurrogateRisk.of(Surrogate.CLIPPED, SoftmaxCrossEntropy.onLogits(), 1e-5);
    check(network, new DrawnRiskGradient(network, data(network, 3), surrogate, SAMPLES, DOUBLE));
  }

  @Test
  void isZeroWhereTheLossIsClipped() {
    Network network = Networks.dense(Seed.of(1), Activation.RELU, true, 2, 2);
    double[] theta = {0, 0, 0, 0, 20, -20};
    Dataset data = Datasets.of(new double[][] {{1, 1}}, 1);
    RiskGradient risk =
        dense(network, data, SoftmaxCrossEntropy.onLogits(), Surrogate.CLIPPED, DOUBLE);
    double[] sigma = {0.01, 0.01, 0.01, 0.01, 0.01, 0.01};
    double[] inMean = new double[6];
    double[] inSigma = new double[6];
    double q = risk.evaluate(theta, sigma, new int[1], 0, 1, Seed.of(1), inMean, inSigma);
    assertThat(q).isEqualTo(1);
    assertThat(inMean).containsOnly(0);
    assertThat(inSigma).containsOnly(0);
  }

  @Test
  void inFloatIsNearThatInDouble() {
    Network network = Networks.dense(Seed.of(1), Activation.RELU, true, 6, 20, 3);
    Dataset data = data(network, 3);
    Loss loss = SoftmaxCrossEntropy.onLogits();
    double[] wide = gradient(network, dense(network, data, loss, Surrogate.CLIPPED, DOUBLE));
    SurfaceOptions single = DOUBLE.withPrecision(Precision.FLOAT32);
    double[] narrow = gradient(network, dense(network, data, loss, Surrogate.CLIPPED, single));
    double largest = 0;
    for (double entry : wide) {
      largest = Math.max(largest, Math.abs(entry));
    }
    for (int i = 0; i < wide.length; i++) {
      // Sums of some twenty terms in float32.
      assertThat(narrow[i]).isCloseTo(wide[i], within(1e-5 * largest));
    }
  }

  private static double[] gradient(Network network, RiskGradient risk) {
    DiagonalGaussian at = Networks.around(network, 0.3, Seed.of(8));
    int p = network.parameterCount();
    double[] inMean = new double[p];
    double[] inSigma = new double[p];
    risk.evaluate(at.mean(), at.sigma(), order(), 0, SAMPLES, Seed.of(9), inMean, inSigma);
    double[] both = new double[2 * p];
    System.arraycopy(inMean, 0, both, 0, p);
    System.arraycopy(inSigma, 0, both, p, p);
    return both;
  }

  private static void check(Network network, RiskGradient risk) {
    DiagonalGaussian at = Networks.around(network, 0.3, Seed.of(8));
    int p = network.parameterCount();
    double[] gradient = gradient(network, risk);
    double largest = 0;
    for (double entry : gradient) {
      largest = Math.max(largest, Math.abs(entry));
    }
    for (int i = 0; i < 2 * p; i++) {
      double difference = (risk(risk, at, i, STEP) - risk(risk, at, i, -STEP)) / (2 * STEP);
      // The rounding of the quotient is 1e-16/1e-6, the third derivative adds 1e-12.
      assertThat(gradient[i]).as("entry %d", i).isCloseTo(difference, within(1e-7 * largest));
    }
  }

  private static double risk(RiskGradient risk, DiagonalGaussian at, int entry, double step) {
    double[] mean = at.mean();
    double[] sigma = at.sigma();
    if (entry < mean.length) {
      mean[entry] += step;
    } else {
      sigma[entry - mean.length] += step;
    }
    double[] unused = new double[mean.length];
    return risk.evaluate(
        mean, sigma, order(), 0, SAMPLES, Seed.of(9), unused, new double[mean.length]);
  }

  private static int[] order() {
    return new int[] {3, 1, 0, 6, 5, 2, 4};
  }

  private static RiskGradient dense(
      Network network, Dataset data, Loss loss, Surrogate surrogate, SurfaceOptions options) {
    return new DenseRiskGradient(
        DenseChain.of(network),
        new SampleRows(data, options.precision(), 1 << 20),
        SurrogateRisk.of(surrogate, loss, 1e-5),
        SAMPLES,
        options,
        new ChunkRunner(1));
  }

  private static Tensor weights(int seed, int outputs, int inputs) {
    return Tensor.of(
        Networks.normals(Seed.of(seed).generator(), outputs * inputs, 0.8), outputs, inputs);
  }

  private static Dataset data(Network network, int classes) {
    RandomGenerator random = Seed.of(17).generator();
    int features = network.inputShape().size();
    double[] x = Networks.normals(random, SAMPLES * features, 1);
    int[] labels = new int[SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
      labels[i] = random.nextInt(classes);
    }
    int[] shape = new int[network.inputShape().rank() + 1];
    shape[0] = SAMPLES;
    for (int axis = 1; axis < shape.length; axis++) {
      shape[axis] = network.inputShape().extent(axis - 1);
    }
    return Datasets.of(Tensor.of(x, shape), labels);
  }
}
