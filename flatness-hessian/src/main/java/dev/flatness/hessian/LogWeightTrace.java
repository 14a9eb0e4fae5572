package dev.flatness.hessian;

import dev.flatness.cost.Pass;
import dev.flatness.cost.Work;
import dev.flatness.internal.linalg.Vectors;
import dev.flatness.linalg.SymmetricOperators;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Invariance;
import dev.flatness.measure.MeasureSettings;
import dev.flatness.measure.Scope;
import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.spectral.Sampled;
import dev.flatness.spectral.TraceEstimator;
import java.util.List;

/**
 * {@code log-weight-trace}: the trace of the Hessian weighted by the squared parameters.
 *
 * <p>Formula: Σ_i θ_i² H_ii = Tr(D H D) with D = diag(θ), the trace of JᵀHJ in log-magnitude
 * coordinates. Units: loss. Cost: for piecewise-linear networks exact from the closed forms; else
 * exact by p products in blocks of 32 up to 4,096 parameters (ours), above that 32 products with
 * random signs and a standard error. Invariant to neuron-wise rescaling, entry by entry.
 *
 * <p>Source: mathematics §9. Immutable.
 */
public final class LogWeightTrace extends HessianMeasure {
  private static final LogWeightTrace DEFAULTS = new LogWeightTrace(4096, false);

  private final int exactUpTo;
  private final boolean sampled;

  private LogWeightTrace(int exactUpTo, boolean sampled) {
    super(
        "log-weight-trace",
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
  public List<Work> work(Network network, MeasureSettings settings) {
    if (sampled) {
      return List.of(new Work(id() + ": probes", Pass.HESSIAN_PRODUCT, FunctionalHessian.PROBES));
    }
    return !network.piecewiseLinear() && network.parameterCount() <= exactUpTo
        ? List.of(new Work(id() + ": columns", Pass.HESSIAN_PRODUCT, network.parameterCount()))
        : Costs.trace(network, id() + ": probes");
  }

  @Override
  public List<Estimate> evaluate(Subject subject, Seed seed) {
    double[] theta = subject.theta();
    if (sampled || (!Shared.closed(subject) && theta.length > exactUpTo)) {
      return List.of(sampled(subject, theta, sampled, seed).estimate(id(), claim()).build());
    }
    CurvatureDiagonal diagonal =
        Shared.closed(subject)
            ? CurvatureDiagonal.semidefinite(subject)
            : CurvatureDiagonal.byProducts(subject, Shared.hessian(subject), "hessian");
    double sum = diagonal.complete() ? 0 : Double.NaN;
    for (int i = 0; i < theta.length; i++) {
      sum += theta[i] * theta[i] * diagonal.entries()[i];
    }
    return List.of(
        Estimate.network(id(), claim(), sum)
            .method(diagonal.method(), diagonal.complete() ? Status.EXACT : Status.NOT_CONVERGED)
            .products(diagonal.products())
            .reason(diagonal.reason())
            .build());
  }

  private static LayerNumber sampled(Subject subject, double[] theta, boolean only, Seed seed) {
    Seed own = seed.split("log-weight-trace");
    if (!only && FunctionalHessian.splits(subject)) {
      double[] diagonal = FunctionalHessian.forms(subject).diagonal();
      double exact = 0;
      for (int i = 0; i < theta.length; i++) {
        exact += theta[i] * theta[i] * diagonal[i];
      }
      Sampled rest =
          FunctionalHessian.mean(
              subject,
              (i, z) -> {
                Vectors.signs(z, own.split(i));
                for (int e = 0; e < z.length; e++) {
                  z[e] *= theta[e];
                }
              });
      return FunctionalHessian.number(null, exact, rest);
    }
    return LayerNumber.sampled(
        subject,
        only ? TraceEstimator.hutchinson().withBudget(FunctionalHessian.PROBES) : LayerNumber.TRACE,
        SymmetricOperators.congruence(theta, Shared.hessian(subject)),
        own);
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
