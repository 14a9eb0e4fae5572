package dev.flatness.internal.engine;

import dev.flatness.network.Layer;
import dev.flatness.network.Window;

/** Which convolutions are made by Winograd's minimal filtering F(2 × 2, 3 × 3). */
public final class MinimalFiltering {
  /** The share of multiplications that is left. */
  public static final double SHARE = 4.0 / 9;

  /** With fewer channels the transforms cost more than the products save. */
  private static final int FEWEST_CHANNELS = 32;

  private MinimalFiltering() {}

  /** Whether a layer is made so: 3 × 3 taps, stride 1, no groups, enough channels. */
  public static boolean fits(Layer.Convolution layer) {
    Window w = layer.window();
    return layer.groups() == 1
        && layer.inputChannels() >= FEWEST_CHANNELS
        && layer.outputChannels() >= FEWEST_CHANNELS
        && w.kernelHeight() == 3
        && w.kernelWidth() == 3
        && w.strideHeight() == 1
        && w.strideWidth() == 1
        && w.dilationHeight() == 1
        && w.dilationWidth() == 1;
  }
}
