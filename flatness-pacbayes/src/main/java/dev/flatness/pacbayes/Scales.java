package dev.flatness.pacbayes;

import java.util.Arrays;

/**
 * Posterior and prior around their centers, with a standard deviation for each group of
 * coordinates, and the divergence between them.
 */
final class Scales {
  private final double[] center;
  private final double[] priorCenter;
  private final int[] group;
  private final PriorScale scale;
  private final double[] distance;
  private final int[] size;

  /**
   * The pair of two centers.
   *
   * @param group the group of each coordinate, from 0
   */
  Scales(double[] center, double[] priorCenter, int[] group, PriorScale scale) {
    this.center = center;
    this.priorCenter = priorCenter;
    this.group = group;
    this.scale = scale;
    int groups = Arrays.stream(group).max().orElse(0) + 1;
    this.distance = new double[groups];
    this.size = new int[groups];
    for (int i = 0; i < center.length; i++) {
      double moved = center[i] - priorCenter[i];
      distance[group[i]] += moved * moved;
      size[group[i]]++;
    }
  }

  /** A prior with its price and the divergence of a posterior from it, in nats. */
  record Fitted(DiagonalGaussian prior, double[] priorSigma, double price, double divergence) {}

  int groups() {
    return size.length;
  }

  /** The root mean square of the center, the scale that noise is measured by. */
  double magnitude() {
    double sum = Arrays.stream(center).map(x -> x * x).sum();
    return sum == 0 ? 1 : Math.sqrt(sum / center.length);
  }

  DiagonalGaussian posterior(double[] sigma) {
    return DiagonalGaussian.of(center, spread(sigma));
  }

  private double[] spread(double[] sigma) {
    return Arrays.stream(group).mapToDouble(g -> sigma[g]).toArray();
  }

  /** The root mean square of a posterior's standard deviations in each group. */
  double[] rootMeanSquares(DiagonalGaussian posterior) {
    double[] sigma = posterior.sigma();
    double[] first = new double[size.length];
    double[] ratio = new double[size.length];
    for (int i = 0; i < sigma.length; i++) {
      int g = group[i];
      first[g] = first[g] == 0 ? sigma[i] : first[g];
      // The ratios of equal numbers add up without rounding.
      ratio[g] += sigma[i] / first[g] * (sigma[i] / first[g]);
    }
    double[] root = new double[size.length];
    Arrays.setAll(root, g -> first[g] * Math.sqrt(ratio[g] / size[g]));
    return root;
  }

  /** The prior of the smallest divergence from a posterior with one σ a group. */
  Fitted fitted(double[] sigma) {
    double[] squares = new double[size.length];
    for (int g = 0; g < squares.length; g++) {
      squares[g] = distance[g] + size[g] * sigma[g] * sigma[g];
    }
    return fitted(posterior(sigma), squares);
  }

  /** The prior of the smallest divergence from any posterior. */
  Fitted fitted(DiagonalGaussian posterior) {
    double[] squares = new double[size.length];
    double[] mean = posterior.mean();
    double[] sigma = posterior.sigma();
    for (int i = 0; i < mean.length; i++) {
      double moved = mean[i] - priorCenter[i];
      squares[group[i]] += moved * moved + sigma[i] * sigma[i];
    }
    return fitted(posterior, squares);
  }

  private Fitted fitted(DiagonalGaussian posterior, double[] squares) {
    double[] chosen = new double[size.length];
    double price = 0;
    for (int g = 0; g < chosen.length; g++) {
      PriorScale.Choice choice = scale.choose(squares[g], size[g]);
      chosen[g] = choice.sigma();
      price += choice.price();
    }
    DiagonalGaussian prior = DiagonalGaussian.of(priorCenter, spread(chosen));
    return new Fitted(prior, chosen, price, posterior.divergenceFrom(prior));
  }
}
