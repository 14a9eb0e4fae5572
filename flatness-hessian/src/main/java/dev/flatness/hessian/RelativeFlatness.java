package dev.flatness.hessian;

import dev.flatness.cost.Work;
import dev.flatness.measure.AbstractMeasure;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Facts;
import dev.flatness.measure.Invariance;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Scope;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.surface.LayerForms;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code relative-flatness} and {@code relative-flatness-normalized}: the flatness of a layer
 * relative to the Gram matrix of its weights.
 *
 * <p>Formula: κ_Tr = Σ_{s,s'} ⟨w_s, w_{s'}⟩ Tr(H_{s,s'}) over rows s, s' of W_l (in one group of a
 * convolution); normalized: the same after each input coordinate of the layer was rescaled to unit
 * standard deviation over the data. Units: loss. Cost: the closed forms for piecewise-linear
 * networks; for others exact by at most a quadratic form a weight up to 4,096 parameters; above,
 * the Gauss–Newton part is exact and the rest is estimated by probes, with a standard error. Where
 * the closed forms are refused, the whole is estimated. The normalized form is defined only where
 * the closed forms hold. A layer that reads the network's input has no normalized form either,
 * unless the inputs are features of another network, see {@link
 * dev.flatness.surface.SurfaceOptions#withInputsAreFeatures}. Details of the normalized form:
 * {@code constantFeatures}, scaled by their mean, and {@code droppedFeatures}, 0 on every sample.
 *
 * <p>Invariant to neuron-wise rescaling except of the layer's inputs; normalized, to all
 * neuron-wise rescalings.
 *
 * <p>Source: Petzka et al. 2021, Def. 3 and Thm 4. Immutable.
 */
public final class RelativeFlatness extends AbstractMeasure {
  private static final RelativeFlatness DEFAULTS = new RelativeFlatness(false);

  private static final String UNSCALED =
      "which cannot be rescaled; it is defined from the second weight layer on, and from the first"
          + " where the inputs are features of another network (--inputs-are-features)";

  private final boolean normalized;

  private RelativeFlatness(boolean normalized) {
    super(
        normalized ? "relative-flatness-normalized" : "relative-flatness",
        normalized
            ? "relative flatness at inputs of unit spread"
            : "a layer's traces weighted by its Gram matrix",
        normalized ? Invariance.NEURON_WISE : Invariance.NEURON_WISE_EXCEPT_INPUTS,
        normalized ? "Petzka et al. 2021, Thm 4" : "Petzka et al. 2021, Def. 3",
        Scope.LAYER);
    this.normalized = normalized;
  }

  /**
   * Returns the measure of the given weights.
   *
   * @return {@code relative-flatness}
   */
  public static RelativeFlatness withDefaults() {
    return DEFAULTS;
  }

  /**
   * Returns the measure after inputs were rescaled to unit spread.
   *
   * @return {@code relative-flatness-normalized}
   */
  public RelativeFlatness normalized() {
    return new RelativeFlatness(true);
  }

  @Override
  public Optional<String> inapplicable(Subject subject) {
    Optional<String> general = super.inapplicable(subject);
    if (!normalized || general.isPresent()) {
      return general;
    }
    if (!subject.network().piecewiseLinear()) {
      return Optional.of(
          "the network is not piecewise linear, so the inputs of its layers cannot be rescaled");
    }
    Network network = subject.network();
    if (network.sharesParameters()) {
      return Optional.of("layers share parameters");
    }
    boolean features = subject.surface().options().inputsAreFeatures();
    return !features && network.weightLayers().stream().allMatch(network::readsInput)
        ? Optional.of("every layer reads the network's input, " + UNSCALED)
        : Optional.empty();
  }

  @Override
  protected List<Work> ownWork(Network network, Settings settings) {
    if (normalized || network.piecewiseLinear() || !HessianFacts.small(network)) {
      return HessianFacts.layerWork(network, id() + ": probes");
    }
    double forms = 0;
    for (Node layer : network.weightLayers()) {
      int rows = layer.shape().extent(0);
      double length = (double) network.weight(layer).size() / rows;
      forms += Math.min(rows, length) * length;
    }
    return List.of(HessianFacts.forms(id() + ": forms", forms));
  }

  @Override
  protected List<Estimate> measure(Subject subject) {
    if (!normalized && !Facts.closedFormsHold(subject)) {
      return TiedLayers.perWeight(
              subject.network(),
              subject.layers(),
              subject.get(HessianFacts.LAYER_PROBES)::relativeFlatness)
          .stream()
          .map(number -> layer(number.layer(), number.outcome()))
          .toList();
    }
    List<Estimate> estimates = new ArrayList<>();
    for (Node layer : subject.layers()) {
      LayerForms forms = HessianFacts.forms(subject, layer);
      estimates.add(
          normalized ? normalized(forms) : layer(layer, Outcome.exact(forms.relativeFlatness())));
    }
    return estimates;
  }

  private Estimate normalized(LayerForms forms) {
    if (Double.isNaN(forms.relativeFlatnessNormalized())) {
      return layer(
          forms.node(), Outcome.notApplicable("the layer reads the network's input, " + UNSCALED));
    }
    return layer(forms.node(), Outcome.exact(forms.relativeFlatnessNormalized()))
        .withDetail("constantFeatures", forms.constantFeatures())
        .withDetail("droppedFeatures", forms.droppedFeatures());
  }
}
