package dev.flatness.hessian;

import dev.flatness.measure.Measure;
import dev.flatness.measure.MeasureProvider;
import java.util.List;

/** The measures of this module: classical, layer- and neuron-wise, relative flatness. */
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
        RelativeFlatness.withDefaults().normalized());
  }
}
