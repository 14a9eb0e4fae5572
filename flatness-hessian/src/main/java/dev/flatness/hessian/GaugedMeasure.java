package dev.flatness.hessian;

import dev.flatness.cost.Work;
import dev.flatness.measure.AbstractMeasure;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Fact;
import dev.flatness.measure.Facts;
import dev.flatness.measure.Invariance;
import dev.flatness.measure.Measure;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Scope;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.symmetry.DeadClasses;
import dev.flatness.symmetry.Gauge;
import dev.flatness.symmetry.OrbitMinimum;
import dev.flatness.symmetry.Rescaling;
import dev.flatness.symmetry.ScaleClasses;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * {@code …-at-minimum-norm}: any measure, taken not at the network itself but at the representative
 * of its rescaling orbit that has the least norm.
 *
 * <p>Formula: M(θ*), θ* = argmin Σ_e w_e² over the orbit, dead classes pruned. Units, scopes and
 * cost: those of the measure, and a convex minimization without data that all of them share. The
 * diagonal of a piecewise-linear network is computed from that at the network itself; no other work
 * is shared with measures there. The detail {@code gaugeResidual} is the largest relative imbalance
 * of a unit's incoming and outgoing squares. Not defined where a parameter of θ* leaves the range
 * of doubles; an overflow where the square of one of θ does. Traces are never normalized. Invariant
 * to neuron-wise rescaling whatever the measure is, because θ* is one for the whole orbit.
 *
 * <p>Source: docs/mathematics.md#at-minimum-norm. Immutable.
 */
public final class GaugedMeasure implements Measure {
  /** What Gauge.minimumNorm asks for too. */
  private static final double BALANCED = 1e-9;

  /** The subject at θ*, or why there is none: it is not defined, or its search overflows. */
  private record Gauged(
      Optional<Subject> subject, double residual, String refusal, boolean overflow) {}

  private static final Fact<Gauged> MINIMUM_NORM =
      Fact.random("minimum-norm gauge", GaugedMeasure::move);

  private final Measure measure;

  private GaugedMeasure(Measure measure) {
    this.measure = measure;
  }

  /**
   * Takes a measure at the minimum-norm gauge.
   *
   * @param measure for instance {@code hessian-trace}
   * @return {@code hessian-trace-at-minimum-norm}
   */
  public static GaugedMeasure minimumNorm(Measure measure) {
    return new GaugedMeasure(Objects.requireNonNull(measure, "measure"));
  }

  @Override
  public String id() {
    return measure.id() + "-at-minimum-norm";
  }

  @Override
  public String description() {
    return measure.description() + ", at minimum norm";
  }

  @Override
  public Set<Scope> scopes() {
    return measure.scopes();
  }

  @Override
  public Invariance invariance(Scope scope) {
    return new Invariance(Invariance.Scaling.NEURON_WISE, measure.invariance(scope).permutation());
  }

  @Override
  public String source() {
    return measure.source() + ", at the minimum-norm gauge";
  }

  @Override
  public Optional<String> inapplicable(Subject subject) {
    Gauged gauged = subject.get(MINIMUM_NORM);
    if (gauged.overflow()) {
      return Optional.empty();
    }
    return gauged.subject().isEmpty()
        ? Optional.of(gauged.refusal())
        : measure.inapplicable(gauged.subject().get());
  }

  @Override
  public List<Work> work(Network network, Settings settings) {
    // A rescaled network's diagonal is its origin's.
    if (network.piecewiseLinear() && measure instanceof HessianTrace) {
      return measure.work(network, settings);
    }
    return measure.work(network, settings).stream()
        .map(part -> new Work("minimum norm: " + part.name(), part.pass(), part.passes()))
        .toList();
  }

  @Override
  public List<Estimate> evaluate(Subject subject) {
    Gauged gauged = subject.get(MINIMUM_NORM);
    if (gauged.subject().isEmpty()) {
      return gauged.overflow()
          ? AbstractMeasure.overflowed(this, subject, gauged.refusal())
          : AbstractMeasure.absent(this, subject, gauged.refusal());
    }
    return measure.evaluate(gauged.subject().get()).stream()
        .map(estimate -> renamed(estimate, gauged))
        .toList();
  }

  private Estimate renamed(Estimate estimate, Gauged gauged) {
    Estimate named = estimate.as(id(), invariance(estimate.scope()));
    if (estimate.status() == Status.NOT_APPLICABLE) {
      return named;
    }
    Outcome outcome = estimate.outcome();
    if (estimate.status() == Status.EXACT) {
      outcome =
          outcome
              .withStatus(Status.CONVERGED)
              .because("the minimum-norm gauge balances to the tolerance");
    }
    if (gauged.residual() > BALANCED) {
      outcome =
          outcome
              .withStatus(Status.NOT_CONVERGED)
              .because("the minimum-norm gauge balances to " + gauged.residual() + " only");
    }
    return named.withOutcome(outcome).withDetail("gaugeResidual", gauged.residual());
  }

  private static Gauged move(Subject whole) {
    Subject subject = whole.get(Facts.PRUNED);
    Network pruned = DeadClasses.of(subject.network()).pruned();
    OrbitMinimum minimum;
    try {
      minimum = Gauge.leastNorm(pruned);
    } catch (IllegalArgumentException e) {
      return new Gauged(
          Optional.empty(), Double.NaN, "no minimum-norm gauge: " + e.getMessage(), true);
    }
    try {
      Network moved = minimum.rescaling().applyTo(pruned);
      // Normalized traces are those of other ids.
      Subject there = subject.at(moved, HessianTrace.NORMALIZE_TRACE, false);
      if (subject.network().piecewiseLinear()) {
        // What is known of the network itself, carried over instead of computed again.
        there =
            there
                .where(HessianFacts.DIAGONAL, it -> rescaledDiagonal(subject, minimum.rescaling()))
                .where(Facts.CLOSED_FORMS_REFUSED, it -> subject.get(Facts.CLOSED_FORMS_REFUSED));
      }
      return new Gauged(Optional.of(there), minimum.residual(), "", false);
    } catch (IllegalArgumentException e) {
      return new Gauged(
          Optional.empty(),
          minimum.residual(),
          "it has no minimum-norm representative: " + e.getMessage(),
          false);
    }
  }

  /** H_ee (c_a/c_b)² of a rescaled network, 0 at dead classes. */
  private static double[] rescaledDiagonal(Subject subject, Rescaling rescaling) {
    double[] diagonal = subject.get(HessianFacts.DIAGONAL).clone();
    ScaleClasses classes = rescaling.classes();
    DeadClasses.of(classes, subject.network()).positions().stream()
        .forEach(position -> diagonal[position] = 0);
    classes.forEachEdge(
        (position, from, to) -> {
          double ratio = rescaling.factor(from) / rescaling.factor(to);
          diagonal[position] *= ratio * ratio;
        });
    return diagonal;
  }

  /** Equal when they take the same measure with the same settings. */
  @Override
  public boolean equals(Object other) {
    return other instanceof GaugedMeasure that && measure.equals(that.measure);
  }

  @Override
  public int hashCode() {
    return 31 * measure.hashCode() + 1;
  }

  @Override
  public String toString() {
    return id();
  }
}
