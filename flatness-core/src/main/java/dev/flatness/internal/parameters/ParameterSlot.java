package dev.flatness.internal.parameters;

import java.util.List;

/**
 * A parameter of a network, as a file of parameters may name and lay it out.
 *
 * @param name what the network itself calls it
 * @param extents its shape
 * @param layout the order of its axes
 * @param role what it does in its layer
 * @param layers names that its layer may have, the surest first
 * @param required whether the network is of no use without it
 */
public record ParameterSlot(
    String name,
    List<Integer> extents,
    Layout layout,
    Role role,
    List<String> layers,
    boolean required) {

  /** The order of axes. */
  public enum Layout {
    /** As the file has them. */
    PLAIN,
    /** A matrix {@code [out, in]}. */
    OUT_IN,
    /** A matrix {@code [in, out]}. */
    IN_OUT,
    /** The kernel of a convolution, {@code [out, in, height, width]}. */
    KERNEL
  }

  /** What a parameter does, and the last part of its name in PyTorch and in Keras. */
  public enum Role {
    /** A matrix or kernel. */
    WEIGHT("weight", "kernel"),
    /** A summand per output. */
    BIAS("bias", "bias"),
    /** The factor of a normalization. */
    SCALE("weight", "gamma"),
    /** The summand of a normalization. */
    SHIFT("bias", "beta"),
    /** The mean that a normalization subtracts. */
    MEAN("running_mean", "moving_mean"),
    /** The variance that a normalization divides by. */
    VARIANCE("running_var", "moving_variance"),
    /** Not known. */
    OTHER("", "");

    final String torch;
    final String keras;

    Role(String torch, String keras) {
      this.torch = torch;
      this.keras = keras;
    }
  }

  /**
   * Copies the lists.
   *
   * @param name what the network itself calls it
   * @param extents its shape
   * @param layout the order of its axes
   * @param role what it does in its layer
   * @param layers names that its layer may have, the surest first
   * @param required whether the network is of no use without it
   */
  public ParameterSlot {
    extents = List.copyOf(extents);
    layers = List.copyOf(layers);
  }
}
