package dev.flatness.basispath;

import dev.flatness.measure.Measure;
import dev.flatness.measure.MeasureProvider;
import java.util.List;

/** The measures of this module: PSI-flatness and what basis paths are by themselves. */
public final class PsiMeasures implements MeasureProvider {
  /** For the service loader. */
  public PsiMeasures() {}

  @Override
  public List<Measure> measures() {
    return List.of(
        PsiTrace.withDefaults(),
        PsiEigenvalue.top(),
        PsiEigenvalue.bottom(),
        PsiSharpness.worst(),
        PsiSharpness.expected(),
        PsiGradientNorm.withDefaults(),
        BasisPathNumber.squaredNorm(),
        BasisPathNumber.count(),
        BasisPathNumber.ratio(),
        BasisPathNumber.values(),
        TheoremBound.withDefaults());
  }
}
