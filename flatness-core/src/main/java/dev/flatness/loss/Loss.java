package dev.flatness.loss;

import dev.flatness.data.Dataset;
import dev.flatness.network.OutputActivation;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.random.RandomGenerator;

/**
 * A per-sample loss ℓ(f, y) of the network's outputs f, with its first two derivatives in f,
 * evaluated in float64.
 *
 * <p>Formula: L(θ) = (1/n) Σ_i ℓ(f_θ(x_i), y_i). The factor satisfies ∇²_f ℓ = Σ_{k&lt;K} a_k a_kᵀ.
 *
 * <p>Shapes: f and its derivatives have as many entries as the network has outputs; a target is the
 * row that the dataset gives, a class index as one number or a real vector. Cost: O(outputs) a
 * call, O(outputs²) for the factor. Implementations are stateless and thread-safe. A user's own
 * loss implements this interface.
 */
public interface Loss {
  /**
   * Returns the name used in reports.
   *
   * @return for instance {@code cross-entropy}
   */
  String id();

  /**
   * Evaluates ℓ(f, y).
   *
   * @param outputs f
   * @param target y
   * @return the loss of the sample
   */
  double value(double[] outputs, double[] target);

  /**
   * Evaluates ∇_f ℓ.
   *
   * @param outputs f
   * @param target y
   * @param gradient receives the gradient
   */
  void gradient(double[] outputs, double[] target, double[] gradient);

  /**
   * Evaluates ∇²_f ℓ · v.
   *
   * @param outputs f
   * @param target y
   * @param vector v
   * @param product receives the product; not the same array as {@code vector}
   */
  void hessianProduct(double[] outputs, double[] target, double[] vector, double[] product);

  /**
   * Returns the number K of columns of the factor, the same for every sample.
   *
   * @param outputs the number of outputs
   * @return K
   */
  default int factorColumns(int outputs) {
    return outputs;
  }

  /**
   * Evaluates some columns of the factor, ∇²_f ℓ = Σ_k a_k a_kᵀ; by default by a pivoted Cholesky
   * factorization of the dense Hessian.
   *
   * <p>Cost: the closed forms of a pass ask for the K columns of a sample 16 at a time. The default
   * factors the whole matrix at every call, in O(outputs³) operations and 16 bytes · outputs² of
   * memory; a loss of many outputs should evaluate the columns asked for alone.
   *
   * @param outputs f
   * @param target y
   * @param first the first column asked for
   * @param columns receives a_{first+k} in {@code columns[k]}, arrays of as many entries as outputs
   * @throws IllegalArgumentException if the loss is not convex in f at this point
   */
  default void factor(double[] outputs, double[] target, int first, double[][] columns) {
    PivotedCholesky.factor(this, outputs, target, first, columns);
  }

  /**
   * Draws a target from the distribution whose negative log-likelihood the loss is, p(y | f) ∝
   * exp(−ℓ(f, y)): the labels of the true Fisher matrix.
   *
   * @param outputs f
   * @param random where randomness comes from; how often it is asked may depend on the outputs
   * @param target receives y
   * @throws UnsupportedOperationException by default: the loss states no distribution
   */
  default void draw(double[] outputs, RandomGenerator random, double[] target) {
    throw new UnsupportedOperationException(
        "loss \""
            + id()
            + "\" states no distribution that labels could be drawn from; let it override draw, or"
            + " use the Gauss–Newton or the empirical Fisher matrix");
  }

  /**
   * Checks that a dataset's targets fit this loss and a network with this number of outputs, before
   * any work.
   *
   * @param dataset the data
   * @param outputs the number of outputs
   * @throws IllegalArgumentException naming the first target that does not fit
   */
  void check(Dataset dataset, int outputs);

  /**
   * Tells whether an activation at the network's end is part of this loss. It is then removed, and
   * the loss is evaluated on the logits before it.
   *
   * @param end the activation
   * @return false by default: the loss is evaluated on what the network puts out
   */
  default boolean includes(OutputActivation end) {
    return false;
  }

  /**
   * Tells whether the outputs must be logits: another activation at the network's end than one that
   * the loss includes is refused.
   *
   * @return false by default
   */
  default boolean requiresLogits() {
    return false;
  }

  /**
   * Returns what was chosen for this loss and changes its numbers, for reports.
   *
   * @return values by report name; empty by default
   */
  default Map<String, Object> settings() {
    return Map.of();
  }

  /**
   * Tells whether real targets are fitted as they are, even where they could be read as labels.
   *
   * @return false by default: real targets that can only be labels are read as labels
   */
  default boolean fitsReal() {
    return false;
  }

  /**
   * Returns a Lipschitz constant of ℓ in the outputs, in the 2-norm.
   *
   * @param outputs the number of outputs
   * @return C with |ℓ(f, y) − ℓ(g, y)| ≤ C ‖f − g‖; empty by default: the loss has none
   */
  default OptionalDouble lipschitz(int outputs) {
    return OptionalDouble.empty();
  }

  /**
   * Tells whether the sample counts as classified right.
   *
   * @param outputs f
   * @param target y
   * @return 1 if right, 0 if wrong, NaN where the loss is no classification loss
   */
  default double correct(double[] outputs, double[] target) {
    return Double.NaN;
  }
}
