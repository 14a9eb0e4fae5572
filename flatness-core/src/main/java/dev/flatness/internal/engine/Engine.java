package dev.flatness.internal.engine;

import dev.flatness.network.Node;
import dev.flatness.surface.ClosedForms;
import dev.flatness.surface.Curvature;
import dev.flatness.surface.Evaluation;
import java.util.Collection;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * The passes of one network over samples under one loss, in one precision; vectors cross in double.
 *
 * <p>The samples may be a whole dataset or a shard of one, here or on another machine. So every
 * answer is a mean over the engine's samples, comes with their number, and combines with those of
 * other shards. Of two shards with n₁ and n₂ samples:
 *
 * <ul>
 *   <li>Means combine by weights, x = (n₁ x₁ + n₂ x₂) / (n₁ + n₂): loss, gradient, products,
 *       quadratic forms, and every number of the closed forms but the counts of features.
 *   <li>The numbers of samples, and of those classified right, are added.
 *   <li>Spreads combine by {@link InputSpread#with}.
 *   <li>Normalized closed forms take two rounds, for they depend on the spread over all samples:
 *       ask each shard for its spread, combine them, and give each shard the combined one. The
 *       means then combine by weights, and the counts of features are the same in each.
 *   <li>Outputs belong to one sample; ask the shard that holds it.
 * </ul>
 *
 * <p>A true Fisher matrix draws its labels by a sample's number in the whole dataset, which {@link
 * EngineOptions#firstSample()} tells the shard. The combined answers are those of one engine over
 * all samples, but for the rounding of sums in another order. In single precision that is the
 * rounding of floats.
 */
public interface Engine {
  /**
   * Names the condition that ends passes from now on; asked on the calling thread, between chunks.
   */
  void until(BooleanSupplier stop);

  /** The mean loss, the number of samples classified right, and that of all. */
  Evaluation evaluate(double[] theta);

  /** The network's outputs for some samples, counted from the engine's first, row-major. */
  double[] outputs(double[] theta, int first, int count);

  /**
   * The mean loss, and its gradient in all parameters.
   *
   * @param gradient receives the gradient, a mean over the same samples
   */
  Mean<Double> gradient(double[] theta, double[] gradient);

  /**
   * Products of a curvature matrix, which is a mean over samples, with a block of θ-sized vectors
   * that vanish outside the active parameters; products are right at the active parameters only.
   *
   * @return the number of samples
   */
  int products(
      Curvature kind, double[] theta, boolean[] active, double[][] vectors, double[][] products);

  /**
   * Products of each layer's own block in its weight, or with {@code rows} of each row's own block
   * in it; all in one sweep over the data.
   *
   * @return the number of samples
   */
  int layerProducts(
      double[] theta, List<Node> layers, double[][] vectors, double[][] products, boolean rows);

  /**
   * vᵀ H v for directions v given by their non-zero entries, at ascending positions; with {@code
   * residual} without what the Gauss–Newton matrix has of it.
   */
  Mean<double[]> quadraticForms(
      double[] theta, int[][] positions, double[][] values, boolean residual);

  /** The spread of the inputs of some dense and convolutional layers; one pass forward. */
  InputSpread inputSpread(double[] theta, Collection<Node> layers);

  /**
   * The closed forms of some nodes with weights of a piecewise-linear network; of any other without
   * shared parameters those of its Gauss–Newton matrix.
   *
   * @param spread the spread over the samples of all shards, by which the inputs are normalized;
   *     the normalized numbers of layers that it does not hold are NaN
   */
  Mean<ClosedForms> closedForms(double[] theta, Collection<Node> layers, InputSpread spread);
}
