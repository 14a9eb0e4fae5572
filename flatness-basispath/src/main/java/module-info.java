import dev.flatness.basispath.PsiMeasures;
import dev.flatness.measure.MeasureProvider;

/**
 * Basis paths of trained networks: skeletons, invariant coordinates and PSI-flatness.
 *
 * @provides MeasureProvider the measures in the coordinates of basis paths
 */
module dev.flatness.basispath {
  requires transitive dev.flatness.core;
  requires transitive dev.flatness.hessian;
  requires static transitive org.jspecify;

  exports dev.flatness.basispath;

  provides MeasureProvider with
      PsiMeasures;
}
