package dev.flatness.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.data.Dataset;
import dev.flatness.data.Datasets;
import dev.flatness.loss.BinaryCrossEntropy;
import dev.flatness.loss.Loss;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.loss.SquaredError;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.tensor.Tensor;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The reference itself: a closed form, and central differences. */
class DenseReferenceTest {
  @Test
  void theHessianOfLinearRegressionIsThatOfTheInputs() {
    Network network =
        Network.sequential(2).dense("w", Tensor.of(new double[] {0.5, -1}, 1, 2), null).build();
    Dataset data = RandomDatasets.real(network, 3, Seed.of(1));
    double[] x = new double[6];
    double[] y = new double[3];
    data.read(0, 3, x, y);
    DenseReference reference = DenseReference.of(network, data, SquaredError.summed());
    double loss = 0;
    for (int i = 0; i < 3; i++) {
      double error = 0.5 * x[2 * i] - x[2 * i + 1] - y[i];
      loss += error * error / 3;
    }
    assertThat(reference.loss()).isCloseTo(loss, within(1e-14 * loss));
    for (int s = 0; s < 2; s++) {
      for (int t = 0; t < 2; t++) {
        double entry = 2.0 / 3 * (x[s] * x[t] + x[2 + s] * x[2 + t] + x[4 + s] * x[4 + t]);
        assertThat(reference.hessian()[s][t]).isCloseTo(entry, within(1e-14 * Math.abs(entry)));
        assertThat(reference.gaussNewton()[s][t]).isEqualTo(reference.hessian()[s][t]);
      }
    }
    assertThat(DenseReference.pathNorm(network, 2)).isEqualTo(Math.sqrt(1.25));
  }

  /**
   * A difference of step h errs by h² of the third derivative and by 1e-16/h of the loss or of the
   * gradient: some 1e-8 of either at h = 1e-5.
   */
  @Test
  void derivativesAgreeWithCentralDifferences() {
    for (int draw = 0; draw < 60; draw++) {
      Seed seed = Seed.of(draw);
      Network network =
          RandomNetworks.withDefaults()
              .withMaximumParameters(60)
              .withSmoothActivations(draw % 2 == 0)
              .draw(seed.split("network"));
      boolean real = draw % 3 == 0;
      Dataset data =
          real ? RandomDatasets.real(network, 4, seed) : RandomDatasets.labelled(network, 4, seed);
      Loss loss =
          real
              ? SquaredError.summed()
              : network.output().shape().size() == 1
                  ? BinaryCrossEntropy.onLogits()
                  : SoftmaxCrossEntropy.onLogits();
      DenseReference reference = DenseReference.of(network, data, loss);
      double[] theta = network.parameterVector();
      double[] direction = RandomDatasets.gaussian(seed.split("v").generator(), theta.length);
      double h = 1e-5;
      double[] up = theta.clone();
      double[] down = theta.clone();
      Arrays.setAll(up, i -> theta[i] + h * direction[i]);
      Arrays.setAll(down, i -> theta[i] - h * direction[i]);
      double slope = (reference.lossAt(up) - reference.lossAt(down)) / (2 * h);
      double[] gradient = reference.gradient();
      double[][] hessian = reference.hessian();
      double[] above = DenseReference.of(network.withParameters(up), data, loss).gradient();
      double[] below = DenseReference.of(network.withParameters(down), data, loss).gradient();
      double along = 0;
      double size = reference.loss();
      for (int i = 0; i < theta.length; i++) {
        along += gradient[i] * direction[i];
        size += Math.abs(gradient[i] * direction[i]);
      }
      assertThat(slope).as("draw %d", draw).isCloseTo(along, within(1e-6 * size));
      for (int i = 0; i < theta.length; i++) {
        double product = 0;
        double sizes = size;
        for (int j = 0; j < theta.length; j++) {
          product += hessian[i][j] * direction[j];
          sizes += Math.abs(hessian[i][j] * direction[j]);
          assertThat(hessian[i][j]).isCloseTo(hessian[j][i], within(1e-12 * sizes));
        }
        double difference = (above[i] - below[i]) / (2 * h);
        assertThat(difference).as("draw %d", draw).isCloseTo(product, within(1e-6 * sizes));
      }
    }
  }

  @Test
  void lossesFarFromTheDataAreFinite() {
    Dataset binary = Datasets.of(new double[][] {{1}, {1}}, 0, 1);
    Network single =
        Network.sequential(1).dense("w", Tensor.of(new double[] {1}, 1, 1), null).build();
    DenseReference logistic = DenseReference.of(single, binary, BinaryCrossEntropy.onLogits());
    assertThat(logistic.lossAt(new double[] {3000})).isEqualTo(1500);
    assertThat(logistic.lossAt(new double[] {-3000})).isEqualTo(1500);
    Network pair =
        Network.sequential(1).dense("w", Tensor.of(new double[] {1, 0}, 2, 1), null).build();
    DenseReference softmax = DenseReference.of(pair, binary, SoftmaxCrossEntropy.onLogits());
    assertThat(softmax.lossAt(new double[] {3000, 0})).isEqualTo(1500);
    assertThat(softmax.lossAt(new double[] {0, 3000})).isEqualTo(1500);
  }

  @Test
  void largeNetworksAreRefused() {
    Network large =
        Network.sequential(30).dense("w", Tensor.of(new double[30 * 20], 20, 30), null).build();
    Dataset data = RandomDatasets.real(large, 1, Seed.of(1));
    assertThatThrownBy(() -> DenseReference.of(large, data, SquaredError.summed()))
        .hasMessageContaining("600 parameters, expected at most 400");
  }
}
