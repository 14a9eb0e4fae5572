package dev.flatness.symmetry;

import java.util.List;

/**
 * The minimum of a separable problem on the rescaling orbit, with its certificate.
 *
 * @param rescaling the minimizer c = eˣ; where the minimum is not attained, of the problem without
 *     the dropped edges
 * @param value the minimum, or infimum
 * @param residual the largest imbalance of a class or layer, as {@link
 *     SeparableProblem.Minimum#residual}; the problem is convex, so this certifies the minimum
 * @param converged whether the residual met the tolerance
 * @param droppedEdges how many bundles of edges between two classes or layers tend to 0 along an
 *     unbounded direction; 0 where the minimum is attained
 * @param unboundedClasses the free classes that run away along it
 * @param iterations sweeps and Newton steps
 */
public record OrbitMinimum(
    Rescaling rescaling,
    double value,
    double residual,
    boolean converged,
    int droppedEdges,
    List<Integer> unboundedClasses,
    int iterations) {
  /**
   * Copies the list.
   *
   * @param rescaling the minimiser c = eˣ; where the minimum is not attained, of the problem
   *     without the dropped edges
   * @param value the minimum, or infimum
   * @param residual the largest imbalance of a class or layer, as {@link
   *     SeparableProblem.Minimum#residual}; the problem is convex, so this certifies the minimum
   * @param converged whether the residual met the tolerance
   * @param droppedEdges how many bundles of edges between two classes or layers tend to 0 along an
   *     unbounded direction; 0 where the minimum is attained
   * @param unboundedClasses the free classes that run away along it
   * @param iterations sweeps and Newton steps
   */
  public OrbitMinimum {
    unboundedClasses = List.copyOf(unboundedClasses);
  }

  /**
   * Returns the minimum of the problem with every edge turned round: Σ_e A_e (c_a/c_b)², as second
   * derivatives transform.
   *
   * @return the same minimum with the inverse rescaling
   */
  public OrbitMinimum inverse() {
    return new OrbitMinimum(
        rescaling.inverse(),
        value,
        residual,
        converged,
        droppedEdges,
        unboundedClasses,
        iterations);
  }
}
