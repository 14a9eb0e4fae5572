package dev.flatness.basispath;

import dev.flatness.cost.Pass;
import dev.flatness.cost.Work;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.MeasureSettings;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import java.util.List;

/**
 * {@code psi-gradient-norm}: how far from a minimum the network is in basis-path coordinates.
 *
 * <p>Formula: ‖∂l/∂v‖₂ = ‖Jᵀ∇L‖₂. Units: loss per path value. Cost: one gradient. Invariant to
 * neuron-wise rescaling.
 *
 * <p>Source: mathematics §7. Immutable.
 */
public final class PsiGradientNorm extends PsiMeasure {
  private static final PsiGradientNorm DEFAULTS = new PsiGradientNorm();

  private PsiGradientNorm() {
    super("psi-gradient-norm", "gradient in basis-path coordinates");
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
  public List<Work> work(Network network, MeasureSettings settings) {
    return List.of(new Work("gradient", Pass.GRADIENT, 1));
  }

  @Override
  Estimate.Builder evaluate(Subject subject, PsiPoint point, Seed seed) {
    double[] gradient = new double[point.paths().count()];
    point.surface().valueAndGradient(point.paths().values(), gradient);
    double largest = 0;
    for (double entry : gradient) {
      largest = Math.max(largest, Math.abs(entry));
    }
    double sum = 0;
    for (double entry : gradient) {
      sum += largest == 0 ? 0 : (entry / largest) * (entry / largest);
    }
    return number(point, largest * Math.sqrt(sum));
  }
}
