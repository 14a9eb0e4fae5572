package dev.flatness.spectral;

import dev.flatness.internal.text.Memory;
import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.measure.Monitor;
import dev.flatness.random.Seed;
import dev.flatness.tensor.Precision;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * The largest and the smallest eigenvalue of a symmetric operator by Lanczos iteration with full
 * re-orthogonalization.
 *
 * <p>Formula: β_k q_{k+1} = A q_k − α_k q_k − β_{k−1} q_{k−1}; Ritz pair (θ, Q_k s) with T_k s = θ
 * s and residual ‖A Q_k s − θ Q_k s‖ = |β_k s_k|. An end has converged when its residual is at most
 * tolerance · ‖T_k‖.
 *
 * <p>A chain of products can stop at an eigenvalue that is not the end: a badly scaled operator has
 * one eigenvalue far above all others, and everything else is below the tolerance of a few
 * products. So each end is checked after it converged: a chain from a fresh random vector, kept
 * orthogonal to all vectors so far, must show nothing beyond it. The check ends after k products
 * with 1.648 √n exp(−√ε (2k − 1)) ≤ 0.001, ε the distance from the check's Ritz value to the end
 * relative to the width of the spectrum the check sees, or after ⌈ln n⌉ + 8 products: 6 to 10 as a
 * rule. What lies beyond by more than the tolerance becomes the start of another chain, which is
 * checked again.
 *
 * <p>Where products have a {@linkplain SymmetricOperator#error() stated error} e, residuals include
 * 2 e, for the product and for T. The work ends where the rest of a residual is below 2 e, and the
 * default tolerance is at least 6 e / ‖T‖. Source: docs/mathematics.md#differences-of-gradients.
 *
 * <p>Defaults: tolerance 1e-6 in float64 and 1e-4 in float32 (ours; the error of the eigenvalue is
 * the residual squared over the gap), 1,000 products, both ends, a basis of at most a quarter of
 * the heap. Every basis vector is kept: 8 · dimension bytes a product. Each step orthogonalizes
 * twice against all of them (Parlett: twice is enough), 8 · k · dimension operations, and tests
 * convergence in O(k). A residual of at most 64 units in the last place of ‖T‖ ends an invariant
 * subspace; what lies outside is the check's, so operators of low rank and with repeated
 * eigenvalues are no exception.
 *
 * <p>Errors: a limit that is reached first, by the check too, or a product after the first that is
 * not finite, gives the status not-converged with the reason. An eigenvector to which every random
 * start is orthogonal by chance is not seen.
 *
 * <p>Source: Lanczos 1950; Parlett, The Symmetric Eigenvalue Problem, §6.9 and §13; Kuczyński and
 * Woźniakowski 1992, Theorem 4.2 (the check). Immutable.
 */
public final class Lanczos {
  /** One end of the spectrum. */
  public enum End {
    /** The largest eigenvalue, algebraically. */
    LARGEST,
    /** The smallest eigenvalue, algebraically. */
    SMALLEST
  }

  private static final Lanczos DEFAULTS =
      new Lanczos(1e-6, false, 1000, EnumSet.allOf(End.class), Long.MAX_VALUE);

  private final double tolerance;

  /** Whether the tolerance was asked for, so that the error of products does not raise it. */
  private final boolean fixed;

  private final int maxProducts;
  private final Set<End> ends;
  private final long maxBasisBytes;

  private Lanczos(
      double tolerance, boolean fixed, int maxProducts, Set<End> ends, long maxBasisBytes) {
    this.tolerance = tolerance;
    this.fixed = fixed;
    this.maxProducts = maxProducts;
    this.ends = ends;
    this.maxBasisBytes = maxBasisBytes;
  }

  /**
   * Returns the defaults for operators evaluated in float64.
   *
   * @return tolerance 1e-6, 1,000 products, both ends, a quarter of the heap
   */
  public static Lanczos withDefaults() {
    return DEFAULTS;
  }

  /**
   * Returns the defaults for operators evaluated in a precision.
   *
   * @param precision the precision of the products
   * @return tolerance 1e-6 or 1e-4, 1,000 products, both ends, a quarter of the heap
   */
  public static Lanczos withDefaults(Precision precision) {
    return precision == Precision.FLOAT32
        ? new Lanczos(1e-4, false, DEFAULTS.maxProducts, DEFAULTS.ends, DEFAULTS.maxBasisBytes)
        : DEFAULTS;
  }

  /**
   * Returns this method with another tolerance, which the error of products does not raise: where
   * it is below what that error allows, nothing converges.
   *
   * @param relative the largest residual relative to ‖T‖
   * @return the changed copy
   * @throws IllegalArgumentException unless 0 &lt; relative &lt; 1
   */
  public Lanczos withTolerance(double relative) {
    if (!(relative > 0 && relative < 1)) {
      throw new IllegalArgumentException(
          "Lanczos tolerance is " + relative + ", expected a number between 0 and 1");
    }
    return new Lanczos(relative, true, maxProducts, ends, maxBasisBytes);
  }

  /**
   * Returns this method with another limit of products.
   *
   * @param products the largest number of products
   * @return the changed copy
   * @throws IllegalArgumentException if less than 1
   */
  public Lanczos withMaxProducts(int products) {
    if (products < 1) {
      throw new IllegalArgumentException(
          "the limit of Lanczos products is " + products + ", expected at least 1");
    }
    return new Lanczos(tolerance, fixed, products, ends, maxBasisBytes);
  }

  /**
   * Returns this method waiting for some ends only; the others are reported as far as they came.
   *
   * @param first one end
   * @param more further ends
   * @return the changed copy
   */
  public Lanczos withEnds(End first, End... more) {
    return new Lanczos(tolerance, fixed, maxProducts, EnumSet.of(first, more), maxBasisBytes);
  }

  /**
   * Returns this method with another limit of memory.
   *
   * @param bytes the largest size of the basis
   * @return the changed copy
   * @throws IllegalArgumentException if not positive
   */
  public Lanczos withMaxBasisBytes(long bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException(
          "the limit of the Lanczos basis is " + bytes + " bytes, expected a positive number");
    }
    return new Lanczos(tolerance, fixed, maxProducts, ends, bytes);
  }

  /**
   * Returns the tolerance.
   *
   * @return relative to ‖T‖
   */
  public double tolerance() {
    return tolerance;
  }

  /**
   * Returns the limit of products.
   *
   * @return the largest number of products
   */
  public int maxProducts() {
    return maxProducts;
  }

  /**
   * Returns the ends that a run waits for.
   *
   * @return a copy
   */
  public Set<End> ends() {
    return EnumSet.copyOf(ends);
  }

  /**
   * Returns the limit of memory: the configured one or a quarter of the heap, if that is less.
   *
   * @return bytes
   */
  public long maxBasisBytes() {
    return Math.min(maxBasisBytes, Runtime.getRuntime().maxMemory() / 4);
  }

  /** Whether the tolerance holds whatever the error of products. */
  boolean fixed() {
    return fixed;
  }

  /** The most products that the check of one end takes: ⌈ln n⌉ + 8. */
  static int mostChecks(int dimension) {
    return (int) Math.ceil(Math.log(dimension)) + 8;
  }

  /** Why a basis of this many vectors is too large, if it is. */
  Optional<String> full(int vectors, int dimension) {
    long bytes = 8L * dimension * vectors;
    return bytes <= maxBasisBytes()
        ? Optional.empty()
        : Optional.of(
            "a basis of "
                + vectors
                + " vectors would take "
                + Memory.needed(bytes)
                + " of the "
                + Memory.available(maxBasisBytes())
                + " allowed; raise --memory, in Java withMaxBasisBytes, or "
                + Memory.MORE_HEAP);
  }

  /**
   * Runs to convergence or to a limit.
   *
   * @param operator A
   * @param seed the root of the random start
   * @return both ends of the spectrum
   * @throws IllegalStateException if the first product is not finite
   */
  public LanczosResult run(SymmetricOperator operator, Seed seed) {
    return run(operator, seed, Monitor.NONE);
  }

  /**
   * Runs to convergence, to a limit or until a monitor stops it.
   *
   * @param operator A
   * @param seed the root of the random start
   * @param monitor receives the number of products; asked before every product after the first
   * @return both ends of the spectrum
   * @throws IllegalStateException if the first product is not finite
   */
  public LanczosResult run(SymmetricOperator operator, Seed seed, Monitor monitor) {
    LanczosRun run = start(operator.dimension(), seed);
    double[][] product = {new double[operator.dimension()]};
    while (!run.finished()) {
      if (!run.advance(operator, product, monitor)) {
        break;
      }
      monitor.update("eigenvalues", run.products(), run.expectedProducts());
    }
    return run.result();
  }

  /**
   * Starts a run that is advanced product by product, so that several advance together.
   *
   * @param dimension the operator's dimension
   * @param seed the root of the random start
   * @return the run, before its first product
   * @throws IllegalArgumentException if the dimension is less than 1
   */
  public LanczosRun start(int dimension, Seed seed) {
    return new LanczosRun(this, dimension, seed);
  }
}
