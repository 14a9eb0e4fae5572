package dev.flatness.internal.dense;

import java.util.random.RandomGenerator;

/**
 * Forward and backward passes of a chain of dense layers whose weights are drawn for each sample
 * anew, by local reparameterization.
 *
 * <p>Formula: with weights N(M, S²) entry by entry a pre-activation is N(M h, S² h²), independent
 * over outputs given h; z = M h + √(S² h²) ε.
 *
 * <p>A pass holds a number of rows, one a sample. Calls for different rows, ranges of parameters or
 * blocks of outputs may come from several threads at once.
 */
public interface DensePass {
  /**
   * Sets a range of the parameters.
   *
   * @param mean the means of all parameters
   * @param sigma their standard deviations
   * @param from the first position that is set
   * @param to the position after the last
   */
  void parameters(double[] mean, double[] sigma, int from, int to);

  /**
   * Returns a pass with rows of its own and the same parameters, those of now and of later; it only
   * draws.
   *
   * @param rows the number of rows
   * @return the pass
   */
  DensePass drawing(int rows);

  /** Sets the input of a row. */
  void input(int row, double[] x);

  /** Evaluates means and standard deviations of the first layer's pre-activations. */
  void first(int from, int count);

  /**
   * Draws pre-activations and evaluates all that depends on them; {@link #first} comes before, once
   * for any number of draws.
   *
   * @param from the first row
   * @param count the number of rows
   * @param noise a generator for each of these rows; asked layer by layer
   */
  void draw(int from, int count, RandomGenerator[] noise);

  /** Reads the outputs of a row. */
  void outputs(int row, double[] f);

  /** Reads means and standard deviations of the last layer's pre-activations of a row. */
  void moments(int row, double[] center, double[] deviation);

  /** Sets the derivatives in the outputs of a row. */
  void cotangent(int row, double[] g);

  /** Sets the derivatives in mean and variance of the last layer's pre-activations of a row. */
  void cotangents(int row, double[] inMean, double[] inVariance);

  /**
   * Pulls derivatives back to all pre-activations, after which {@link #first} comes next.
   *
   * @param from the first row
   * @param count the number of rows
   * @param ofMoments whether {@link #cotangents} set them, and not {@link #cotangent}
   */
  void pullback(int from, int count, boolean ofMoments);

  /**
   * Sums the derivatives in the parameters of some outputs of a layer over rows.
   *
   * @param layer the layer's number
   * @param output the first output
   * @param outputs the number of outputs
   * @param rows the rows 0 … rows−1 are summed
   * @param sigma the standard deviations of all parameters
   * @param meanGradient receives the derivatives in the means, at the parameters' positions
   * @param sigmaGradient receives those in the standard deviations
   */
  void gradient(
      int layer,
      int output,
      int outputs,
      int rows,
      double[] sigma,
      double[] meanGradient,
      double[] sigmaGradient);
}
