package dev.flatness.spectral;

import dev.flatness.internal.text.Memory;
import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.measure.Monitor;
import dev.flatness.random.Seed;
import dev.flatness.tensor.Precision;

/**
 * Several eigenpairs at both ends of a symmetric operator's spectrum by block Lanczos with thick
 * restart.
 *
 * <p>Formula: V spans a (block) Krylov space, H = VᵀAV; pairs (θ, s) of H give Ritz pairs (θ, V s)
 * with residual ‖C s_last‖, C the coupling to the next block. When V is full, the Ritz vectors
 * nearest to the wanted ends are kept and the space grows on from them. A pair has converged when
 * its residual is at most tolerance · ‖H‖.
 *
 * <p>A Krylov space sees one vector of a repeated eigenvalue. So the converged pairs are locked and
 * a run from a fresh random block in their complement must find nothing beyond them, for ⌈ln n⌉ + 8
 * products at least; what it finds joins, and the check is repeated.
 *
 * <p>Where products have a {@linkplain SymmetricOperator#error() stated error} e, residuals include
 * 2 e, for the product and for H. The work ends where the rest of a residual is below 2 e, and the
 * default tolerance is at least 6 e / ‖H‖. Source: docs/mathematics.md#differences-of-gradients.
 *
 * <p>Defaults: the largest eigenvalue, tolerance 1e-6 in float64 and 1e-4 in float32, single
 * vectors, a basis of 4 · wanted + 60 vectors (ours), 5,000 products, the check. Memory: 8 · basis
 * · dimension bytes, at most a quarter of the heap. Cost in addition to the products: 6 · basis ·
 * dimension operations a product, EJML's symmetric eigenproblem of the basis' size a step. Errors:
 * a limit that is reached first gives not-converged with the reason; an eigenvector to which every
 * random block is orthogonal by chance is not seen.
 *
 * <p>Source: Wu and Simon 2000 (thick restart); Grimes, Lewis and Simon 1994 (blocks); Kuczyński
 * and Woźniakowski 1992 (steps after which a random start has seen the largest eigenvalue).
 * Immutable.
 */
public final class ThickRestartLanczos {
  private static final ThickRestartLanczos DEFAULTS =
      new ThickRestartLanczos(1, 0, 1e-6, false, 1, 0, 5000, true);

  final int largest;
  final int smallest;
  final double tolerance;

  /** Whether the tolerance was asked for, so that the error of products does not raise it. */
  final boolean fixed;

  final int block;
  final int basis;
  final int maxProducts;
  final boolean check;

  private ThickRestartLanczos(
      int largest,
      int smallest,
      double tolerance,
      boolean fixed,
      int block,
      int basis,
      int maxProducts,
      boolean check) {
    this.largest = largest;
    this.smallest = smallest;
    this.tolerance = tolerance;
    this.fixed = fixed;
    this.block = block;
    this.basis = basis;
    this.maxProducts = maxProducts;
    this.check = check;
  }

  /**
   * Returns the defaults for operators evaluated in float64.
   *
   * @return the largest eigenvalue to 1e-6
   */
  public static ThickRestartLanczos withDefaults() {
    return DEFAULTS;
  }

  /**
   * Returns the defaults for operators evaluated in a precision.
   *
   * @param precision the precision of the products
   * @return the largest eigenvalue to 1e-6 or 1e-4
   */
  public static ThickRestartLanczos withDefaults(Precision precision) {
    return precision == Precision.FLOAT32
        ? new ThickRestartLanczos(1, 0, 1e-4, false, 1, 0, 5000, true)
        : DEFAULTS;
  }

  /**
   * Returns this method for the given number of largest eigenvalues.
   *
   * @param count how many, 0 for none
   * @return the changed copy
   * @throws IllegalArgumentException if negative
   */
  public ThickRestartLanczos withLargest(int count) {
    requireAtLeast(0, count, "number of largest eigenvalues");
    return new ThickRestartLanczos(
        count, smallest, tolerance, fixed, block, basis, maxProducts, check);
  }

  /**
   * Returns this method for the given number of smallest eigenvalues.
   *
   * @param count how many, 0 for none
   * @return the changed copy
   * @throws IllegalArgumentException if negative
   */
  public ThickRestartLanczos withSmallest(int count) {
    requireAtLeast(0, count, "number of smallest eigenvalues");
    return new ThickRestartLanczos(
        largest, count, tolerance, fixed, block, basis, maxProducts, check);
  }

  /**
   * Returns this method with another tolerance, which the error of products does not raise: where
   * it is below what that error allows, nothing converges.
   *
   * @param relative the largest residual relative to ‖H‖
   * @return the changed copy
   * @throws IllegalArgumentException unless 0 &lt; relative &lt; 1
   */
  public ThickRestartLanczos withTolerance(double relative) {
    if (!(relative > 0 && relative < 1)) {
      throw new IllegalArgumentException(
          "Lanczos tolerance is " + relative + ", expected a number between 0 and 1");
    }
    return new ThickRestartLanczos(
        largest, smallest, relative, true, block, basis, maxProducts, check);
  }

