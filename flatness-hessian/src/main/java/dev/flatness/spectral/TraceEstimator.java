package dev.flatness.spectral;

import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.measure.Monitor;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Status;
import dev.flatness.random.Seed;
import dev.flatness.surface.PassStoppedException;
import java.util.Objects;

/**
 * The trace of a symmetric operator from random vectors, with a budget of products and optionally a
 * target.
 *
 * <p>Formula: {@code hutchinson} Tr A = E[zᵀAz], z ∈ {±1}^n. {@code hutch++} Tr A = Tr QᵀAQ +
 * E[zᵀPAPz] with Q an orthonormal basis of A S for a third of the budget of random columns S, P = I
 * − QQᵀ: what Q holds is exact and has no variance. {@code xtrace} does the same for every test
 * vector with the Q of all the others, and takes the mean: every product serves both purposes.
 *
 * <p>Defaults: 96 products (ours), no target, blocks of 8. Products are asked for in blocks; the
 * estimate stops at the first block of 10 samples or more whose standard error is at most target ·
 * |value|. Memory: 8 · dimension bytes a block vector; Hutch++ a third, XTrace all of the budget in
 * vectors in addition. Cost in addition to the products: orthogonalization, budget² · dimension
 * operations. Errors: the standard error is an estimate itself; on spectra that decay fast those of
 * Hutch++ and XTrace fall much faster with the budget than Hutchinson's, on flat ones they are
 * larger by a constant.
 *
 * <p>Source: Hutchinson 1990; Meyer, Musco, Musco and Woodruff 2021, Algorithm 1; Epperly, Tropp
 * and Webber 2024, §2 and §3. Immutable; vector i depends on the seed and i alone.
 */
public final class TraceEstimator {
  private enum Scheme {
    HUTCHINSON,
    HUTCH_PLUS_PLUS,
    XTRACE
  }

  private static final int BUDGET = 96;
  private static final int BLOCK = 8;

  /** Samples before a target may end the estimate: of fewer the error is small by chance. */
  static final int FEWEST = 10;

  private final Scheme scheme;
  private final int budget;
  private final double target;
  private final int block;

  private TraceEstimator(Scheme scheme, int budget, double target, int block) {
    this.scheme = scheme;
    this.budget = budget;
    this.target = target;
    this.block = block;
  }

  /**
   * Returns Hutchinson's estimator.
   *
   * @return 96 products, no target
   */
  public static TraceEstimator hutchinson() {
    return new TraceEstimator(Scheme.HUTCHINSON, BUDGET, 0, BLOCK);
  }

  /**
   * Returns Hutch++.
   *
   * @return 96 products, no target
   */
  public static TraceEstimator hutchPlusPlus() {
    return new TraceEstimator(Scheme.HUTCH_PLUS_PLUS, BUDGET, 0, BLOCK);
  }

  /**
   * Returns this estimator where its vectors fit into a memory, else Hutchinson's with the same
   * products and target, which keeps none.
   *
   * @param dimension the operator's dimension
   * @param bytes the memory for vectors
   * @return this or {@link #hutchinson}
   */
  public TraceEstimator fitting(int dimension, long bytes) {
    double kept = scheme == Scheme.HUTCHINSON ? 0 : 8.0 * dimension * budget;
    return kept <= bytes ? this : new TraceEstimator(Scheme.HUTCHINSON, budget, target, block);
  }

  /**
   * Returns XTrace.
   *
   * @return 96 products, no target
   */
  public static TraceEstimator xTrace() {
    return new TraceEstimator(Scheme.XTRACE, BUDGET, 0, BLOCK);
  }

  /**
   * Returns this estimator with another budget.
   *
   * @param products the most products
   * @return the changed copy
   * @throws IllegalArgumentException if less than 6, which leaves no standard error
   */
  public TraceEstimator withBudget(int products) {
    if (products < 6) {
      throw new IllegalArgumentException(
          "the budget of the trace is "
              + products
              + " products, expected at least 6 for a standard error");
    }
    return new TraceEstimator(scheme, products, target, block);
  }

