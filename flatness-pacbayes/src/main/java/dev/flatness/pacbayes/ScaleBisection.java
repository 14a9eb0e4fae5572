package dev.flatness.pacbayes;

import java.util.Optional;

/**
 * The largest scale of a perturbation that costs at most a tenth of the accuracy, by bisection.
 *
 * <p>The scale grows or shrinks by factors until a scale that is allowed lies below one that is
 * not; then the interval between them is halved, on the logarithmic scale, until its ends differ by
 * 1 %. The lower end is the result. Where the accuracy is no monotone function of the scale it is
 * one of several such scales: this is a search.
 */
final class ScaleBisection {
  /** By how much the accuracy may fall (Jiang et al. 2020). */
  static final double DROP = 0.1;

  /** Ours: far below what ten draws tell. */
  static final double WIDTH = 0.01;

  /** Of a difference of two accuracies. */
  private static final double ROUNDING = 1e-12;

  private static final int MOST_STEPS = 200;
  private static final double BESIDE = 1.25;

  private ScaleBisection() {}

  /**
   * By how much the accuracy falls.
   *
   * @param mean accuracy at the parameters less that at a perturbation, or the mean over draws
   * @param error the standard error of the mean, 0 for one perturbation
   */
  record Drop(double mean, double error) {}

  /** The drop at a scale. */
  @FunctionalInterface
  interface Drops {
    Drop at(double scale);
  }

  /**
   * What was found.
   *
   * @param scale the largest scale tried that is allowed
   * @param above the smallest scale tried that is not, above it
   * @param drop the drop at the scale
   * @param error the standard error of the scale's logarithm; NaN where the drop does not grow
   *     there
   * @param spread by how much the logarithm differs between searches
   * @param evaluations how many scales were tried
   * @param none why there is no such scale; empty where there is
   */
  record Found(
      double scale,
      double above,
      double drop,
      double error,
      double spread,
      int evaluations,
      Optional<String> none) {
    static Found none(String reason, int evaluations) {
      return new Found(
          Double.NaN, Double.NaN, Double.NaN, Double.NaN, 0, evaluations, Optional.of(reason));
    }

    /** How far the logarithm of the scale may be off without any sampling. */
    double uncertainty() {
      return Math.log(above / scale) + spread;
    }

    /** One of two searches, with how far they are apart and the scales that both tried. */
    Found withSpread(double logarithm, int tried) {
      return new Found(scale, above, drop, error, logarithm, tried, none);
    }
  }

  /**
   * Searches.
   *
   * @param start a first scale
   * @param factor the first steps, above 1
   * @param width the relative width at which it ends
   * @param drops the drop at a scale
   */
  static Found largest(double start, double factor, double width, Drops drops) {
    double allowed = 0;
    double above = Double.POSITIVE_INFINITY;
    Drop below = new Drop(0, 0);
    Drop beyond = new Drop(0, 0);
    double scale = start;
    int tried = 0;
    while (allowed == 0 || above == Double.POSITIVE_INFINITY) {
      if (tried == MOST_STEPS || !(scale > Double.MIN_NORMAL && scale < Double.MAX_VALUE)) {
        return Found.none(
            above == Double.POSITIVE_INFINITY
                ? "the accuracy falls by no more than " + DROP + " under any perturbation tried"
                : "the accuracy falls by more than " + DROP + " under every perturbation tried",
            tried);
      }
      Drop drop = drops.at(scale);
      tried++;
      if (drop.mean() <= DROP + ROUNDING) {
        allowed = scale;
        below = drop;
        scale *= factor;
      } else {
        above = scale;
        beyond = drop;
        scale /= factor;
      }
    }
    while (above / allowed > 1 + width) {
      double middle = Math.sqrt(allowed) * Math.sqrt(above);
      Drop drop = drops.at(middle);
      tried++;
      if (drop.mean() <= DROP + ROUNDING) {
        allowed = middle;
        below = drop;
      } else {
        above = middle;
        beyond = drop;
      }
    }
    double error = Math.max(below.error(), beyond.error());
    double logError = 0;
    if (error > 0) {
      double rise = drops.at(above * BESIDE).mean() - drops.at(allowed / BESIDE).mean();
      tried += 2;
      logError = rise > 0 ? error * Math.log(above / allowed * BESIDE * BESIDE) / rise : Double.NaN;
    }
    return new Found(allowed, above, below.mean(), logError, 0, tried, Optional.empty());
  }
}
