/** PAC-Bayes bounds, priors and posteriors, feature robustness and representativeness. */
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
}
