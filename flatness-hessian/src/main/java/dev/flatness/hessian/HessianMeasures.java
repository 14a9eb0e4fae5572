package dev.flatness.hessian;

import dev.flatness.measure.Invariance;
import dev.flatness.measure.Measure;
import dev.flatness.measure.MeasureProvider;
import java.util.List;

/**
 * The measures of this module: classical, layer- and neuron-wise, relative flatness, and those
 * invariant by construction.
 */
public final class HessianMeasures implements MeasureProvider {
  /** For the service loader. */
  public HessianMeasures() {}

  @Override
  public List<Measure> measures() {
    return List.of(
        HessianTrace.withDefaults(),
        ExtremeEigenvalue.top(),
        ExtremeEigenvalue.bottom(),
        FrobeniusNorm.withDefaults(),
        QuadraticSharpness.withDefaults(),
        SquaredNorm.withDefaults(),
        Kappa.topEigenvalue(),
        Kappa.trace(),
        Kappa.topEigenvalue().max(),
        Kappa.topEigenvalue().sum(),
        Kappa.trace().max(),
        Kappa.trace().sum(),
        Rho.columns(),
        Rho.rows(),
        Rho.max(),
        Rho.sum(),
        RelativeFlatness.withDefaults(),
        RelativeFlatness.withDefaults().normalized(),
        FisherRaoNorm.withDefaults(),
        LogWeightTrace.withDefaults(),
        MinimalTrace.onOrbit(),
        MinimalTrace.layerWise(),
        NormalizedSharpness.withDefaults(),
        AtGauge.minimumNorm(HessianTrace.withDefaults()),
        AtGauge.minimumNorm(SquaredNorm.withDefaults()));
  }

  /** What moves under rescaling, at the minimum-norm gauge. */
  @Override
  public List<Measure> onRequest() {
    List<Measure> listed = measures();
    return listed.stream()
        .filter(HessianMeasures::moves)
        .map(measure -> (Measure) AtGauge.minimumNorm(measure))
        .filter(measure -> !listed.contains(measure))
        .toList();
  }

  private static boolean moves(Measure measure) {
    return measure.scopes().stream()
        .allMatch(scope -> measure.invariance(scope).scaling() == Invariance.Scaling.NONE);
  }
}
