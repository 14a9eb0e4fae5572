package dev.flatness.surface;

/**
 * Loss and gradient of a model of your own: all that a {@link DifferencedSurface} needs.
 *
 * <p>Shapes: θ and the gradient have one entry per parameter. Implementations are deterministic: at
 * the same θ they give the same numbers.
 */
@FunctionalInterface
public interface GradientFunction {
  /**
   * Evaluates L(θ) and ∇L(θ).
   *
   * @param theta θ, not changed
   * @param gradient receives ∇L; every entry is overwritten
   * @return the loss
   */
  double valueAndGradient(double[] theta, double[] gradient);
}
