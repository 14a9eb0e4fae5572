package dev.flatness.measure;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The result of a measure for the network, a layer or its neurons: an {@link Outcome} with the
 * measure's id, its claim and further facts.
 *
 * <p>Units: those of the measure. Immutable; {@code with…} methods copy.
 */
public final class Estimate {
  private static final Set<Status> PROMISES =
      EnumSet.of(Status.EXACT, Status.CONVERGED, Status.ESTIMATED, Status.LOWER_BOUND);

  private final String id;
  private final Scope scope;
  private final @Nullable String layer;
  private final Invariance invariance;
  private final double[] values;
  private final Outcome outcome;
  private final double seconds;
  private final Map<String, Object> details;

  private Estimate(
      String id,
      Scope scope,
      @Nullable String layer,
      Invariance invariance,
      double[] values,
      Outcome outcome,
      double seconds,
      Map<String, Object> details) {
    this.id = id;
    this.scope = scope;
    this.layer = layer;
    this.invariance = invariance;
    this.values = values;
    this.outcome = outcome;
    this.seconds = seconds;
    this.details = details;
  }

  /** A status that promises numbers becomes an overflow where one of them is not finite. */
  private static Estimate of(
      String id,
      Scope scope,
      @Nullable String layer,
      Invariance invariance,
      double[] values,
      Outcome outcome) {
    boolean broken =
        PROMISES.contains(outcome.status()) && !Arrays.stream(values).allMatch(Double::isFinite);
    return new Estimate(
        id,
        scope,
        layer,
        invariance,
        values,
        broken
            ? outcome
                .withStatus(Status.OVERFLOW)
                .because(
                    "a number on the way is too large for its precision; scale the inputs as in"
                        + " training")
            : outcome,
        Double.NaN,
        Map.of());
  }

  /**
   * Makes the estimate of one number of the whole network.
   *
   * @param id the measure's id
   * @param invariance its declared invariance
   * @param outcome the number
   * @return the estimate
   */
  public static Estimate network(String id, Invariance invariance, Outcome outcome) {
    return of(id, Scope.NETWORK, null, invariance, new double[] {outcome.value()}, outcome);
  }

  /**
   * Makes the estimate of a list that belongs to the whole network.
   *
   * @param id the measure's id
   * @param invariance its declared invariance
   * @param values the list; copied
   * @param outcome how it was found
   * @return the estimate
   */
  public static Estimate networkList(
      String id, Invariance invariance, double[] values, Outcome outcome) {
    return of(id, Scope.NETWORK, null, invariance, values.clone(), outcome);
  }

  /**
   * Makes the estimate of one number of a layer.
   *
   * @param id the measure's id
   * @param layer the layer's name
   * @param invariance its declared invariance
   * @param outcome the number
   * @return the estimate
   */
  public static Estimate layer(String id, String layer, Invariance invariance, Outcome outcome) {
    return of(id, Scope.LAYER, layer, invariance, new double[] {outcome.value()}, outcome);
  }

  /**
   * Makes the estimate of one number per neuron of a layer.
   *
   * @param id the measure's id
   * @param layer the layer's name
   * @param invariance its declared invariance
   * @param values the list; copied
   * @param outcome how it was found
   * @return the estimate
   */
  public static Estimate neurons(
      String id, String layer, Invariance invariance, double[] values, Outcome outcome) {
    return of(id, Scope.NEURON, layer, invariance, values.clone(), outcome);
  }

  /**
   * Returns the measure's id.
   *
   * @return for instance {@code kappa}
   */
  public String id() {
    return id;
  }

  /**
   * Returns what the number belongs to.
   *
   * @return the scope
   */
  public Scope scope() {
    return scope;
  }

  /**
   * Returns the layer's name.
   *
   * @return the name; empty for the whole network
   */
  public Optional<String> layer() {
    return Optional.ofNullable(layer);
  }

  /**
   * Tells whether it is a list: of a layer's neurons, or one that belongs to the network.
   *
   * @return false for one number
   */
  public boolean isList() {
    return scope == Scope.NEURON || values.length != 1;
  }

