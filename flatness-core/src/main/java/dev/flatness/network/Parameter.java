package dev.flatness.network;

import dev.flatness.tensor.Shape;

/**
 * One parameter tensor and its place in the flat vector θ.
 *
 * @param index the position in the network's list of parameters
 * @param name the full name, as {@code fc1.weight}
 * @param role what it does in its layer
 * @param shape its shape in the library's layout
 * @param offset the position of its first entry in θ
 */
public record Parameter(int index, String name, Role role, Shape shape, int offset) {
  /** What a parameter does. */
  public enum Role {
    /** The weight of a dense or convolutional layer. */
    WEIGHT,
    /** The bias of a dense or convolutional layer, one per output. */
    BIAS,
    /** The factor of an affine layer, one per channel. */
    SCALE,
    /** The summand of an affine layer, one per channel. */
    SHIFT
  }

  /**
   * Returns the number of entries.
   *
   * @return the number of entries
   */
  public int size() {
    return shape.size();
  }
}
