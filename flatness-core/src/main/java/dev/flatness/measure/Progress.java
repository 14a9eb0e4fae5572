package dev.flatness.measure;

/** Hears how far long work has come; called from one thread at a time. */
@FunctionalInterface
public interface Progress {
  /** Hears nothing. */
  Progress NONE = (task, done, total) -> {};

  /**
   * Reports a step.
   *
   * @param task what is being done
   * @param done how much of it is done
   * @param total how much there is in all; an estimate where iterations decide
   */
  void update(String task, long done, long total);
}
