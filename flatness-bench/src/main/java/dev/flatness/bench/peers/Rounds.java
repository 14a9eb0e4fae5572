package dev.flatness.bench.peers;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Times several pieces of work in alternation: in every round each runs for a while, in an order
 * that turns. The machine's clock drifts, so only times of one round are compared.
 */
final class Rounds {
  /** How long a piece runs in a round at least, ns. */
  private static final long SPAN = 60_000_000;

  /** Idle BLAS threads spin for some 30 ms. */
  private static final long REST = 100;

  private static final long WARM_UP = 4_000_000_000L;
  private static final int WARM_UP_CALLS = 400;

  private final long warmUp;
  private final List<Runnable> pieces = new ArrayList<>();
  private double[][] times;

  Rounds() {
    this(WARM_UP);
  }

  /** Warms up for a number of nanoseconds. */
  Rounds(long warmUp) {
    this.warmUp = warmUp;
  }

  /** Adds a piece; returns its number. */
  int add(Runnable piece) {
    pieces.add(piece);
    return pieces.size() - 1;
  }

  /** Runs all pieces until they are warm, then this many rounds. */
  Rounds run(int rounds) {
    int n = pieces.size();
    int[] calls = new int[n];
    for (int i = 0; i < n; i++) {
      calls[i] = warm(pieces.get(i));
    }
    times = new double[n][rounds];
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < n; i++) {
        int piece = (i + round) % n;
        rest();
        pieces.get(piece).run();
        times[piece][round] = time(pieces.get(piece), calls[piece]);
      }
    }
    return this;
  }

  /** Waits until the threads of the piece before have stopped spinning. */
  private static void rest() {
    try {
      Thread.sleep(REST);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted between two pieces", e);
    }
  }

  /** Returns how many calls fill the span. */
  private int warm(Runnable piece) {
    long start = System.nanoTime();
    int calls = 0;
    double last = 0;
    while (calls < 3 || (System.nanoTime() - start < warmUp && calls < WARM_UP_CALLS)) {
      last = time(piece, 1);
      calls++;
    }
    return (int) Math.max(1, Math.ceil(SPAN / (last * 1e6)));
  }

  /** Milliseconds a call. */
  static double time(Runnable piece, int calls) {
    long start = System.nanoTime();
    for (int i = 0; i < calls; i++) {
      piece.run();
    }
    return (System.nanoTime() - start) / 1e6 / calls;
  }

  /** A piece's milliseconds a call, by round. */
  double[] times(int piece) {
    return times[piece];
  }

  /** One time over another, by round. */
  static double[] ratios(double[] over, double[] under) {
    double[] ratios = new double[over.length];
    Arrays.setAll(ratios, i -> over[i] / under[i]);
    return ratios;
  }

  /** The q-quantile by linear interpolation. */
  static double quantile(double[] values, double q) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    double at = q * (sorted.length - 1);
    int low = (int) at;
    int high = Math.min(low + 1, sorted.length - 1);
    return sorted[low] + (at - low) * (sorted[high] - sorted[low]);
  }

  static double median(double[] values) {
    return quantile(values, 0.5);
  }
}
