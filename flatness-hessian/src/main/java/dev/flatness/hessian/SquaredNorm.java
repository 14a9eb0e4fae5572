package dev.flatness.hessian;

import dev.flatness.cost.Work;
import dev.flatness.internal.linalg.Vectors;
import dev.flatness.measure.AbstractMeasure;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Invariance;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Scope;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Subject;
import java.util.List;

/**
 * {@code l2-norm-squared}: the squared 2-norm of all parameters.
 *
 * <p>Formula: ‖θ‖² = Σ_i θ_i². Units: squared parameters. Cost: none. Not invariant to rescaling.
 *
 * <p>Source: docs/mathematics.md#l2-norm-squared. Immutable.
 */
public final class SquaredNorm extends AbstractMeasure implements SurfaceMeasure {
  private static final SquaredNorm DEFAULTS = new SquaredNorm();

  private SquaredNorm() {
    super(
        "l2-norm-squared",
        "squared norm of all parameters",
        Invariance.NONE,
        "sum of squared parameters",
        Scope.NETWORK);
  }

  /**
   * Returns the measure.
   *
   * @return the measure
   */
  public static SquaredNorm withDefaults() {
    return DEFAULTS;
  }

  @Override
  protected List<Estimate> measure(Subject subject) {
    return List.of(at(SurfacePoint.ofNetwork(subject)));
  }

  @Override
  public Estimate at(SurfacePoint point) {
    double[] eta = point.point();
    return network(Outcome.exact(Vectors.dot(eta, eta)));
  }

  @Override
  public List<Work> workAt(int dimension, Settings settings) {
    return List.of();
  }
}
