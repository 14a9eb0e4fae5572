package dev.flatness.pacbayes;

/**
 * The prior's standard deviation: fixed before the samples are seen, or one of a grid that a union
 * bound pays for.
 *
 * <p>Formula: the grid is σ_P² = c·e^{−j/b}, j = 1, 2, …; the bound at j uses δ_j = 6δ/(π²j²),
 * which adds ln (π²j²/6) nats to the divergence. The j next to the scale that minimises the
 * divergence on either side are tried.
 *
 * <p>Source: Dziugaite and Roy 2017, §3; Langford and Caruana 2001;
 * docs/mathematics.md#prior-scale.
 *
 * @param fixed the scale fixed beforehand; NaN for the grid
 * @param largest c, the largest variance of the grid
 * @param steps b, steps a factor of e
 */
record PriorScale(double fixed, double largest, int steps) {
  /** c: standard deviations up to 10, more than weights of trained networks have. */
  private static final double LARGEST = 100;

  /** A scale with its price. */
  record Choice(double sigma, double price) {}

  static PriorScale fixed(double sigma) {
    if (!(sigma > 0 && Double.isFinite(sigma))) {
      throw new IllegalArgumentException(
          "the prior's standard deviation is " + sigma + ", expected a positive number");
    }
    return new PriorScale(sigma, 1, 1);
  }

  static PriorScale grid() {
    return new PriorScale(Double.NaN, LARGEST, 100);
  }

  boolean isGrid() {
    return Double.isNaN(fixed);
  }

  /**
   * Chooses for coordinates whose divergence at σ_P is ½ (S/σ_P² + d ln σ_P²) + constant.
   *
   * @param squares S = Σ (μ_i − μ⁰_i)² + σ_i²
   * @param dimension d
   */
  Choice choose(double squares, int dimension) {
    if (!isGrid()) {
      return new Choice(fixed, 0);
    }
    double ideal = steps * Math.log(largest * dimension / squares);
    long j = (long) Math.max(1, Math.min(1L << 40, Math.ceil(ideal)));
    Choice best = at(j);
    // The divergence alone is convex in j; its price pulls j down from there.
    for (Choice next = best;
        j > 1 && cost(next, squares, dimension) <= cost(best, squares, dimension);
        next = at(--j)) {
      best = next;
    }
    Choice first = at(1);
    return cost(first, squares, dimension) <= cost(best, squares, dimension) ? first : best;
  }

  private Choice at(long j) {
    return new Choice(
        Math.sqrt(largest) * Math.exp(-j / (2.0 * steps)),
        Math.log(Math.PI * Math.PI / 6) + 2 * Math.log(j));
  }

  private static double cost(Choice choice, double squares, int dimension) {
    double variance = choice.sigma() * choice.sigma();
    return (squares / variance + dimension * Math.log(variance)) / 2 + choice.price();
  }
}
