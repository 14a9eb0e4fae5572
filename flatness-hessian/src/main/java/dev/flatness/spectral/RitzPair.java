package dev.flatness.spectral;

import dev.flatness.measure.Outcome;

/**
 * An approximate eigenvalue with its vector and the proof of how good it is.
 *
 * <p>Formula: ‖A x − θ x‖ = residual; some eigenvalue of A lies within the residual of θ.
 *
 * @param outcome θ, in the unit of A, with its residual relative to ‖T‖ (0 where both are 0);
 *     converged if that met the tolerance
 * @param vector x, a unit vector of the operator's dimension
 * @param residual the residual's norm |β_k s_k|, in the unit of A
 */
public record RitzPair(Outcome outcome, double[] vector, double residual) {
  /**
   * Copies the vector.
   *
   * @param outcome θ, in the unit of A, with its residual relative to ‖T‖ (0 where both are 0);
   *     converged if that met the tolerance
   * @param vector x, a unit vector of the operator's dimension
   * @param residual the residual's norm |β_k s_k|, in the unit of A
   */
  public RitzPair {
    vector = vector.clone();
  }

  /**
   * Returns the eigenvalue.
   *
   * @return θ
   */
  public double value() {
    return outcome.value();
  }

  /**
   * Returns the vector.
   *
   * @return a copy of x
   */
  @Override
  public double[] vector() {
    return vector.clone();
  }
}
