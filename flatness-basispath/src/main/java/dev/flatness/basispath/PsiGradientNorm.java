package dev.flatness.basispath;

import dev.flatness.cost.Pass;
import dev.flatness.cost.Work;
import dev.flatness.internal.linalg.Vectors;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import java.util.List;

/**
 * {@code psi-gradient-norm}: how far from a minimum the network is in basis-path coordinates.
 *
 * <p>Formula: ‖∂l/∂v‖₂ = ‖Jᵀ∇L‖₂. Units: loss per path value. Cost: one gradient. Invariant to
 * neuron-wise rescaling.
 *
 * <p>Source: docs/mathematics.md#psi-gradient-norm. Immutable.
 */
public final class PsiGradientNorm extends PsiMeasure {
  private static final PsiGradientNorm DEFAULTS = new PsiGradientNorm();

  private PsiGradientNorm() {
    super(
        "psi-gradient-norm",
        "norm of the gradient in path values",
        "gradient in basis-path coordinates");
  }

  /**
   * Returns the measure.
   *
   * @return the measure
   */
  public static PsiGradientNorm withDefaults() {
    return DEFAULTS;
  }

  @Override
  protected List<Work> ownWork(Network network, Settings settings) {
    return List.of(new Work(id(), Pass.GRADIENT, 1));
  }

  @Override
  Estimate evaluate(Subject subject, PsiPoint point) {
    double[] gradient = new double[point.paths().count()];
    point.surface().valueAndGradient(point.paths().values(), gradient);
    return exact(Vectors.scaledNorm(gradient));
  }
}
