package dev.flatness.surface;

/**
 * Products with the Hessian of a model of your own, for {@link LossSurface#of}.
 *
 * <p>Shapes: θ, vector and product have one entry per parameter.
 */
@FunctionalInterface
public interface HessianProduct {
  /**
   * Multiplies a vector by the Hessian at a point.
   *
   * @param theta θ, not changed
   * @param vector v, not changed
   * @return ∇²L(θ) v, a new array
   */
  double[] product(double[] theta, double[] vector);
}
