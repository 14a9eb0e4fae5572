package dev.flatness.training;

import dev.flatness.network.Network;
import dev.flatness.surface.Evaluation;
import java.util.List;

/**
 * A finished training.
 *
 * @param network the network at the parameters reached
 * @param history loss and accuracy on the whole training data, before the first epoch and after
 *     each
 * @param stop why it ended
 * @param reason the same in words; where it diverged, with epoch, step and what to do
 */
public record Training(Network network, List<Evaluation> history, Stop stop, String reason) {
  /** Why a training ended. */
  public enum Stop {
    /** The training loss fell to the target. */
    TARGET_LOSS("the training loss reached the target"),
    /** The monitor stopped the training. */
    STOPPED("the training was stopped"),
    /** All epochs were run. */
    EPOCHS("all epochs were run"),
    /**
     * Loss or parameters were not finite; the network is that of the last epoch where they were.
     */
    DIVERGED("the training diverged");

    private final String text;

    Stop(String text) {
      this.text = text;
    }

    /**
     * Returns the reason in words.
     *
     * @return a clause
     */
    public String text() {
      return text;
    }
  }

  /**
   * Copies the list.
   *
   * @param network the network at the parameters reached
   * @param history loss and accuracy on the whole training data, before the first epoch and after
   *     each
   * @param stop why it ended
   * @param reason the same in words; where it diverged, with epoch, step and what to do
   */
  public Training {
    history = List.copyOf(history);
  }

  /**
   * Returns loss and accuracy at the end.
   *
   * @return the last entry of the history
   */
  public Evaluation last() {
    return history.get(history.size() - 1);
  }
}
