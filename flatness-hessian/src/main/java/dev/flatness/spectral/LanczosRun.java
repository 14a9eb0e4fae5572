package dev.flatness.spectral;

import dev.flatness.internal.linalg.Vectors;
import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.measure.Monitor;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Status;
import dev.flatness.random.Seed;
import dev.flatness.spectral.Lanczos.End;
import dev.flatness.surface.PassStoppedException;
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

  private final Lanczos method;
  private final int dimension;
  private final Set<End> wanted;
  private final KrylovChain chain;
  private final Map<End, EndSearch> ends = new EnumMap<>(End.class);
  private int products;
  private @Nullable String stopped;
  private int least;

  LanczosRun(Lanczos method, int dimension, Seed seed) {
    if (dimension < 1) {
      throw new IllegalArgumentException(
          "the operator's dimension is " + dimension + ", expected at least 1");
    }
    this.method = method;
    this.dimension = dimension;
    this.wanted = method.ends();
    this.chain = KrylovChain.random(dimension, seed.split(0));
    for (End end : End.values()) {
      Seed own = seed.split(end.name());
      ends.put(end, new EndSearch(end, method, chain, own));
    }
  }

  private EndSearch search(End end) {
    return Objects.requireNonNull(ends.get(end));
  }

  /**
   * Tells whether the wanted ends have converged and were checked, or a limit was reached.
   *
   * @return whether no further product is wanted
   */
  public boolean finished() {
    return stopped != null || (converged() && !growing());
  }

  private boolean growing() {
    return !holds(least);
  }

  /** Whether the chain from the first start has these steps, or all that there are. */
  boolean holds(int steps) {
    return chain.products() >= steps || chain.complete();
  }

  /**
   * Tells whether the wanted ends have converged and were checked.
   *
   * @return whether they have
   */
  public boolean converged() {
    return wanted.stream().allMatch(this::converged);
  }

  /**
   * Returns the vector whose product is wanted next.
   *
   * @return a unit vector; the run's own array, not to be changed
   * @throws IllegalStateException if the run is finished
   */
  public double[] nextVector() {
    return open().next();
  }

  /** The chain of the first wanted end that is not done, else the one that must grow. */
  private KrylovChain open() {
    if (finished()) {
      throw new IllegalStateException(
          "the Lanczos run is finished because " + reason() + "; no further product is wanted");
    }
    return wanted.stream()
        .filter(end -> !converged(end))
        .map(end -> search(end).chain())
        .min((one, two) -> Boolean.compare(one == chain, two == chain))
        .orElse(chain);
  }

  /**
   * Takes the product of the operator with {@link #nextVector()}.
   *
   * @param product A q; copied
   * @throws IllegalArgumentException if its length is not the dimension
   * @throws IllegalStateException if the run is finished
   */
  public void accept(double[] product) {
    KrylovChain grown = open();
    if (product.length != dimension) {
      throw new IllegalArgumentException(
          "product has " + product.length + " entries, expected " + dimension);
    }
    if (!grown.accept(product)) {
      stop("product " + (products + 1) + " is not finite");
      return;
    }
    products++;
    ends.values().forEach(end -> end.judge(grown));
    wanted.forEach(end -> search(end).check());
    if (!finished()) {
      limit();
    }
  }

  private void limit() {
    int vectors = chain.size() + ends.values().stream().mapToInt(EndSearch::vectors).sum();
    method.full(vectors, dimension).ifPresent(this::stop);
    if (products >= method.maxProducts()) {
      stop("the limit of " + method.maxProducts() + " products was reached");
    }
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
   * Takes one product of an operator; false where the monitor, or a pass that it stopped, ended the
   * run. The first product is taken whatever the monitor says.
   */
  boolean advance(SymmetricOperator operator, double[][] product, Monitor monitor) {
    boolean late = products > 0 && monitor.stopped();
    if (!late) {
      try {
        double error = operator.error();
        ends.values().forEach(end -> end.error(error));
        operator.apply(new double[][] {nextVector()}, product);
      } catch (PassStoppedException stopped) {
        if (products == 0) {
          throw stopped;
        }
        late = true;
      }
    }
    if (late) {
      stop(monitor.whyStopped());
      return false;
    }
    accept(product[0]);
    return true;
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
    search(end).check();
  }

  /**
   * Requires at least this many steps from the first start vector, fewer if its Krylov space is
   * complete before; a finished run continues.
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
   * @param norm √(‖A‖_F² − ‖P A P‖_F²) with P = I − QQᵀ
   */
  public record Krylov(List<double[]> basis, double norm) {}

  /**
   * Returns the first steps: with A Q = Q T + β q eᵀ the part of ‖A‖_F² outside P A P is ‖T‖_F² + 2
   * β².
   *
   * @param steps how many, at most
   * @return basis and norm
   */
  public Krylov krylov(int steps) {
    int k = Math.min(steps, chain.products());
    double[] entries = new double[2 * k];
    for (int i = 0; i < k; i++) {
      entries[2 * i] = chain.alpha(i);
      entries[2 * i + 1] = Math.sqrt(2) * chain.beta(i);
    }
    return new Krylov(chain.basis(k), Vectors.norm(entries));
  }

  /**
   * Returns both ends: each as it was when it converged, or as it is.
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
    return new LanczosResult(
        search(End.LARGEST).pair(outcome(End.LARGEST)),
        search(End.SMALLEST).pair(outcome(End.SMALLEST)),
        products,
        wanted.stream().allMatch(end -> search(end).shown())
            ? Status.CONVERGED
            : Status.NOT_CONVERGED,
        reason(),
        chain.alphas(),
        chain.betas());
  }

  /**
   * Returns an end as it was when it converged, whatever was pursued since; or as it is.
   *
   * @param end the end
   * @return its eigenvalue; without a value before the first product
   */
  public Outcome outcome(End end) {
    EndSearch search = search(end);
    return search.begun()
        ? search.outcome(reason())
        : Outcome.of(Double.NaN, METHOD, Status.NOT_CONVERGED)
            .withProducts(products)
            .because(reason());
  }

  /**
   * Tells whether an end has converged: its residual met the tolerance, and the check found nothing
   * beyond it.
   *
   * @param end the end
   * @return whether it has
   */
  public boolean converged(End end) {
    return search(end).certified();
  }

  /** The eigenvector of an end. */
  double[] vector(End end) {
    return search(end).pair(outcome(end)).vector();
  }

  /**
   * How far outward an end may still lie, as far as this run has seen: its Ritz value and its
   * residual, and those of the checks of the other end. Positive infinity before the first product.
   */
  double reach(End end) {
    End other = end == End.LARGEST ? End.SMALLEST : End.LARGEST;
    return search(end).begun()
        ? Math.max(search(end).seen(), search(other).opposite())
        : Double.POSITIVE_INFINITY;
  }

  /**
   * Returns why no further product is wanted.
   *
   * @return a clause
   */
  public String reason() {
    if (converged()) {
      boolean noisy = wanted.stream().anyMatch(end -> !search(end).shown());
      return noisy
          ? EndSearch.NOISY
          : chain.exhausted()
              ? "the basis spans the whole space"
              : wanted.stream()
                  .map(end -> search(end).met())
                  .filter(EndSearch.CAPPED::equals)
                  .findFirst()
                  .orElse(EndSearch.MET);
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
    int checks = 0;
    for (End end : wanted) {
      double relative = search(end).begun() ? search(end).relativeResidual() : 1;
      slowest = Math.max(slowest, relative);
      checks += converged(end) ? 0 : Lanczos.mostChecks(dimension) / 2;
    }
    double rate = Math.log(Math.min(0.5, slowest)) / Math.log(method.tolerance());
    int expected = (int) Math.min(products / rate, 2.0 * products + 20) + checks;
    return Math.max(products + 1, Math.min(expected, method.maxProducts()));
  }

  /**
   * Frees the memory of a run that takes no further product.
   *
   * @param kept how many of the first basis vectors are kept
   */
  public void release(int kept) {
    stop("its basis was released");
    chain.release(kept);
    ends.values().forEach(EndSearch::release);
  }
}
