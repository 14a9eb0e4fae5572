package dev.flatness.coordinates;

import java.util.Arrays;

/**
 * A change of variables θ = g(η), twice differentiable on an open domain.
 *
 * <p>Formula: for a function L of θ, l(η) = L(g(η)) has ∇l = Jᵀ∇L and ∇²l = Jᵀ ∇²L J + Σ_k ∂L/∂θ_k
 * ∇²g_k with J = ∂g/∂η.
 *
 * <p>Shapes: η has {@link #dimension()} entries, θ has {@link #parameters()}. Cost: O(parameters)
 * for every method unless an implementation says otherwise. Implementations are immutable.
 *
 * <p>Source: Dinh et al. 2017, §5.
 */
public interface Coordinates {
  /**
   * Returns the number of coordinates.
   *
   * @return the length of η
   */
  int dimension();

  /**
   * Returns the number of parameters.
   *
   * @return the length of θ
   */
  int parameters();

  /**
   * Tells whether a point lies in the domain.
   *
   * @param eta η
   * @return whether g is defined there
   */
  boolean contains(double[] eta);

  /**
   * Maps coordinates to parameters.
   *
   * @param eta η
   * @return g(η), a new array
   * @throws IllegalArgumentException if η lies outside the domain, naming the coordinate
   */
  double[] parametersAt(double[] eta);

  /**
   * Maps coordinates to parameters by the formula of g, also outside the domain where the formula
   * has a value.
   *
   * @param eta η
   * @return a new array; inside the domain g(η), outside with entries that are not finite where the
   *     formula has no value, by default all
   */
  default double[] parametersBeyond(double[] eta) {
    if (contains(eta)) {
      return parametersAt(eta);
    }
    double[] none = new double[parameters()];
    Arrays.fill(none, Double.NaN);
    return none;
  }

  /**
   * Maps parameters to coordinates: a point that g maps to these parameters, or to others of the
   * same function where many parameters have the same coordinates.
   *
   * @param theta θ
   * @return η, a new array
   * @throws IllegalArgumentException if θ has no coordinates, naming the parameter
   */
  double[] coordinatesOf(double[] theta);

  /**
   * Returns the first and second derivative at a point.
   *
   * @param eta η; copied
   * @return the derivative
   * @throws IllegalArgumentException if η lies outside the domain, naming the coordinate
   */
  Derivative derivativeAt(double[] eta);

  /**
   * Changes the variables once more.
   *
   * <p>Formula: θ = g(k(ζ)), g these coordinates. Cost: that of both.
   *
   * @param inner k, which maps ζ to η
   * @return the coordinates ζ
   * @throws IllegalArgumentException if k does not map to as many numbers as g has coordinates
   */
  default Coordinates compose(Coordinates inner) {
    return new ComposedCoordinates(this, inner);
  }

  /** The first and second derivative of a change of variables at a point. */
  interface Derivative {
    /**
     * Pushes a direction forward.
     *
     * @param direction ξ, of the length of η
     * @param result receives J ξ, of the length of θ
     */
    void push(double[] direction, double[] result);

    /**
     * Pulls a covector back.
     *
     * @param covector γ, of the length of θ
     * @param result receives Jᵀ γ, of the length of η
     */
    void pull(double[] covector, double[] result);

    /**
     * Adds the curvature of the map: a symmetric matrix that is linear in the covector.
     *
     * @param covector γ, of the length of θ
     * @param direction ξ, of the length of η
     * @param result Σ_k γ_k ∇²g_k ξ is added to it, of the length of η
     */
    void addSecond(double[] covector, double[] direction, double[] result);
  }
}
