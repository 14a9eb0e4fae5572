package dev.flatness.basispath;

import dev.flatness.measure.Measure;
import dev.flatness.measure.MeasureProvider;
import dev.flatness.measure.Setting;
import java.util.List;
import java.util.Map;

/** The measures of this module: PSI-flatness and what basis paths are by themselves. */
public final class PsiMeasures implements MeasureProvider {
  /** Along which weights basis paths run. */
  public static final Setting<SkeletonRule> SKELETON =
      Setting.of(
              "skeleton",
              "RULE",
              "The weights that basis paths run along: auto, diagonal, balanced or a file; auto is"
                  + " diagonal for chains of layers without a weight of 0 in its way and balanced"
                  + " for other networks.",
              SkeletonRule::named)
          .byDefault(SkeletonRule.auto())
          .recordedAs("skeleton", SkeletonRule::id);

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

  @Override
  public List<Setting<?>> settings() {
    return List.of(SKELETON, TheoremBound.EPSILON, TheoremBound.LOSS_LIPSCHITZ);
  }

  @Override
  public Map<String, List<String>> groups() {
    return Map.of("psi", measures().stream().map(Measure::id).toList());
  }
}
