package dev.flatness.pacbayes;

import java.util.Arrays;
import java.util.function.ToDoubleFunction;

/**
 * The standard deviations of the smallest bound: a coarse scan of one for all groups, finer steps
 * around the best, then steps of each group alone.
 *
 * <p>The objective is drawn with the same directions at every candidate, so that it is as smooth as
 * the loss.
 */
final class ScaleSearch {
  private static final double DECADES = 4;
  private static final double ROOT_TEN = Math.sqrt(10);

  /** How many candidates are looked at with one σ for all groups. */
  static final int SHARED = 15;

  private final ToDoubleFunction<double[]> objective;
  private double[] best = new double[0];
  private double least = Double.POSITIVE_INFINITY;

  private ScaleSearch(ToDoubleFunction<double[]> objective) {
    this.objective = objective;
  }

  /**
   * Searches.
   *
   * @param objective the bound at one σ a group
   * @param magnitude the largest candidate is about this
   * @param groups how many groups
   * @return one σ a group
   */
  static double[] minimize(ToDoubleFunction<double[]> objective, double magnitude, int groups) {
    ScaleSearch search = new ScaleSearch(objective);
    for (double sigma = magnitude * ROOT_TEN;
        sigma > magnitude * Math.pow(10, -DECADES);
        sigma /= ROOT_TEN) {
      double[] all = new double[groups];
      Arrays.fill(all, sigma);
      search.look(all);
    }
    for (double step : new double[] {1.8, 1.3, 1.15}) {
      double[] from = search.best;
      search.look(times(from, -1, step));
      search.look(times(from, -1, 1 / step));
    }
    if (groups > 1) {
      search.alone(groups);
    }
    return search.best;
  }

  /** How many candidates are looked at with one σ for each of some groups, at most. */
  static int candidates(int groups) {
    return SHARED + 6 * groups;
  }

  private void alone(int groups) {
    for (double step : new double[] {3, 1.7, 1.3}) {
      for (int g = 0; g < groups; g++) {
        double[] from = best;
        if (!look(times(from, g, step))) {
          look(times(from, g, 1 / step));
        }
      }
    }
  }

  private static double[] times(double[] sigma, int group, double factor) {
    double[] moved = sigma.clone();
    for (int g = 0; g < moved.length; g++) {
      if (group < 0 || g == group) {
        moved[g] *= factor;
      }
    }
    return moved;
  }

  private boolean look(double[] sigma) {
    double value = objective.applyAsDouble(sigma);
    if (value < least || best.length == 0) {
      least = value;
      best = sigma;
      return true;
    }
    return false;
  }
}
