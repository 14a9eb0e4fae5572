package dev.flatness.internal.engine;

import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * Runs the chunks of a dataset on some workers and adds up their results in the order of the
 * chunks: the same bits on any number of threads.
 *
 * <p>A worker that is done with its chunk adds it when all earlier chunks have been added. Chunks
 * are handed out in order and cost about the same, so it seldom waits. One result vector per worker
 * is kept.
 */
public final class ChunkRunner {
  /** What is done with one chunk. */
  public interface Work {
    /**
     * Adds a chunk's contribution to a result that starts at zero.
     *
     * @param worker the worker's number
     * @param chunk the chunk's number
     * @param result receives the contribution
     */
    void run(int worker, int chunk, double[] result);
  }

  /** What is done with one chunk, whatever the others do. */
  public interface Part {
    /**
     * Computes a chunk's contribution and keeps it.
     *
     * @param worker the worker's number
     * @param chunk the chunk's number
     */
    void run(int worker, int chunk);
  }

  /** What is done with a contribution, in the order of the chunks. */
  public interface Sum {
    /**
     * Adds what a worker keeps.
     *
     * @param worker the worker's number
     */
    void add(int worker);
  }

  /** How long a worker waits actively for another, ns: a few wake-ups of a thread. */
  private static final long SPIN = 200_000;

  private static final ExecutorService POOL =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "flatness-worker");
            thread.setDaemon(true);
            return thread;
          });

  private final int threads;
  private final double[][] results;

  /** Makes a runner of so many workers. */
  public ChunkRunner(int threads) {
    this.threads = threads;
    this.results = new double[threads][];
  }

  /** Runs the chunks 0 … chunks−1 and adds their results to {@code total}. */
  public void run(int chunks, double[] total, Work work) {
    run(
        chunks,
        (worker, chunk) -> {
          if (results[worker] == null || results[worker].length != total.length) {
            results[worker] = new double[total.length];
          }
          Arrays.fill(results[worker], 0);
          work.run(worker, chunk, results[worker]);
        },
        worker -> {
          double[] result = results[worker];
          for (int i = 0; i < total.length; i++) {
            total[i] += result[i];
          }
        });
  }

  /** Runs the chunks 0 … chunks−1 and adds up what each leaves with its worker. */
  public void run(int chunks, Part part, Sum sum) {
    int workers = Math.min(threads, chunks);
    Turn turn = new Turn(sum);
    AtomicInteger next = new AtomicInteger();
    Future<?>[] others = new Future<?>[workers - 1];
    for (int w = 1; w < workers; w++) {
      int worker = w;
      others[w - 1] = POOL.submit(() -> loop(worker, chunks, next, turn, part));
    }
    Throwable failure = null;
    try {
      loop(0, chunks, next, turn, part);
    } catch (RuntimeException | Error e) {
      failure = e;
    }
    // Every worker is waited for, whatever happened: the next run uses the same buffers.
    boolean interrupted = false;
    for (Future<?> other : others) {
      spinUntil(other::isDone);
      for (boolean done = false; !done; ) {
        try {
          other.get();
          done = true;
        } catch (ExecutionException e) {
          done = true;
          failure = worse(failure, e.getCause());
        } catch (InterruptedException e) {
          interrupted = true;
          turn.abandon();
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while passing over the data", failure);
    }
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure != null) {
      throw (RuntimeException) failure;
    }
  }

  /** Waits a moment without giving the processor away, which costs more than most waits last. */
  private static void spinUntil(BooleanSupplier met) {
    long start = System.nanoTime();
    while (!met.getAsBoolean() && System.nanoTime() - start < SPIN) {
      Thread.onSpinWait();
    }
  }

  /** Errors first, then what failed first; a worker that only stopped for another says nothing. */
  private static Throwable worse(Throwable first, Throwable second) {
    boolean silent = first == null || first instanceof Abandoned;
    return silent || second instanceof Error && !(first instanceof Error) ? second : first;
  }

  private static void loop(int worker, int chunks, AtomicInteger next, Turn turn, Part part) {
    boolean ended = false;
    try {
      for (int chunk = next.getAndIncrement(); chunk < chunks; chunk = next.getAndIncrement()) {
        part.run(worker, chunk);
        turn.add(chunk, worker);
      }
      ended = true;
    } finally {
      if (!ended) {
        turn.abandon();
      }
    }
  }

  /** Whose turn it is to be added. */
  private static final class Turn {
    private final Sum sum;
    private volatile int chunk;
    private volatile boolean abandoned;

    Turn(Sum sum) {
      this.sum = sum;
    }

    void add(int mine, int worker) {
      spinUntil(() -> chunk == mine || abandoned);
      addInTurn(mine, worker);
    }

    private synchronized void addInTurn(int mine, int worker) {
      boolean interrupted = false;
      while (chunk != mine && !abandoned) {
        try {
          wait();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      if (abandoned) {
        throw new Abandoned();
      }
      sum.add(worker);
      chunk = mine + 1;
      notifyAll();
    }

    synchronized void abandon() {
      abandoned = true;
      notifyAll();
    }
  }

  /** Another worker failed. */
  private static final class Abandoned extends RuntimeException {
    private static final long serialVersionUID = 1;
  }
}
