package dev.flatness.pacbayes;

import dev.flatness.network.Network;
import dev.flatness.symmetry.OrbitMinimum;
import dev.flatness.symmetry.OrbitProblem;
import dev.flatness.symmetry.Rescaling;
import dev.flatness.symmetry.ScaleClasses;
import java.util.Arrays;
import java.util.BitSet;

/**
 * The smallest divergence from a prior to which positive rescaling brings a Gaussian posterior of
 * the parameters.
 *
 * <p>A rescaling c maps N(w, diag s²) to N(r w, diag (r s)²), r_e = c_b/c_a for the parameter of an
 * edge e = (a→b). Every network drawn from the one computes the function of one drawn from the
 * other, so every risk stays; the divergence from a fixed prior does not.
 *
 * <p>Formula: minimize ½ Σ_e [(r_e s_e/τ_e)² + ((r_e w_e − w⁰_e)/τ_e)² − 1 − ln (r_e s_e/τ_e)²]
 * over x = ln c. For a prior of mean 0 this is convex in x and the residual certifies the minimum.
 * For another mean it is not convex: descents start at the given weights and at the minimum for
 * mean 0, and each step minimizes a convex bound of the same form that touches the divergence at
 * the current point. What is found is a local minimum, and as valid in a bound.
 *
 * <p>Shapes: one coordinate a parameter. Units: nats. Cost: a convex problem of the network's scale
 * classes, some 40 of them for a mean that is not 0; no data. Errors: dimensions that differ from
 * the network's, and numbers that leave the range of doubles, are {@link
 * IllegalArgumentException}s. Dead classes are not pruned: with s_e &gt; 0 every class has a scale.
 *
 * <p>Source: docs/mathematics.md#rescaled-divergence.
 *
 * @param rescaling the rescaling found, the identity where none is better
 * @param posterior N(r w, diag (r s)²)
 * @param before the divergence of the given posterior from the prior
 * @param after the divergence of the rescaled one, never above {@code before}
 * @param residual the largest relative gradient of a free class: |Σ_in g − Σ_out g| over the sum of
 *     the magnitudes of the terms of g_e = (r_e s_e/τ_e)² + (r_e w_e/τ_e)² − r_e w_e w⁰_e/τ_e² − 1
 * @param converged whether the residual is at most 1e-9
 * @param global whether the problem is convex, so that the residual certifies the global minimum
 * @param steps how many convex problems were solved
 */
