package dev.flatness.hessian;

import dev.flatness.cost.Pass;
import dev.flatness.cost.Work;
import dev.flatness.measure.AbstractMeasure;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Facts;
import dev.flatness.measure.Invariance;
import dev.flatness.measure.LayerSide;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Scope;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.surface.LayerForms;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * {@code rho}, {@code rho-rows}, {@code rho-max} and {@code rho-sum}: the curvature of the loss
 * along the weights that leave, or enter, one neuron.
 *
 * <p>Formula: ρ_j = w_jᵀ H_jj w_j with w_j column j of W_l (all weights that read input j; an input
 * channel of a convolution) and H_jj its Hessian block; {@code rho-rows} the same for row s. {@code
 * rho-max} and {@code rho-sum} are maximum and sum over the columns of a layer, and over all layers
 * of the network. Units: loss. Cost: the closed forms for piecewise-linear networks; else one
 * quadratic form a neuron up to 4,096 parameters and for layers of up to 32 neurons, above that 32
 * products with random signs and a standard error (the maximum of estimates is biased upwards).
 * Invariant to neuron-wise rescaling.
 *
 * <p>Source: Petzka et al. 2019, Table 1. Immutable.
 */
public final class Rho extends AbstractMeasure {
  private enum Kind {
    COLUMNS("rho", "curvature of each neuron's outgoing weights"),
    ROWS("rho-rows", "curvature of each neuron's incoming weights"),
    MAX("rho-max", "maximum of rho over neurons"),
    SUM("rho-sum", "sum of rho over neurons");

    private final String id;
    private final String words;

    Kind(String id, String words) {
      this.id = id;
      this.words = words;
    }

    private boolean lists() {
      return this == COLUMNS || this == ROWS;
    }
  }

  private final Kind kind;

  private Rho(Kind kind) {
    super(
        kind.id,
        kind.words,
        Invariance.NEURON_WISE,
        "Petzka et al. 2019, Table 1",
        kind.lists() ? Scope.NEURON : Scope.NETWORK,
        kind.lists() ? Scope.NEURON : Scope.LAYER);
    this.kind = kind;
  }

  /**
   * Returns one number per input neuron of each layer.
   *
   * @return {@code rho}
   */
  public static Rho columns() {
    return new Rho(Kind.COLUMNS);
  }

  /**
   * Returns one number per output neuron of each layer.
   *
   * @return {@code rho-rows}
   */
  public static Rho rows() {
    return new Rho(Kind.ROWS);
  }

  /**
   * Returns the maximum over the columns of each layer, and of the network.
   *
   * @return {@code rho-max}
   */
  public static Rho max() {
    return new Rho(Kind.MAX);
  }

  /**
   * Returns the sum over the columns of each layer, and of the network.
   *
   * @return {@code rho-sum}
   */
  public static Rho sum() {
    return new Rho(Kind.SUM);
  }

  @Override
  public Optional<LayerSide> listedUnits() {
    return switch (kind) {
      case COLUMNS -> Optional.of(LayerSide.INPUTS);
      case ROWS -> Optional.of(LayerSide.OUTPUTS);
      case MAX, SUM -> Optional.empty();
    };
  }

  @Override
  protected boolean needsLayers() {
    return true;
  }

  @Override
  protected List<Work> ownWork(Network network, Settings settings) {
    if (network.piecewiseLinear()) {
      return HessianFacts.traceWork(network, "");
    }
    String what = kind == Kind.ROWS ? "rho of rows" : "rho of columns";
    int neurons = 0;
    for (Node layer : network.weightLayers()) {
      neurons += NeuronIndex.of(layer.layer(), kind == Kind.ROWS).count();
    }
    return List.of(
        HessianFacts.small(network)
            ? HessianFacts.forms(what, neurons)
            : new Work(what, Pass.LAYER_PRODUCTS, LayerProbes.BUDGET));
  }

  @Override
  protected List<Estimate> measure(Subject subject) {
    boolean closed = Facts.closedFormsHold(subject);
    if (kind.lists()) {
      return closed ? closedLists(subject) : sampledLists(subject);
    }
    List<LayerOutcome> numbers = numbers(subject, TiedLayers.weights(subject.network()), closed);
    List<Estimate> estimates = new ArrayList<>();
    estimates.add(
        kind == Kind.SUM
            ? network(LayerOutcome.sum(numbers))
            : network(LayerOutcome.max(numbers))
                .withDetail("largestLayer", LayerOutcome.largest(numbers).name()));
    for (LayerOutcome number : numbers(subject, subject.layers(), closed)) {
      estimates.add(layer(number.layer(), number.outcome()));
    }
    return estimates;
  }

  private List<LayerOutcome> numbers(Subject subject, List<Node> layers, boolean closed) {
    return closed
        ? layers.stream().map(layer -> closed(subject, layer)).toList()
        : TiedLayers.perWeight(
            subject.network(),
            layers,
            distinct ->
                subject.get(HessianFacts.LAYER_PROBES).neurons(distinct, false).stream()
                    .map(task -> kind == Kind.MAX ? task.largest() : task.total())
                    .toList());
  }

  private LayerOutcome closed(Subject subject, Node layer) {
    double[] columns = HessianFacts.forms(subject, layer).rhoColumns();
    return new LayerOutcome(
        layer,
        Outcome.exact(
            kind == Kind.MAX
                ? Arrays.stream(columns).max().orElseThrow()
                : Arrays.stream(columns).sum()));
  }

  private List<Estimate> closedLists(Subject subject) {
    List<Estimate> estimates = new ArrayList<>();
    for (Node layer : subject.layers()) {
      LayerForms forms = HessianFacts.forms(subject, layer);
      double[] values = kind == Kind.ROWS ? forms.rhoRows() : forms.rhoColumns();
      estimates.add(neurons(layer, values, Outcome.exact(Double.NaN)));
    }
    return estimates;
  }

  private List<Estimate> sampledLists(Subject subject) {
    List<Estimate> estimates = new ArrayList<>();
    List<Node> first =
        subject.layers().stream()
            .map(layer -> TiedLayers.firstUse(subject.network(), layer))
            .toList();
    List<LayerTask.Neurons> tasks =
        subject.get(HessianFacts.LAYER_PROBES).neurons(first, kind == Kind.ROWS);
    for (int i = 0; i < tasks.size(); i++) {
      LayerTask.Neurons task = tasks.get(i);
      Estimate estimate = neurons(subject.layers().get(i), task.values(), task.ending());
      double[] errors = task.standardErrors();
      estimates.add(
          errors == null
              ? estimate
              : estimate.withDetail("standardErrors", Arrays.stream(errors).boxed().toList()));
    }
    return estimates;
  }

  private Estimate neurons(Node layer, double[] values, Outcome outcome) {
    return Estimate.neurons(id(), layer.name(), claim(), values, outcome);
  }
}
