package dev.flatness.sharpness;

import dev.flatness.internal.linalg.Vectors;
import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.measure.Monitor;
import dev.flatness.random.Seed;
import dev.flatness.spectral.Lanczos;
import dev.flatness.spectral.Lanczos.End;
import dev.flatness.spectral.LanczosRun;
import dev.flatness.surface.LossSurface;
import dev.flatness.surface.PassStoppedException;
import dev.flatness.surface.Slope;
import java.util.Objects;
import java.util.Optional;

/**
 * Searches a set of perturbations for the highest loss, by projected gradient ascent from several
 * starts.
 *
 * <p>Formula: max L(θ + M y) − L(θ) over ‖y‖ ≤ r. The starts are the points of the ball that lie
 * furthest along the top eigenvector v of MᵀHM, along −v, along the gradient Mᵀ∇L(θ), and along
 * Gaussian vectors. Then up to 3 starts come from beyond the kinks near θ: gradients are taken at
 * 16 points 1 to 1000 radii away, 8 of them along ± the best point so far and 8 at random, and of
 * the points of the ball furthest along these gradients the highest that differ are climbed from. A
 * unit that is closed everywhere in most of the ball is open far away. A step goes to the
 * projection of y + t (r/‖g‖) g, g the gradient in y (in the maximum norm ‖g‖/√k for ‖g‖); it is
 * taken if the loss gains 1e-4 of what the slope promises (Armijo), and then t grows fourfold, else
 * it shrinks as much. t starts at 8, in the maximum norm at 512, whose gradients have entries of
 * all sizes: a long step, which on a quadratic is one of the power method. Everything is relative
 * to r: no scale is assumed.
 *
 * <p>Everything happens in y, so searches in sets that one linear map carries to each other find
 * the same: in the relative set the number is invariant to rescaling.
 *
 * <p>Defaults: 5 starts, 3 from beyond kinks, 20 gradients a start, 20 products for the eigenvector
 * to a residual of 1e-2 (all ours), or none where an eigenvector is given; a start ends early when
 * a step gains or, by the slope, promises less than 1e-6 of the increase, or when it comes to the
 * best point of the starts before it: within ten such gains of the same increase, at a cosine of
 * 0.7 or more. If a limit ended the best start, it goes on to ten times the limit. Cost: at most
 * (starts + 3) · 20 + 17 gradients (3 passes a sample), 180 more where the best start goes on, 20
 * evaluations and 20 products (8 passes); losses and gradients are those of {@link
 * LossSurface#inDouble()}; memory 8 · parameters bytes for each of some 10 vectors and of the
 * products.
 *
 * <p>Errors: the surface may be infinite or NaN outside its domain. An infinite loss in the set
 * ends the search with the status infinite; a step to where it is undefined is not taken. The
 * problem is not convex: the result is a lower bound.
 *
 * <p>Source: Keskar et al. 2017, §2.2.2 (who use L-BFGS-B); starts and steps ours. Immutable.
 */
public final class SharpnessSearch {
  private static final SharpnessSearch DEFAULTS = new SharpnessSearch(5, 3, 20, 20, 1e-6);

  private final int starts;
  private final int beyondKinks;
  private final int gradients;
  private final int products;
  private final double leastGain;

  private SharpnessSearch(
      int starts, int beyondKinks, int gradients, int products, double leastGain) {
    this.starts = starts;
    this.beyondKinks = beyondKinks;
    this.gradients = gradients;
    this.products = products;
    this.leastGain = leastGain;
  }

  /**
   * Returns the defaults.
   *
   * @return 5 starts, 3 from beyond kinks, 20 gradients a start, 20 products
   */
  public static SharpnessSearch withDefaults() {
    return DEFAULTS;
  }

