package dev.flatness.audit;

import dev.flatness.measure.Invariance;
import dev.flatness.measure.Invariance.Scaling;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * A family of transformations that do not change what a network computes.
 *
 * <p>A measure claims a family when all of its members lie in the group that the measure declares.
 * Source: docs/mathematics.md#audits; Dinh et al. 2017, §3 and App. B.
 */
public enum TransformationFamily {
  /** An independent factor for every hidden unit. */
  NEURON_WISE("neuron-wise", Scaling.NEURON_WISE),

  /**
   * An independent factor for every hidden unit but those that half of the layers read, the other
   * half in the next trial. The claim of a layer is tried where its own inputs are kept.
   */
  EXCEPT_INPUTS("except-inputs", Scaling.NEURON_WISE_EXCEPT_INPUTS),

  /** One factor for every weight tensor. */
  LAYER_WISE("layer-wise", Scaling.LAYER_WISE),

  /** One factor α for all units of one layer: Dinh's α-scale transformation. */
  ALPHA("alpha", Scaling.LAYER_WISE),

  /** A factor α_k for the weight of every layer of a chain, Π α_k = 1. */
  K_LAYER("k-layer", Scaling.LAYER_WISE),

  /** An independent factor for every hidden unit with a bias, the bias included. */
  BIAS("bias", Scaling.NEURON_WISE),

  /** A random order of the hidden units. */
  PERMUTATION("permutation", Scaling.NONE),

  /** Rescalings chosen to move what is not invariant, by every installed {@link Adversary}. */
  ADVERSARIAL("adversarial", Scaling.NEURON_WISE);

  private final String id;
  private final Scaling group;

  TransformationFamily(String id, Scaling group) {
    this.id = id;
    this.group = group;
  }

  /**
   * Returns the name used in reports and on the command line.
   *
   * @return for instance {@code neuron-wise}
   */
  public String id() {
    return id;
  }

  /**
   * Returns the smallest declared group that contains the family.
   *
   * @return the group of rescalings; {@link Scaling#NONE} for {@link #PERMUTATION}
   */
  public Scaling group() {
    return group;
  }

  /**
   * Tells whether a declaration claims that the family changes nothing.
   *
   * @param declared the declaration
   * @return whether the family lies in the declared group
   */
  public boolean isClaimedBy(Invariance declared) {
    return this == PERMUTATION ? declared.permutation() : declared.scaling().compareTo(group) >= 0;
  }

  /**
   * Finds a family by name.
   *
   * @param id for instance {@code layer-wise}
   * @return the family
   * @throws IllegalArgumentException for another name, with those there are
   */
  public static TransformationFamily of(String id) {
    return Arrays.stream(values())
        .filter(family -> family.id.equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "transformation \""
                        + id
                        + "\" does not exist, expected one of "
                        + Arrays.stream(values())
                            .map(TransformationFamily::id)
                            .collect(Collectors.joining(", "))));
  }

  @Override
  public String toString() {
    return id;
  }
}
