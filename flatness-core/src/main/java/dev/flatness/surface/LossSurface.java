package dev.flatness.surface;

import dev.flatness.linalg.SymmetricOperator;

/**
 * A twice differentiable function L of a parameter vector θ, with its gradient and its curvature as
 * operators.
 *
 * <p>Formula: L(θ) = (1/n) Σ_i ℓ(f_θ(x_i), y_i) for a network; any smooth function in general.
 *
 * <p>Shapes: θ, gradient and vectors have {@link #dimension()} entries. Cost: one pass over the
 * data for value and gradient, one per block of products. Implementations are deterministic. A user
 * may implement it over any framework and gets every measure that needs no network structure; of
 * functions that exist already, {@link #of} makes one, and {@link DifferencedSurface} one that
 * needs no product.
 */
public interface LossSurface {
  /**
   * Makes a surface of a loss with its gradient and products with its Hessian.
   *
   * <p>Cost: that of the functions; the value alone costs as much as the gradient.
   *
   * @param dimension the number of parameters
   * @param gradient evaluates loss and gradient
   * @param product multiplies by the Hessian; it must be symmetric, which is not checked
   * @return a surface whose only curvature matrix is the Hessian
   * @throws IllegalArgumentException if there are no parameters
   */
  static LossSurface of(int dimension, GradientFunction gradient, HessianProduct product) {
    return new FunctionSurface(dimension, gradient, product);
  }

  /**
   * Returns the number of parameters.
   *
   * @return the length of θ
   */
  int dimension();

  /**
   * Evaluates L(θ).
   *
   * @param theta θ
   * @return the loss
   */
  double value(double[] theta);

  /**
   * Evaluates L(θ) and ∇L(θ).
   *
   * @param theta θ
   * @param gradient receives ∇L
   * @return the loss
   */
  double valueAndGradient(double[] theta, double[] gradient);

  /**
   * Returns a curvature matrix at a point, restricted to a set of parameters.
   *
   * @param kind which matrix
   * @param theta θ; copied
   * @param parameters the rows and columns kept, in their order
   * @return the operator of as many dimensions as the set has entries
   * @throws UnsupportedOperationException if this surface does not have that matrix
   */
  SymmetricOperator curvature(Curvature kind, double[] theta, ParameterSet parameters);

  /**
   * Returns the Hessian at a point.
   *
   * @param theta θ
   * @return ∇²L(θ)
   */
  default SymmetricOperator hessian(double[] theta) {
    return curvature(Curvature.HESSIAN, theta, ParameterSet.all(dimension()));
  }

  /**
   * Tells whether L is defined at a point.
   *
   * @param theta θ
   * @return whether it may be evaluated there; true unless a surface has a domain
   */
  default boolean contains(double[] theta) {
    return true;
  }

  /**
   * Returns this surface in float64, for differences of losses: those of near points are lost in
   * the rounding of float32.
   *
   * @return the same L; this surface, unless it can be evaluated in more than its own precision
   */
  default LossSurface inDouble() {
    return this;
  }
}
