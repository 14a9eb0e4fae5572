package dev.flatness.training;

import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.network.Parameter;
import dev.flatness.random.Seed;
import java.util.Locale;
import java.util.random.RandomGenerator;

/**
 * The laws from which initial weights are drawn; biases start at 0, affine layers at scale 1 and
 * shift 0.
 *
 * <p>Formulas, with fan-in and fan-out counted over a convolution's taps: Xavier normal N(0,
 * 2/(fanIn + fanOut)); Kaiming uniform U(±√(6/fanIn)); uniform U(−0.1, 0.1); normal N(0, 0.1), a
 * variance.
 *
 * <p>Source: Petzka et al. 2019, experiments (docs/mathematics.md#initializations).
 */
public enum Initialization {
  /** N(0, 2/(fanIn + fanOut)). */
  XAVIER,
  /** U(±√(6/fanIn)). */
  KAIMING,
  /** U(−0.1, 0.1). */
  UNIFORM,
  /** N(0, 0.1). */
  NORMAL;

  /**
   * Returns the name used on the command line.
   *
   * @return for instance {@code kaiming}
   */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Draws all parameters of a network.
   *
   * @param network its graph
   * @param seed the root of randomness; each parameter tensor has a stream of its own
   * @return the network with the drawn parameters
   */
  public Network draw(Network network, Seed seed) {
    double[] theta = new double[network.parameterCount()];
    for (Node node : network.nodes()) {
      if (node.weight() >= 0) {
        Parameter weight = network.weight(node);
        RandomGenerator random = seed.split(weight.index()).generator();
        for (int i = 0; i < weight.size(); i++) {
          theta[weight.offset() + i] =
              weight.role() == Parameter.Role.SCALE ? 1 : entry(weight, random);
        }
      }
    }
    return network.withParameters(theta);
  }

  private double entry(Parameter weight, RandomGenerator random) {
    int outputs = weight.shape().extent(0);
    int fanIn = weight.size() / outputs;
    int taps = weight.shape().rank() == 4 ? weight.shape().extent(2) * weight.shape().extent(3) : 1;
    return switch (this) {
      case XAVIER -> Math.sqrt(2.0 / (fanIn + outputs * taps)) * random.nextGaussian();
      case KAIMING -> Math.sqrt(6.0 / fanIn) * (2 * random.nextDouble() - 1);
      case UNIFORM -> 0.1 * (2 * random.nextDouble() - 1);
      case NORMAL -> Math.sqrt(0.1) * random.nextGaussian();
    };
  }
}
