package dev.flatness.pacbayes;

import dev.flatness.network.Activation;
import dev.flatness.network.Network;
import dev.flatness.network.Window;
import dev.flatness.random.Seed;
import dev.flatness.tensor.Tensor;
import java.util.random.RandomGenerator;

/** Small networks and Gaussians for tests. */
final class Networks {
  private Networks() {}

  /** Widths, tanh or ReLU between; the last layer without biases where asked. */
  static Network dense(Seed seed, Activation activation, boolean lastBias, int... widths) {
    RandomGenerator random = seed.generator();
    var builder = Network.sequential(widths[0]);
    for (int l = 1; l < widths.length; l++) {
      boolean last = l == widths.length - 1;
      Tensor bias =
          last && !lastBias ? null : Tensor.of(normals(random, widths[l], 0.5), widths[l]);
      Tensor weight =
          Tensor.of(
              normals(random, widths[l] * widths[l - 1], 1 / Math.sqrt(widths[l - 1])),
              widths[l],
              widths[l - 1]);
      builder.dense("fc" + l, weight, bias);
      if (!last) {
        builder.activate(activation);
      }
    }
    return builder.build();
  }

  /** One convolution, ReLU, one dense layer, on inputs [1, 3, 3]. */
  static Network convolution(Seed seed, int outputs) {
    RandomGenerator random = seed.generator();
    return Network.sequential(1, 3, 3)
        .convolution(
            "conv1",
            Tensor.of(normals(random, 8, 0.7), 2, 1, 2, 2),
            Tensor.of(normals(random, 2, 0.3), 2),
            Window.of(2, 2))
        .relu()
        .dense("fc1", Tensor.of(normals(random, outputs * 8, 0.5), outputs, 8), null)
        .build();
  }

  static double[] normals(RandomGenerator random, int count, double scale) {
    double[] numbers = new double[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = scale * random.nextGaussian();
    }
    return numbers;
  }

  /** A Gaussian around the network's parameters with scales of some spread. */
  static DiagonalGaussian around(Network network, double scale, Seed seed) {
    RandomGenerator random = seed.generator();
    double[] sigma = new double[network.parameterCount()];
    for (int i = 0; i < sigma.length; i++) {
      sigma[i] = scale * Math.exp(random.nextDouble() - 0.5);
    }
    return DiagonalGaussian.of(network.parameterVector(), sigma);
  }
}
