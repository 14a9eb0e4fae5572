package dev.flatness.spectral;

import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.measure.Monitor;
import dev.flatness.measure.Outcome;
import dev.flatness.random.Seed;
import dev.flatness.spectral.Lanczos.End;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One Lanczos run on an operator that serves every question about the ends of its spectrum and goes
 * only as far as they need.
 *
 * <p>What is reported of an end is what it was when it first converged, so that no number depends
 * on what else was asked for. Formula, cost and errors: see {@link Lanczos}. Used from one thread
 * at a time.
 */
public final class ExtremeEigenvalues {
  /** The steps that are kept for deflation (ours: they hold a classifier's outliers). */
  public static final int KRYLOV_STEPS = 16;

  private final SymmetricOperator operator;
  private final Lanczos method;
  private final Seed seed;
  private final Monitor monitor;
  private final double[][] product;

  /** Made by the first question. */
  @SuppressWarnings("NullAway.Init")
  private LanczosRun run;

  private double @Nullable [] topVector;

  /**
   * Prepares a run; nothing is computed before the first question.
   *
   * @param operator A
   * @param method tolerance and limits; its ends do not matter
   * @param seed the root of the random start
   * @param monitor receives the number of products and may stop the run
   */
  public ExtremeEigenvalues(
      SymmetricOperator operator, Lanczos method, Seed seed, Monitor monitor) {
    this.operator = operator;
    this.method = method;
    this.seed = seed;
    this.monitor = monitor;
    this.product = new double[1][operator.dimension()];
  }

  /**
   * Finds an end: advances until it has converged or a limit is reached.
   *
   * @param end which
   * @return the eigenvalue
   */
  public Outcome find(End end) {
    if (run == null) {
      run = method.withEnds(end).start(operator.dimension(), seed);
    } else if (!run.converged(end)) {
      run.pursue(end);
    }
    advance();
    if (run.converged(End.LARGEST) && run.converged(End.SMALLEST) && run.holds(KRYLOV_STEPS)) {
      run.release(KRYLOV_STEPS);
    }
    return run.outcome(end);
  }

  /**
   * Finds the eigenvector of the largest eigenvalue.
   *
   * @return the vector as it was when the eigenvalue first converged; empty if it did not
   */
  public Optional<double[]> topVector() {
    find(End.LARGEST);
    return Optional.ofNullable(topVector);
  }

  /**
   * Advances by some steps at least and returns them.
   *
   * @return the first {@link #KRYLOV_STEPS} steps, fewer if a limit ended the run before
   */
  public LanczosRun.Krylov krylov() {
    if (run == null) {
      run = method.withEnds(End.LARGEST).start(operator.dimension(), seed);
    }
    run.pursue(KRYLOV_STEPS);
    advance();
    return run.krylov(KRYLOV_STEPS);
  }

  /**
   * Finds ‖A‖₂, the larger magnitude of both ends.
   *
   * <p>The smallest eigenvalue need not have converged once the largest has and the other Ritz
   * value with its residual stays inside: outer ends converge first.
   *
   * @return the norm
   */
  public Outcome norm() {
    Outcome top = find(End.LARGEST);
    if (top.value() > run.reach(End.SMALLEST)) {
      return top;
    }
    Outcome mirrored = find(End.SMALLEST).times(-1);
    Outcome larger = mirrored.value() > top.value() ? mirrored : top;
    return run.converged(End.SMALLEST) ? larger : mirrored.withValue(larger.value());
  }

  private void advance() {
    while (!run.finished()) {
      if (!run.advance(operator, product, monitor)) {
        break;
      }
      if (topVector == null && run.converged(End.LARGEST)) {
        topVector = run.vector(End.LARGEST);
      }
      monitor.update("eigenvalues", run.products(), run.expectedProducts());
    }
  }
}
