package dev.flatness.basispath;

import dev.flatness.measure.Estimate;
import dev.flatness.measure.Fact;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.spectral.Lanczos.End;
import java.util.List;

/**
 * {@code psi-top-eigenvalue} and {@code psi-bottom-eigenvalue}: the algebraically largest and
 * smallest eigenvalue of the Hessian in basis-path coordinates.
 *
 * <p>Formula: λ_max(∂²l/∂v²), λ_min. Units: loss per squared path value. Cost: one Lanczos run for
 * both, a Hessian product a step. Residual relative to ‖T‖: at most the setting tolerance, by
 * default 1e-6 in float64 and 1e-4 in float32. Invariant to neuron-wise rescaling.
 *
 * <p>Source: Yi et al. 2019, Def. 4.1. Immutable.
 */
public final class PsiEigenvalue extends PsiMeasure {
  private static final PsiEigenvalue TOP = new PsiEigenvalue("psi-top-eigenvalue", End.LARGEST);
  private static final PsiEigenvalue BOTTOM =
      new PsiEigenvalue("psi-bottom-eigenvalue", End.SMALLEST);

  private final End end;

  private PsiEigenvalue(String id, End end) {
    super(
        id,
        (end == End.LARGEST ? "largest" : "smallest") + " eigenvalue of the Hessian in path values",
        "Yi et al. 2019, Def. 4.1");
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
  protected List<Fact<?>> facts(Network network, Settings settings) {
    return List.of(end == End.LARGEST ? PsiPoint.TOP : PsiPoint.BOTTOM);
  }

  @Override
  Estimate evaluate(Subject subject, PsiPoint point) {
    Outcome found = subject.get(PsiPoint.AT).eigenvalue(end);
    return network(
        found.residual().isPresent()
            ? found
            : Outcome.of(Double.NaN, found.method(), Status.OVERFLOW)
                .because(
                    found.reason().orElseThrow()
                        + ": the curvature over the chart's radius "
                        + point.paths().radius()
                        + " squared leaves the range of doubles; try the balanced rule"));
  }
}
