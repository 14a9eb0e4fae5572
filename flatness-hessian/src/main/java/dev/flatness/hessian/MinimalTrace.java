package dev.flatness.hessian;

import dev.flatness.measure.AbstractMeasure;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Fact;
import dev.flatness.measure.Facts;
import dev.flatness.measure.Invariance;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Scope;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.symmetry.DeadClasses;
import dev.flatness.symmetry.Gauge;
import dev.flatness.symmetry.OrbitMinimum;
import dev.flatness.symmetry.OrbitProblem;
import dev.flatness.symmetry.ScaleClasses;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * {@code orbit-minimal-trace} and {@code layer-minimal-trace}: the least trace of the Hessian that
 * rescaling can reach.
 *
 * <p>Formula: inf_c Σ_e H_ee (c_a/c_b)² over the factors c &gt; 0 of the free scale classes, dead
 * ones pruned, e = (a→b); for {@code layer-minimal-trace} over one factor a layer, in a bias-free
 * chain N (Π_l Tr H_l)^{1/N}. Units: loss per squared parameter. For networks that are not
 * piecewise linear H_ee may be negative; there it is the diagonal of the Gauss–Newton matrix, which
 * the detail {@code curvature} says.
 *
 * <p>Cost: the diagonal, shared with the closed forms (1 + 2K passes), and one convex minimization
 * without data. Residual: the largest relative imbalance of a class, at most 1e-12. Where terms
 * tend to 0 along an unbounded direction, {@code droppedTerms} counts them and {@code
 * unboundedClasses} names the classes. Not defined for more than 4,096 parameters where layers
 * share weights, nor for losses that are not convex in the outputs. Invariant to neuron-wise and
 * layer-wise rescaling.
 *
 * <p>Source: docs/mathematics.md#orbit-minimal-trace; the layer-wise form is the minimum sharpness
 * of Ibayashi et al. 2021. Immutable.
 */
public final class MinimalTrace extends AbstractMeasure {
  private static final MinimalTrace ORBIT =
      new MinimalTrace("orbit-minimal-trace", Invariance.NEURON_WISE, false);
  private static final MinimalTrace LAYERS =
      new MinimalTrace("layer-minimal-trace", Invariance.LAYER_WISE, true);

  private final boolean layerWise;

  private MinimalTrace(String id, Invariance invariance, boolean layerWise) {
    super(
        id,
        "least trace that " + (layerWise ? "layer-wise " : "") + "rescaling can reach",
        invariance,
        "least trace on the rescaling orbit",
        Scope.NETWORK);
    this.layerWise = layerWise;
  }

  /**
   * Returns the least trace under neuron-wise rescalings.
   *
   * @return {@code orbit-minimal-trace}
   */
  public static MinimalTrace onOrbit() {
    return ORBIT;
  }

  /**
   * Returns the least trace under layer-wise rescalings.
   *
   * @return {@code layer-minimal-trace}
   */
  public static MinimalTrace layerWise() {
    return LAYERS;
  }

  /**
   * The network of least trace.
   *
   * @param network the network of the same function; where the infimum is not attained, the one at
   *     which the terms that do not tend to 0 are least
   * @param minimum the least trace with its certificate and the rescaling that led there from the
   *     pruned network
   */
  public record Minimizer(Network network, OrbitMinimum minimum) {}

  /**
   * Finds the network of least trace.
   *
   * @param surface the network, data and loss
   * @return the network with its certificate
   * @throws IllegalArgumentException if layers share weights and there are more than 4,096
   *     parameters, the loss is not convex in the outputs, a diagonal entry is not finite, or a
   *     rescaled parameter leaves the range of doubles
   */
  public Minimizer minimizer(NetworkSurface surface) {
    Subject subject = Subject.of(surface);
    inapplicable(subject)
        .ifPresent(
            reason -> {
              throw new IllegalArgumentException(id() + " is not defined here: " + reason);
            });
    DeadClasses dead = DeadClasses.of(surface.network());
    OrbitMinimum minimum =
        minimum(
            dead,
            surface.network(),
            subject.get(Facts.PRUNED).get(HessianFacts.SEMIDEFINITE_DIAGONAL));
    return new Minimizer(minimum.rescaling().applyTo(dead.pruned()), minimum);
  }

  /**
   * Finds the minimal-trace gauge: the network of least trace, found from the minimum-norm gauge.
   *
   * <p>Formula: as {@link #minimizer}. Units that the trace does not depend on, and those that it
   * drives to a limit, keep a scale that follows from the minimum-norm gauge. So two networks of
   * one orbit have one representative.
   *
   * @param surface the network, data and loss
   * @return the network with its certificate; the certificate's rescaling leads there from the
   *     minimum-norm gauge
   * @throws IllegalArgumentException as {@link #minimizer} and {@link Gauge#minimumNorm}
   */
  public Minimizer gauge(NetworkSurface surface) {
    return minimizer(surface.at(Gauge.minimumNorm(surface.network())));
  }

  @Override
  public Optional<String> inapplicable(Subject subject) {
    return CurvatureDiagonal.unavailable(subject);
  }

  @Override
  protected List<Fact<?>> facts(Network network, Settings settings) {
    return List.of(HessianFacts.SEMIDEFINITE_DIAGONAL);
  }

  @Override
  protected List<Estimate> measure(Subject whole) {
    Subject subject = whole.get(Facts.PRUNED);
    CurvatureDiagonal diagonal = subject.get(HessianFacts.SEMIDEFINITE_DIAGONAL);
    if (!diagonal.complete()) {
      return List.of(network(diagonal.outcome().withMethod("none")));
    }
    if (!Arrays.stream(diagonal.entries()).allMatch(Double::isFinite)) {
      return List.of(network(Outcome.exact(Double.POSITIVE_INFINITY)));
    }
    OrbitMinimum minimum = minimum(DeadClasses.of(subject.network()), subject.network(), diagonal);
    Outcome outcome =
        diagonal
            .outcome()
            .withValue(minimum.value())
            .withMethod("orbit")
            .withStatus(minimum.converged() ? Status.CONVERGED : Status.NOT_CONVERGED)
            .withResidual(minimum.residual())
            .because(
                minimum.converged()
                    ? "the classes balance to the tolerance"
                    : "the classes balance to "
                        + minimum.residual()
                        + " only after "
                        + minimum.iterations()
                        + " steps; rescale the network to the minimum-norm gauge first");
    Estimate estimate = network(outcome).withDetail("curvature", diagonal.curvature());
    if (minimum.droppedEdges() > 0) {
      ScaleClasses classes = minimum.rescaling().classes();
      estimate =
          estimate
              .withDetail("droppedTerms", minimum.droppedEdges())
              .withDetail(
                  "unboundedClasses",
                  minimum.unboundedClasses().stream().map(classes::describe).toList());
    }
    return List.of(estimate);
  }

  /**
   * Pruning dead classes leaves the diagonal at the other parameters alone and makes it 0 at
   * theirs.
   */
  private OrbitMinimum minimum(DeadClasses dead, Network network, CurvatureDiagonal diagonal) {
    double[] a = diagonal.entries().clone();
    dead.positions().stream().forEach(position -> a[position] = 0);
    ScaleClasses classes = ScaleClasses.of(network);
    OrbitProblem problem =
        layerWise ? OrbitProblem.layerWise(classes, a) : OrbitProblem.of(classes, a);
    return problem.solve().inverse();
  }
}
