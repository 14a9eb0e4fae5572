package dev.flatness.pacbayes;

import dev.flatness.cost.Pass;
import dev.flatness.cost.Work;
import dev.flatness.data.Dataset;
import dev.flatness.data.Dataset.TargetKind;
import dev.flatness.measure.AbstractMeasure;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Invariance;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Scope;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.surface.NetworkSurface;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * {@code margin}: the 10th percentile of the output margins.
 *
 * <p>Formula: a sample's margin is f_y − max_{k≠y} f_k, of one output f the same for the outputs
 * (0, f); the percentile is the ⌈n/10⌉-th smallest of n margins, the smallest that a tenth of the
 * samples do not exceed. Negative where more than a tenth are wrong.
 *
 * <p>Units: those of the outputs, before a softmax or sigmoid that belongs to the loss. Cost: 1
 * pass a sample, 8 bytes a sample. The residual is what rounding of the outputs may amount to, 2¹⁰
 * u max |f|/|margin|, u the machine epsilon of the precision. A function of the outputs alone, so
 * no rescaling and no permutation changes it.
 *
 * <p>Source: Jiang et al. 2020, App. C; docs/mathematics.md#margin. Immutable.
 */
public final class Margin extends AbstractMeasure {
  private static final int CHUNK = 256;
  private static final double AMPLIFICATION = 0x1p10;
  private static final Margin DEFAULTS = new Margin();

  private Margin() {
    super(
        "margin",
        "10th percentile of the output margins",
        Invariance.NEURON_WISE,
        "Jiang et al. 2020, App. C",
        Scope.NETWORK);
  }

  /**
   * Returns the measure.
   *
   * @return the measure
   */
  public static Margin withDefaults() {
    return DEFAULTS;
  }

  @Override
  public Optional<String> inapplicable(Subject subject) {
    Dataset data = subject.surface().dataset();
    return JiangMeasures.withoutLabels(subject)
        .or(
            () ->
                data.targetKind() == TargetKind.LABELS && data.targetSize() == 1
                    ? Optional.empty()
                    : Optional.of("it needs one label a sample, and the targets are vectors"));
  }

  @Override
  protected List<Work> ownWork(Network network, Settings settings) {
    return List.of(new Work(id() + ": outputs", Pass.VALUE, 1));
  }

  @Override
  protected List<Estimate> measure(Subject subject) {
    NetworkSurface surface = subject.surface();
    Dataset data = surface.dataset();
    double[] theta = subject.theta();
    int outputs = surface.network().output().shape().size();
    double[] margins = new double[data.size()];
    double[] labels = new double[CHUNK];
    double largest = 0;
    for (int first = 0; first < margins.length; first += CHUNK) {
      int count = Math.min(CHUNK, margins.length - first);
      data.readTargets(first, count, labels);
      double[] f = surface.outputs(theta, first, count);
      for (int i = 0; i < count; i++) {
        margins[first + i] = margin(f, i * outputs, outputs, (int) labels[i]);
      }
      for (double output : f) {
        largest = Math.max(largest, Math.abs(output));
      }
    }
    Arrays.sort(margins);
    double value = margins[(margins.length + 9) / 10 - 1];
    double rounding = AMPLIFICATION * surface.options().precision().epsilon() * largest;
    Outcome outcome = Outcome.exact(value);
    return List.of(
        network(value == 0 ? outcome : outcome.withResidual(rounding / Math.abs(value)))
            .withDetail("samples", margins.length));
  }

  private static double margin(double[] f, int offset, int outputs, int label) {
    if (outputs == 1) {
      return label == 1 ? f[offset] : -f[offset];
    }
    double other = Double.NEGATIVE_INFINITY;
    for (int k = 0; k < outputs; k++) {
      other = k == label ? other : Math.max(other, f[offset + k]);
    }
    return f[offset + label] - other;
  }
}
