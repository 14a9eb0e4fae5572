package dev.flatness.internal.engine;

import dev.flatness.surface.PassStoppedException;
import java.util.Arrays;
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

  /** What is done with one chunk or part, whatever the others do. */
  public interface Part {
    /**
     * Does it, and keeps what is to be added.
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

  private final WorkerPool crew;
  private final double[][] results;
  private BooleanSupplier stop = () -> false;

  /** Makes a runner of a number of workers. */
  public ChunkRunner(int threads) {
    this.crew = new WorkerPool(threads);
    this.results = new double[threads][];
  }

  /**
   * Names the condition that ends passes from now on. It is asked on the calling thread alone,
   * before each of its chunks but the first of all.
   */
  public void until(BooleanSupplier condition) {
    stop = condition;
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
    Turn turn = new Turn(sum);
    AtomicInteger next = new AtomicInteger();
    crew.run(chunks, worker -> loop(worker, chunks, next, turn, part), turn::abandon);
  }

  /** Runs the parts 0 … count−1, which leave nothing to be added. */
  public void each(int count, Part part) {
    AtomicInteger next = new AtomicInteger();
    crew.run(
        count,
        worker -> {
          boolean ended = false;
          try {
            for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
              part.run(worker, i);
            }
            ended = true;
          } finally {
            if (!ended) {
              next.set(count);
            }
          }
        },
        () -> next.set(count));
  }

  private void loop(int worker, int chunks, AtomicInteger next, Turn turn, Part part) {
    boolean ended = false;
    try {
      for (int chunk = next.getAndIncrement(); chunk < chunks; chunk = next.getAndIncrement()) {
        if (worker == 0 && chunk > 0 && stop.getAsBoolean()) {
          throw new PassStoppedException(
              "the pass was stopped at part " + (chunk + 1) + " of " + chunks + " of the samples");
        }
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
      WorkerPool.spinUntil(() -> chunk == mine || abandoned);
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
        throw new WorkerPool.Abandoned();
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
}
