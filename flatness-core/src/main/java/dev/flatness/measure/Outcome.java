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
 * @param residual of an iteration, relative to the operator's norm
 * @param products how many products with curvature matrices were used
 * @param reason why the computation stopped, or why there is no number; a clause
 */
public record Outcome(
    double value,
    String method,
    Status status,
    OptionalDouble standardError,
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
   * @param residual of an iteration, relative to the operator's norm
   * @param products how many products with curvature matrices were used
   * @param reason why the computation stopped, or why there is no number; a clause
   */
  public Outcome {
    Objects.requireNonNull(method, "method");
    Objects.requireNonNull(status, "status");
    Objects.requireNonNull(standardError, "standardError");
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
   * that nothing cancels.
   *
   * @param samples the x_i
   * @param method how they were drawn
   * @return the mean, estimated; without a standard error for a single sample, NaN for none
   */
  public static Outcome mean(double[] samples, String method) {
    int n = samples.length;
    double sum = 0;
    for (double sample : samples) {
      sum += sample;
    }
    double mean = sum / n;
    double squares = 0;
    for (double sample : samples) {
      squares += (sample - mean) * (sample - mean);
    }
    double error = n < 2 ? Double.NaN : Math.sqrt(squares / n / (n - 1));
    return of(mean, method, Status.ESTIMATED).withStandardError(error);
  }

  /**
   * Returns this outcome with another value.
   *
   * @param other the number
   * @return the changed copy
   */
  public Outcome withValue(double other) {
    return new Outcome(other, method, status, standardError, residual, products, reason);
  }

  /**
   * Returns this outcome found by another method.
   *
   * @param how the method
   * @return the changed copy
   */
  public Outcome withMethod(String how) {
    return new Outcome(value, how, status, standardError, residual, products, reason);
  }

  /**
   * Returns this outcome with another end.
   *
   * @param end the status
   * @return the changed copy
   */
  public Outcome withStatus(Status end) {
    return new Outcome(value, method, end, standardError, residual, products, reason);
  }

  /**
   * Returns this outcome with a standard error.
   *
   * @param error in the unit of the value; NaN for none
   * @return the changed copy
   */
  public Outcome withStandardError(double error) {
    return new Outcome(value, method, status, optional(error), residual, products, reason);
  }

  /**
   * Returns this outcome with a residual.
   *
   * @param relative relative to the operator's norm; NaN for none
   * @return the changed copy
   */
  public Outcome withResidual(double relative) {
    return new Outcome(value, method, status, standardError, optional(relative), products, reason);
  }

  /**
   * Returns this outcome with a count of products.
   *
   * @param count how many products with curvature matrices were used
   * @return the changed copy
   */
  public Outcome withProducts(long count) {
    return new Outcome(
        value, method, status, standardError, residual, OptionalLong.of(count), reason);
  }

  /**
   * Returns this outcome with a reason.
   *
   * @param why why the computation stopped or why there is no number, a clause
   * @return the changed copy
   */
  public Outcome because(String why) {
    return new Outcome(value, method, status, standardError, residual, products, Optional.of(why));
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
   * @return value and standard error scaled, the residual, which is relative, as it is
   */
  public Outcome times(double factor) {
    Outcome scaled = withValue(factor * value);
    return standardError.isPresent()
        ? scaled.withStandardError(Math.abs(factor) * standardError.getAsDouble())
        : scaled;
  }

  /**
   * Returns the largest of several numbers.
   *
   * <p>The standard error is the largest of all, because an estimated number may be the largest by
   * chance, or a smaller one by the chance of another. The residual is that of the largest; status,
   * method and reason are those of the part that ended worst; products are summed.
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
    return merged(parts, largest.value)
        .withStandardError(Double.isNaN(largest.value) ? Double.NaN : error)
        .withResidual(largest.residual.orElse(Double.NaN));
  }

  /**
   * Returns the sum of several numbers whose errors are independent.
   *
   * <p>Formula: the standard error is √Σ e_i². The residual is the largest; status, method and
   * reason are those of the part that ended worst; products are summed.
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
    return merged(parts, sum)
        .withStandardError(sampled ? Math.sqrt(variance) : Double.NaN)
        .withResidual(residual);
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
