package dev.flatness.measure;

import dev.flatness.cost.Work;
import dev.flatness.loss.NonConvexLossException;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.surface.PassStoppedException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What measures have in common: their names, scopes and claims, the estimates without a value where
 * they are not defined, and the work that they share.
 *
 * <p>A measure of your own extends this class, lists the facts it needs in {@link #facts} and
 * computes its numbers in {@link #measure}.
 */
public abstract class AbstractMeasure implements Measure {
  private final String id;
  private final String description;
  private final Invariance invariance;
  private final String source;
  private final Set<Scope> scopes;

  /**
   * Makes a measure.
   *
   * @param id the id under which it is asked for and reported
   * @param description what it measures, one short clause for lists of measures
   * @param invariance what it claims not to change under, in every scope
   * @param source where its definition comes from
   * @param first a scope it is defined for
   * @param more further scopes
   */
  protected AbstractMeasure(
      String id,
      String description,
      Invariance invariance,
      String source,
      Scope first,
      Scope... more) {
    this.id = Objects.requireNonNull(id, "id");
    this.description = Objects.requireNonNull(description, "description");
    this.invariance = Objects.requireNonNull(invariance, "invariance");
    this.source = Objects.requireNonNull(source, "source");
    this.scopes = Collections.unmodifiableSet(EnumSet.of(first, more));
  }

  @Override
  public final String id() {
    return id;
  }

  @Override
  public final String description() {
    return description;
  }

  @Override
  public final Set<Scope> scopes() {
    return scopes;
  }

  @Override
  public final Invariance invariance(Scope scope) {
    if (!scopes.contains(scope)) {
      throw new IllegalArgumentException(
          id + " has no scope " + scope.id() + ", expected one of " + scopes);
    }
    return invariance;
  }

  @Override
  public final String source() {
    return source;
  }

  /** By default a measure of layers is not defined where there are none. */
  @Override
  public Optional<String> inapplicable(Subject subject) {
    return needsLayers() && subject.network().weightLayers().isEmpty()
        ? Optional.of("the network has no dense or convolutional layer")
        : Optional.empty();
  }

  /**
   * Tells whether the number of the whole network is made of those of its layers.
   *
   * @return by default, whether it has no number of the whole network
   */
  protected boolean needsLayers() {
    return !scopes.contains(Scope.NETWORK);
  }

  /**
   * Lists the facts that it will ask of a subject, for the forecast of a run.
   *
   * @param network the network
   * @param settings the settings of the run
   * @return none by default
   */
  protected List<Fact<?>> facts(Network network, Settings settings) {
    return List.of();
  }

  /**
   * Lists the passes over the samples that it takes beyond its facts.
   *
   * @param network the network
   * @param settings the settings of the run
   * @return none by default
   */
  protected List<Work> ownWork(Network network, Settings settings) {
    return List.of();
  }

  @Override
  public final List<Work> work(Network network, Settings settings) {
    List<Work> work = new ArrayList<>();
    facts(network, settings).forEach(fact -> work.addAll(fact.work(network, settings)));
    work.addAll(ownWork(network, settings));
    return Work.together(work);
  }

  @Override
  public final List<Estimate> evaluate(Subject subject) {
    try {
      Optional<String> reason = inapplicable(subject);
      return reason.isPresent() ? absent(this, subject, reason.get()) : measure(subject);
    } catch (PassStoppedException late) {
      return stopped(this, subject);
    } catch (NonConvexLossException notConvex) {
      return absent(this, subject, notConvex.getMessage());
    } catch (ArithmeticException outOfRange) {
      return overflowed(this, subject, String.valueOf(outOfRange.getMessage()));
    }
  }

  /**
   * Measures a subject for which the measure is defined. If it throws {@link
   * NonConvexLossException}, the measure is reported as not applicable; if it throws {@link
   * ArithmeticException}, as an overflow with that reason; if it throws {@link
   * PassStoppedException}, as not converged. Other measures of the run go on.
   *
   * @param subject the network, data, loss, settings and seed
   * @return the estimates, network first, then layers in forward order
   */
  protected abstract List<Estimate> measure(Subject subject);

  /**
   * Makes the estimate of the whole network.
   *
   * @param outcome the number
   * @return the estimate
   */
  protected final Estimate network(Outcome outcome) {
    return Estimate.network(id, claim(), outcome);
  }

  /**
   * Makes the estimate of a layer.
   *
   * @param layer the layer
   * @param outcome the number
   * @return the estimate
   */
  protected final Estimate layer(Node layer, Outcome outcome) {
    return Estimate.layer(id, layer.name(), claim(), outcome);
  }

  /**
   * Returns what it claims not to change under.
   *
   * @return the invariance of every scope
   */
  protected final Invariance claim() {
    return invariance;
  }

  /**
   * Takes any measure of a subject: its estimates with the time they took, or estimates without a
   * value where it is not defined or was stopped.
   *
   * @param measure the measure
   * @param subject the network, data, loss, settings and seed
   * @return the estimates; the first carries the time of all
   */
  public static List<Estimate> take(Measure measure, Subject subject) {
    long start = System.nanoTime();
    List<Estimate> estimates;
    try {
      Optional<String> reason = measure.inapplicable(subject);
      if (reason.isPresent()) {
        return absent(measure, subject, reason.get());
      }
      estimates = new ArrayList<>(measure.evaluate(subject));
    } catch (PassStoppedException late) {
      return stopped(measure, subject);
    }
    double seconds = (System.nanoTime() - start) * 1e-9;
    if (estimates.stream().anyMatch(each -> each.status() != Status.NOT_APPLICABLE)) {
      estimates.set(0, estimates.get(0).withSeconds(seconds));
    }
    return estimates;
  }

  /**
   * Makes the estimates of a measure that is not defined for a subject.
   *
   * @param measure the measure
   * @param subject the network, data and loss
   * @param reason why it is not defined
   * @return one estimate without a value for each of its scopes and each layer asked for
   */
  public static List<Estimate> absent(Measure measure, Subject subject, String reason) {
    return without(measure, subject, Outcome.notApplicable(reason));
  }

  /**
   * Makes the estimates of a measure where a number on the way leaves the range of doubles.
   *
   * @param measure the measure
   * @param subject the network, data and loss
   * @param reason which number
   * @return one estimate without a value for each of its scopes and each layer asked for
   */
  public static List<Estimate> overflowed(Measure measure, Subject subject, String reason) {
    return without(
        measure, subject, Outcome.of(Double.NaN, "none", Status.OVERFLOW).because(reason));
  }

  /**
   * Makes the estimates of a measure whose first pass over the samples was stopped.
   *
   * @param measure the measure
   * @param subject the network, data and loss, whose monitor says why
   * @return one estimate without a value for each of its scopes and each layer asked for
   */
  public static List<Estimate> stopped(Measure measure, Subject subject) {
    return without(
        measure,
        subject,
        Outcome.of(Double.NaN, "none", Status.NOT_CONVERGED)
            .because(subject.monitor().whyStopped() + " before there was a number"));
  }

  private static List<Estimate> without(Measure measure, Subject subject, Outcome none) {
    String id = measure.id();
    List<Estimate> estimates = new ArrayList<>();
    for (Scope scope : Scope.values()) {
      if (!measure.scopes().contains(scope)) {
        continue;
      }
      Invariance claim = measure.invariance(scope);
      if (scope == Scope.NETWORK) {
        estimates.add(Estimate.network(id, claim, none));
        continue;
      }
      for (Node node : subject.layers()) {
        estimates.add(
            scope == Scope.LAYER
                ? Estimate.layer(id, node.name(), claim, none)
                : Estimate.neurons(id, node.name(), claim, new double[0], none));
      }
    }
    return estimates;
  }

  /** Two measures are equal when they are the same measure with the same settings. */
  @Override
  public boolean equals(Object other) {
    return other != null
        && getClass() == other.getClass()
        && id.equals(((AbstractMeasure) other).id);
  }

  @Override
  public int hashCode() {
    return Objects.hash(getClass(), id);
  }

  @Override
  public String toString() {
    return id;
  }
}
