package dev.flatness.hessian;

import dev.flatness.cost.Work;
import dev.flatness.measure.AbstractMeasure;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Fact;
import dev.flatness.measure.Invariance;
import dev.flatness.measure.Scope;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.spectral.Lanczos;
import dev.flatness.spectral.Lanczos.End;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code hessian-top-eigenvalue} and {@code hessian-bottom-eigenvalue}: the algebraically largest
 * and smallest eigenvalue of the Hessian.
 *
 * <p>Formula: λ_max(H), λ_min(H); the largest also of each layer's H_l. Units: loss per squared
 * parameter. Cost: one {@link Lanczos} run serves both ends, typically 12 to 25 products for the
 * top and 45 to 70 for the bottom, their checks included, the layers' runs advancing together.
 * Residual relative to ‖T‖: at most the setting tolerance, by default 1e-6 in float64 and 1e-4 in
 * float32. Not invariant to rescaling.
 *
 * <p>Source: Dinh et al. 2017, §2. Immutable.
 */
public final class ExtremeEigenvalue extends AbstractMeasure implements SurfaceMeasure {
  private static final ExtremeEigenvalue TOP =
      new ExtremeEigenvalue("hessian-top-eigenvalue", End.LARGEST, Scope.NETWORK, Scope.LAYER);
  private static final ExtremeEigenvalue BOTTOM =
      new ExtremeEigenvalue("hessian-bottom-eigenvalue", End.SMALLEST, Scope.NETWORK);

  private final End end;

  private ExtremeEigenvalue(String id, End end, Scope first, Scope... more) {
    super(
        id,
        (end == End.LARGEST ? "largest" : "smallest") + " eigenvalue of the Hessian",
        Invariance.NONE,
        "Dinh et al. 2017, §2",
        first,
        more);
    this.end = end;
  }

  /**
   * Returns the largest eigenvalue, of the network and of each layer.
   *
   * @return {@code hessian-top-eigenvalue}
   */
  public static ExtremeEigenvalue top() {
    return TOP;
  }

  /**
   * Returns the smallest eigenvalue, of the network.
   *
   * @return {@code hessian-bottom-eigenvalue}
   */
  public static ExtremeEigenvalue bottom() {
    return BOTTOM;
  }

  @Override
  protected List<Fact<?>> facts(Network network, Settings settings) {
    return end == End.LARGEST
        ? List.of(HessianFacts.TOP, HessianFacts.LAYER_SPECTRA)
        : List.of(HessianFacts.BOTTOM);
  }

  @Override
  protected List<Estimate> measure(Subject subject) {
    List<Estimate> estimates = new ArrayList<>();
    estimates.add(at(SurfacePoint.ofNetwork(subject)));
    if (end == End.SMALLEST) {
      return estimates;
    }
    for (LayerOutcome found :
        TiedLayers.perWeight(
            subject.network(),
            subject.layers(),
            subject.get(HessianFacts.LAYER_SPECTRA)::largest)) {
      estimates.add(layer(found.layer(), found.outcome()));
    }
    return estimates;
  }

  @Override
  public Estimate at(SurfacePoint point) {
    return network(point.eigenvalue(end));
  }

  @Override
  public List<Work> workAt(int dimension, Settings settings) {
    return List.of(
        HessianFacts.eigenvalueWork(
            end == End.LARGEST ? HessianFacts.TOP_PRODUCTS : HessianFacts.BOTTOM_PRODUCTS));
  }
}
