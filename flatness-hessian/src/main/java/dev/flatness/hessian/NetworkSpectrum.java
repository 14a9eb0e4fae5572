package dev.flatness.hessian;

import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.measure.Subject;
import dev.flatness.random.Seed;
import dev.flatness.spectral.Lanczos;
import dev.flatness.spectral.Lanczos.End;
import dev.flatness.spectral.LanczosRun;

/**
 * One Lanczos run on the whole Hessian that serves every measure of its ends and goes only as far
 * as they need. What is reported of an end is what it was when it first converged, so that no
 * number depends on what else was asked for.
 */
final class NetworkSpectrum {
  /** The steps that deflate the Frobenius norm (ours: they hold a classifier's outliers). */
  static final int KRYLOV_STEPS = 16;

  private final Subject subject;
  private final SymmetricOperator operator;
  private final Lanczos method;
  private final Seed seed;
  private final double[][] product;
  private LanczosRun run;
  private double[] topVector;

  NetworkSpectrum(Subject subject, Seed seed) {
    this.subject = subject;
    this.operator = Shared.hessian(subject);
    this.method = method(subject);
    this.seed = seed;
    this.product = new double[1][operator.dimension()];
  }

  static Lanczos method(Subject subject) {
    return Lanczos.withDefaults(subject.surface().options().precision())
        .withMaxProducts(subject.settings().maxProducts());
  }

  /** Advances until an end has converged or a limit is reached. */
  LayerNumber find(End end) {
    if (run == null) {
      run = method.withEnds(end).start(operator.dimension(), seed);
    } else if (!converged(end)) {
      run.pursue(end);
    }
    advance();
    if (converged(End.LARGEST) && converged(End.SMALLEST) && run.products() >= KRYLOV_STEPS) {
      run.release(KRYLOV_STEPS);
    }
    return LayerNumber.of(null, run, end);
  }

  /**
   * The eigenvector of the largest eigenvalue as it was when that first converged; null if it did
   * not.
   */
  double[] topVector() {
    find(End.LARGEST);
    return topVector;
  }

  /** The first steps of the run, fewer if a limit ended it before. */
  LanczosRun.Krylov krylov() {
    if (run == null) {
      run = method.withEnds(End.LARGEST).start(operator.dimension(), seed);
    }
    run.pursue(KRYLOV_STEPS);
    advance();
    return run.krylov(KRYLOV_STEPS);
  }

  private void advance() {
    while (!run.finished()) {
      if (run.products() > 0 && subject.timeIsUp()) {
        run.stop("the time limit has passed");
        break;
      }
      operator.apply(new double[][] {run.nextVector()}, product);
      run.accept(product[0]);
      if (topVector == null && converged(End.LARGEST)) {
        topVector = run.result().largest().vector();
      }
      report();
    }
  }

  /**
   * ‖H‖₂, the larger magnitude of both ends. The smallest eigenvalue need not have converged once
   * the top has and the other Ritz value with its residual stays inside: outer ends converge first.
   */
  LayerNumber norm() {
    LayerNumber top = find(End.LARGEST);
    LanczosRun.Found bottom = run.found(End.SMALLEST);
    if (bottom == null || top.value() > bottom.residual() - bottom.value()) {
      return top;
    }
    LayerNumber mirrored = find(End.SMALLEST).times(-1);
    LayerNumber larger = mirrored.value() > top.value() ? mirrored : top;
    return converged(End.SMALLEST) ? larger : mirrored.withValue(larger.value());
  }

  private boolean converged(End end) {
    return run.found(end) != null && run.found(end).converged();
  }

  private void report() {
    subject.progress().update("eigenvalues of the Hessian", run.products(), run.expectedProducts());
  }
}
