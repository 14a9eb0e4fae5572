package dev.flatness.hessian;

import dev.flatness.cost.Pass;
import dev.flatness.cost.Work;
import dev.flatness.internal.linalg.Vectors;
import dev.flatness.linalg.SymmetricOperators;
import dev.flatness.measure.AbstractMeasure;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Facts;
import dev.flatness.measure.Invariance;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Scope;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.spectral.TraceEstimator;
import java.util.List;

/**
 * {@code log-weight-trace}: the trace of the Hessian weighted by the squared parameters.
 *
 * <p>Formula: Σ_i θ_i² H_ii = Tr(D H D) with D = diag(θ), the trace of JᵀHJ in log-magnitude
 * coordinates. Units: loss. Cost: for piecewise-linear networks exact from the closed forms; else
 * exact by p quadratic forms up to 4,096 parameters (ours), shared with the traces, above that 32
 * products with random signs and a standard error. Invariant to neuron-wise rescaling, entry by
 * entry.
 *
 * <p>Source: docs/mathematics.md#log-weight-trace. Immutable.
 */
public final class LogWeightTrace extends AbstractMeasure {
  private static final LogWeightTrace DEFAULTS = new LogWeightTrace(4096, false);

  private final int exactUpTo;
  private final boolean sampled;

  private LogWeightTrace(int exactUpTo, boolean sampled) {
    super(
        "log-weight-trace",
        "trace weighted by the squared parameters",
        Invariance.NEURON_WISE,
        "trace of the Hessian in log-magnitude coordinates, its first-order term left out",
        Scope.NETWORK);
    this.exactUpTo = exactUpTo;
    this.sampled = sampled;
  }

  /**
   * Returns the measure that is exact for piecewise-linear networks, and for others up to 4,096
   * parameters.
   *
   * @return the measure
   */
  public static LogWeightTrace withDefaults() {
    return DEFAULTS;
  }

  /**
   * Returns the measure with another limit of exactness for networks without closed forms.
   *
   * @param parameters up to how many parameters it is exact
   * @return the changed copy
   * @throws IllegalArgumentException if negative
   */
  public LogWeightTrace withExactUpTo(int parameters) {
    if (parameters < 0) {
      throw new IllegalArgumentException(
          "the limit of exactness is " + parameters + " parameters, expected at least 0");
    }
    return new LogWeightTrace(parameters, sampled);
  }

  /**
   * Returns the measure that samples even where it could be exact, to compare the two.
   *
   * @return the changed copy
   */
  public LogWeightTrace withProbesOnly() {
    return new LogWeightTrace(exactUpTo, true);
  }

  @Override
  protected List<Work> ownWork(Network network, Settings settings) {
    if (sampled) {
      return List.of(new Work(id() + ": probes", Pass.HESSIAN_PRODUCT, FunctionalHessian.PROBES));
    }
    boolean closed = network.piecewiseLinear() && !network.sharesParameters();
    return closed || network.parameterCount() <= exactUpTo
        ? HessianFacts.traceWork(network, id() + ": probes")
        : HessianFacts.probeWork(network, id() + ": probes");
  }

  @Override
  protected List<Estimate> measure(Subject subject) {
    double[] theta = subject.theta();
    if (sampled || (!Facts.closedFormsHold(subject) && theta.length > exactUpTo)) {
      return List.of(network(sampled(subject, theta)));
    }
    CurvatureDiagonal diagonal =
        Facts.closedFormsHold(subject)
            ? subject.get(HessianFacts.SEMIDEFINITE_DIAGONAL)
            : subject.get(HessianFacts.DIAGONAL_BY_FORMS);
    double sum = diagonal.complete() ? weighted(diagonal.entries(), theta) : Double.NaN;
    return List.of(network(diagonal.outcome().withValue(sum)));
  }

  private static double weighted(double[] diagonal, double[] theta) {
    double sum = 0;
    for (int i = 0; i < theta.length; i++) {
      sum += theta[i] * theta[i] * diagonal[i];
    }
    return sum;
  }

  private Outcome sampled(Subject subject, double[] theta) {
    Seed own = subject.seed().split("log-weight-trace");
    if (!sampled && FunctionalHessian.splits(subject)) {
      return FunctionalHessian.number(
          weighted(subject.get(Facts.CLOSED_FORMS).diagonal(), theta),
          FunctionalHessian.mean(
              subject,
              (i, z) -> {
                Vectors.signs(z, own.split(i));
                for (int e = 0; e < z.length; e++) {
                  z[e] *= theta[e];
                }
              }),
          subject.monitor());
    }
    TraceEstimator method =
        sampled
            ? TraceEstimator.hutchinson().withBudget(FunctionalHessian.PROBES)
            : HessianTrace.defaultEstimator(subject);
    return method.estimate(
        SymmetricOperators.congruence(theta, HessianFacts.hessian(subject)),
        own,
        subject.monitor().as("products of the trace"));
  }

  @Override
  public boolean equals(Object other) {
    return super.equals(other)
        && exactUpTo == ((LogWeightTrace) other).exactUpTo
        && sampled == ((LogWeightTrace) other).sampled;
  }

  @Override
  public int hashCode() {
    return 31 * (31 * super.hashCode() + exactUpTo) + Boolean.hashCode(sampled);
  }
}