public record OrbitDivergence(
    Rescaling rescaling,
    DiagonalGaussian posterior,
    double before,
    double after,
    double residual,
    boolean converged,
    boolean global,
    int steps) {
  /** Ours: some thousand roundings of a sum over the edges of a class. */
  private static final double TOLERANCE = 1e-9;

  private static final int STEPS = 500;

  /**
   * Minimizes the divergence over the rescalings of a network.
   *
   * @param network a network of the posterior's graph
   * @param posterior N(w, diag s²)
   * @param prior N(w⁰, diag τ²)
   * @return the minimum
   */
  public static OrbitDivergence minimize(
      Network network, DiagonalGaussian posterior, DiagonalGaussian prior) {
    requireDimension("posterior", posterior, network);
    requireDimension("prior", prior, network);
    ScaleClasses classes = ScaleClasses.of(network);
    Search search = new Search(classes, posterior, prior);
    Rescaling identity = Rescaling.identity(classes);
    boolean centered = Arrays.stream(prior.mean()).allMatch(mean -> mean == 0);
    Rescaling start = search.centered();
    if (centered) {
      return search.better(start, identity, true, 1);
    }
    Descent far = search.descend(start);
    Descent near = search.descend(identity);
    double first = search.moved(far.end()).divergenceFrom(prior);
    double second = search.moved(near.end()).divergenceFrom(prior);
    Rescaling best = first <= second ? far.end() : near.end();
    return search.better(best, identity, false, 1 + far.steps() + near.steps());
  }

  private static void requireDimension(String name, DiagonalGaussian gaussian, Network network) {
    if (gaussian.dimension() != network.parameterCount()) {
      throw new IllegalArgumentException(
          "the "
              + name
              + " has "
              + gaussian.dimension()
              + " coordinates, but the network "
              + network.parameterCount()
              + " parameters; name a Gaussian over the parameters of this network");
    }
  }

  private record Descent(Rescaling end, int steps) {}

  /** The problem with its data as arrays. */
  private static final class Search {
    private final ScaleClasses classes;
    private final DiagonalGaussian posterior;
    private final DiagonalGaussian prior;
    private final double[] w;
    private final double[] s;
    private final double[] center;
    private final double[] tau;

    Search(ScaleClasses classes, DiagonalGaussian posterior, DiagonalGaussian prior) {
      this.classes = classes;
      this.posterior = posterior;
      this.prior = prior;
      this.w = posterior.mean();
      this.s = posterior.sigma();
      this.center = prior.mean();
      this.tau = prior.sigma();
    }

    DiagonalGaussian moved(Rescaling by) {
      double[] mean = by.ratios();
      double[] sigma = mean.clone();
      for (int e = 0; e < mean.length; e++) {
        mean[e] *= w[e];
        sigma[e] *= s[e];
      }
      return DiagonalGaussian.of(mean, sigma);
    }

    /** The minimizer for a prior of mean 0 with the same standard deviations. */
    Rescaling centered() {
      double[] a = new double[w.length];
      double[] b = new double[w.length];
      for (int e = 0; e < a.length; e++) {
        a[e] = size(e, 1) / 2;
        b[e] = 0.5;
      }
      return OrbitProblem.of(classes, a, b).solve().rescaling();
    }

    /** (r s/τ)² + (r w/τ)². */
    private double size(int e, double ratio) {
      double spread = ratio * s[e] / tau[e];
      double mean = ratio * w[e] / tau[e];
      return spread * spread + mean * mean;
    }

    /** r w w⁰/τ². */
    private double pull(int e, double ratio) {
      return ratio * w[e] / tau[e] * (center[e] / tau[e]);
    }

    /**
     * −2 m eᵟ lies below −2 m (1 + δ) where m ≥ 0 and below |m| (1 + e^{2δ}) elsewhere, and touches
     * it at δ = 0; so a step minimizes a convex bound of the divergence.
     */
    Descent descend(Rescaling from) {
      Rescaling at = from;
      int steps = 0;
      while (steps < STEPS && residual(at) > TOLERANCE / 10) {
        double[] ratios = at.ratios();
        double[] a = new double[w.length];
        double[] b = new double[w.length];
        for (int e = 0; e < a.length; e++) {
          double m = pull(e, ratios[e]);
          a[e] = (size(e, ratios[e]) + Math.max(0, -m)) / 2;
          b[e] = (1 + Math.max(0, m)) / 2;
        }
        OrbitMinimum step = OrbitProblem.of(classes, a, b).solve();
        at = at.compose(step.rescaling());
        steps++;
      }
      return new Descent(at, steps);
    }

    double residual(Rescaling at) {
      double[] ratios = at.ratios();
      double[] balance = new double[classes.freeCount()];
      double[] total = new double[classes.freeCount()];
      BitSet seen = new BitSet();
      classes.forEachEdge(
          (e, from, to) -> {
            if (seen.get(e)) {
              return;
            }
            seen.set(e);
            double size = size(e, ratios[e]);
            double pull = pull(e, ratios[e]);
            double g = size - pull - 1;
            double scale = size + Math.abs(pull) + 1;
            add(from, -g, scale, balance, total);
            add(to, g, scale, balance, total);
          });
      double largest = 0;
      for (int c = 0; c < balance.length; c++) {
        if (total[c] > 0) {
          largest = Math.max(largest, Math.abs(balance[c]) / total[c]);
        }
      }
      return largest;
    }

    private void add(int node, double g, double scale, double[] balance, double[] total) {
      if (node != ScaleClasses.SOURCE && classes.isFree(node)) {
        balance[node] += g;
        total[node] += scale;
      }
    }

    /** The better of two rescalings, the second being the identity. */
    OrbitDivergence better(Rescaling found, Rescaling identity, boolean global, int steps) {
      double before = posterior.divergenceFrom(prior);
      DiagonalGaussian rescaled = moved(found);
      double after = rescaled.divergenceFrom(prior);
      boolean gains = after < before;
      Rescaling chosen = gains ? found : identity;
      double residual = residual(chosen);
      return new OrbitDivergence(
          chosen,
          gains ? rescaled : posterior,
          before,
          gains ? after : before,
          residual,
          residual <= TOLERANCE,
          global,
          steps);
    }
  }
}
