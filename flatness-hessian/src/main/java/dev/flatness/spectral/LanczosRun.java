package dev.flatness.spectral;

import dev.flatness.internal.linalg.Vectors;
import dev.flatness.internal.spectral.SymmetricEigen;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Status;
import dev.flatness.random.Seed;
import dev.flatness.spectral.Lanczos.End;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A Lanczos run that is advanced from outside: it names the next vector and takes its product.
 *
 * <p>Formula, cost and errors: see {@link Lanczos}. Used from one thread at a time.
 */
public final class LanczosRun {
  /** What outcomes of Lanczos runs call their method. */
  public static final String METHOD = "lanczos";

  private static final String MET = "the residual met the tolerance";

  /** Where β counts as 0, relative to ‖T‖. */
  private static final double BREAKDOWN = 64 * 0x1p-52;

  /** What an end was when it first converged, or is now; the residuals are ‖A x − λ x‖. */
  record Found(
      double value, double residual, double relativeResidual, boolean converged, int products) {}

  /** Entries of a vector that a first-level cache holds beside a basis vector's. */
  private static final int BLOCK = 1024;

  private final Lanczos method;
  private final int dimension;
  private final Seed seed;
  private final Set<End> wanted;
  private final Map<End, Found> found = new EnumMap<>(End.class);
  private List<double[]> basis = new ArrayList<>();
  private double[] alpha = new double[32];
  private double[] beta = new double[32];
  private int products;
  private double norm;
  private int blockStart;
  private boolean blockOpen;
  private boolean exhausted;
  private @Nullable String stopped;
  private int least;

  LanczosRun(Lanczos method, int dimension, Seed seed) {
    if (dimension < 1) {
      throw new IllegalArgumentException(
          "the operator's dimension is " + dimension + ", expected at least 1");
    }
    this.method = method;
    this.dimension = dimension;
    this.seed = seed;
    this.wanted = method.ends();
    appendFresh();
  }

  /**
   * Tells whether the wanted ends have converged or a limit was reached.
   *
   * @return whether no further product is wanted
   */
  public boolean finished() {
    return stopped != null || exhausted || (converged() && products >= least);
  }

  /**
   * Tells whether the wanted ends have converged.
   *
   * @return whether they have
   */
  public boolean converged() {
    return exhausted
        || (!blockOpen
            && wanted.stream().allMatch(end -> found.containsKey(end) && found.get(end).converged));
  }

  /**
   * Returns the vector whose product is wanted next.
   *
   * @return a unit vector; the run's own array, not to be changed
   * @throws IllegalStateException if the run is finished
   */
  public double[] nextVector() {
    requireOpen();
    return basis.get(products);
  }

  /**
   * Takes the product of the operator with {@link #nextVector()}.
   *
   * @param product A q; copied
   * @throws IllegalArgumentException if its length is not the dimension
   * @throws IllegalStateException if the run is finished
   */
  public void accept(double[] product) {
    requireOpen();
    if (product.length != dimension) {
      throw new IllegalArgumentException(
          "product has " + product.length + " entries, expected " + dimension);
    }
    double[] next = product.clone();
    double a = Vectors.dot(basis.get(products), next);
    orthogonalise(next);
    double b = basis.size() == dimension ? 0 : Vectors.norm(next);
    if (!Double.isFinite(a) || !Double.isFinite(b)) {
      stopped = "product " + (products + 1) + " is not finite";
      return;
    }
    if (products == alpha.length) {
      alpha = Arrays.copyOf(alpha, 2 * products);
      beta = Arrays.copyOf(beta, 2 * products);
    }
    alpha[products] = a;
    beta[products] = b;
    products++;
    update();
    exhausted = products == dimension;
    advance(next);
  }

  /**
   * Returns the number of products taken.
   *
   * @return k
   */
  public int products() {
    return products;
  }

  /**
   * Ends the run from outside; what has converged stays so.
   *
   * @param reason why, a clause
   */
  public void stop(String reason) {
    if (stopped == null) {
      stopped = reason;
    }
  }

  /**
   * Waits for one more end; a run that had finished goes on.
   *
   * @param end the end
   */
  public void pursue(End end) {
    wanted.add(end);
  }

  /** Whether the start vector's Krylov space is complete: A maps it into itself. */
  boolean invariant() {
    return exhausted || krylovDimension() < products || products > 0 && beta[products - 1] == 0;
  }

  /** The steps before the first fresh vector. */
  private int krylovDimension() {
    int k = 0;
    while (k < products && (k == 0 || beta[k - 1] != 0)) {
      k++;
    }
    return k;
  }

