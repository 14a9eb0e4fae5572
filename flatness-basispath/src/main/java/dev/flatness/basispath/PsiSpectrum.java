package dev.flatness.basispath;

import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.measure.Subject;
import dev.flatness.random.Seed;
import dev.flatness.spectral.Lanczos;
import dev.flatness.spectral.Lanczos.End;
import dev.flatness.spectral.LanczosRun;

/**
 * One Lanczos run on the Hessian in basis-path coordinates that serves every measure of its ends
 * and goes only as far as they need. What is reported of an end is what it was when it first
 * converged, so that no number depends on what else was asked for.
 */
final class PsiSpectrum {
  /** What the shared work is called. */
  static final String NAME = "eigenvalues in basis-path values";

  private final Subject subject;
  private final SymmetricOperator operator;
  private final LanczosRun run;
  private final double[][] product;
  private double[] topVector;

  private PsiSpectrum(Subject subject, SymmetricOperator operator, End first, Seed seed) {
    this.subject = subject;
    this.operator = operator;
    this.product = new double[1][operator.dimension()];
    this.run =
        Lanczos.withDefaults(subject.surface().options().precision())
            .withMaxProducts(subject.settings().maxProducts())
            .withEnds(first)
            .start(operator.dimension(), seed);
  }

  /** Advances the subject's run until an end has converged or a limit is reached. */
  static PsiSpectrum advanced(Subject subject, PsiPoint point, End end, Seed seed) {
    PsiSpectrum spectrum =
        subject.share(
            "psi-spectrum/" + seed.value(),
            PsiSpectrum.class,
            () -> new PsiSpectrum(subject, point.hessian(), end, seed.split("psi-spectrum")));
    spectrum.advance(end);
    return spectrum;
  }

  LanczosRun run() {
    return run;
  }

  /** The eigenvector of the largest eigenvalue when that first converged; null if it did not. */
  double[] topVector() {
    return topVector;
  }

  private void advance(End end) {
    LanczosRun.Found before = run.found(end);
    if (before != null && before.converged()) {
      return;
    }
    run.pursue(end);
    while (!run.finished()) {
      if (run.products() > 0 && subject.timeIsUp()) {
        run.stop("the time limit has passed");
        break;
      }
      operator.apply(new double[][] {run.nextVector()}, product);
      run.accept(product[0]);
      LanczosRun.Found top = run.found(End.LARGEST);
      if (topVector == null && top != null && top.converged()) {
        topVector = run.result().largest().vector();
      }
      subject
          .progress()
          .update("eigenvalues in basis-path coordinates", run.products(), run.expectedProducts());
    }
  }
}
