package dev.flatness.hessian;

import dev.flatness.internal.linalg.Vectors;
import dev.flatness.measure.AbstractMeasure;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Invariance;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Scope;
import dev.flatness.measure.Subject;
import java.util.List;

/**
 * {@code l2-norm-squared}: the squared 2-norm of all parameters.
 *
 * <p>Formula: ‖θ‖² = Σ_i θ_i². Units: squared parameters. Cost: none. Not invariant to rescaling.
 *
 * <p>Source: docs/mathematics.md#l2-norm-squared. Immutable.
 */
public final class SquaredNorm extends AbstractMeasure {
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
    double[] theta = subject.theta();
    return List.of(network(Outcome.exact(Vectors.dot(theta, theta))));
  }
}
