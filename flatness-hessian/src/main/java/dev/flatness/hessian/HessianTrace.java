package dev.flatness.hessian;

import dev.flatness.cost.Pass;
import dev.flatness.cost.Work;
import dev.flatness.internal.linalg.Vectors;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Invariance;
import dev.flatness.measure.MeasureSettings;
import dev.flatness.measure.Scope;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.network.Parameter;
import dev.flatness.random.Seed;
import dev.flatness.spectral.TraceEstimator;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * {@code hessian-trace}: the trace of the Hessian, of the whole network and of each layer's weight.
 *
 * <p>Formula: Tr H = Σ_i H_ii; for a layer Tr H_l, divided by the number of its weights where the
 * settings normalize traces. Units: loss per squared parameter. Cost: for piecewise-linear networks
 * exact at K backward passes, shared with the other closed forms; else the Gauss–Newton part exact
 * by the same passes, and the rest by 32 random sign vectors, a forward pass each, with a standard
 * error; where layers share weights {@link TraceEstimator#xTrace} to a standard error of 1 %, at
 * most 96 products. Not invariant to rescaling.
 *
 * <p>Source: Yi et al. 2019, Def. 2.1; Dinh et al. 2017, §2. Immutable.
 */
public final class HessianTrace extends HessianMeasure {
  private static final HessianTrace DEFAULTS = new HessianTrace(null);

  /** Null where the trace is exact as far as it can be. */
  private final TraceEstimator estimator;

  private HessianTrace(TraceEstimator estimator) {
    super(
        "hessian-trace",
        Invariance.NONE,
        "Yi et al. 2019, Def. 2.1; Dinh et al. 2017, §2",
        Scope.NETWORK,
        Scope.LAYER);
    this.estimator = estimator;
  }

  /**
   * Returns the measure that is exact where the network allows.
   *
   * @return the measure
   */
  public static HessianTrace withDefaults() {
    return DEFAULTS;
  }

  /**
   * Returns the measure that samples even where a closed form exists, to compare the two.
   *
   * @return the changed copy
   */
  public HessianTrace withProbesOnly() {
    return withEstimator(TraceEstimator.hutchinson().withBudget(FunctionalHessian.PROBES));
  }

  /**
   * Returns the measure that estimates the network's trace from products, even where a closed form
   * exists, and the layers' from 32 probes.
   *
   * @param method scheme, budget and target
   * @return the changed copy
   */
  public HessianTrace withEstimator(TraceEstimator method) {
    return new HessianTrace(Objects.requireNonNull(method, "method"));
  }

  @Override
  public List<Work> work(Network network, MeasureSettings settings) {
    if (estimator != null) {
      return List.of(
          new Work(id() + ": probes", Pass.HESSIAN_PRODUCT, estimator.budget()),
          new Work(Costs.LAYER_TRACES, Pass.LAYER_PRODUCTS, FunctionalHessian.PROBES));
    }
    List<Work> work = new ArrayList<>(Costs.trace(network, id() + ": probes"));
    work.addAll(Costs.layers(network, Costs.LAYER_TRACES));
    return Work.together(work);
  }

  @Override
  public List<Estimate> evaluate(Subject subject, Seed seed) {
    List<Estimate> estimates = new ArrayList<>();
    estimates.add(network(subject, seed).estimate(id(), claim()).build());
    for (LayerNumber number : layers(subject, subject.layers(), seed, estimator != null)) {
      estimates.add(normalized(subject, number).estimate(id(), claim()).build());
    }
    return estimates;
  }

  private LayerNumber network(Subject subject, Seed seed) {
    if (estimator == null && Shared.closed(subject)) {
      return LayerNumber.exact(null, sum(Shared.diagonal(subject), 0, subject.theta().length));
    }
    Seed own = seed.split("moments");
    if (estimator == null && FunctionalHessian.splits(subject)) {
      double exact = sum(FunctionalHessian.forms(subject).diagonal(), 0, subject.theta().length);
      return FunctionalHessian.number(
          null, exact, FunctionalHessian.mean(subject, (i, z) -> Vectors.signs(z, own.split(i))));
    }
    TraceEstimator method = estimator == null ? LayerNumber.TRACE : estimator;
    return LayerNumber.sampled(subject, method, Shared.hessian(subject), own);
  }

  /** Tr H_l of some layers. */
  static List<LayerNumber> layers(Subject subject, List<Node> layers, Seed seed, boolean sampled) {
    if (sampled || !Shared.closed(subject)) {
      return Shared.layerProbes(subject, seed).traces(layers);
    }
    double[] diagonal = Shared.diagonal(subject);
    return layers.stream()
        .map(
            layer -> {
              Parameter weight = subject.network().weight(layer);
              return LayerNumber.exact(layer, sum(diagonal, weight.offset(), weight.size()));
            })
        .toList();
  }

  private static double sum(double[] diagonal, int from, int count) {
    double sum = 0;
    for (int i = from; i < from + count; i++) {
      sum += diagonal[i];
    }
    return sum;
  }

  /** Divided by the number of weights, if the settings say so. */
  static LayerNumber normalized(Subject subject, LayerNumber number) {
    return subject.settings().normalizeTrace()
        ? number.times(1.0 / subject.network().weight(number.layer()).size())
        : number;
  }

  @Override
  public boolean equals(Object other) {
    return super.equals(other) && Objects.equals(estimator, ((HessianTrace) other).estimator);
  }

  @Override
  public int hashCode() {
    return 31 * super.hashCode() + Objects.hashCode(estimator);
  }
}
