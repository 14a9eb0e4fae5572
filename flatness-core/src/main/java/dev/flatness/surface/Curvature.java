package dev.flatness.surface;

/** The curvature matrices of a loss surface. */
public enum Curvature {
  /** ∇²L(θ). */
  HESSIAN("hessian"),
  /** (1/n) Σ_i J_iᵀ (∇²_f ℓ_i) J_i with the Jacobians J_i of the outputs. */
  GAUSS_NEWTON("gauss-newton"),
  /** (1/n) Σ_i g_i g_iᵀ with the per-sample gradients g_i: the empirical Fisher matrix. */
  EMPIRICAL_FISHER("fisher");

  private final String id;

  Curvature(String id) {
    this.id = id;
  }

  /**
   * Returns the name used in reports and on the command line.
   *
   * @return for instance {@code gauss-newton}
   */
  public String id() {
    return id;
  }
}