  /**
   * Returns the number.
   *
   * @return the value; NaN where the status says that there is none
   * @throws IllegalStateException for a list
   */
  public double value() {
    if (isList()) {
      throw new IllegalStateException(
          "estimate of " + id + " is a list of " + values.length + "; use values()");
    }
    return values[0];
  }

  /**
   * Returns the list, or the one number as a list.
   *
   * @return a copy
   */
  public double[] values() {
    return values.clone();
  }

  /**
   * Returns the number with how its computation ended.
   *
   * @return the outcome
   */
  public Outcome outcome() {
    return outcome;
  }

  /**
   * Returns how the number was found.
   *
   * @return for instance {@code exact} or {@code lanczos}
   */
  public String method() {
    return outcome.method();
  }

  /**
   * Returns how the computation ended.
   *
   * @return the status
   */
  public Status status() {
    return outcome.status();
  }

  /**
   * Returns the declared invariance.
   *
   * @return the invariance
   */
  public Invariance invariance() {
    return invariance;
  }

  /**
   * Returns the standard error of an estimator.
   *
   * @return in the unit of the value; empty for others
   */
  public OptionalDouble standardError() {
    return outcome.standardError();
  }

  /**
   * Returns the 95 % interval.
   *
   * @return in the unit of the value; empty where there is no standard error
   */
  public Optional<Interval> interval() {
    return outcome.interval();
  }

  /**
   * Returns the residual of an iteration, relative to the operator's norm.
   *
   * @return the residual; empty for others
   */
  public OptionalDouble residual() {
    return outcome.residual();
  }

  /**
   * Returns how many products with curvature matrices were used.
   *
   * @return the number; empty where none were
   */
  public OptionalLong products() {
    return outcome.products();
  }

  /**
   * Returns why there is no number, or why the computation stopped.
   *
   * @return a clause
   */
  public Optional<String> reason() {
    return outcome.reason();
  }

  /**
   * Returns the wall-clock time, work shared with other measures counted once, with the first.
   *
   * @return seconds; empty where not measured
   */
  public OptionalDouble seconds() {
    return Double.isNaN(seconds) ? OptionalDouble.empty() : OptionalDouble.of(seconds);
  }

  /**
   * Returns further facts by the names they have in the report, as {@code droppedFeatures}.
   *
   * @return an immutable map of numbers, strings, lists and maps
   */
  public Map<String, Object> details() {
    return details;
  }

  /**
   * Returns this estimate if it met its tolerance.
   *
   * @return this
   * @throws IllegalStateException with reason and remedy otherwise
   */
  public Estimate orThrow() {
    if (!status().acceptable()) {
      throw new IllegalStateException(this + "; " + status().remedy());
    }
    return this;
  }

  /**
   * Returns this estimate with a further fact.
   *
   * @param key its name in the report, in camel case
   * @param value a number, string, list or map
   * @return the changed copy
   */
  public Estimate withDetail(String key, Object value) {
    Map<String, Object> more = new LinkedHashMap<>(details);
    more.put(key, value);
    return new Estimate(
        id, scope, layer, invariance, values, outcome, seconds, Collections.unmodifiableMap(more));
  }

  /**
   * Returns this estimate with its wall-clock time.
   *
   * @param elapsed seconds
   * @return the changed copy
   */
  public Estimate withSeconds(double elapsed) {
    return new Estimate(id, scope, layer, invariance, values, outcome, elapsed, details);
  }

  /**
   * Returns this estimate as that of another measure.
   *
   * @param name the measure's id
   * @param claim its declared invariance
   * @return the changed copy
   */
  public Estimate as(String name, Invariance claim) {
    return new Estimate(name, scope, layer, claim, values, outcome, seconds, details);
  }

  /**
   * Returns this estimate with another outcome; the values stay.
   *
   * @param ended how the computation ended
   * @return the changed copy
   */
  public Estimate withOutcome(Outcome ended) {
    return new Estimate(id, scope, layer, invariance, values, ended, seconds, details);
  }

  /** Says number, uncertainty, status and reason in one line. */
  @Override
  public String toString() {
    return id
        + (layer == null ? "" : " of layer " + layer)
        + " = "
        + (isList() ? Arrays.toString(values) : String.valueOf(values[0]))
        + outcome.ending();
  }
}
