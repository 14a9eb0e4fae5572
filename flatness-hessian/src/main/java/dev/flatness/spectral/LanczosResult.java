package dev.flatness.spectral;

import dev.flatness.measure.Status;

/**
 * What a Lanczos run found at both ends of the spectrum, with its raw coefficients.
 *
 * <p>Formula: A Q_k = Q_k T_k + β_k q_{k+1} e_kᵀ with T_k tridiagonal, diagonal α, neighbors β. A
 * β_i of 0 inside marks where an invariant subspace ended and a fresh vector started.
 *
 * @param largest the pair of the largest eigenvalue (algebraic)
 * @param smallest the pair of the smallest eigenvalue
 * @param products how many products were used, k
 * @param status converged, if the wanted ends met the tolerance, else not converged
 * @param reason why the run stopped, a clause
 * @param alpha α_1 … α_k
 * @param beta β_1 … β_k
 */
public record LanczosResult(
    RitzPair largest,
    RitzPair smallest,
    int products,
    Status status,
    String reason,
    double[] alpha,
    double[] beta) {
  /**
   * Copies the coefficients.
   *
   * @param largest the pair of the largest eigenvalue (algebraic)
   * @param smallest the pair of the smallest eigenvalue
   * @param products how many products were used, k
   * @param status converged, if the wanted ends met the tolerance, else not converged
   * @param reason why the run stopped, a clause
   * @param alpha α_1 … α_k
   * @param beta β_1 … β_k
   */
  public LanczosResult {
    alpha = alpha.clone();
    beta = beta.clone();
  }

  /**
   * Returns the diagonal of T.
   *
   * @return a copy of α
   */
  @Override
  public double[] alpha() {
    return alpha.clone();
  }

  /**
   * Returns the neighbors of the diagonal of T, the last one being the norm of the last residual.
   *
   * @return a copy of β
   */
  @Override
  public double[] beta() {
    return beta.clone();
  }

  /**
   * Returns this result if it met its tolerance.
   *
   * @return this
   * @throws IllegalStateException with the remedy otherwise
   */
  public LanczosResult orThrow() {
    if (!status.acceptable()) {
      throw new IllegalStateException("Lanczos stopped because " + reason + ": " + status.remedy());
    }
    return this;
  }
}