  /**
   * Returns the smaller budget of the measures.
   *
   * @return 4 starts, 3 from beyond kinks, 8 gradients a start, which ends when a step gains less
   *     than 1e-3 of the increase
   */
  public static SharpnessSearch ofMeasures() {
    return DEFAULTS.withStarts(4).withGradients(8).withLeastGain(1e-3);
  }

  /**
   * Returns this search with another number of starts that know of θ alone, taken in the order
   * above.
   *
   * @param count how many
   * @return the changed copy
   * @throws IllegalArgumentException if less than 1
   */
  public SharpnessSearch withStarts(int count) {
    return new SharpnessSearch(
        positive("starts", count), beyondKinks, gradients, products, leastGain);
  }

  /**
   * Returns this search with another number of starts from beyond the kinks near θ. A smooth loss
   * needs none.
   *
   * @param count how many, at most; with 0 no gradient is taken outside the set
   * @return the changed copy
   * @throws IllegalArgumentException if negative
   */
  public SharpnessSearch withStartsBeyondKinks(int count) {
    if (count < 0) {
      throw new IllegalArgumentException(
          "the number of starts beyond kinks is " + count + ", expected at least 0");
    }
    return new SharpnessSearch(starts, count, gradients, products, leastGain);
  }

  /**
   * Returns this search with another budget.
   *
   * @param perStart how many times a start may evaluate loss and gradient
   * @return the changed copy
   * @throws IllegalArgumentException if less than 1
   */
  public SharpnessSearch withGradients(int perStart) {
    return new SharpnessSearch(
        starts, beyondKinks, positive("gradients a start", perStart), products, leastGain);
  }

  /**
   * Returns this search with another budget for the eigenvector.
   *
   * @param limit how many Hessian products it may take
   * @return the changed copy
   * @throws IllegalArgumentException if less than 1
   */
  public SharpnessSearch withProducts(int limit) {
    return new SharpnessSearch(
        starts, beyondKinks, gradients, positive("products", limit), leastGain);
  }

  /**
   * Returns this search with another end of a start.
   *
   * @param relative a start ends when a step gains less than this share of the increase
   * @return the changed copy
   * @throws IllegalArgumentException unless 0 &lt; relative &lt; 1
   */
  public SharpnessSearch withLeastGain(double relative) {
    if (!(relative > 0 && relative < 1)) {
      throw new IllegalArgumentException(
          "the least gain of a step is " + relative + ", expected a number between 0 and 1");
    }
    return new SharpnessSearch(starts, beyondKinks, gradients, products, relative);
  }

  private static int positive(String name, int count) {
    if (count < 1) {
      throw new IllegalArgumentException(
          "the number of " + name + " is " + count + ", expected at least 1");
    }
    return count;
  }

  /**
   * Returns the number of starts.
   *
   * @return how many
   */
  public int starts() {
    return starts;
  }

  /**
   * Returns the budget of a start.
   *
   * @return how many times it may evaluate loss and gradient
   */
  public int gradients() {
    return gradients;
  }

  /**
   * What need not be computed again.
   *
   * @param slope loss and gradient at θ
   * @param eigenvector the top one of MᵀHM, of the set's dimension
   */
  public record Known(Optional<Slope> slope, Optional<double[]> eigenvector) {
    /** Nothing is known. */
    public static final Known NOTHING = new Known(Optional.empty(), Optional.empty());
  }

  /**
   * Searches.
   *
   * @param surface L
   * @param theta θ
   * @param set the perturbations
   * @param seed the root of the random starts
   * @return the highest loss found and where
   * @throws IllegalArgumentException if the dimensions differ
   */
  public SharpnessResult maximize(
      LossSurface surface, double[] theta, PerturbationSet set, Seed seed) {
    return maximize(surface, theta, set, Known.NOTHING, seed, Monitor.NONE);
  }

