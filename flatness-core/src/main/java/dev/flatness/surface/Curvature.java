package dev.flatness.surface;

import dev.flatness.random.Seed;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which curvature matrix of a loss surface is meant.
 *
 * <p>Formula: the Hessian ∇²L(θ); the Gauss–Newton matrix (1/n) Σ_i J_iᵀ (∇²_f ℓ_i) J_i with the
 * Jacobians J_i of the outputs; the empirical Fisher matrix (1/n) Σ_i g_i g_iᵀ with the gradients
 * g_i of the samples under their own labels; the true Fisher matrix (1/n) Σ_i E_y g_i(y) g_i(y)ᵀ
 * over labels y from the model's own distribution, estimated from drawn ones.
 *
 * <p>Cost of products: see {@link NetworkSurface}. Source: docs/mathematics.md#curvature-matrices.
 * Immutable.
 */
public final class Curvature {
  /** ∇²L(θ). */
  public static final Curvature HESSIAN = new Curvature("hessian", 0, null);

  /** (1/n) Σ_i J_iᵀ (∇²_f ℓ_i) J_i with the Jacobians J_i of the outputs. */
  public static final Curvature GAUSS_NEWTON = new Curvature("gauss-newton", 0, null);

  /** (1/n) Σ_i g_i g_iᵀ with the per-sample gradients g_i: the empirical Fisher matrix. */
  public static final Curvature EMPIRICAL_FISHER = new Curvature("fisher", 0, null);

  private final String id;
  private final int draws;
  private final @Nullable Seed seed;

  private Curvature(String id, int draws, @Nullable Seed seed) {
    this.id = id;
    this.draws = draws;
    this.seed = seed;
  }

  /**
   * Returns the true Fisher matrix with labels drawn from the model's own distribution, a random
   * matrix.
   *
   * <p>Formula: (1/n) Σ_i (1/m) Σ_d g_i(y_id) g_i(y_id)ᵀ with y_id from softmax(f_i) for
   * cross-entropy, Bernoulli(σ(f_i)) for binary cross-entropy and N(f_i, ½ I) for squared error.
   * Over the draws its expectation is the true Fisher matrix, which for these losses is the
   * Gauss–Newton matrix; one draw of labels is one matrix, and how far it lies from the expectation
   * is seen by other seeds. Where the network is sure of its labels, rare ones carry the
   * expectation: more draws are needed.
   *
   * <p>A sample's labels are a function of the seed, its number in the dataset and its outputs
   * alone: the same on any number of threads. Outputs that differ by rounding, as in blocks of
   * another width, give another label only when the draw falls between them. Cost: that of an
   * empirical Fisher product, whatever the number of draws, plus O(outputs) per draw and direction.
   *
   * @param drawsPerSample m, at least 1
   * @param seed the root of the labels
   * @return the matrix
   * @throws IllegalArgumentException if there are no draws
   */
  public static Curvature trueFisher(int drawsPerSample, Seed seed) {
    if (drawsPerSample < 1) {
      throw new IllegalArgumentException(
          "the number of labels drawn per sample is " + drawsPerSample + ", expected at least 1");
    }
    return new Curvature("true-fisher", drawsPerSample, Objects.requireNonNull(seed, "seed"));
  }

  /**
   * Returns every matrix, the true Fisher matrix with one label a sample.
   *
   * @param seed the root of drawn labels
   * @return the Hessian first
   */
  public static List<Curvature> all(Seed seed) {
    return List.of(HESSIAN, GAUSS_NEWTON, EMPIRICAL_FISHER, trueFisher(1, seed));
  }

  /**
   * Returns the name used in reports and on the command line.
   *
   * @return for instance {@code gauss-newton}
   */
  public String id() {
    return id;
  }

  /**
   * Returns how many labels are drawn for each sample.
   *
   * @return the number; 0 for a matrix that is not random
   */
  public int draws() {
    return draws;
  }

  /**
   * Returns the root of the labels drawn for one sample.
   *
   * @param sample its number in the dataset
   * @return the seed
   * @throws IllegalStateException if the matrix is not random
   */
  public Seed labels(int sample) {
    if (seed == null) {
      throw new IllegalStateException("matrix " + id + " draws no labels");
    }
    return seed.split(sample);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Curvature that
        && id.equals(that.id)
        && draws == that.draws
        && Objects.equals(seed, that.seed);
  }

  @Override
  public int hashCode() {
    return Objects.hash(id, draws, seed);
  }

  @Override
  public String toString() {
    return seed == null ? id : id + " of " + draws + " labels a sample, seed " + seed.value();
  }
}
