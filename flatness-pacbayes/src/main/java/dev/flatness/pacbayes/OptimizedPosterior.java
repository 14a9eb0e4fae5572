package dev.flatness.pacbayes;

import java.util.List;

/**
 * A posterior that was optimised, and how.
 *
 * @param posterior Q
 * @param history one entry an epoch
 * @param stop why it ended
 * @param reason the same in words; where it diverged, with the step and what to do
 */
public record OptimizedPosterior(
    DiagonalGaussian posterior, List<OptimizedPosterior.Epoch> history, Stop stop, String reason) {
  /** Why an optimisation ended. */
  public enum Stop {
    /** All epochs were run. */
    EPOCHS,
    /** The monitor stopped it; the posterior is the one reached. */
    STOPPED,
    /** A number was not finite; the posterior is that of the last epoch where all were. */
    DIVERGED
  }

  /**
   * One pass over the data.
   *
   * @param epoch its number, from 1
   * @param surrogateRisk the mean surrogate risk over its minibatches, each at the posterior of its
   *     own step
   * @param divergence KL(Q‖P) at its end, in nats
   * @param bound the training bound of these two; the surrogate is no sample of Q alone, so it is
   *     no certificate
   */
  public record Epoch(int epoch, double surrogateRisk, double divergence, double bound) {}

  /**
   * Copies the list.
   *
   * @param posterior Q
   * @param history one entry an epoch
   * @param stop why it ended
   * @param reason the same in words; where it diverged, with the step and what to do
   */
  public OptimizedPosterior {
    history = List.copyOf(history);
  }
}
