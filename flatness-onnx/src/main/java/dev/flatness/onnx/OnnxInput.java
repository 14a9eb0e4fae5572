package dev.flatness.onnx;

import java.util.List;

/**
 * The model's input as the file declares it.
 *
 * @param name the input's name
 * @param dimensions one text an axis, batch axis first: a number, a symbol, or {@code ?} where the
 *     file says nothing
 * @param layout where the channels of an image stand, as far as the first layers show it
 */
public record OnnxInput(String name, List<String> dimensions, Layout layout) {
  /** The order of an image's axes. */
  public enum Layout {
    /** {@code [batch, channels, height, width]}: a convolution or pooling reads the input. */
    CHANNELS_FIRST,
    /**
     * {@code [batch, height, width, channels]}: the first layer moves the last axis to the front.
     */
    CHANNELS_LAST,
    /** The graph does not show it. */
    UNKNOWN
  }

  /**
   * Copies the list.
   *
   * @param name the input's name
   * @param dimensions one text an axis, batch axis first: a number, a symbol, or {@code ?} where
   *     the file says nothing
   * @param layout where the channels of an image stand, as far as the first layers show it
   */
  public OnnxInput {
    dimensions = List.copyOf(dimensions);
  }

  /** Returns name and dimensions, as {@code input[N, 1, 28, 28]}. */
  @Override
  public String toString() {
    return name + dimensions;
  }
}
