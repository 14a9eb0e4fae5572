package dev.flatness.measure;

import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * A number and how its computation ended: the result of every solver, estimator and measure.
 *
 * <p>Units: those of what was computed. A quantity that does not apply is empty, never 0. Errors:
 * none; a computation that fails says so in its status. Immutable; {@code with…} methods copy.
 *
 * @param value the number; NaN where the status says that there is none, or where the result is a
 *     list that is kept separately
 * @param method how it was found, for instance {@code lanczos}
 * @param status how the computation ended
 * @param standardError of an estimator, in the unit of the value
 * @param interval the 95 % interval of an estimator, wherever it has a standard error
 * @param residual of an iteration, relative to the operator's norm
 * @param products how many products with curvature matrices were used
 * @param reason why the computation stopped, or why there is no number; a clause
 */
public record Outcome(
    double value,
    String method,
    Status status,
    OptionalDouble standardError,
    Optional<Interval> interval,
    OptionalDouble residual,
    OptionalLong products,
    Optional<String> reason) {
  /** The method of closed forms and finite sums. */
  public static final String EXACT = "exact";

  /**
   * Checks that nothing is missing.
   *
   * @param value the number; NaN where the status says that there is none, or where the result is a
   *     list that stands beside this outcome
   * @param method how it was found, for instance {@code lanczos}
   * @param status how the computation ended
   * @param standardError of an estimator, in the unit of the value
   * @param interval the 95 % interval of an estimator, wherever it has a standard error
   * @param residual of an iteration, relative to the operator's norm
   * @param products how many products with curvature matrices were used
   * @param reason why the computation stopped, or why there is no number; a clause
   */
  public Outcome {
    Objects.requireNonNull(method, "method");
    Objects.requireNonNull(status, "status");
    Objects.requireNonNull(standardError, "standardError");
    Objects.requireNonNull(interval, "interval");
    Objects.requireNonNull(residual, "residual");
    Objects.requireNonNull(products, "products");
    Objects.requireNonNull(reason, "reason");
  }

  /**
   * Returns an outcome without uncertainties.
   *
   * @param value the number
   * @param method how it was found
   * @param status how the computation ended
   * @return the outcome
   */
  public static Outcome of(double value, String method, Status status) {
    return new Outcome(
        value,
        method,
        status,
        OptionalDouble.empty(),
        Optional.empty(),
        OptionalDouble.empty(),
        OptionalLong.empty(),
        Optional.empty());
  }

  /**
   * Returns a number of a closed form or a finite sum.
   *
   * @param value the number
   * @return the outcome, exact
   */
  public static Outcome exact(double value) {
    return of(value, EXACT, Status.EXACT);
  }

  /**
   * Returns the outcome of a computation that is not defined here.
   *
   * @param reason why not, a clause
   * @return the outcome without a value
   */
  public static Outcome notApplicable(String reason) {
    return of(Double.NaN, "none", Status.NOT_APPLICABLE).because(reason);
  }

  /**
   * Returns the mean of independent samples.
   *
   * <p>Formula: x̄ = (1/N) Σ x_i, standard error √(Σ (x_i − x̄)² / (N (N − 1))), in two passes so
   * that nothing cancels, of samples over a power of 2 near the largest, so that no square leaves
   * the range of doubles. The interval allows for samples that are skewed: Hall's transformation of
   * x̄ ± t · error.
   *
   * @param samples the x_i
   * @param method how they were drawn
   * @return the mean, estimated; without a standard error for a single sample, NaN for none;
   *     overflow if it is infinite or a sample is
   */
  public static Outcome mean(double[] samples, String method) {
    int n = samples.length;
    double largest = 0;
    for (double sample : samples) {
      largest = Math.max(largest, Math.abs(sample));
    }
    int exponent = Math.getExponent(largest);
    double unit =
        Math.scalb(1.0, Math.max(Double.MIN_EXPONENT, Math.min(exponent, Double.MAX_EXPONENT)));
    double sum = 0;
    for (double sample : samples) {
      sum += sample / unit;
    }
    double centre = sum / n;
    double squares = 0;
    for (double sample : samples) {
      squares += (sample / unit - centre) * (sample / unit - centre);
    }
    double mean = unit * centre;
    Outcome outcome =
        of(mean, method, Double.isInfinite(largest) ? Status.OVERFLOW : Status.ESTIMATED);
    double error = n < 2 ? Double.NaN : unit * Math.sqrt(squares / n / (n - 1));
    return Double.isFinite(error)
        ? outcome.withStandardError(error, Interval.ofMean(samples, mean, error))
        : outcome;
  }

  /**
   * Returns this outcome with another value of the same uncertainty: the interval moves with it.
   *
   * @param other the number; NaN has no interval
   * @return the changed copy
   */
  public Outcome withValue(double other) {
    boolean moves = Double.isFinite(other - value);
    return new Outcome(
        other,
        method,
        status,
        standardError,
        moves ? interval.map(each -> each.plus(other - value)) : Optional.empty(),
        residual,
        products,
        reason);
  }

  /**
   * Returns this outcome found by another method.
   *
   * @param how the method
   * @return the changed copy
   */
  public Outcome withMethod(String how) {
    return new Outcome(value, how, status, standardError, interval, residual, products, reason);
  }

  /**
   * Returns this outcome with another end.
   *
   * @param end the status
   * @return the changed copy
   */
  public Outcome withStatus(Status end) {
    return new Outcome(value, method, end, standardError, interval, residual, products, reason);
  }

  /**
   * Returns this outcome with a standard error and the interval of a normal error.
   *
   * @param error in the unit of the value; NaN for none
   * @return the changed copy
   */
  public Outcome withStandardError(double error) {
    boolean some = Double.isFinite(error) && Double.isFinite(value);
    return uncertain(error, some ? Optional.of(Interval.normal(value, error)) : Optional.empty());
  }

  /**
   * Returns this outcome with a standard error and its interval.
   *
   * @param error in the unit of the value
   * @param range the 95 % interval
   * @return the changed copy
   */
  public Outcome withStandardError(double error, Interval range) {
    return uncertain(error, Optional.of(range));
  }

  private Outcome uncertain(double error, Optional<Interval> range) {
    return new Outcome(value, method, status, optional(error), range, residual, products, reason);
  }

  /**
   * Returns this outcome with a residual.
   *
   * @param relative relative to the operator's norm; NaN for none
   * @return the changed copy
   */
  public Outcome withResidual(double relative) {
    return new Outcome(
        value, method, status, standardError, interval, optional(relative), products, reason);
  }

  /**
   * Returns this outcome with a count of products.
   *
   * @param count how many products with curvature matrices were used
   * @return the changed copy
   */
  public Outcome withProducts(long count) {
    return new Outcome(
        value, method, status, standardError, interval, residual, OptionalLong.of(count), reason);
  }

  /**
   * Returns this outcome with a reason.
   *
   * @param why why the computation stopped or why there is no number, a clause
   * @return the changed copy
   */
  public Outcome because(String why) {
    return new Outcome(
        value, method, status, standardError, interval, residual, products, Optional.of(why));
  }

  /**
   * Returns this outcome as that of one of several parts: its reason, if it has one, names the
   * part.
   *
   * @param part for instance {@code layer fc1}
   * @return the changed copy
   */
  public Outcome in(String part) {
    return reason.map(why -> because("in " + part + ": " + why)).orElse(this);
  }

  /**
   * Returns a multiple.
   *
   * @param factor what the number is multiplied by
   * @return value, standard error and interval scaled, the residual, which is relative, as it is
   */
  public Outcome times(double factor) {
    Outcome scaled = withValue(factor * value);
    return standardError.isPresent()
        ? scaled.uncertain(
            Math.abs(factor) * standardError.getAsDouble(),
            Double.isFinite(factor) ? interval.map(each -> each.times(factor)) : Optional.empty())
        : scaled;
  }

  /**
   * Returns this number made of products that have a stated error.
   *
   * <p>The standard error becomes the root of the sum of both squares. A number that was exact is
   * then an estimate.
   *
   * @param error what the products contribute, in the unit of the value; 0 changes nothing
   * @return the number with its wider interval
   */
  public Outcome plusProductError(double error) {
    if (error == 0) {
      return this;
    }
    Outcome noise = of(0, method, Status.ESTIMATED).withStandardError(error);
    Outcome wider = sum(List.of(this, noise));
    return new Outcome(
        value,
        method,
        status == Status.EXACT ? Status.ESTIMATED : status,
        wider.standardError,
        wider.interval,
        residual,
        products,
        Optional.of(
            reason.map(why -> why + "; ").orElse("")
                + "the standard error includes "
                + error
                + " for the error of the products"));
  }

  /**
   * Returns the magnitude.
   *
   * @return |value| with its interval, which begins at 0 where that of the value holds 0
   */
  public Outcome magnitude() {
    Outcome magnitude = withValue(Math.abs(value));
    return standardError.isPresent()
        ? magnitude.uncertain(standardError.getAsDouble(), interval.map(Interval::magnitude))
        : magnitude;
  }

  /**
   * Returns the largest of several numbers.
   *
   * <p>The standard error is the largest of all, because an estimated number may be the largest by
   * chance, or a smaller one by the chance of another. The interval reaches from the largest lower
   * to the largest upper end of intervals that hold all k estimated numbers at once, each of level
   * 1 − 0.05/k; it is on the safe side. The value is biased upward, because the largest of several
   * estimates is too large on average. The residual is that of the largest; status, method and
   * reason are those of the part that ended worst; products are summed.
   *
   * @param parts at least one
   * @return the maximum
   */
  public static Outcome max(List<Outcome> parts) {
    Outcome largest = parts.stream().max(Comparator.comparingDouble(Outcome::value)).orElseThrow();
    double error =
        parts.stream()
            .mapToDouble(part -> part.standardError.orElse(Double.NaN))
            .filter(each -> !Double.isNaN(each))
            .max()
            .orElse(Double.NaN);
    Outcome merged = merged(parts, largest.value).withResidual(largest.residual.orElse(Double.NaN));
    if (Double.isNaN(largest.value) || Double.isNaN(error)) {
      return merged;
    }
    return merged.withStandardError(error, Interval.max(parts));
  }

  /**
   * Returns the sum of several numbers whose errors are independent.
   *
   * <p>Formula: the standard error is √Σ e_i², and so are the distances from the sum to the ends of
   * its interval made of those of the parts (Zou and Donner 2008). The residual is the largest;
   * status, method and reason are those of the part that ended worst; products are summed.
   *
   * @param parts at least one
   * @return the sum
   */
  public static Outcome sum(List<Outcome> parts) {
    double sum = 0;
    double variance = 0;
    double residual = Double.NaN;
    boolean sampled = false;
    for (Outcome part : parts) {
      sum += part.value;
      if (part.standardError.isPresent()) {
        double error = part.standardError.getAsDouble();
        variance += error * error;
        sampled = true;
      }
      if (part.residual.isPresent()) {
        double own = part.residual.getAsDouble();
        residual = Double.isNaN(residual) ? own : Math.max(residual, own);
      }
    }
    Outcome merged = merged(parts, sum).withResidual(residual);
    return sampled && Double.isFinite(sum)
        ? merged.withStandardError(Math.sqrt(variance), Interval.sum(parts, sum))
        : merged;
  }

  /** One number made of several: the worst end, all products. */
  private static Outcome merged(List<Outcome> parts, double value) {
    Outcome worst =
        parts.stream().max(Comparator.comparingInt(part -> badness(part.status))).orElseThrow();
    boolean counted = parts.stream().anyMatch(part -> part.products.isPresent());
    long products = parts.stream().mapToLong(part -> part.products.orElse(0)).sum();
    return new Outcome(
        value,
        worst.method,
        worst.status,
        OptionalDouble.empty(),
        Optional.empty(),
        OptionalDouble.empty(),
        counted ? OptionalLong.of(products) : OptionalLong.empty(),
        worst.reason);
  }

  private static int badness(Status status) {
    return switch (status) {
      case EXACT -> 0;
      case CONVERGED -> 1;
      case NOT_CONVERGED -> 3;
      default -> 2;
    };
  }

  /**
   * Returns this outcome if it met its tolerance.
   *
   * @return this
   * @throws IllegalStateException with reason and remedy otherwise
   */
  public Outcome orThrow() {
    if (!status.acceptable()) {
      throw new IllegalStateException(this + "; " + status.remedy());
    }
    return this;
  }

  /** Says number, uncertainty, status and reason in one line. */
  @Override
  public String toString() {
    return value + ending();
  }

  /** Everything but the value, for a line that begins with it. */
  String ending() {
    StringBuilder text = new StringBuilder();
    standardError.ifPresent(error -> text.append(" ± ").append(error));
    text.append(" (").append(status.id());
    if (!method.equals(status.id())) {
      text.append(" by ").append(method);
    }
    residual.ifPresent(relative -> text.append(", residual ").append(relative));
    products.ifPresent(count -> text.append(", ").append(count).append(" products"));
    text.append(')');
    reason.ifPresent(why -> text.append(": ").append(why));
    return text.toString();
  }

  private static OptionalDouble optional(double value) {
    return Double.isNaN(value) ? OptionalDouble.empty() : OptionalDouble.of(value);
  }
}
