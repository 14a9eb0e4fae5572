package dev.flatness.pacbayes;

/**
 * The differentiable risks that stand for the error while a posterior is trained.
 *
 * <p>A bound holds for any posterior, however it was found. So the surrogate decides how tight a
 * bound becomes, and never whether it holds.
 *
 * <p>Source: docs/mathematics.md#optimised-posterior.
 */
public enum Surrogate {
  /**
   * The loss clipped at ln (1/p_min) and divided by it, in [0, 1]: for cross-entropy −ln max(p_y,
   * p_min)/ln (1/p_min).
   */
  CLIPPED("clipped"),

  /** The loss divided by ln 2: for cross-entropy no less than the error. */
  LOGISTIC("logistic"),

  /**
   * The probability of an error over the last layer's weights, Φ(−y m/s) for a pre-activation N(m,
   * s²) and y = ±1; for chains of dense layers with one output.
   */
  ERROR("error");

  private final String id;

  Surrogate(String id) {
    this.id = id;
  }

  /**
   * Returns the name used in reports and on the command line.
   *
   * @return for instance {@code clipped}
   */
  public String id() {
    return id;
  }
}
