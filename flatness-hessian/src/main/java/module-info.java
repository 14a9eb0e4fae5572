import dev.flatness.attack.CurvatureAdversary;
import dev.flatness.audit.Adversary;
import dev.flatness.hessian.HessianMeasures;
import dev.flatness.measure.MeasureProvider;

/**
 * Spectra and traces of symmetric operators, sharpness searches, the measures of curvature, and
 * attacks on them.
 *
 * @provides Adversary the rescalings of the attacks, for audits
 * @provides MeasureProvider the measures of curvature
 */
module dev.flatness.hessian {
  requires transitive dev.flatness.core;
  requires ejml.core;
  requires ejml.ddense;
  requires static transitive org.jspecify;

  exports dev.flatness.attack;
  exports dev.flatness.hessian;
  exports dev.flatness.landscape;
  exports dev.flatness.sharpness;
  exports dev.flatness.spectral;

  provides Adversary with
      CurvatureAdversary;
  provides MeasureProvider with
      HessianMeasures;
}
