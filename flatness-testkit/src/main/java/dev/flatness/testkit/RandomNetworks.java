package dev.flatness.testkit;

import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Random small networks of every supported kind, for property tests.
 *
 * <p>Dense chains of uneven widths, convolutions with stride, asymmetric padding, dilation, groups
 * and overlapping pooling, residual sums and concatenations; layers with and without bias, ReLU and
 * leaky ReLU.
 *
 * <p>Units: weights are Gaussian of variance 2/fan-in. Cost: a few hundred parameters each. Errors:
 * bounds that no network meets are {@link IllegalArgumentException}s. Immutable; {@code with…}
 * methods copy. The same seed gives the same network.
 */
public final class RandomNetworks {
  /** The kinds of graph. */
  public enum Architecture {
    /** A chain of dense layers. */
    DENSE,
    /** Convolutions and poolings, then a dense layer. */
    CONVOLUTIONAL,
    /** Sums with skips, dense or convolutional. */
    RESIDUAL,
    /** Branches side by side, dense or convolutional. */
    CONCATENATING
  }

  private final Set<Architecture> architectures;
  private final int maximumParameters;
  private final boolean biases;
  private final boolean affine;
  private final boolean smooth;
  private final boolean maxPooling;
  private final boolean oddities;
  private final boolean rare;

  private RandomNetworks(
      Set<Architecture> architectures,
      int maximumParameters,
      boolean biases,
      boolean affine,
      boolean smooth,
      boolean maxPooling,
      boolean oddities,
      boolean rare) {
    this.architectures = architectures;
    this.maximumParameters = maximumParameters;
    this.biases = biases;
    this.affine = affine;
    this.smooth = smooth;
    this.maxPooling = maxPooling;
    this.oddities = oddities;
    this.rare = rare;
  }

  /**
   * Returns the defaults: every architecture, piecewise linear, some layers with bias, some
   * standing affine layers, at most 400 parameters.
   *
   * @return the defaults
   */
  public static RandomNetworks withDefaults() {
    return new RandomNetworks(
        EnumSet.allOf(Architecture.class), 400, true, true, false, true, false, false);
  }

  /**
   * Returns a copy that draws these architectures only.
   *
   * @param first an architecture
   * @param others further architectures
   * @return the changed copy
   */
  public RandomNetworks withArchitectures(Architecture first, Architecture... others) {
    return new RandomNetworks(
        EnumSet.of(first, others),
        maximumParameters,
        biases,
        affine,
        smooth,
        maxPooling,
        oddities,
        rare);
  }

  /**
   * Returns a copy with another bound on the number of parameters, at least 30.
   *
   * @param maximum the largest number of parameters, at least 30
   * @return the changed copy
   * @throws IllegalArgumentException if the bound is below 30
   */
  public RandomNetworks withMaximumParameters(int maximum) {
    if (maximum < 30) {
      throw new IllegalArgumentException(
          "maximum number of parameters is " + maximum + ", expected at least 30");
    }
    return new RandomNetworks(
        architectures, maximum, biases, affine, smooth, maxPooling, oddities, rare);
  }

  /**
   * Returns a copy in which layers may have biases, or have none.
   *
   * @param allowed whether they may be drawn
   * @return the changed copy
   */
  public RandomNetworks withBiases(boolean allowed) {
    return new RandomNetworks(
        architectures, maximumParameters, allowed, affine, smooth, maxPooling, oddities, rare);
  }

  /**
   * Returns a copy in which affine layers may stand alone, or not.
   *
   * @param allowed whether they may be drawn
   * @return the changed copy
   */
  public RandomNetworks withAffine(boolean allowed) {
    return new RandomNetworks(
        architectures, maximumParameters, biases, allowed, smooth, maxPooling, oddities, rare);
  }

  /**
   * Returns a copy in which about half of the activations are smooth ones, or none.
   *
   * @param allowed whether they may be drawn
   * @return the changed copy
   */
  public RandomNetworks withSmoothActivations(boolean allowed) {
    return new RandomNetworks(
        architectures, maximumParameters, biases, affine, allowed, maxPooling, oddities, rare);
  }

  /**
   * Returns a copy in which maximum poolings may stand, or not.
   *
   * @param allowed whether they may be drawn
   * @return the changed copy
   */
  public RandomNetworks withMaxPooling(boolean allowed) {
    return new RandomNetworks(
        architectures, maximumParameters, biases, affine, smooth, allowed, oddities, rare);
  }

  /**
   * Returns a copy that also draws what breaks rules of thumb, or not: weights of 0, dead units,
   * dense layers that share a weight, and an activation or an affine layer after the last layer.
   *
   * @param allowed whether they may be drawn
   * @return the changed copy
   */
  public RandomNetworks withOddities(boolean allowed) {
    return new RandomNetworks(
        architectures, maximumParameters, biases, affine, smooth, maxPooling, allowed, rare);
  }

  /**
   * Returns a copy that also draws rarer layers, or not: constant linear maps, activations that are
   * piecewise linear but not positively homogeneous, slopes per channel, and affine layers with a
   * scale or a shift alone.
   *
   * @param allowed whether they may be drawn
   * @return the changed copy
   */
  public RandomNetworks withRareLayers(boolean allowed) {
    return new RandomNetworks(
        architectures, maximumParameters, biases, affine, smooth, maxPooling, oddities, allowed);
  }

  /**
   * Draws a network.
   *
   * @param seed the randomness
   * @return the network; its notes name the seed
   */
  public Network draw(Seed seed) {
    Architecture[] kinds = architectures.toArray(Architecture[]::new);
    for (int attempt = 0; attempt < 10_000; attempt++) {
      NetworkDraw draw =
          new NetworkDraw(
              seed.split(attempt).generator(), biases, affine, smooth, maxPooling, oddities, rare);
      Architecture kind = kinds[draw.integer(0, kinds.length - 1)];
      Network network = draw.network(kind);
      if (network.parameterCount() <= maximumParameters) {
        return network.withNotes(List.of("random " + kind + " network of seed " + seed.value()));
      }
    }
    throw new IllegalArgumentException(
        "no network of at most " + maximumParameters + " parameters in 10000 draws; allow more");
  }
}
