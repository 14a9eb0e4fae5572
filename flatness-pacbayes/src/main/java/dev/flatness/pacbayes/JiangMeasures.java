package dev.flatness.pacbayes;

import dev.flatness.loss.Loss;
import dev.flatness.measure.Measure;
import dev.flatness.measure.MeasureProvider;
import dev.flatness.measure.Setting;
import dev.flatness.measure.Subject;
import dev.flatness.surface.NetworkSurface;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The measures of Jiang et al. 2020, the group {@code jiang}. */
public final class JiangMeasures implements MeasureProvider {
  /**
   * Whether the noise has σ² as its standard deviation, as a public implementation has it
   * (nitarshan/robust-generalization-measures), and σ′² w² + ε₀² where it grows with the weights.
   */
  public static final Setting<Boolean> VARIANCE_AS_DEVIATION =
      Setting.flag(
          "varianceAsDeviation",
          "The noise of pacbayes-* has the variance as its standard deviation, as the public"
              + " implementation robust-generalization-measures has it.");

  /** Whether the box of {@code sharpness-*} is |δ_i| ≤ α, not |δ_i| ≤ α (|w_i| + 1). */
  public static final Setting<Boolean> UNIFORM_BOX =
      Setting.flag(
          "uniformBox",
          "The box of sharpness-orig, -init and -flatness has the same sides for all weights.");

  /** For the service loader. */
  public JiangMeasures() {}

  @Override
  public List<Measure> measures() {
    return List.of();
  }

  /** Their searches take several times as long as all other measures together. */
  @Override
  public List<Measure> onRequest() {
    List<Measure> measures = new ArrayList<>(PerturbedAccuracy.all());
    measures.add(WeightProduct.spectral());
    measures.add(WeightProduct.frobenius());
    measures.add(Margin.withDefaults());
    return measures;
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(InitialNetwork.INITIAL, VARIANCE_AS_DEVIATION, UNIFORM_BOX);
  }

  @Override
  public Map<String, List<String>> groups() {
    return Map.of("jiang", onRequest().stream().map(Measure::id).toList());
  }

  /** Why a sample cannot be right or wrong; empty where it can. */
  static Optional<String> withoutLabels(Subject subject) {
    NetworkSurface surface = subject.surface();
    Loss loss = surface.loss();
    double[] target = new double[surface.dataset().targetSize()];
    surface.dataset().readTargets(0, 1, target);
    double correct = loss.correct(new double[surface.network().output().shape().size()], target);
    return Double.isNaN(correct)
        ? Optional.of(
            "it needs labels, and under the loss \"" + loss.id() + "\" no sample is right or wrong")
        : Optional.empty();
  }
}
