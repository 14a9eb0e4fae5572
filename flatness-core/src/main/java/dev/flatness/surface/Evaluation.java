package dev.flatness.surface;

/**
 * The mean loss of a network over a dataset.
 *
 * @param loss L(θ)
 * @param correct how many samples are classified right; NaN where the loss is no classification
 *     loss
 * @param samples the number of samples
 */
public record Evaluation(double loss, double correct, int samples) {
  /**
   * Returns the share of samples classified right.
   *
   * @return between 0 and 1, or NaN
   */
  public double accuracy() {
    return correct / samples;
  }
}
