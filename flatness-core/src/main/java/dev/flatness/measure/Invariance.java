package dev.flatness.measure;

/**
 * The reparameterizations under which a measure claims not to change; the claim is tested, never
 * assumed.
 *
 * @param scaling the group of positive rescalings
 * @param permutation whether permutations of hidden units leave it unchanged, lists being compared
 *     permuted
 */
public record Invariance(Scaling scaling, boolean permutation) {
  /**
   * Groups of positive rescalings of hidden units (docs/mathematics.md#invariance). {@link
   * #NEURON_WISE} contains all others.
   */
  public enum Scaling {
    /** No rescaling. */
    NONE("none"),
    /** One factor per weight tensor. */
    LAYER_WISE("layer-wise"),
    /** One factor per hidden unit, except for the units that the measured layer reads. */
    NEURON_WISE_EXCEPT_INPUTS("neuron-wise-except-inputs"),
    /** One factor per hidden unit. */
    NEURON_WISE("neuron-wise");

    private final String id;

    Scaling(String id) {
      this.id = id;
    }

    /**
     * Returns the name used in reports.
     *
     * @return for instance {@code neuron-wise}
     */
    public String id() {
      return id;
    }
  }

  /** Invariant to permutations only. */
  public static final Invariance NONE = new Invariance(Scaling.NONE, true);

  /** Invariant to layer-wise rescalings and permutations. */
  public static final Invariance LAYER_WISE = new Invariance(Scaling.LAYER_WISE, true);

  /**
   * Invariant to rescalings of the layer's outputs and of all other layers, and to permutations.
   */
  public static final Invariance NEURON_WISE_EXCEPT_INPUTS =
      new Invariance(Scaling.NEURON_WISE_EXCEPT_INPUTS, true);

  /** Invariant to neuron-wise rescalings and permutations. */
  public static final Invariance NEURON_WISE = new Invariance(Scaling.NEURON_WISE, true);
}
