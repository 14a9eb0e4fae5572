import dev.flatness.hessian.HessianMeasures;
import dev.flatness.measure.MeasureProvider;

/**
 * Spectra and traces of symmetric operators, sharpness searches, and the measures of curvature.
 *
 * @provides MeasureProvider the measures of curvature
 */
module dev.flatness.hessian {
  requires transitive dev.flatness.core;
  requires ejml.core;
  requires ejml.ddense;
  requires static transitive org.jspecify;

  exports dev.flatness.hessian;
  exports dev.flatness.sharpness;
  exports dev.flatness.spectral;

  provides MeasureProvider with
      HessianMeasures;
}
