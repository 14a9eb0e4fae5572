package dev.flatness.symmetry;

/**
 * The minimum of a separable problem on the rescaling orbit, with its certificate.
 *
 * @param rescaling the minimiser c = eˣ; where the minimum is not attained, of the problem without
 *     the dropped edges
 * @param value the minimum, or infimum
 * @param residual the largest imbalance of a class, |Σ_in y − Σ_out y − β| / (Σ_in y + Σ_out y +
 *     |β|); the problem is convex, so this certifies the minimum
 * @param converged whether the residual met the tolerance
 * @param droppedEdges how many bundles of edges between two classes tend to 0 along an unbounded
 *     direction; 0 where the minimum is attained
 * @param iterations sweeps and Newton steps
 */
public record OrbitMinimum(
    Rescaling rescaling,
    double value,
    double residual,
    boolean converged,
    int droppedEdges,
    int iterations) {}