  /**
   * Returns this estimator with a target.
   *
   * @param relative the standard error wanted, relative to the value; 0 for none
   * @return the changed copy
   * @throws IllegalArgumentException unless 0 ≤ relative &lt; 1
   */
  public TraceEstimator withTarget(double relative) {
    if (!(relative >= 0 && relative < 1)) {
      throw new IllegalArgumentException(
          "the target of the trace is "
              + relative
              + ", expected a relative standard error between 0 and 1");
    }
    return new TraceEstimator(scheme, budget, relative, block);
  }

  /**
   * Returns this estimator with another width of blocks.
   *
   * @param width vectors a block
   * @return the changed copy
   * @throws IllegalArgumentException if less than 1
   */
  public TraceEstimator withBlock(int width) {
    if (width < 1) {
      throw new IllegalArgumentException("the block is " + width + ", expected at least 1");
    }
    return new TraceEstimator(scheme, budget, target, width);
  }

  /**
   * Returns the budget.
   *
   * @return the most products
   */
  public int budget() {
    return budget;
  }

  /**
   * Estimates the trace.
   *
   * @param operator A
   * @param seed the root of the random vectors
   * @return Tr A with its standard error
   */
  public Outcome estimate(SymmetricOperator operator, Seed seed) {
    return estimate(operator, seed, Monitor.NONE);
  }

  /**
   * Estimates the trace until a monitor stops it.
   *
   * @param operator A
   * @param seed the root of the random vectors
   * @param monitor receives the number of products; asked once there is a standard error, before
   *     every further block
   * @return Tr A with its standard error
   */
  public Outcome estimate(SymmetricOperator operator, Seed seed, Monitor monitor) {
    TraceRun probes =
        switch (scheme) {
          case HUTCHINSON -> new TraceRun.Deflated(operator, seed, 0, block);
          case HUTCH_PLUS_PLUS -> new TraceRun.Deflated(operator, seed, budget / 3, block);
          case XTRACE -> new TraceRun.LeaveOneOut(operator, seed);
        };
    String reason = null;
    Status status = Status.ESTIMATED;
    while (reason == null) {
      int width = Math.min(block, probes.vectors(budget - probes.products()));
      if (probes.complete()) {
        reason = "the vectors span the range of the operator";
      } else if (width < 1) {
        reason = "the budget of " + budget + " products is spent";
      } else if (probes.enough() && monitor.stopped()) {
        reason = monitor.whyStopped();
        status = Status.NOT_CONVERGED;
      } else {
        try {
          probes.advance(width);
        } catch (PassStoppedException late) {
          if (!probes.enough()) {
            throw late;
          }
          reason = monitor.whyStopped();
          status = Status.NOT_CONVERGED;
          break;
        }
        monitor.update("trace", probes.products(), Math.max(probes.products(), budget));
        if (target > 0 && probes.samples() >= FEWEST && met(probes.sample())) {
          reason = "the standard error met its target";
        }
      }
    }
    double error = Math.sqrt(operator.dimension()) * operator.error();
    return probes
        .sample()
        .withMethod(name())
        .withStatus(status)
        .because(reason)
        .plusProductError(error);
  }

  private String name() {
    return scheme == Scheme.HUTCH_PLUS_PLUS
        ? "hutch++"
        : scheme.name().toLowerCase(java.util.Locale.ROOT);
  }

  private boolean met(Outcome sample) {
    return sample.standardError().orElse(Double.NaN) <= target * Math.abs(sample.value());
  }

  /** Two estimators are equal when they do the same. */
  @Override
  public boolean equals(Object other) {
    return other instanceof TraceEstimator that
        && scheme == that.scheme
        && budget == that.budget
        && target == that.target
        && block == that.block;
  }

  @Override
  public int hashCode() {
    return Objects.hash(scheme, budget, target, block);
  }
}
