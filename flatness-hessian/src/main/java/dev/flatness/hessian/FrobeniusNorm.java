package dev.flatness.hessian;

import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Invariance;
import dev.flatness.measure.Scope;
import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;
import dev.flatness.random.Seed;
import java.util.List;

/**
 * {@code hessian-frobenius-norm}: the Frobenius norm of the Hessian.
 *
 * <p>Formula: ‖H‖_F = √(Σ_i ‖H e_i‖²). Units: loss per squared parameter. Cost: exact by p products
 * in blocks of 32 up to 4,096 parameters (mathematics §4); above, √(mean ‖Hz‖²) over 32 random sign
 * vectors with its standard error. Not invariant to rescaling.
 *
 * <p>Source: the sampled form is Hutchinson 1990 for H². Immutable.
 */
public final class FrobeniusNorm extends HessianMeasure {
  private static final FrobeniusNorm DEFAULTS = new FrobeniusNorm(4096);
  private static final int BLOCK = 32;

  private final int exactUpTo;

  private FrobeniusNorm(int exactUpTo) {
    super(
        "hessian-frobenius-norm",
        Invariance.NONE,
        "sum of squares of the Hessian; sampled: Hutchinson 1990",
        Scope.NETWORK);
    this.exactUpTo = exactUpTo;
  }

  /**
   * Returns the measure that is exact up to 4,096 parameters.
   *
   * @return the measure
   */
  public static FrobeniusNorm withDefaults() {
    return DEFAULTS;
  }

  /**
   * Returns the measure with another limit of exactness.
   *
   * @param parameters up to how many parameters it is exact
   * @return the changed copy
   * @throws IllegalArgumentException if negative
   */
  public FrobeniusNorm withExactUpTo(int parameters) {
    if (parameters < 0) {
      throw new IllegalArgumentException(
          "the limit of exactness is " + parameters + " parameters, expected at least 0");
    }
    return new FrobeniusNorm(parameters);
  }

  @Override
  public List<Estimate> evaluate(Subject subject, Seed seed) {
    if (subject.surface().dimension() <= exactUpTo) {
      return List.of(exact(subject));
    }
    Hutchinson method = Hutchinson.withDefaults();
    Sampled norm = Shared.moments(subject, method, seed).frobeniusNorm();
    return List.of(
        LayerNumber.sampled(null, norm, method.probes()).estimate(id(), claim()).build());
  }

  private Estimate exact(Subject subject) {
    SymmetricOperator hessian = Shared.hessian(subject);
    int p = hessian.dimension();
    double[] norms = new double[p];
    int[] done = {0};
    DenseSymmetric.columns(
        hessian,
        BLOCK,
        subject::timeIsUp,
        (column, product) -> {
          norms[column] = Vectors.norm(product);
          done[0] = column + 1;
          if (done[0] % BLOCK == 0 || done[0] == p) {
            subject.progress().update("columns of the Hessian", done[0], p);
          }
        });
    boolean complete = done[0] == p;
    Estimate.Builder builder =
        Estimate.network(id(), claim(), complete ? Vectors.norm(norms) : Double.NaN)
            .method("products", complete ? Status.EXACT : Status.NOT_CONVERGED)
            .products(done[0]);
    if (!complete) {
      builder.reason("the time limit has passed after " + done[0] + " of " + p + " columns");
    }
    return builder.build();
  }

  @Override
  public boolean equals(Object other) {
    return super.equals(other) && exactUpTo == ((FrobeniusNorm) other).exactUpTo;
  }

  @Override
  public int hashCode() {
    return super.hashCode() + exactUpTo;
  }
}
