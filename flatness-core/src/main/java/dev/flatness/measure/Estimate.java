package dev.flatness.measure;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;

/**
 * One number, or one list of a layer's neurons, with how it was found and how well: the result
 * record of every measure.
 *
 * <p>Units: those of the measure. Absent uncertainties are empty, never 0. Immutable; {@code with…}
 * methods copy.
 */
public final class Estimate {
  private final String id;
  private final Scope scope;
  private final String layer;
  private final double[] values;
  private final String method;
  private final Status status;
  private final Invariance invariance;
  private final double standardError;
  private final double residual;
  private final long products;
  private final double seconds;
  private final String reason;
  private final Map<String, Object> details;

  private Estimate(Builder b) {
    this.id = b.id;
    this.scope = b.scope;
    this.layer = b.layer;
    this.values = b.values;
    this.method = b.method;
    this.status = b.status;
    this.invariance = b.invariance;
    this.standardError = b.standardError;
    this.residual = b.residual;
    this.products = b.products;
    this.seconds = b.seconds;
    this.reason = b.reason;
    this.details = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(b.details));
  }

  /**
   * Starts the estimate of one number of the whole network.
   *
   * @param id the measure's id
   * @param invariance its declared invariance
   * @param value the number; NaN where there is none
   * @return a builder
   */
  public static Builder network(String id, Invariance invariance, double value) {
    return new Builder(id, Scope.NETWORK, null, invariance, new double[] {value});
  }

  /**
   * Starts the estimate of a list that belongs to the whole network.
   *
   * @param id the measure's id
   * @param invariance its declared invariance
   * @param values the list; copied
   * @return a builder
   */
  public static Builder networkList(String id, Invariance invariance, double[] values) {
    return new Builder(id, Scope.NETWORK, null, invariance, values.clone());
  }

  /**
   * Starts the estimate of one number of a layer.
   *
   * @param id the measure's id
   * @param layer the layer's name
   * @param invariance its declared invariance
   * @param value the number; NaN where there is none
   * @return a builder
   */
  public static Builder layer(String id, String layer, Invariance invariance, double value) {
    return new Builder(id, Scope.LAYER, layer, invariance, new double[] {value});
  }

  /**
   * Starts the estimate of one number per neuron of a layer.
   *
   * @param id the measure's id
   * @param layer the layer's name
   * @param invariance its declared invariance
   * @param values the list; copied
   * @return a builder
   */
  public static Builder neurons(String id, String layer, Invariance invariance, double[] values) {
    return new Builder(id, Scope.NEURON, layer, invariance, values.clone());
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
   * @return the name, or null for the whole network
   */
  public String layer() {
    return layer;
  }

  /**
   * Returns the number.
   *
   * @return the value; NaN where the status says that there is none
   * @throws IllegalStateException for a list of neurons
   */
  public double value() {
    if (scope == Scope.NEURON || values.length != 1) {
      throw new IllegalStateException(
          "estimate of " + id + " is a list of " + values.length + "; use values()");
    }
    return values[0];
  }

  /**
   * Returns the list of a layer's neurons, or the one number as a list.
   *
   * @return a copy
   */
  public double[] values() {
    return values.clone();
  }

  /**
   * Returns how the number was found.
   *
   * @return for instance {@code exact} or {@code lanczos}
   */
  public String method() {
    return method;
  }

  /**
   * Returns how it ended.
   *
   * @return the status
   */
  public Status status() {
    return status;
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
    return optional(standardError);
  }

  /**
   * Returns the residual of an iteration, relative to the operator's norm.
   *
   * @return the residual; empty for others
   */
  public OptionalDouble residual() {
    return optional(residual);
  }

  /**
   * Returns how many products with curvature matrices were used.
   *
   * @return the number; empty where none were
   */
  public OptionalLong products() {
    return products < 0 ? OptionalLong.empty() : OptionalLong.of(products);
  }

  /**
   * Returns the wall-clock time, work shared with other measures counted once, with the first.
   *
   * @return seconds; empty where not measured
   */
  public OptionalDouble seconds() {
    return optional(seconds);
  }

  /**
   * Returns why there is no number, or why the iteration stopped.
   *
   * @return a clause, or null
   */
  public String reason() {
    return reason;
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
   * @throws IllegalStateException with the remedy otherwise
   */
  public Estimate orThrow() {
    if (!status.acceptable()) {
      throw new IllegalStateException(this + " is " + status.id() + ": " + status.remedy());
    }
    return this;
  }

  /**
   * Returns this estimate with its wall-clock time.
   *
   * @param elapsed seconds
   * @return the changed copy
   */
  public Estimate withSeconds(double elapsed) {
    Builder b = copy(id, invariance);
    b.seconds = elapsed;
    return b.build();
  }

  /**
   * Starts an estimate of the same number under another name and claim.
   *
   * @param name the measure's id
   * @param claim its declared invariance
   * @return a builder with everything else of this estimate
   */
  public Builder copy(String name, Invariance claim) {
    Builder b = new Builder(name, scope, layer, claim, values);
    b.method = method;
    b.status = status;
    b.standardError = standardError;
    b.residual = residual;
    b.products = products;
    b.reason = reason;
    b.details.putAll(details);
    b.seconds = seconds;
    return b;
  }

  @Override
  public String toString() {
    String where = layer == null ? "" : " of layer " + layer;
    return id
        + where
        + " = "
        + (values.length == 1 ? String.valueOf(values[0]) : Arrays.toString(values));
  }

  private static OptionalDouble optional(double value) {
    return Double.isNaN(value) ? OptionalDouble.empty() : OptionalDouble.of(value);
  }

  /** Collects what an estimate says beyond its value. */
  public static final class Builder {
    private static final Set<Status> PROMISES =
        EnumSet.of(Status.EXACT, Status.CONVERGED, Status.ESTIMATED, Status.LOWER_BOUND);

    private final String id;
    private final Scope scope;
    private final String layer;
    private final Invariance invariance;
    private final double[] values;
    private final Map<String, Object> details = new LinkedHashMap<>();
    private String method = "exact";
    private Status status = Status.EXACT;
    private double standardError = Double.NaN;
    private double residual = Double.NaN;
    private long products = -1;
    private double seconds = Double.NaN;
    private String reason;

    private Builder(String id, Scope scope, String layer, Invariance invariance, double[] values) {
      this.id = id;
      this.scope = scope;
      this.layer = layer;
      this.invariance = invariance;
      this.values = values;
    }

    /**
     * Says how the number was found.
     *
     * @param how for instance {@code lanczos}
     * @param end how it ended
     * @return this builder
     */
    public Builder method(String how, Status end) {
      this.method = how;
      this.status = end;
      return this;
    }

    /**
     * Gives the standard error.
     *
     * @param error in the unit of the value
     * @return this builder
     */
    public Builder standardError(double error) {
      this.standardError = error;
      return this;
    }

    /**
     * Gives the relative residual.
     *
     * @param relative relative to the operator's norm, or the largest relative imbalance of a
     *     minimisation over a rescaling orbit
     * @return this builder
     */
    public Builder residual(double relative) {
      this.residual = relative;
      return this;
    }

    /**
     * Gives the number of products.
     *
     * @param count how many
     * @return this builder
     */
    public Builder products(long count) {
      this.products = count;
      return this;
    }

    /**
     * Gives the reason of stopping or of there being no number.
     *
     * @param why a clause
     * @return this builder
     */
    public Builder reason(String why) {
      this.reason = why;
      return this;
    }

    /**
     * Adds a fact.
     *
     * @param key its name in the report, in camel case
     * @param value a number, string, list or map
     * @return this builder
     */
    public Builder detail(String key, Object value) {
      details.put(key, value);
      return this;
    }

    /**
     * Ends the estimate. A status that promises numbers becomes {@link Status#OVERFLOW} where one
     * of them is not finite.
     *
     * @return the estimate
     */
    public Estimate build() {
      if (PROMISES.contains(status) && !Arrays.stream(values).allMatch(Double::isFinite)) {
        status = Status.OVERFLOW;
        reason =
            "a number on the way is too large for its precision; scale the inputs as in training";
      }
      return new Estimate(this);
    }
  }
}
