package dev.flatness.internal.engine;

import java.util.function.IntToLongFunction;

/**
 * How many workers a pass has, and how many samples each takes at once.
 *
 * <p>Where memory does not hold what was planned there are fewer workers, which changes no bit; and
 * where it does not hold one, fewer samples.
 *
 * @param workers 0 where memory does not hold one sample
 * @param columns at least 1
 */
public record Room(int workers, int columns) {
  /**
   * Finds the room for a pass.
   *
   * @param most the workers planned
   * @param columns the samples at once as planned
   * @param shared bytes that are taken once
   * @param worker bytes that a worker takes for a number of samples at once
   * @param limit bytes that there are
   * @return the room; with 0 workers where not one sample fits
   */
  public static Room of(int most, int columns, long shared, IntToLongFunction worker, long limit) {
    int samples = columns;
    while (samples > 1 && shared + worker.applyAsLong(samples) > limit) {
      samples = (samples + 1) / 2;
    }
    long fit = (limit - shared) / Math.max(1, worker.applyAsLong(samples));
    return new Room((int) Math.max(0, Math.min(most, fit)), samples);
  }
}
