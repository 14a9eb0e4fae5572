package dev.flatness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.flatness.coordinates.AffineMap;
import dev.flatness.data.Dataset;
import dev.flatness.data.Datasets;
import dev.flatness.data.FileDataset;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.surface.InputGradient;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.symmetry.InputRepresentation;
import org.junit.jupiter.api.Test;

/** Preprocessing moved between MNIST and networks that other people trained. */
class RealInputRepresentationTest {
  private static final SoftmaxCrossEntropy LOSS = SoftmaxCrossEntropy.onLogits();

  @Test
  void aDensePerceptronTakesStandardizationAndWhitening() {
    Network network = RealNetworks.read("zackproser__mnist-mind-mapper__mnist_model");
    try (FileDataset data = RealNetworks.mnist(network, 1000, .1307, .3081)) {
      Dataset few = Datasets.subset(data, 0, 100);
      double before = InputGradient.meanNorm(network, few, LOSS);
      assertThat(before)
          .isCloseTo(
              byTheFirstLayer(network, few, AffineMap.identity(784)), withinPercentage(1e-9));
      for (AffineMap map :
          new AffineMap[] {
            InputRepresentation.standardization(data), InputRepresentation.whitening(data, 1e-2)
          }) {
        InputRepresentation moved = InputRepresentation.of(network, data, map);
        // Weights and inputs of very different sizes are summed: 784 terms, condition to 1e2.
        assertThat(moved.functionResidual(network, data)).isLessThan(1e-11);
        assertThat(loss(moved.network(), moved.data()))
            .isCloseTo(loss(network, data), withinPercentage(1e-9));
        double after =
            InputGradient.meanNorm(moved.network(), Datasets.subset(moved.data(), 0, 100), LOSS);
        assertThat(after).isCloseTo(byTheFirstLayer(network, few, map), withinPercentage(1e-8));
      }
    }
  }

  @Test
  void anUnpaddedConvolutionTakesAStandardizationOfItsChannel() {
    Network network = RealNetworks.read("stanleybak__vnncomp2021__Convnet_maxpool");
    try (FileDataset data = RealNetworks.mnist(network, 1000, 0, 1)) {
      AffineMap map = InputRepresentation.standardizationOfChannels(data);
      InputRepresentation moved = InputRepresentation.of(network, data, map);
      assertThat(moved.functionResidual(network, data)).isLessThan(1e-12);
      Dataset first = Datasets.subset(data, 0, 100);
      // One factor of all entries divides the gradient.
      assertThat(
              InputGradient.meanNorm(moved.network(), Datasets.subset(moved.data(), 0, 100), LOSS))
          .isCloseTo(
              InputGradient.meanNorm(network, first, LOSS) / map.diagonal().orElseThrow()[0],
              withinPercentage(1e-8));
    }
  }

  /** The mean of ‖A⁻ᵀ Wᵀ δ‖: δ, the gradient in the bias of the first layer, is that in W x. */
  private static double byTheFirstLayer(Network network, Dataset data, AffineMap map) {
    Node first = network.weightLayers().get(0);
    double[] weight = network.values(network.weight(first));
    double[] theta = network.parameterVector();
    double[] gradient = new double[theta.length];
    double sum = 0;
    for (int i = 0; i < data.size(); i++) {
      NetworkSurface.of(network, Datasets.subset(data, i, 1), LOSS)
          .valueAndGradient(theta, gradient);
      double[] inX = new double[784];
      for (int k = 0; k < weight.length; k++) {
        inX[k % 784] += weight[k] * gradient[network.bias(first).offset() + k / 784];
      }
      double square = 0;
      for (double entry : map.covector(inX)) {
        square += entry * entry;
      }
      sum += Math.sqrt(square);
    }
    return sum / data.size();
  }

  private static double loss(Network network, Dataset data) {
    return NetworkSurface.of(network, data, LOSS).value(network.parameterVector());
  }
}
