package dev.flatness.bench.fuzz;

import java.time.Duration;

/**
 * What reading one input below 1 MiB may take.
 *
 * @param time how long it may take
 * @param bytes what it may allocate in all, garbage included
 */
record Limits(Duration time, long bytes) {
  /** The 256 MiB of the reader's budget are made up to four times on the way into a network. */
  static final Limits STANDARD = new Limits(Duration.ofSeconds(10), 2L << 30);
}
