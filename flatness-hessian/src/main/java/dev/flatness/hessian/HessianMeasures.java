package dev.flatness.hessian;

import dev.flatness.measure.Invariance;
import dev.flatness.measure.Measure;
import dev.flatness.measure.MeasureProvider;
import dev.flatness.measure.Setting;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

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
        EpsilonSharpness.withDefaults(),
        QuadraticSharpness.withDefaults(),
        ExpectedSharpness.withDefaults(),
        VolumeFlatness.withDefaults(),
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
        AdaptiveSharpness.withDefaults(),
        MinimalTrace.onOrbit(),
        MinimalTrace.layerWise(),
        NormalizedSharpness.withDefaults(),
        GaugedMeasure.minimumNorm(HessianTrace.withDefaults()),
        GaugedMeasure.minimumNorm(SquaredNorm.withDefaults()));
  }

  /** Variants, and what moves under rescaling at the minimum-norm gauge. */
  @Override
  public List<Measure> onRequest() {
    List<Measure> listed = measures();
    Stream<Measure> variants =
        Stream.of(
            EpsilonSharpness.maxNorm(),
            EpsilonSharpness.box(),
            EpsilonSharpness.subspace(),
            AdaptiveSharpness.twoNorm(),
            AdaptiveSharpness.average(),
            RelativeFlatnessMax.withDefaults());
    Stream<Measure> gauged =
        listed.stream()
            .filter(HessianMeasures::moves)
            .map(measure -> (Measure) GaugedMeasure.minimumNorm(measure))
            .filter(measure -> !listed.contains(measure));
    return Stream.concat(variants, gauged).toList();
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(EpsilonSharpness.EPSILON, ExpectedSharpness.SIGMA, HessianTrace.NORMALIZE_TRACE);
  }

  @Override
  public Map<String, List<String>> groups() {
    return Map.of(
        "classical",
        Stream.of(
                HessianTrace.withDefaults(),
                ExtremeEigenvalue.top(),
                ExtremeEigenvalue.bottom(),
                FrobeniusNorm.withDefaults(),
                EpsilonSharpness.withDefaults(),
                QuadraticSharpness.withDefaults(),
                ExpectedSharpness.withDefaults(),
                VolumeFlatness.withDefaults(),
                SquaredNorm.withDefaults())
            .map(Measure::id)
            .toList());
  }

  private static boolean moves(Measure measure) {
    return measure.scopes().stream()
        .allMatch(scope -> measure.invariance(scope).scaling() == Invariance.Scaling.NONE);
  }
}
