package dev.flatness.internal.engine;

import dev.flatness.network.Layer;
import dev.flatness.network.Window;
import dev.flatness.tensor.Shape;

/** Which convolutions are made by Winograd's minimal filtering F(4 × 4, 3 × 3). */
public final class MinimalFiltering {
  /** Outputs along a side of a tile, and the products that it takes. */
  private static final int TILE = 4;

  private static final int PRODUCTS = 36;

  /** With fewer channels the transforms cost more than the products save. */
  private static final int FEWEST_CHANNELS = 16;

  /** The largest share of multiplications that pays for the transforms. */
  private static final double LARGEST_SHARE = 0.5;

  private MinimalFiltering() {}

  /** Whether a layer is made so: 3 × 3 taps, stride 1, no groups, enough channels and tiles. */
  public static boolean fits(Layer.Convolution layer, Shape output) {
    Window w = layer.window();
    return layer.groups() == 1
        && layer.inputChannels() >= FEWEST_CHANNELS
        && layer.outputChannels() >= FEWEST_CHANNELS
        && w.kernelHeight() == 3
        && w.kernelWidth() == 3
        && w.strideHeight() == 1
        && w.strideWidth() == 1
        && w.dilationHeight() == 1
        && w.dilationWidth() == 1
        && share(output) <= LARGEST_SHARE;
  }

  /** The share of multiplications that is left: a quarter, and what the last tiles waste. */
  public static double share(Shape output) {
    double tiles =
        Math.ceil(output.extent(1) / (double) TILE) * Math.ceil(output.extent(2) / (double) TILE);
    return tiles * PRODUCTS / (9.0 * output.extent(1) * output.extent(2));
  }
}
