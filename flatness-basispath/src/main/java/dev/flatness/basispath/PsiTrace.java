package dev.flatness.basispath;

import dev.flatness.cost.Pass;
import dev.flatness.cost.Work;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Fact;
import dev.flatness.measure.Facts;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.spectral.TraceEstimator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * {@code psi-trace}: the trace of the Hessian in basis-path coordinates.
 *
 * <p>Formula: Tr ∂²l/∂v² = Σ_{e not r} H_ee (∂w_e/∂v_e)² + Σ_r (j_rᵀ H j_r + Σ_{e: r(e)=r} 2 g_e
 * w_e/v_r²) with j_r = ∂w/∂v_r, g = ∇L and r the paths that divide others. Units: loss per squared
 * path value. Cost: for piecewise-linear networks exact by the diagonal of H (K backward passes,
 * shared) and one {@linkplain dev.flatness.surface.NetworkSurface#quadraticForms quadratic form}
 * per divisor, at most one a hidden unit; for others exact by m − H products up to 4,096, above
 * that {@link TraceEstimator#xTrace} with a standard error. Invariant to neuron-wise rescaling.
 *
 * <p>Source: Yi et al. 2019, Def. 4.1; docs/mathematics.md#psi-trace. Immutable.
 */
public final class PsiTrace extends PsiMeasure {
  private static final int EXACT_UP_TO = 4096;

  /** Columns that one pass over the data takes, and their entries. */
  private static final int MOST_COLUMNS = 32;

  private static final int MOST_ENTRIES = 1 << 22;

  private static final PsiTrace DEFAULTS = new PsiTrace(EXACT_UP_TO, TraceEstimator.xTrace());

  private final int exactUpTo;
  private final TraceEstimator estimator;

  private PsiTrace(int exactUpTo, TraceEstimator estimator) {
    super("psi-trace", "trace of the Hessian in path values", "Yi et al. 2019, Def. 4.1");
    this.exactUpTo = exactUpTo;
    this.estimator = estimator;
  }

  /**
   * Returns the measure that is exact for piecewise-linear networks, and for others up to 4,096
   * coordinates.
   *
   * @return the measure
   */
  public static PsiTrace withDefaults() {
    return DEFAULTS;
  }

  /**
   * Returns this measure with another limit of exactness for networks without closed forms.
   *
   * @param coordinates up to how many coordinates it is exact
   * @return the changed copy
   * @throws IllegalArgumentException if negative
   */
  public PsiTrace withExactUpTo(int coordinates) {
    if (coordinates < 0) {
      throw new IllegalArgumentException(
          "the limit of exactness is " + coordinates + " coordinates, expected at least 0");
    }
    return new PsiTrace(coordinates, estimator);
  }

  /**
   * Returns this measure with another estimator for what is not exact.
   *
   * @param method its scheme, budget and target
   * @return the changed copy
   */
  public PsiTrace withEstimator(TraceEstimator method) {
    return new PsiTrace(exactUpTo, method);
  }

  @Override
  protected List<Fact<?>> facts(Network network, Settings settings) {
    if (network.piecewiseLinear()) {
      return List.of(Facts.CLOSED_FORMS, Facts.SLOPE);
    }
    return network.parameterCount() <= exactUpTo ? List.of(Facts.SLOPE) : List.of();
  }

  @Override
  protected List<Work> ownWork(Network network, Settings settings) {
    if (!network.piecewiseLinear() && network.parameterCount() <= exactUpTo) {
      return List.of(new Work(id() + ": columns", Pass.VALUE, network.parameterCount() / 2.0));
    }
    if (!network.piecewiseLinear()) {
      int products = Math.min(network.parameterCount(), estimator.budget());
      return List.of(new Work(id() + ": products", Pass.HESSIAN_PRODUCT, products));
    }
    // A divisor's direction is sparse; its form takes about half a forward pass.
    double divisors =
        network.weightLayers().stream().mapToInt(node -> node.shape().extent(0)).sum();
    return List.of(new Work(id() + ": columns", Pass.VALUE, divisors / 2));
  }

  @Override
  Estimate evaluate(Subject subject, PsiPoint point) {
    int dimension = point.coordinates().dimension();
    if (Facts.closedFormsHold(subject)) {
      return exact(subject, point, point.paths().divisors());
    }
    if (dimension <= exactUpTo) {
      return exact(subject, point, IntStream.range(0, dimension).toArray());
    }
    return network(
        estimator
            .fitting(dimension, subject.surface().options().solverBytes())
            .estimate(
                point.hessian(),
                subject.seed().split(id()),
                subject.monitor().as("psi-trace: products")));
  }

  /**
   * The formula of docs/mathematics.md#psi-trace: j_iᵀ H j_i by quadratic forms for some
   * coordinates, the divisors among them, by the diagonal of H for the others, and what the
   * curvature of the map adds.
   */
  private Estimate exact(Subject subject, PsiPoint point, int[] byForms) {
    BasisPathCoordinates coordinates = point.coordinates();
    BasisPaths paths = point.paths();
    double[] theta = subject.theta();
    double[] values = paths.values();
    double[] gradient = subject.get(Facts.SLOPE).gradient();
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      int e = paths.position(i);
      int r = paths.divisor(i);
      sum += r < 0 ? 0 : 2 * gradient[e] * (theta[e] / values[r]) / values[r];
    }
    if (byForms.length < values.length) {
      sum += byDiagonal(subject, coordinates, byForms);
    }
    Columns columns = coordinates.columns(byForms);
    int done = 0;
    while (done < byForms.length) {
      if (subject.monitor().stopped()) {
        return network(
            Outcome.of(Double.NaN, Outcome.EXACT, Status.NOT_CONVERGED)
                .because(
                    subject.monitor().whyStopped()
                        + " after "
                        + done
                        + " of "
                        + byForms.length
                        + " columns"));
      }
      int end = Math.min(columns.end(done, MOST_ENTRIES), done + MOST_COLUMNS);
      for (double form :
          subject
              .surface()
              .quadraticForms(theta, columns.positions(done, end), columns.values(done, end))) {
        sum += form;
      }
      done = end;
      subject.monitor().update("psi-trace: columns", done, byForms.length);
    }
    return exact(sum).withDetail("divisors", paths.divisors().length);
  }

  private static double byDiagonal(
      Subject subject, BasisPathCoordinates coordinates, int[] without) {
    double[] diagonal = subject.get(Facts.CLOSED_FORMS).diagonal();
    double sum = 0;
    int next = 0;
    for (int i = 0; i < coordinates.dimension(); i++) {
      if (next < without.length && without[next] == i) {
        next++;
      } else {
        sum += diagonal[coordinates.paths().position(i)] * coordinates.squaredScale(i);
      }
    }
    return sum;
  }
}
