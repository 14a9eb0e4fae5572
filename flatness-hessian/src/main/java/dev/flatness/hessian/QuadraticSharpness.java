package dev.flatness.hessian;

import dev.flatness.cost.Work;
import dev.flatness.measure.AbstractMeasure;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Fact;
import dev.flatness.measure.Facts;
import dev.flatness.measure.Invariance;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Scope;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
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
public final class QuadraticSharpness extends AbstractMeasure implements SurfaceMeasure {
  private static final QuadraticSharpness DEFAULTS = new QuadraticSharpness();

  private QuadraticSharpness() {
    super(
        "epsilon-sharpness-quadratic",
        "quadratic model of epsilon-sharpness",
        Invariance.NONE,
        "Dinh et al. 2017, §2",
        Scope.NETWORK);
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
  protected List<Fact<?>> facts(Network network, Settings settings) {
    return List.of(HessianFacts.NORM, Facts.EVALUATION);
  }

  @Override
  protected List<Estimate> measure(Subject subject) {
    return List.of(at(SurfacePoint.ofNetwork(subject)));
  }

  @Override
  public Estimate at(SurfacePoint point) {
    double epsilon = point.settings().get(EpsilonSharpness.EPSILON);
    Outcome norm = point.spectralNorm();
    return network(norm.times(epsilon * epsilon / (2 * (1 + point.loss()))))
        .withDetail("epsilon", epsilon)
        .withDetail("spectralNorm", norm.value());
  }

  @Override
  public List<Work> workAt(int dimension, Settings settings) {
    return List.of(HessianFacts.eigenvalueWork(HessianFacts.TOP_PRODUCTS));
  }
}
