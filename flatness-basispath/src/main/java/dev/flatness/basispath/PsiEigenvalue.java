package dev.flatness.basispath;

import dev.flatness.hessian.Lanczos;
import dev.flatness.hessian.Lanczos.End;
import dev.flatness.hessian.LanczosResult;
import dev.flatness.hessian.RitzPair;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;
import dev.flatness.random.Seed;

/**
 * {@code psi-top-eigenvalue} and {@code psi-bottom-eigenvalue}: the algebraically largest and
 * smallest eigenvalue of the Hessian in basis-path coordinates.
 *
 * <p>Formula: λ_max(∂²l/∂v²), λ_min. Units: loss per squared path value. Cost: a {@link Lanczos}
 * run, one Hessian product a step. Residual relative to ‖T‖: at most 1e-8 in float64, 1e-4 in
 * float32. Invariant to neuron-wise rescaling.
 *
 * <p>Source: Yi et al. 2019, Def. 4.1. Immutable.
 */
public final class PsiEigenvalue extends PsiMeasure {
  private static final PsiEigenvalue TOP = new PsiEigenvalue("psi-top-eigenvalue", End.LARGEST);
  private static final PsiEigenvalue BOTTOM =
      new PsiEigenvalue("psi-bottom-eigenvalue", End.SMALLEST);

  private final End end;

  private PsiEigenvalue(String id, End end) {
    super(id, "Yi et al. 2019, Def. 4.1");
    this.end = end;
  }

  /**
   * Returns the largest eigenvalue.
   *
   * @return {@code psi-top-eigenvalue}
   */
  public static PsiEigenvalue top() {
    return TOP;
  }

  /**
   * Returns the smallest eigenvalue.
   *
   * @return {@code psi-bottom-eigenvalue}
   */
  public static PsiEigenvalue bottom() {
    return BOTTOM;
  }

  @Override
  Estimate.Builder evaluate(Subject subject, PsiPoint point, Seed seed) {
    LanczosResult found = found(subject, point, end, seed);
    RitzPair pair = end == End.LARGEST ? found.largest() : found.smallest();
    return number(point, pair.value())
        .method("lanczos", found.status())
        .residual(pair.relativeResidual())
        .products(found.products())
        .reason(found.status() == Status.CONVERGED ? null : found.reason());
  }

  /** One run an end, whoever asks. */
  static LanczosResult found(Subject subject, PsiPoint point, End end, Seed seed) {
    return subject.share(
        "psi-lanczos/" + end + "/" + seed.value(),
        LanczosResult.class,
        () ->
            Lanczos.withDefaults(subject.surface().options().precision())
                .withMaxProducts(subject.settings().maxProducts())
                .withEnds(end)
                .run(
                    reporting(subject, point.hessian()),
                    seed.split("psi-lanczos").split(end.name()),
                    subject::timeIsUp));
  }

  private static dev.flatness.linalg.SymmetricOperator reporting(
      Subject subject, dev.flatness.linalg.SymmetricOperator operator) {
    return new dev.flatness.linalg.SymmetricOperator() {
      private int done;

      @Override
      public int dimension() {
        return operator.dimension();
      }

      @Override
      public void apply(double[][] vectors, double[][] products) {
        operator.apply(vectors, products);
        done += vectors.length;
        subject.progress().update("eigenvalues in basis-path coordinates", done, done + 10L);
      }
    };
  }
}
