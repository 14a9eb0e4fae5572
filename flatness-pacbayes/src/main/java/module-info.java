import dev.flatness.measure.MeasureProvider;
import dev.flatness.network.NetworkReader;
import dev.flatness.pacbayes.JiangMeasures;

/**
 * PAC-Bayes bounds, priors and posteriors, feature robustness and representativeness.
 *
 * @provides MeasureProvider the measures of Jiang et al.
 * @uses NetworkReader to read the initial network that a setting names
 */
module dev.flatness.pacbayes {
  requires transitive dev.flatness.basispath;
  requires transitive dev.flatness.core;
  requires transitive dev.flatness.hessian;
  requires org.apache.commons.numbers.gamma;
  requires org.apache.commons.numbers.rootfinder;
  requires org.apache.commons.statistics.distribution;
  requires org.apache.commons.statistics.interval;
  requires static transitive org.jspecify;

  exports dev.flatness.pacbayes;
  exports dev.flatness.robustness;

  uses NetworkReader;

  provides MeasureProvider with
      JiangMeasures;
}
