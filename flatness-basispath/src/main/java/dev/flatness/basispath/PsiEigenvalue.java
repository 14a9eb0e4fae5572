package dev.flatness.basispath;

import dev.flatness.cost.Pass;
import dev.flatness.cost.Work;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.MeasureSettings;
import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.spectral.Lanczos.End;
import dev.flatness.spectral.LanczosRun;
import java.util.List;

/**
 * {@code psi-top-eigenvalue} and {@code psi-bottom-eigenvalue}: the algebraically largest and
 * smallest eigenvalue of the Hessian in basis-path coordinates.
 *
 * <p>Formula: λ_max(∂²l/∂v²), λ_min. Units: loss per squared path value. Cost: one Lanczos run for
 * both, a Hessian product a step. Residual relative to ‖T‖: at most 1e-8 in float64, 1e-4 in
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
  public List<Work> work(Network network, MeasureSettings settings) {
    // Trained classifiers took 10 to 20 for the top, 14 to 30 for the bottom.
    return List.of(new Work(PsiSpectrum.NAME, Pass.HESSIAN_PRODUCT, end == End.LARGEST ? 20 : 30));
  }

  @Override
  Estimate.Builder evaluate(Subject subject, PsiPoint point, Seed seed) {
    LanczosRun run = PsiSpectrum.advanced(subject, point, end, seed).run();
    LanczosRun.Found found = run.found(end);
    if (found == null) {
      return number(point, Double.NaN)
          .method("lanczos", Status.OVERFLOW)
          .reason(
              run.reason()
                  + ": the curvature over the chart's radius "
                  + point.paths().radius()
                  + " squared leaves the range of doubles; try the balanced rule");
    }
    return number(point, found.value())
        .method("lanczos", found.converged() ? Status.CONVERGED : Status.NOT_CONVERGED)
        .residual(found.relativeResidual())
        .products(found.products())
        .reason(found.converged() ? "the residual met the tolerance" : run.reason());
  }
}
