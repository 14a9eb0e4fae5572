package dev.flatness.measure;

import java.time.Duration;

/**
 * Receives progress updates of long work and tells it when to stop; called from one thread at a
 * time.
 *
 * <p>A monitor that only listens can be a lambda. Work that is told to stop reports its current
 * value with the status {@link Status#NOT_CONVERGED}.
 */
@FunctionalInterface
public interface Monitor {
  /** Ignores updates and never stops. */
  Monitor NONE = (task, done, total) -> {};

  /**
   * Receives an update.
   *
   * @param task what is being done
   * @param done how much of it is done
   * @param total how much there is in all; an estimate where iterations decide
   */
  void update(String task, long done, long total);

  /**
   * Tells whether the work must stop. It is asked between the steps of an iteration and between the
   * chunks of a pass over the samples, so it must be cheap.
   *
   * @return false by default
   */
  default boolean stopped() {
    return false;
  }

  /**
   * Says why the work must stop.
   *
   * @return a clause for reports
   */
  default String whyStopped() {
    return "the monitor stopped the work";
  }

  /**
   * Returns a monitor of a part of the work, whose updates appear under one name here.
   *
   * @param task the name
   * @return the monitor of the part; it stops when this one does
   */
  default Monitor as(String task) {
    Monitor whole = this;
    return new Monitor() {
      @Override
      public void update(String part, long done, long total) {
        whole.update(task, done, total);
      }

      @Override
      public boolean stopped() {
        return whole.stopped();
      }

      @Override
      public String whyStopped() {
        return whole.whyStopped();
      }
    };
  }

  /**
   * Returns this monitor with a time limit that begins now.
   *
   * @param limit after how long the work stops
   * @return a monitor that stops then, or when this one does
   */
  default Monitor limitedTo(Duration limit) {
    Monitor whole = this;
    long started = System.nanoTime();
    long nanos = limit.toNanos();
    return new Monitor() {
      @Override
      public void update(String task, long done, long total) {
        whole.update(task, done, total);
      }

      @Override
      public boolean stopped() {
        return whole.stopped() || System.nanoTime() - started > nanos;
      }

      @Override
      public String whyStopped() {
        return whole.stopped() ? whole.whyStopped() : "the time limit has passed";
      }
    };
  }

  /**
   * Says why a sample of a planned size ended.
   *
   * @param done how many were drawn
   * @param planned how many were planned
   * @param what their name in the plural
   * @return a clause
   */
  default String ending(int done, int planned, String what) {
    return done == planned
        ? "all " + planned + " " + what + " are done"
        : whyStopped() + " after " + done + " of " + planned + " " + what;
  }
}
