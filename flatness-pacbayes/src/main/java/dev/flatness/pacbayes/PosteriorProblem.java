package dev.flatness.pacbayes;

import dev.flatness.data.Dataset;
import dev.flatness.loss.Loss;
import dev.flatness.network.Network;
import dev.flatness.network.Node;

/**
 * What a posterior is optimised for: the network, the prior, and the data on which the bound is
 * evaluated.
 *
 * @param network the network; its own parameters play no part
 * @param prior P, which does not depend on the data
 * @param data the n samples of the bound
 * @param loss the loss
 * @param delta δ of the bound, in (0, 1)
 */
public record PosteriorProblem(
    Network network, DiagonalGaussian prior, Dataset data, Loss loss, double delta) {
  /**
   * Checks that the parts fit together.
   *
   * @param network the network; its own parameters play no part
   * @param prior P, which does not depend on the data
   * @param data the n samples of the bound
   * @param loss the loss
   * @param delta δ of the bound, in (0, 1)
   */
  public PosteriorProblem {
    requireDimension("prior", prior, network);
    requireFit(network, data, loss);
    if (!(delta > 0 && delta < 1)) {
      throw new IllegalArgumentException(
          "δ is " + delta + ", expected a probability between 0 and 1");
    }
  }

  /** Refuses data that the network or the loss cannot read. */
  static void requireFit(Network network, Dataset data, Loss loss) {
    if (data.inputShape().size() != network.inputShape().size()) {
      throw new IllegalArgumentException(
          "inputs of "
              + data.name()
              + " have shape "
              + data.inputShape()
              + ", but the network reads "
              + network.inputShape()
              + "; name data of that shape");
    }
    Node output = network.output();
    loss.check(data, output.shape().size());
  }

  /** Refuses a Gaussian over other parameters than the network's. */
  static void requireDimension(String what, DiagonalGaussian gaussian, Network network) {
    if (gaussian.dimension() != network.parameterCount()) {
      throw new IllegalArgumentException(
          "the "
              + what
              + " has "
              + gaussian.dimension()
              + " coordinates, but the network has "
              + network.parameterCount()
              + " parameters; name a Gaussian over these");
    }
  }

  /** Returns ε = (KL + ln (2√n/δ))/n. */
  double epsilon(double divergence) {
    double n = data.size();
    return (divergence + Math.log(2 * Math.sqrt(n) / delta)) / n;
  }
}
