package dev.flatness.pacbayes;

import dev.flatness.random.Seed;

/** An unbiased estimate of a posterior's surrogate risk on a minibatch, with its gradient. */
interface RiskGradient {
  /**
   * Evaluates the risk.
   *
   * @param mean μ
   * @param sigma σ
   * @param order positions of samples
   * @param from the minibatch's first place in the order
   * @param count its size
   * @param noise the root of the weights' noise; sample i of the order has the child i
   * @param meanGradient receives the derivative in μ
   * @param sigmaGradient receives the derivative in σ
   * @return the mean surrogate over the minibatch
   */
  double evaluate(
      double[] mean,
      double[] sigma,
      int[] order,
      int from,
      int count,
      Seed noise,
      double[] meanGradient,
      double[] sigmaGradient);
}