  /**
   * Searches with what is known already, until a monitor stops it.
   *
   * @param surface L
   * @param theta θ
   * @param set the perturbations
   * @param known loss, gradient and eigenvector, as far as they are known
   * @param seed the root of the random starts
   * @param monitor receives the number of gradients; asked before every evaluation and product
   * @return the highest loss found and where
   * @throws IllegalArgumentException if the dimensions differ
   */
  public SharpnessResult maximize(
      LossSurface surface,
      double[] theta,
      PerturbationSet set,
      Known known,
      Seed seed,
      Monitor monitor) {
    double[] eigenvector = known.eigenvector().orElse(null);
    if (eigenvector != null && eigenvector.length != set.dimension()) {
      throw new IllegalArgumentException(
          "the eigenvector has "
              + eigenvector.length
              + " entries, expected the set's dimension "
              + set.dimension());
    }
    if (theta.length != surface.dimension() || theta.length != set.parameters()) {
      throw new IllegalArgumentException(
          "θ has "
              + theta.length
              + " entries and the perturbations "
              + set.parameters()
              + ", expected the surface's dimension "
              + surface.dimension());
    }
    LossSurface fine = surface.inDouble();
    int most = starts + beyondKinks;
    SharpnessRun ascent =
        new SharpnessRun(
            fine,
            theta,
            set,
            gradients,
            leastGain,
            // A slope of another precision is of another function.
            fine == surface ? known.slope().orElse(null) : null,
            monitor,
            1 + (beyondKinks > 0 ? SharpnessRun.PROBES : 0) + (long) most * gradients);
    if (!ascent.defined()) {
      return ascent.result(0, most, Double.NaN);
    }
    double rounding = Rounding.of(fine, theta, ascent.loss(), seed.split("rounding"));
    double[] top = eigenvector == null ? new double[set.dimension()] : eigenvector.clone();
    int used = 0;
    if (eigenvector == null) {
      LanczosRun run =
          topEigenpair(set.pull(surface.hessian(theta)), seed.split("eigenvector"), monitor);
      used = run.products();
      top = used == 0 ? top : run.result().largest().vector();
    }
    try {
      climb(ascent, top, seed);
    } catch (PassStoppedException late) {
      ascent.stop();
    }
    ascent.finish();
    return ascent.result(used, most, rounding);
  }

  private void climb(SharpnessRun ascent, double[] top, Seed seed) {
    for (int i = 0; i < starts && !ascent.over(); i++) {
      switch (i) {
        case 0 -> ascent.climb("eigenvector", top);
        case 1 -> {
          Vectors.divide(top, -1);
          ascent.climb("opposite-eigenvector", top);
        }
        case 2 -> ascent.climb("gradient", ascent.gradientAtTheta());
        default ->
            ascent.climb(
                "random-" + (i - 2), Vectors.gaussian(top.length, seed.split("start").split(i)));
      }
    }
    if (beyondKinks > 0 && !ascent.over()) {
      ascent.climbBeyondKinks(beyondKinks, seed.split("kinks"));
    }
  }

  /** A run without a product where the first one is not finite. */
  private LanczosRun topEigenpair(SymmetricOperator operator, Seed seed, Monitor monitor) {
    LanczosRun run =
        Lanczos.withDefaults()
            .withTolerance(1e-2)
            .withMaxProducts(products)
            .withEnds(End.LARGEST)
            .start(operator.dimension(), seed);
    double[][] product = new double[1][operator.dimension()];
    while (!run.finished() && !monitor.stopped()) {
      try {
        operator.apply(new double[][] {run.nextVector()}, product);
      } catch (PassStoppedException late) {
        break;
      }
      run.accept(product[0]);
    }
    return run;
  }

  /** Two searches are equal when they have the same budgets. */
  @Override
  public boolean equals(Object other) {
    return other instanceof SharpnessSearch that
        && starts == that.starts
        && beyondKinks == that.beyondKinks
        && gradients == that.gradients
        && products == that.products
        && leastGain == that.leastGain;
  }

  @Override
  public int hashCode() {
    return Objects.hash(starts, beyondKinks, gradients, products, leastGain);
  }
}
