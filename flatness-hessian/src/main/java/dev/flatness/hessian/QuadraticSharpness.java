package dev.flatness.hessian;

import dev.flatness.cost.Work;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Invariance;
import dev.flatness.measure.MeasureSettings;
import dev.flatness.measure.Scope;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.spectral.Lanczos;
import java.util.List;

/**
 * {@code epsilon-sharpness-quadratic}: the quadratic model of ε-sharpness.
 *
 * <p>Formula: ‖H‖₂ ε² / (2 (1 + L)), ‖H‖₂ the largest magnitude of an eigenvalue, ε from the
 * settings. Units: none. Cost: the {@link Lanczos} run of the extreme eigenvalues and one
 * evaluation, both shared. Details: {@code epsilon}, {@code spectralNorm}. Not invariant to
 * rescaling.
 *
 * <p>Source: Dinh et al. 2017, §2. Immutable.
 */
public final class QuadraticSharpness extends HessianMeasure {
  private static final QuadraticSharpness DEFAULTS = new QuadraticSharpness();

  private QuadraticSharpness() {
    super("epsilon-sharpness-quadratic", Invariance.NONE, "Dinh et al. 2017, §2", Scope.NETWORK);
  }

  /**
   * Returns the measure.
   *
   * @return the measure
   */
  public static QuadraticSharpness withDefaults() {
    return DEFAULTS;
  }

  @Override
  public List<Work> work(Network network, MeasureSettings settings) {
    return List.of(Costs.TOP);
  }

  @Override
  public List<Estimate> evaluate(Subject subject, Seed seed) {
    double epsilon = subject.settings().epsilon();
    LayerNumber norm = Shared.spectrum(subject, seed).norm();
    double loss = Shared.evaluation(subject).loss();
    return List.of(
        norm.times(epsilon * epsilon / (2 * (1 + loss)))
            .estimate(id(), claim())
            .detail("epsilon", epsilon)
            .detail("spectralNorm", norm.value())
            .build());
  }
}
