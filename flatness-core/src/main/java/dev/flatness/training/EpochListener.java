package dev.flatness.training;

import dev.flatness.network.Network;
import dev.flatness.surface.Evaluation;

/** Receives the state of a training before the first epoch and after each. */
@FunctionalInterface
public interface EpochListener {
  /** Does nothing. */
  EpochListener NONE = (epoch, network, evaluation) -> {};

  /**
   * Receives one epoch. The training goes on when the call returns.
   *
   * @param epoch how many epochs have been run; 0 before the first
   * @param network the network reached
   * @param evaluation its loss and accuracy on the whole training data
   */
  void epoch(int epoch, Network network, Evaluation evaluation);
}