  /** The eigenvalues of T over the start vector's Krylov space and its eigenvectors, ascending. */
  SymmetricEigen krylovEigen() {
    int k = krylovDimension();
    double[] entries = new double[k * k];
    for (int i = 0; i < k; i++) {
      entries[i * k + i] = alpha[i];
      if (i + 1 < k) {
        entries[i * k + i + 1] = beta[i];
        entries[(i + 1) * k + i] = beta[i];
      }
    }
    return SymmetricEigen.of(k, entries);
  }

  /**
   * Requires at least this many products; a finished run continues.
   *
   * @param steps the number of products
   */
  public void pursue(int steps) {
    least = Math.max(least, steps);
  }

  /**
   * The first steps of a run.
   *
   * @param basis the orthonormal columns of Q
   * @param squaredNorm ‖A‖_F² − ‖P A P‖_F² with P = I − QQᵀ
   */
  public record Krylov(List<double[]> basis, double squaredNorm) {}

  /**
   * Returns the first steps: with A Q = Q T + β q eᵀ the part of ‖A‖_F² outside P A P is ‖T‖_F² + 2
   * β².
   *
   * @param steps how many, at most
   * @return basis and squared norm
   */
  public Krylov krylov(int steps) {
    int k = Math.min(steps, products);
    double squared = 0;
    for (int i = 0; i < k; i++) {
      squared += alpha[i] * alpha[i] + 2 * beta[i] * beta[i];
    }
    return new Krylov(List.copyOf(basis.subList(0, k)), squared);
  }

  /**
   * Returns both ends as they stand, with vectors made of the whole basis.
   *
   * <p>Cost: 2 · k · dimension multiplications.
   *
   * @return the result
   * @throws IllegalStateException before the first product
   */
  public LanczosResult result() {
    if (products == 0) {
      throw new IllegalStateException(
          stopped == null
              ? "the Lanczos run has no product yet; give it one with accept"
              : "the Lanczos run has no result because " + stopped);
    }
    boolean met = converged();
    return new LanczosResult(
        pair(End.LARGEST),
        pair(End.SMALLEST),
        products,
        met ? Status.CONVERGED : Status.NOT_CONVERGED,
        reason(),
        Arrays.copyOf(alpha, products),
        Arrays.copyOf(beta, products));
  }

  /**
   * Returns an end at the step where it first converged, whatever was pursued since; or as it
   * stands.
   *
   * @param end the end
   * @return its eigenvalue; without a value before the first product
   */
  public Outcome outcome(End end) {
    Found now = found.get(end);
    if (now == null) {
      return Outcome.of(Double.NaN, METHOD, Status.NOT_CONVERGED)
          .withProducts(products)
          .because(reason());
    }
    return Outcome.of(now.value, METHOD, now.converged ? Status.CONVERGED : Status.NOT_CONVERGED)
        .withResidual(now.relativeResidual)
        .withProducts(now.products)
        .because(now.converged ? MET : reason());
  }

  /**
   * Tells whether an end has converged.
   *
   * @param end the end
   * @return whether its residual met the tolerance
   */
  public boolean converged(End end) {
    return found.get(end) != null && found.get(end).converged;
  }

  /** An end as it was judged last, null before the first product. */
  @Nullable Found found(End end) {
    return found.get(end);
  }

  /**
   * Returns why no further product is wanted.
   *
   * @return a clause
   */
  public String reason() {
    if (exhausted) {
      return "the basis spans the whole space";
    }
    if (converged()) {
      return MET;
    }
    return stopped == null ? "no further product was given" : stopped;
  }

  /**
   * Predicts how many products it will take, if residuals go on falling as they did.
   *
   * @return at least the products taken
   */
  public int expectedProducts() {
    if (finished()) {
      return products;
    }
    double slowest = method.tolerance();
    for (End end : wanted) {
      Found now = found.get(end);
      slowest = now == null ? 1 : Math.max(slowest, now.relativeResidual);
    }
    double rate = Math.log(Math.min(0.5, slowest)) / Math.log(method.tolerance());
    int expected = (int) Math.min(products / rate, 2.0 * products + 20);
    return Math.max(products + 1, Math.min(expected, method.maxProducts()));
  }

  /**
   * Frees the memory of a run that takes no further product.
   *
   * @param kept how many of the first basis vectors are kept
   */
  public void release(int kept) {
    stop("its basis was released");
    basis = List.copyOf(basis.subList(0, Math.min(kept, basis.size())));
  }

  private void requireOpen() {
    if (finished()) {
      throw new IllegalStateException(
          "the Lanczos run is finished because " + reason() + "; no further product is wanted");
    }
  }

