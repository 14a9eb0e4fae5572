package dev.flatness.hessian;

import dev.flatness.cost.Pass;
import dev.flatness.cost.Work;
import dev.flatness.internal.linalg.Vectors;
import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.measure.AbstractMeasure;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Facts;
import dev.flatness.measure.Invariance;
import dev.flatness.measure.Monitor;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Scope;
import dev.flatness.measure.Setting;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.network.Parameter;
import dev.flatness.random.Seed;
import dev.flatness.spectral.DenseSymmetric;
import dev.flatness.spectral.TraceEstimator;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.PassStoppedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * {@code hessian-trace}: the trace of the Hessian, of the whole network and of each layer's weight.
 *
 * <p>Formula: Tr H = Σ_i H_ii; for a layer Tr H_l, divided by the number of its weights where the
 * settings normalize traces. Units: loss per squared parameter. Cost: for piecewise-linear networks
 * exact at K backward passes, shared with the other closed forms; else exact by a quadratic form a
 * parameter, half a forward pass each, up to 4,096 parameters; above, the Gauss–Newton part exact
 * by the same passes, and the rest by 32 random sign vectors, a forward pass each, with a standard
 * error; where layers share weights {@link TraceEstimator#xTrace} to a standard error of 1 %, at
 * most 96 products. Not invariant to rescaling.
 *
 * <p>Source: Yi et al. 2019, Def. 2.1; Dinh et al. 2017, §2. Immutable.
 */
public final class HessianTrace extends AbstractMeasure implements SurfaceMeasure {
  /** Whether layer traces are divided by the layer's number of weights. */
  public static final Setting<Boolean> NORMALIZE_TRACE =
      Setting.flag(
          "normalizeTrace", "Divide the traces of layers by the layer's number of weights.");

  /** How the trace of a whole network is estimated: to a standard error of 1 % (ours). */
  private static final TraceEstimator DEFAULT_ESTIMATOR = TraceEstimator.xTrace().withTarget(0.01);

  /** The default where the memory of solvers holds its vectors. */
  static TraceEstimator defaultEstimator(Subject subject) {
    NetworkSurface surface = subject.surface();
    return DEFAULT_ESTIMATOR.fitting(surface.dimension(), surface.options().solverBytes());
  }

  /** What the forecast calls the traces of layers, which several measures use. */
  static final String LAYER_WORK = "traces of the layers: probes";

  private static final int BLOCK = 32;

  private static final HessianTrace DEFAULTS =
      new HessianTrace(null, CurvatureDiagonal.MOST_BY_PRODUCTS);

  /** Null where the trace is exact as far as it can be. */
  private final @Nullable TraceEstimator estimator;

  private final int exactUpTo;

  private HessianTrace(@Nullable TraceEstimator estimator, int exactUpTo) {
    super(
        "hessian-trace",
        "trace of the Hessian",
        Invariance.NONE,
        "Yi et al. 2019, Def. 2.1; Dinh et al. 2017, §2",
        Scope.NETWORK,
        Scope.LAYER);
    this.estimator = estimator;
    this.exactUpTo = exactUpTo;
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
    return new HessianTrace(Objects.requireNonNull(method, "method"), exactUpTo);
  }

  /**
   * Returns the measure with another limit of exactness of the network's trace without closed
   * forms.
   *
   * @param parameters up to how many parameters it is exact
   * @return the changed copy
   * @throws IllegalArgumentException if negative
   */
  public HessianTrace withExactUpTo(int parameters) {
    if (parameters < 0) {
      throw new IllegalArgumentException(
          "the limit of exactness is " + parameters + " parameters, expected at least 0");
    }
    return new HessianTrace(estimator, parameters);
  }

  /**
   * Returns the diagonal of the Hessian, where it is exact.
   *
   * <p>Formula: H_ee for every parameter e, in the order of θ. Units: loss per squared parameter.
   * Cost: the closed forms of a piecewise-linear network, shared; else one quadratic form a
   * parameter.
   *
   * @param subject the network, data and loss
   * @return one entry a parameter; a copy
   * @throws IllegalArgumentException if there are no closed forms and more than 4,096 parameters
   * @throws PassStoppedException if a limit ended the passes before the last entry
   */
  public static double[] diagonal(Subject subject) {
    if (Facts.closedFormsHold(subject)) {
      return subject.get(HessianFacts.DIAGONAL).clone();
    }
    int parameters = subject.surface().dimension();
    if (!HessianFacts.small(subject.network())) {
      throw new IllegalArgumentException(
          "the diagonal of the Hessian is exact for piecewise-linear networks under a convex loss"
              + " and for networks of at most "
              + CurvatureDiagonal.MOST_BY_PRODUCTS
              + " parameters, but this one is neither and has "
              + parameters);
    }
    CurvatureDiagonal found = subject.get(HessianFacts.DIAGONAL_BY_FORMS);
    if (!found.complete()) {
      throw new PassStoppedException(found.outcome().reason().orElse("the diagonal is incomplete"));
    }
    return found.entries().clone();
  }

  @Override
  protected List<Work> ownWork(Network network, Settings settings) {
    List<Work> work = new ArrayList<>();
    if (estimator != null) {
      work.add(new Work(id() + ": probes", Pass.HESSIAN_PRODUCT, estimator.budget()));
      work.add(new Work(LAYER_WORK, Pass.LAYER_PRODUCTS, FunctionalHessian.PROBES));
    } else {
      boolean closed = network.piecewiseLinear() && !network.sharesParameters();
      work.addAll(
          closed || network.parameterCount() <= exactUpTo
              ? HessianFacts.traceWork(network, id() + ": probes")
              : HessianFacts.probeWork(network, id() + ": probes"));
      work.addAll(HessianFacts.layerWork(network, LAYER_WORK));
    }
    return work;
  }

  @Override
  protected List<Estimate> measure(Subject subject) {
    List<Estimate> estimates = new ArrayList<>();
    estimates.add(network(whole(subject)));
    for (LayerOutcome number : layers(subject, subject.layers(), estimator != null)) {
      estimates.add(layer(number.layer(), normalized(subject, number).outcome()));
    }
    return estimates;
  }

  /** Exact by products up to the limit, else estimated: closed forms are of the parameters. */
  @Override
  public Estimate at(SurfacePoint point) {
    int n = point.dimension();
    if (estimator != null || n > exactUpTo) {
      TraceEstimator method = estimator == null ? DEFAULT_ESTIMATOR : estimator;
      return network(
          method
              .fitting(n, point.solverBytes())
              .estimate(
                  point.hessian(),
                  point.seed().split("moments"),
                  point.monitor().as("products of the trace")));
    }
    double[] diagonal = new double[n];
    SymmetricOperator hessian = point.hessian();
    Monitor monitor = point.monitor().as("columns of the Hessian");
    int done =
        DenseSymmetric.columns(hessian, BLOCK, monitor, (i, product) -> diagonal[i] = product[i]);
    return network(
        done == n
            ? Outcome.of(sum(diagonal, 0, n), "products", Status.EXACT)
                .withProducts(n)
                // As if all columns were wrong the same way, as by truncation they may be.
                .plusProductError(n * hessian.error())
            : Outcome.of(Double.NaN, "products", Status.NOT_CONVERGED)
                .withProducts(done)
                .because(monitor.whyStopped() + " after " + done + " of " + n + " columns"));
  }

  @Override
  public List<Work> workAt(int dimension, Settings settings) {
    TraceEstimator method = estimator == null ? DEFAULT_ESTIMATOR : estimator;
    return List.of(
        estimator == null && dimension <= exactUpTo
            ? new Work("columns of the trace", Pass.HESSIAN_PRODUCT, dimension)
            : new Work(id() + ": probes", Pass.HESSIAN_PRODUCT, method.budget()));
  }

  private Outcome whole(Subject subject) {
    if (estimator == null && Facts.closedFormsHold(subject)) {
      double[] diagonal = subject.get(HessianFacts.DIAGONAL);
      return Outcome.exact(sum(diagonal, 0, diagonal.length));
    }
    if (estimator == null && subject.surface().dimension() <= exactUpTo) {
      return subject.get(HessianFacts.DIAGONAL_BY_FORMS).sum(0, subject.surface().dimension());
    }
    Seed own = subject.seed().split("moments");
    if (estimator == null && FunctionalHessian.splits(subject)) {
      double[] diagonal = subject.get(Facts.CLOSED_FORMS).diagonal();
      return FunctionalHessian.number(
          sum(diagonal, 0, diagonal.length),
          FunctionalHessian.mean(subject, (i, z) -> Vectors.signs(z, own.split(i))),
          subject.monitor());
    }
    TraceEstimator method = estimator == null ? defaultEstimator(subject) : estimator;
    return method.estimate(
        HessianFacts.hessian(subject), own, subject.monitor().as("products of the trace"));
  }

  /** Tr H_l of some layers. */
  static List<LayerOutcome> layers(Subject subject, List<Node> layers, boolean sampled) {
    if (sampled || !Facts.closedFormsHold(subject)) {
      LayerProbes probes = subject.get(HessianFacts.LAYER_PROBES);
      LayerProbes used = sampled ? probes.withExactUpTo(0) : probes;
      return TiedLayers.perWeight(subject.network(), layers, used::traces);
    }
    double[] diagonal = subject.get(HessianFacts.DIAGONAL);
    return layers.stream()
        .map(
            layer -> {
              Parameter weight = subject.network().weight(layer);
              return new LayerOutcome(
                  layer, Outcome.exact(sum(diagonal, weight.offset(), weight.size())));
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
  static LayerOutcome normalized(Subject subject, LayerOutcome number) {
    return subject.settings().get(NORMALIZE_TRACE)
        ? number.times(1.0 / subject.network().weight(number.layer()).size())
        : number;
  }

  @Override
  public boolean equals(Object other) {
    return super.equals(other)
        && Objects.equals(estimator, ((HessianTrace) other).estimator)
        && exactUpTo == ((HessianTrace) other).exactUpTo;
  }

  @Override
  public int hashCode() {
    return 31 * (31 * super.hashCode() + Objects.hashCode(estimator)) + exactUpTo;
  }
}
