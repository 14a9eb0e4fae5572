package dev.flatness.hessian;

import dev.flatness.cost.Work;
import dev.flatness.measure.AbstractMeasure;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Fact;
import dev.flatness.measure.Invariance;
import dev.flatness.measure.Scope;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.spectral.Lanczos;
import java.util.List;

/**
 * {@code kappa} and {@code kappa-tau}: the squared norm of a layer's weight times the largest
 * eigenvalue, or the trace, of its Hessian; per layer, or the maximum or sum over layers.
 *
 * <p>Formula: κ = ‖W_l‖_F² λ_max(H_l), κ_τ = ‖W_l‖_F² Tr(H_l), without the biases. Units: loss.
 * Cost: κ by the {@link Lanczos} runs of all layers advancing together; κ_τ by the closed forms, or
 * sampled as {@link HessianTrace}. The settings may normalize the traces of κ_τ per layer.
 * Invariant to layer-wise rescaling.
 *
 * <p>Source: Petzka et al. 2019, Table 1. Immutable.
 */
public final class Kappa extends AbstractMeasure {
  private enum Over {
    LAYER("", ""),
    MAX("-max", "maximum of "),
    SUM("-sum", "sum of ");

    private final String suffix;
    private final String words;

    Over(String suffix, String words) {
      this.suffix = suffix;
      this.words = words;
    }
  }

  private final boolean trace;
  private final Over over;

  private Kappa(boolean trace, Over over) {
    super(
        (trace ? "kappa-tau" : "kappa") + over.suffix,
        over.words
            + (trace
                ? "‖W‖² times the trace of a layer's Hessian"
                : "‖W‖² times a layer's largest eigenvalue"),
        Invariance.LAYER_WISE,
        "Petzka et al. 2019, Table 1",
        over == Over.LAYER ? Scope.LAYER : Scope.NETWORK);
    this.trace = trace;
    this.over = over;
  }

  /**
   * Returns the measure with the largest eigenvalue, per layer.
   *
   * @return {@code kappa}
   */
  public static Kappa topEigenvalue() {
    return new Kappa(false, Over.LAYER);
  }

  /**
   * Returns the measure with the trace, per layer.
   *
   * @return {@code kappa-tau}
   */
  public static Kappa trace() {
    return new Kappa(true, Over.LAYER);
  }

  /**
   * Returns the maximum over all layers of the network.
   *
   * @return {@code kappa-max} or {@code kappa-tau-max}
   */
  public Kappa max() {
    return new Kappa(trace, Over.MAX);
  }

  /**
   * Returns the sum over all layers of the network.
   *
   * @return {@code kappa-sum} or {@code kappa-tau-sum}
   */
  public Kappa sum() {
    return new Kappa(trace, Over.SUM);
  }

  @Override
  protected boolean needsLayers() {
    return true;
  }

  @Override
  protected List<Fact<?>> facts(Network network, Settings settings) {
    return trace ? List.of() : List.of(HessianFacts.LAYER_SPECTRA);
  }

  @Override
  protected List<Work> ownWork(Network network, Settings settings) {
    return trace ? HessianFacts.layerWork(network, HessianTrace.LAYER_WORK) : List.of();
  }

  @Override
  protected List<Estimate> measure(Subject subject) {
    if (over == Over.LAYER) {
      return numbers(subject, subject.layers()).stream()
          .map(number -> trace ? HessianTrace.normalized(subject, number) : number)
          .map(number -> layer(number.layer(), number.outcome()))
          .toList();
    }
    List<LayerOutcome> numbers = numbers(subject, TiedLayers.weights(subject.network()));
    return List.of(
        over == Over.SUM
            ? network(LayerOutcome.sum(numbers))
            : network(LayerOutcome.max(numbers))
                .withDetail("largestLayer", LayerOutcome.largest(numbers).name()));
  }

  private List<LayerOutcome> numbers(Subject subject, List<Node> layers) {
    List<LayerOutcome> curvatures =
        trace
            ? HessianTrace.layers(subject, layers, false)
            : TiedLayers.perWeight(
                subject.network(), layers, subject.get(HessianFacts.LAYER_SPECTRA)::largest);
    return curvatures.stream()
        .map(number -> number.times(HessianFacts.squaredNorm(subject, number.layer())))
        .toList();
  }
}
