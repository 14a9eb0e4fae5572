package dev.flatness.internal.engine;

import dev.flatness.network.Node;
import java.util.HashMap;
import java.util.Map;

/**
 * How the inputs of weight layers spread over the samples, per coordinate of a dense layer and per
 * channel of a convolution.
 *
 * <p>Formula: σ = √(Σ (x − x̄)² / n), the population standard deviation. It is held as count, mean
 * and sum of squared deviations, so that the spreads of two sets of samples combine. Source:
 * docs/mathematics.md#input-spread, Theorem 4 of Petzka et al. 2021.
 */
public final class InputSpread {
  /**
   * Below this share of the root mean square a deviation is rounding: the coordinate is constant.
   */
  private static final double CONSTANT = 1e-10;

  private static final InputSpread NONE = new InputSpread(Map.of());

  /** By the layer's index. */
  private final Map<Integer, Layer> layers = new HashMap<>();

  private record Layer(Moments moments, double[] scale, int constant, int dropped) {}

  /** Makes the spread of layers, given by their indices; the moments are not changed afterwards. */
  public InputSpread(Map<Integer, Moments> moments) {
    moments.forEach((index, of) -> layers.put(index, layer(of)));
  }

  /** Returns the spread of no layer. */
  public static InputSpread none() {
    return NONE;
  }

  private static Layer layer(Moments of) {
    double[] scale = new double[of.mean.length];
    int constant = 0;
    int dropped = 0;
    for (int c = 0; c < scale.length; c++) {
      double variance = of.deviations[c] / of.count();
      double deviation = Math.sqrt(variance);
      double rms = Math.sqrt(variance + of.mean[c] * of.mean[c]);
      if (rms == 0) {
        dropped++;
      } else if (deviation <= CONSTANT * rms) {
        constant++;
        deviation = Math.abs(of.mean[c]);
      }
      scale[c] = deviation;
    }
    return new Layer(of, scale, constant, dropped);
  }

  /**
   * Returns the spread over these samples and those of another spread.
   *
   * @throws IllegalArgumentException if the other is of other layers
   */
  public InputSpread with(InputSpread other) {
    if (!layers.keySet().equals(other.layers.keySet())) {
      throw new IllegalArgumentException(
          "spreads of the layers "
              + layers.keySet()
              + " and "
              + other.layers.keySet()
              + " do not combine, expected the same layers");
    }
    Map<Integer, Moments> joined = new HashMap<>();
    layers.forEach(
        (index, layer) -> {
          Moments moments = new Moments(layer.scale.length);
          moments.add(layer.moments);
          moments.add(other.layers.get(index).moments);
          joined.put(index, moments);
        });
    return new InputSpread(joined);
  }

  /** Returns what the spread of a layer is made of, null for a layer without one. */
  public Moments moments(Node node) {
    Layer layer = layers.get(node.index());
    return layer == null ? null : layer.moments;
  }

  /**
   * Returns the spread per coordinate, the magnitude of the mean of constant ones and 0 for dropped
   * ones; null for a layer without one, as those that read the network's input.
   */
  public double[] scale(Node node) {
    Layer layer = layers.get(node.index());
    return layer == null ? null : layer.scale;
  }

  /** Returns how many coordinates are constant and not 0. */
  public int constant(Node node) {
    Layer layer = layers.get(node.index());
    return layer == null ? 0 : layer.constant;
  }

  /** Returns how many coordinates are 0 on every sample. */
  public int dropped(Node node) {
    Layer layer = layers.get(node.index());
    return layer == null ? 0 : layer.dropped;
  }
}