  /**
   * Returns this method with another width of blocks: wider ones see clustered eigenvalues at once
   * and use block products, which are cheaper a vector, but take more of them.
   *
   * @param width vectors a block
   * @return the changed copy
   * @throws IllegalArgumentException if less than 1
   */
  public ThickRestartLanczos withBlock(int width) {
    requireAtLeast(1, width, "width of the block");
    return new ThickRestartLanczos(
        largest, smallest, tolerance, fixed, width, basis, maxProducts, check);
  }

  /**
   * Returns this method with another basis.
   *
   * @param vectors the most basis vectors; 0 for 4 · wanted + 60
   * @return the changed copy
   * @throws IllegalArgumentException if negative
   */
  public ThickRestartLanczos withBasis(int vectors) {
    requireAtLeast(0, vectors, "size of the basis");
    return new ThickRestartLanczos(
        largest, smallest, tolerance, fixed, block, vectors, maxProducts, check);
  }

  /**
   * Returns this method with another limit of products.
   *
   * @param products the largest number of products
   * @return the changed copy
   * @throws IllegalArgumentException if less than 1
   */
  public ThickRestartLanczos withMaxProducts(int products) {
    requireAtLeast(1, products, "limit of Lanczos products");
    return new ThickRestartLanczos(
        largest, smallest, tolerance, fixed, block, basis, products, check);
  }

  /**
   * Returns this method with or without the check that no wanted pair was missed.
   *
   * @param wanted whether to check
   * @return the changed copy
   */
  public ThickRestartLanczos withCheck(boolean wanted) {
    return new ThickRestartLanczos(
        largest, smallest, tolerance, fixed, block, basis, maxProducts, wanted);
  }

  /**
   * Returns this method for no more eigenvalues than an operator has.
   *
   * @param dimension the operator's dimension
   * @return the changed copy
   */
  public ThickRestartLanczos fitting(int dimension) {
    return withLargest(Math.min(largest, dimension)).withSmallest(Math.min(smallest, dimension));
  }

  /**
   * Returns this method with a basis that fits into a memory.
   *
   * @param dimension the operator's dimension
   * @param bytes the memory for the basis
   * @return the changed copy; where the memory does not hold the least basis, a run is refused
   */
  public ThickRestartLanczos fitting(int dimension, long bytes) {
    int asked = basis > 0 ? basis : 4 * (largest + smallest) + 60;
    long fit = Math.max(1, bytes / (8L * dimension));
    ThickRestartLanczos few = fitting(dimension);
    return fit < asked ? few.withBasis((int) fit) : few;
  }

  private static void requireAtLeast(int least, int value, String what) {
    if (value < least) {
      throw new IllegalArgumentException(
          "the " + what + " is " + value + ", expected at least " + least);
    }
  }

  /**
   * Runs to convergence or to a limit.
   *
   * @param operator A
   * @param seed the root of the random blocks
   * @return the pairs
   * @throws IllegalArgumentException if more pairs are asked for than the operator has, or the
   *     basis is too small for them
   * @throws ArithmeticException if the first product is not finite
   */
  public Eigenpairs solve(SymmetricOperator operator, Seed seed) {
    return solve(operator, seed, Monitor.NONE);
  }

  /**
   * Runs to convergence, to a limit or until a monitor stops it.
   *
   * @param operator A
   * @param seed the root of the random blocks
   * @param monitor receives the number of products; asked before every block after the first
   * @return the pairs
   * @throws IllegalArgumentException if more pairs are asked for than the operator has, or the
   *     basis is too small for them
   * @throws ArithmeticException if the first product is not finite
   */
  public Eigenpairs solve(SymmetricOperator operator, Seed seed, Monitor monitor) {
    int n = operator.dimension();
    if (largest < 1 && smallest < 1) {
      throw new IllegalArgumentException(
          "no eigenvalues are asked for, expected at least one of the largest or smallest");
    }
    if (largest > n || smallest > n) {
      throw new IllegalArgumentException(
          "the "
              + Math.max(largest, smallest)
              + (largest > n ? " largest" : " smallest")
              + " eigenvalues are asked for, but the operator has "
              + n);
    }
    return new ThickRestartRun(this, operator, seed, room(n)).solve(monitor);
  }

  /** What trained classifiers took, rounded up. */
  int expectedProducts() {
    return (int) Math.min(Integer.MAX_VALUE, 8L * ((long) largest + smallest) + 40);
  }

  /** The vectors of the basis: as configured, but no more than the dimension and the heap hold. */
  private int room(int n) {
    long wanted = Math.min(n, (long) largest + smallest);
    long most = Runtime.getRuntime().maxMemory() / 4 / (8L * n);
    long asked = basis > 0 ? basis : 4 * wanted + 60;
    long room = Math.min(n, Math.min(asked, most));
    long least = Math.min(n, wanted + 2L * block + 2);
    if (room < least) {
      throw new IllegalArgumentException(
          "a basis of "
              + room
              + " vectors of "
              + n
              + " entries is too small for "
              + wanted
              + " eigenvalues in blocks of "
              + block
              + ", expected at least "
              + least
              + (most < least
                  ? "; ask for "
                      + Math.max(0, most - 2L * block - 2)
                      + " eigenvalues or fewer, or "
                      + Memory.MORE_HEAP
                  : "; ask for a larger basis"));
    }
    return (int) room;
  }
}
