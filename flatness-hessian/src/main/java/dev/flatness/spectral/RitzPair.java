package dev.flatness.spectral;

/**
 * An approximate eigenvalue with its vector and the proof of how good it is.
 *
 * <p>Formula: ‖A x − θ x‖ = residual; some eigenvalue of A lies within the residual of θ.
 *
 * @param value θ, in the unit of A
 * @param vector x, a unit vector of the operator's dimension
 * @param residual the residual's norm |β_k s_k|, in the unit of A
 * @param relativeResidual the residual divided by ‖T‖, 0 where both are 0
 */
public record RitzPair(double value, double[] vector, double residual, double relativeResidual) {
  /** Copies the vector. */
  public RitzPair {
    vector = vector.clone();
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
