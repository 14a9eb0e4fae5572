package dev.flatness.pacbayes;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The Gaussian posterior of a bound: the distribution that the stochastic predictor draws its
 * parameters from.
 *
 * <p>A PAC-Bayes bound holds for all posteriors at once, so searching or optimising it on the
 * samples is free. Its risk is drawn afresh afterwards.
 *
 * <p>Source: docs/mathematics.md#posteriors.
 */
public final class Posterior {
  /** How the standard deviations are found. */
  enum Kind {
    FIXED,
    SEARCHED,
    PER_LAYER,
    OPTIMISED
  }

  private static final Posterior SEARCHED = new Posterior(Kind.SEARCHED, Double.NaN, null);
  private static final Posterior PER_LAYER = new Posterior(Kind.PER_LAYER, Double.NaN, null);

  private final Kind kind;
  private final double sigma;
  private final @Nullable PosteriorOptimizer optimizer;

  private Posterior(Kind kind, double sigma, @Nullable PosteriorOptimizer optimizer) {
    this.kind = kind;
    this.sigma = sigma;
    this.optimizer = optimizer;
  }

  /**
   * Takes one standard deviation for all coordinates.
   *
   * @param sigma σ, positive
   * @return N(θ, σ² I) at the network's own coordinates θ
   */
  public static Posterior isotropic(double sigma) {
    if (!(sigma > 0 && Double.isFinite(sigma))) {
      throw new IllegalArgumentException(
          "the posterior's standard deviation is " + sigma + ", expected a positive number");
    }
    return new Posterior(Kind.FIXED, sigma, null);
  }

  /**
   * Searches the standard deviation of the smallest bound.
   *
   * @return N(θ, σ² I) with the σ found
   */
  public static Posterior searched() {
    return SEARCHED;
  }

  /**
   * Searches one standard deviation for each layer; the grid then chooses the prior's scale for
   * each layer, too.
   *
   * @return N(θ, diag σ²), one σ a layer
   */
  public static Posterior perLayer() {
    return PER_LAYER;
  }

  /**
   * Optimises mean and standard deviations of all weights for the bound.
   *
   * <p>The optimisation starts at the network's own weights, or at the prior's where that is from a
   * split of the samples.
   *
   * @return N(μ, diag σ²) by {@link PosteriorOptimizer#withDefaults}
   */
  public static Posterior optimised() {
    return optimised(PosteriorOptimizer.withDefaults());
  }

  /**
   * Optimises mean and standard deviations of all weights for the bound.
   *
   * @param how epochs, rates, the bound that is minimised
   * @return N(μ, diag σ²)
   */
  public static Posterior optimised(PosteriorOptimizer how) {
    return new Posterior(Kind.OPTIMISED, Double.NaN, Objects.requireNonNull(how, "how"));
  }

  /**
   * Returns the name used in reports.
   *
   * @return {@code isotropic}, {@code per-layer} or {@code optimised}
   */
  public String kind() {
    return switch (kind) {
      case FIXED, SEARCHED -> "isotropic";
      case PER_LAYER -> "per-layer";
      case OPTIMISED -> "optimised";
    };
  }

  /** What was asked for, as on the command line. */
  Object asked() {
    return switch (kind) {
      case FIXED -> sigma;
      case SEARCHED -> "search";
      case PER_LAYER -> "per-layer";
      case OPTIMISED -> "optimised";
    };
  }

  Kind search() {
    return kind;
  }

  double sigma() {
    return sigma;
  }

  PosteriorOptimizer optimizer() {
    return Objects.requireNonNull(optimizer, "only an optimised posterior has an optimizer");
  }
}
