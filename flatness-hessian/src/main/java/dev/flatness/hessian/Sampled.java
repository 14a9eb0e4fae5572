package dev.flatness.hessian;

/**
 * The estimate of a mean of independent samples.
 *
 * <p>Formula: x̄ = (1/N) Σ x_i, standard error √(Σ (x_i − x̄)² / (N (N − 1))).
 *
 * @param value the estimate
 * @param standardError in the unit of the value; NaN for a single sample
 * @param products how many products were used
 */
public record Sampled(double value, double standardError, int products) {
  /** Two passes: no cancellation. */
  static Sampled mean(double[] samples, int products) {
    int n = samples.length;
    double sum = 0;
    for (double sample : samples) {
      sum += sample;
    }
    double mean = sum / n;
    double squares = 0;
    for (double sample : samples) {
      squares += (sample - mean) * (sample - mean);
    }
    double error = n < 2 ? Double.NaN : Math.sqrt(squares / n / (n - 1));
    return new Sampled(mean, error, products);
  }
}
