package dev.flatness.spectral;

import dev.flatness.internal.linalg.Vectors;
import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.measure.Monitor;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Status;
import dev.flatness.random.Seed;
import dev.flatness.surface.PassStoppedException;

/**
 * The diagonal of a symmetric operator with a standard error for every entry.
 *
 * <p>Formula: A_ii = E[z_i (A z)_i], z ∈ {±1}^n, of variance Σ_{j≠i} A_ij²; the standard error of a
 * mean of N probes is s_i/√N. An operator of no more rows than the budget is multiplied with the
 * unit vectors instead: exact.
 *
 * <p>Defaults: 96 products (ours), no target, blocks of 8. With a target the estimate stops at the
 * first block, from 10 probes on, where √Σ s_i²/N ≤ target · ‖diagonal‖. Cost: the products, in
 * blocks; memory 16 bytes · dimension and as much a block vector. Errors: the standard errors are
 * estimates themselves, for N probes of about 1/√(2N) relative accuracy; entries of one run share
 * their probes, so that their errors are not independent.
 *
 * <p>Source: Bekas, Kokiopoulou and Saad 2007, §2. Immutable; probe i depends on the seed and i
 * alone.
 */
public final class DiagonalEstimator {
  private static final DiagonalEstimator DEFAULTS = new DiagonalEstimator(96, 0, 8);

  private final int budget;
  private final double target;
  private final int block;

  private DiagonalEstimator(int budget, double target, int block) {
    this.budget = budget;
    this.target = target;
    this.block = block;
  }

  /**
   * Returns the defaults.
   *
   * @return 96 products, no target
   */
  public static DiagonalEstimator withDefaults() {
    return DEFAULTS;
  }

  /**
   * Returns this estimator with another budget.
   *
   * @param products the most products
   * @return the changed copy
   * @throws IllegalArgumentException if less than 2, which leaves no standard error
   */
  public DiagonalEstimator withBudget(int products) {
    if (products < 2) {
      throw new IllegalArgumentException(
          "the budget of the diagonal is "
              + products
              + " products, expected at least 2 for a standard error");
    }
    return new DiagonalEstimator(products, target, block);
  }

  /**
   * Returns this estimator with a target.
   *
   * @param relative the length of the standard errors wanted, relative to that of the diagonal; 0
   *     for none
   * @return the changed copy
   * @throws IllegalArgumentException unless 0 ≤ relative &lt; 1
   */
  public DiagonalEstimator withTarget(double relative) {
    if (!(relative >= 0 && relative < 1)) {
      throw new IllegalArgumentException(
          "the target of the diagonal is "
              + relative
              + ", expected a relative standard error between 0 and 1");
    }
    return new DiagonalEstimator(budget, relative, block);
  }

  /**
   * Returns this estimator with another width of blocks.
   *
   * @param width vectors a block
   * @return the changed copy
   * @throws IllegalArgumentException if less than 1
   */
  public DiagonalEstimator withBlock(int width) {
    if (width < 1) {
      throw new IllegalArgumentException("the block is " + width + ", expected at least 1");
    }
    return new DiagonalEstimator(budget, target, width);
  }

  /**
   * Estimates the diagonal.
   *
   * @param operator A
   * @param seed the root of the probes
   * @return the diagonal with its standard errors
   */
  public DiagonalEstimate estimate(SymmetricOperator operator, Seed seed) {
    return estimate(operator, seed, Monitor.NONE);
  }

  /**
   * Estimates the diagonal until a monitor stops it.
   *
   * @param operator A
   * @param seed the root of the probes
   * @param monitor receives the number of products; asked once there is a standard error, before
   *     every further block; not asked where the budget covers every row
   * @return the diagonal with its standard errors
   */
  public DiagonalEstimate estimate(SymmetricOperator operator, Seed seed, Monitor monitor) {
    int n = operator.dimension();
    if (n <= budget) {
      double[] diagonal = new double[n];
      DenseSymmetric.columns(
          operator,
          block,
          monitor::update,
          (column, product) -> diagonal[column] = product[column]);
      return new DiagonalEstimate(
          diagonal,
          new double[n],
          Outcome.of(Double.NaN, "products", Status.EXACT)
              .withProducts(n)
              .because("every row was multiplied"));
    }
    Moments moments = new Moments(n);
    String reason = null;
    Status status = Status.ESTIMATED;
    while (reason == null) {
      int width = Math.min(block, budget - moments.count);
      if (width < 1) {
        reason = "the budget of " + budget + " products is spent";
      } else if (moments.count > 1 && monitor.stopped()) {
        reason = monitor.whyStopped();
        status = Status.NOT_CONVERGED;
      } else {
        try {
          moments.add(operator, seed, width);
        } catch (PassStoppedException late) {
          if (moments.count < 2) {
            throw late;
          }
          reason = monitor.whyStopped();
          status = Status.NOT_CONVERGED;
          break;
        }
        monitor.update("diagonal", moments.count, budget);
        if (target > 0 && moments.count >= TraceEstimator.FEWEST && met(moments)) {
          reason = "the standard errors met their target";
        }
      }
    }
    return new DiagonalEstimate(
        moments.mean,
        moments.standardErrors(),
        Outcome.of(Double.NaN, "probes", status).withProducts(moments.count).because(reason));
  }

  private boolean met(Moments moments) {
    return Vectors.norm(moments.standardErrors()) <= target * Vectors.norm(moments.mean);
  }

  /** Running means and sums of squared deviations, entry by entry, without cancellation. */
  private static final class Moments {
    private final double[] mean;
    private final double[] deviations;
    private int count;

    Moments(int n) {
      this.mean = new double[n];
      this.deviations = new double[n];
    }

    void add(SymmetricOperator operator, Seed seed, int width) {
      double[][] z = new double[width][mean.length];
      double[][] images = new double[width][mean.length];
      for (int k = 0; k < width; k++) {
        Vectors.signs(z[k], seed.split(count + k));
      }
      operator.apply(z, images);
      for (int k = 0; k < width; k++) {
        count++;
        for (int i = 0; i < mean.length; i++) {
          double sample = z[k][i] * images[k][i];
          double before = sample - mean[i];
          mean[i] += before / count;
          deviations[i] += before * (sample - mean[i]);
        }
      }
    }

    double[] standardErrors() {
      double[] errors = new double[mean.length];
      for (int i = 0; i < errors.length; i++) {
        errors[i] = Math.sqrt(deviations[i] / (count * (count - 1.0)));
      }
      return errors;
    }
  }
}
