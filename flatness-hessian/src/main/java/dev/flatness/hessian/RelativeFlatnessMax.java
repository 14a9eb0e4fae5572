package dev.flatness.hessian;

import dev.flatness.cost.Pass;
import dev.flatness.cost.Work;
import dev.flatness.measure.AbstractMeasure;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Invariance;
import dev.flatness.measure.Scope;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.spectral.Lanczos;
import java.util.List;

/**
 * {@code relative-flatness-max}: the largest curvature of each unit's incoming weights, weighted by
 * their size.
 *
 * <p>Formula: Σ_s ‖w_s‖² λ_max(H_ss) over the rows s of W_l, H_ss the Hessian in row s alone.
 * Units: loss. Cost: a {@link Lanczos} run a row to the tolerance of eigenvalues; for
 * piecewise-linear networks all rows of all layers advance in one sweep of K backward passes,
 * typically 20 to 30 of them, checks included; for others a product each, in blocks of 16, for
 * layers of up to 64 rows, above that for 64 rows drawn at random, with the standard error of the
 * sum. Rows of zeros count 0. Memory: 8 bytes · weights of a layer a sweep.
 *
 * <p>Invariant to neuron-wise rescaling except of the layer's inputs.
 *
 * <p>Source: after the code to Petzka et al. 2021 (theirs is Σ_{s,t} with the maximum eigenvalue in
 * place of the trace); docs/mathematics.md#relative-flatness-max. Immutable.
 */
public final class RelativeFlatnessMax extends AbstractMeasure {
  private static final RelativeFlatnessMax DEFAULTS = new RelativeFlatnessMax();

  private RelativeFlatnessMax() {
    super(
        "relative-flatness-max",
        "weighted largest eigenvalues of the rows",
        Invariance.NEURON_WISE_EXCEPT_INPUTS,
        "after the code to Petzka et al. 2021",
        Scope.LAYER);
  }

  /**
   * Returns the measure.
   *
   * @return {@code relative-flatness-max}
   */
  public static RelativeFlatnessMax withDefaults() {
    return DEFAULTS;
  }

  @Override
  protected List<Work> ownWork(Network network, Settings settings) {
    if (network.piecewiseLinear()) {
      return List.of(new Work(id() + ": sweeps", Pass.LAYER_PRODUCTS, 30));
    }
    int rows =
        network.weightLayers().stream()
            .mapToInt(node -> Math.min(RowSpectra.MOST_ROWS, node.shape().extent(0)))
            .sum();
    return List.of(new Work(id() + ": products", Pass.HESSIAN_PRODUCT, 20.0 * rows));
  }

  @Override
  protected List<Estimate> measure(Subject subject) {
    RowSpectra spectra = new RowSpectra(subject, subject.seed().split(id()));
    return TiedLayers.perWeight(subject.network(), subject.layers(), spectra::weighted).stream()
        .map(number -> layer(number.layer(), number.outcome()))
        .toList();
  }
}
