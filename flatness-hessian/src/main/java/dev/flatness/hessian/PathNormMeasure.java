package dev.flatness.hessian;

import dev.flatness.measure.Estimate;
import dev.flatness.measure.Scope;
import dev.flatness.measure.Subject;
import dev.flatness.random.Seed;
import dev.flatness.symmetry.PathNorm;
import java.util.List;

/**
 * {@code path-norm-1} and {@code path-norm-2}: {@link PathNorm} among the measures.
 *
 * <p>Formula: (Σ over paths of Π |θ_e|^p)^{1/p}. Units: those of a product of weights. Cost: one
 * forward pass of one sample. Needs no data and no loss. Invariant to neuron-wise rescaling.
 *
 * <p>Source: Neyshabur et al. 2015. Immutable.
 */
public final class PathNormMeasure extends HessianMeasure {
  private final PathNorm norm;

  private PathNormMeasure(PathNorm norm) {
    super(norm.id(), norm.invariance(), "Neyshabur et al. 2015", Scope.NETWORK);
    this.norm = norm;
  }

  /**
   * Returns the measure of a path norm.
   *
   * @param norm the path norm, for instance {@code PathNorm.withDefaults().withExponent(1)}
   * @return the measure of its id
   */
  public static PathNormMeasure of(PathNorm norm) {
    return new PathNormMeasure(norm);
  }

  @Override
  public List<Estimate> evaluate(Subject subject, Seed seed) {
    return List.of(norm.of(subject.network()));
  }

  @Override
  public boolean equals(Object other) {
    return super.equals(other) && norm.toString().equals(((PathNormMeasure) other).norm.toString());
  }

  @Override
  public int hashCode() {
    return norm.toString().hashCode();
  }
}
