package dev.flatness.basispath;

import dev.flatness.hessian.TraceEstimate;
import dev.flatness.hessian.TraceEstimator;
import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;
import dev.flatness.random.Seed;

/**
 * {@code psi-trace}: the trace of the Hessian in basis-path coordinates.
 *
 * <p>Formula: Tr ∂²l/∂v² = Σ_{e not r} H_ee (∂w_e/∂v_e)² + Σ_r (j_rᵀ H j_r + Σ_{e: r(e)=r} 2 g_e
 * w_e/v_r²) with j_r = ∂w/∂v_r, g = ∇L and r the paths that divide others. Units: loss per squared
 * path value. Cost: for piecewise-linear networks exact by the diagonal of H (K backward passes,
 * shared) and one Hessian product per divisor, at most one a hidden unit, in blocks of 16; for
 * others exact by m − H products up to 4,096, above that {@link TraceEstimator#xTrace} with a
 * standard error. Invariant to neuron-wise rescaling.
 *
 * <p>Source: Yi et al. 2019, Def. 4.1; mathematics §7. Immutable.
 */
public final class PsiTrace extends PsiMeasure {
  private static final int EXACT_UP_TO = 4096;
  private static final int BLOCK = 16;
  private static final long BLOCK_BYTES = 64L << 20;
  private static final PsiTrace DEFAULTS = new PsiTrace(EXACT_UP_TO, TraceEstimator.xTrace());

  private final int exactUpTo;
  private final TraceEstimator estimator;

  private PsiTrace(int exactUpTo, TraceEstimator estimator) {
    super("psi-trace", "Yi et al. 2019, Def. 4.1");
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
  Estimate.Builder evaluate(Subject subject, PsiPoint point, Seed seed) {
    if (subject.network().piecewiseLinear()) {
      return byDivisors(subject, point);
    }
    SymmetricOperator hessian = point.hessian();
    if (hessian.dimension() <= exactUpTo) {
      Products sum = new Products(subject, hessian);
      for (int i = 0; i < hessian.dimension() && !sum.stopped(); i++) {
        double[] unit = new double[hessian.dimension()];
        unit[i] = 1;
        sum.add(unit, hessian.dimension());
      }
      return finish(point, sum.total(hessian.dimension()), sum, "products");
    }
    TraceEstimate found =
        estimator.estimate(
            hessian,
            seed.split(id()),
            subject::timeIsUp,
            done -> subject.progress().update("psi-trace: products", done, done));
    return number(point, found.value())
        .method(found.method(), Status.ESTIMATED)
        .standardError(found.standardError())
        .products(found.products())
        .reason(found.reason());
  }

  /** The formula of mathematics §7. */
  private Estimate.Builder byDivisors(Subject subject, PsiPoint point) {
    BasisPathCoordinates coordinates = point.coordinates();
    BasisPaths paths = point.paths();
    double[] theta = subject.theta();
    double[] diagonal = subject.closedForms().diagonal();
    double[] gradient = new double[theta.length];
    subject.surface().valueAndGradient(theta, gradient);
    double[] values = paths.values();
    int[] divisors = paths.divisors();
    boolean[] divides = new boolean[values.length];
    for (int r : divisors) {
      divides[r] = true;
    }
    double exact = 0;
    for (int i = 0; i < values.length; i++) {
      int e = paths.position(i);
      int r = paths.divisor(i);
      exact += divides[i] ? 0 : diagonal[e] * coordinates.squaredScale(i);
      exact += r < 0 ? 0 : 2 * gradient[e] * (theta[e] / values[r]) / values[r];
    }
    Products sum = new Products(subject, subject.surface().hessian(theta));
    var derivative = coordinates.derivativeAt(values);
    double[] unit = new double[values.length];
    for (int r : divisors) {
      if (sum.stopped()) {
        break;
      }
      unit[r] = 1;
      double[] column = new double[theta.length];
      derivative.push(unit, column);
      unit[r] = 0;
      sum.add(column, divisors.length);
    }
    return finish(point, exact + sum.total(divisors.length), sum, "exact")
        .detail("divisors", divisors.length);
  }

  private Estimate.Builder finish(PsiPoint point, double value, Products sum, String method) {
    boolean complete = sum.reason == null;
    return number(point, complete ? value : Double.NaN)
        .method(method, complete ? Status.EXACT : Status.NOT_CONVERGED)
        .products(sum.done)
        .reason(sum.reason);
  }

  /** Σ xᵀ A x over vectors, their products taken in blocks. */
  private static final class Products {
    private final Subject subject;
    private final SymmetricOperator operator;
    private final int width;
    private double[][] block;
    private int filled;
    private double sum;
    private int done;
    private String reason;

    Products(Subject subject, SymmetricOperator operator) {
      this.subject = subject;
      this.operator = operator;
      this.width = (int) Math.max(1, Math.min(BLOCK, BLOCK_BYTES / (8L * operator.dimension())));
      this.block = new double[width][];
    }

    boolean stopped() {
      return reason != null;
    }

    void add(double[] vector, int total) {
      block[filled++] = vector;
      if (filled == width) {
        flush(total);
      }
    }

    double total(int total) {
      if (filled > 0 && reason == null) {
        flush(total);
      }
      return sum;
    }

    private void flush(int total) {
      if (done > 0 && subject.timeIsUp()) {
        reason = "the time limit has passed after " + done + " of " + total + " products";
        return;
      }
      double[][] vectors = java.util.Arrays.copyOf(block, filled);
      double[][] products = new double[filled][operator.dimension()];
      operator.apply(vectors, products);
      for (int i = 0; i < filled; i++) {
        double dot = 0;
        for (int k = 0; k < products[i].length; k++) {
          dot += vectors[i][k] * products[i][k];
        }
        sum += dot;
      }
      done += filled;
      filled = 0;
      subject.progress().update("psi-trace: products", done, total);
    }
  }
}