  /**
   * Classical Gram–Schmidt against the whole basis, twice; by blocks of x, which stay in the cache
   * while all basis vectors meet them.
   */
  private void orthogonalise(double[] x) {
    for (int round = 0; round < 2; round++) {
      double[] coefficients = new double[basis.size()];
      for (int from = 0; from < x.length; from += BLOCK) {
        int to = Math.min(x.length, from + BLOCK);
        for (int i = 0; i < coefficients.length; i++) {
          coefficients[i] += Vectors.dot(basis.get(i), x, from, to);
        }
      }
      for (int from = 0; from < x.length; from += BLOCK) {
        int to = Math.min(x.length, from + BLOCK);
        for (int i = 0; i < coefficients.length; i++) {
          Vectors.addMultiple(-coefficients[i], basis.get(i), x, from, to);
        }
      }
    }
  }

  /** Judges both ends of T_k and, after an invariant subspace, the block that confirms it. */
  private void update() {
    Map<End, Tridiagonal.Pair> pairs = new EnumMap<>(End.class);
    norm = 0;
    for (End end : End.values()) {
      pairs.put(end, extreme(end, 0));
      norm = Math.max(norm, Math.abs(Objects.requireNonNull(pairs.get(end)).value()));
    }
    if (beta[products - 1] <= BREAKDOWN * norm) {
      beta[products - 1] = 0;
    }
    double slack = method.tolerance() * norm;
    for (End end : End.values()) {
      Tridiagonal.Pair pair = Objects.requireNonNull(pairs.get(end));
      double value = pair.value();
      Found before = found.get(end);
      boolean further = before != null && outward(end, value) > outward(end, before.value) + slack;
      if (before == null || !before.converged || further) {
        double residual = residual(pair);
        found.put(
            end,
            new Found(
                value, residual, norm == 0 ? 0 : residual / norm, residual <= slack, products));
      }
    }
    if (blockOpen) {
      blockOpen = false;
      for (End end : End.values()) {
        Tridiagonal.Pair block = extreme(end, blockStart);
        double reach = outward(end, block.value()) + residual(block);
        blockOpen |= reach > outward(end, Objects.requireNonNull(found.get(end)).value) + slack;
      }
    }
  }

  /** Takes the next basis vector: the rest of the product, or a fresh one. */
  private void advance(double[] rest) {
    if (exhausted) {
      return;
    }
    boolean invariant = beta[products - 1] == 0;
    boolean confirmed = invariant && blockStart > 0 && !blockOpen && converged();
    if (invariant && !confirmed) {
      blockStart = products;
      blockOpen = true;
    }
    long bytes = 8L * dimension * (basis.size() + 1);
    if (bytes > method.maxBasisBytes()) {
      stop(
          "a basis of "
              + (basis.size() + 1)
              + " vectors would take "
              + bytes
              + " bytes of the "
              + method.maxBasisBytes()
              + " allowed; give the virtual machine more heap (-Xmx)");
    } else if (products >= method.maxProducts()) {
      stop("the limit of " + method.maxProducts() + " products was reached");
    }
    if (stopped != null) {
      return;
    }
    if (invariant) {
      appendFresh();
    } else {
      Vectors.divide(rest, beta[products - 1]);
      basis.add(rest);
    }
  }

  /** A random unit vector orthogonal to the basis. */
  private void appendFresh() {
    double[] fresh = Vectors.gaussian(dimension, seed.split(basis.size()));
    for (int attempt = 0; attempt < 2; attempt++) {
      orthogonalise(fresh);
      Vectors.divide(fresh, Vectors.norm(fresh));
    }
    basis.add(fresh);
  }

  private Tridiagonal.Pair extreme(End end, int from) {
    return Tridiagonal.extreme(alpha, beta, from, products, end == End.LARGEST);
  }

  private double residual(Tridiagonal.Pair pair) {
    double[] s = pair.vector();
    return Math.abs(beta[products - 1] * s[s.length - 1]);
  }

  private static double outward(End end, double value) {
    return end == End.LARGEST ? value : -value;
  }

  private RitzPair pair(End end) {
    if (basis.size() < products) {
      throw new IllegalStateException("the basis of the Lanczos run was released");
    }
    Tridiagonal.Pair small = extreme(end, 0);
    double[] x = new double[dimension];
    for (int i = 0; i < products; i++) {
      Vectors.addMultiple(small.vector()[i], basis.get(i), x);
    }
    Vectors.divide(x, Vectors.norm(x));
    double residual = residual(small);
    double relative = norm == 0 ? 0 : residual / norm;
    Status status = relative <= method.tolerance() ? Status.CONVERGED : Status.NOT_CONVERGED;
    Outcome outcome =
        Outcome.of(small.value(), METHOD, status).withResidual(relative).withProducts(products);
    return new RitzPair(outcome, x, residual);
  }
}
