package dev.flatness.spectral;

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
  /**
   * Takes the mean, in two passes so that nothing cancels.
   *
   * @param samples at least one
   * @param products how many products they took
   * @return mean and standard error
   */
  public static Sampled mean(double[] samples, int products) {
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

  /**
   * Says why a sample of a planned size ended.
   *
   * @param done how many were drawn
   * @param planned how many were planned
   * @param what their name in the plural
   * @return a clause
   */
  public static String ending(int done, int planned, String what) {
    return done == planned
        ? "all " + planned + " " + what + " are done"
        : "the time limit has passed after " + done + " of " + planned + " " + what;
  }
}
