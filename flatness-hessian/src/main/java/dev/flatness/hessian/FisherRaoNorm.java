package dev.flatness.hessian;

import dev.flatness.cost.Pass;
import dev.flatness.cost.Work;
import dev.flatness.internal.linalg.Vectors;
import dev.flatness.measure.AbstractMeasure;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Invariance;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Scope;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.surface.Curvature;
import java.util.List;

/**
 * {@code fisher-rao-norm}: the length of the parameters in the metric of the empirical Fisher
 * matrix.
 *
 * <p>Formula: √(θᵀF̂θ) = √(mean (θ·∇ℓ_i)²), F̂ = (1/n) Σ_i ∇ℓ_i ∇ℓ_iᵀ. Units: loss. Cost: one
 * empirical Fisher product. Exact to rounding. Invariant to neuron-wise rescaling: θ·∇ℓ_i is the
 * derivative of ℓ_i when all parameters grow by one factor.
 *
 * <p>Source: Liang et al. 2019, Def. 2; for a bias-free homogeneous network of N layers it is N
 * √(mean ⟨∂ℓ/∂f, f⟩²), which is wrong with biases. Immutable.
 */
public final class FisherRaoNorm extends AbstractMeasure {
  private static final FisherRaoNorm DEFAULTS = new FisherRaoNorm();

  private FisherRaoNorm() {
    super(
        "fisher-rao-norm",
        "√(θᵀFθ) with the empirical Fisher matrix",
        Invariance.NEURON_WISE,
        "Liang et al. 2019, Def. 2",
        Scope.NETWORK);
  }

  /**
   * Returns the measure.
   *
   * @return the measure
   */
  public static FisherRaoNorm withDefaults() {
    return DEFAULTS;
  }

  @Override
  protected List<Work> ownWork(Network network, Settings settings) {
    return List.of(new Work(id(), Pass.GAUSS_NEWTON_PRODUCT, 1));
  }

  @Override
  protected List<Estimate> measure(Subject subject) {
    double[] theta = subject.theta();
    double[][] product = new double[1][theta.length];
    Hessian.of(subject.surface())
        .withCurvature(Curvature.EMPIRICAL_FISHER)
        .at(theta)
        .apply(new double[][] {theta}, product);
    // A length of 0 can come out negative by rounding.
    double square = Math.max(0, Vectors.dot(theta, product[0]));
    return List.of(
        network(Outcome.of(Math.sqrt(square), "products", Status.EXACT).withProducts(1)));
  }
}
