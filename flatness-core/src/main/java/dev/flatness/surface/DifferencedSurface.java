package dev.flatness.surface;

import dev.flatness.linalg.SymmetricOperator;
import java.util.Arrays;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A loss surface made of a gradient alone: its Hessian products are central differences of
 * gradients, with a stated error.
 *
 * <p>Formula: H v ≈ D_h(v) = ‖v‖ (∇L(θ + h u) − ∇L(θ − h u)) / (2h) with u = v/‖v‖; where it is
 * more accurate, (4 D_h − D_2h)/3. The step h is chosen once per point, so that the error of the
 * gradient, which is measured, and the truncation, which is seen by comparing steps, have the
 * smallest sum: {@link #productError}. It is a bound in practice, not by proof: higher derivatives
 * are seen along a few directions only. Kinks count as truncation where those directions cross
 * them.
 *
 * <p>Cost: 2 gradients per product, 4 of the higher order; some 70 to 200 gradients at a new point,
 * at its first product. Memory: some 20 vectors. Errors: products are not finite where the gradient
 * is not. Deterministic as far as the gradient is. Used from one thread at a time.
 *
 * <p>Source: docs/mathematics.md#differences-of-gradients.
 */
public final class DifferencedSurface implements LossSurface {
  private final int dimension;
  private final GradientFunction function;
  private final Predicate<double[]> domain;
  private final OptionalDouble stated;
  private double @Nullable [] point;
  private @Nullable ProductError error;

  private DifferencedSurface(
      int dimension, GradientFunction function, Predicate<double[]> domain, OptionalDouble stated) {
    if (dimension < 1) {
      throw new IllegalArgumentException(
          "the surface has " + dimension + " parameters, expected at least 1");
    }
    this.dimension = dimension;
    this.function = Objects.requireNonNull(function, "function");
    this.domain = Objects.requireNonNull(domain, "domain");
    this.stated = stated;
  }

  /**
   * Makes a surface of a loss and its gradient.
   *
   * @param dimension the number of parameters
   * @param function evaluates loss and gradient
   * @return the surface
   * @throws IllegalArgumentException if there are no parameters
   */
  public static DifferencedSurface of(int dimension, GradientFunction function) {
    return new DifferencedSurface(dimension, function, theta -> true, OptionalDouble.empty());
  }

  /**
   * Returns this surface with a domain. No gradient is asked for outside it: the error of the
   * gradient is measured inside, and a difference that would leave it is NaN, which makes the step
   * shorter.
   *
   * @param contains whether L is defined at a point
   * @return the changed copy
   */
  public DifferencedSurface withDomain(Predicate<double[]> contains) {
    return new DifferencedSurface(dimension, function, contains, stated);
  }

  /**
   * Returns this surface with a stated error of the gradient, which is then not measured: for
   * gradients that are random, or of a model that reads its parameters in an odd format.
   *
   * @param deviation the standard deviation of the error of ∇L, as a 2-norm
   * @return the changed copy
   * @throws IllegalArgumentException if it is not a positive number
   */
  public DifferencedSurface withGradientNoise(double deviation) {
    if (!(deviation > 0 && Double.isFinite(deviation))) {
      throw new IllegalArgumentException(
          "the noise of the gradient is " + deviation + ", expected a positive number");
    }
    return new DifferencedSurface(dimension, function, domain, OptionalDouble.of(deviation));
  }

  @Override
  public int dimension() {
    return dimension;
  }

  @Override
  public double value(double[] theta) {
    return valueAndGradient(theta, new double[dimension]);
  }

  @Override
  public double valueAndGradient(double[] theta, double[] gradient) {
    requireLength("parameter vector", theta);
    requireLength("gradient", gradient);
    return function.valueAndGradient(theta, gradient);
  }

  @Override
  public boolean contains(double[] theta) {
    return domain.test(theta);
  }

  @Override
  public SymmetricOperator curvature(Curvature kind, double[] theta, ParameterSet parameters) {
    if (kind != Curvature.HESSIAN) {
      throw new UnsupportedOperationException(
          "a surface made of a gradient has no " + kind.id() + " matrix, expected hessian");
    }
    requireLength("parameter vector", theta);
    parameters.requireWithin(dimension);
    return new DifferenceOperator(this, theta.clone(), parameters);
  }

  /**
   * Chooses the step of the differences at a point and states the error of its products.
   *
   * <p>The last point is remembered. The directions it looks along are drawn from a fixed seed, so
   * the same point gives the same step.
   *
   * @param theta θ
   * @return step and error; not finite where the gradient is not
   * @throws IllegalArgumentException if no step stays inside the domain
   */
  public ProductError productError(double[] theta) {
    requireLength("parameter vector", theta);
    ProductError known = error;
    if (known == null || !Arrays.equals(theta, point)) {
      double[] own = theta.clone();
      known = new StepChoice(differences(own), stated).choose();
      point = own;
      error = known;
    }
    return known;
  }

  /** Differences at a point, which is not copied. */
  Differences differences(double[] theta) {
    return new Differences(function, domain, theta);
  }

  private void requireLength(String what, double[] entries) {
    if (entries.length != dimension) {
      throw new IllegalArgumentException(
          "the " + what + " has " + entries.length + " entries, expected " + dimension);
    }
  }
}
