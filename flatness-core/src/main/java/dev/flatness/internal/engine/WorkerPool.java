package dev.flatness.internal.engine;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;

/**
 * Some workers that do one thing at the same time: the calling thread and threads of a common pool.
 *
 * <p>Waking a thread takes a tenth of a millisecond and more, a pass over a small dataset a few
 * milliseconds. So a thread that is done looks out for the next task for a moment before it goes
 * back to the pool, unless this crew has more workers than there are processors. One run at a time.
 */
final class WorkerPool {
  /** How long to wait actively for another worker or a task, ns: a few wake-ups of a thread. */
  private static final long SPIN = 200_000;

  private static final ExecutorService POOL =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "flatness-worker");
            thread.setDaemon(true);
            return thread;
          });

  /** Stands for the next task of a thread that has none yet but looks, or will when it wakes. */
  private static final Runnable NONE = () -> {};

  private final int threads;
  private final long linger;

  /** By worker: its next task, {@link #NONE}, or null without a thread. */
  private final AtomicReferenceArray<Runnable> next;

  WorkerPool(int threads) {
    this.threads = threads;
    this.linger = threads <= Runtime.getRuntime().availableProcessors() ? SPIN : 0;
    this.next = new AtomicReferenceArray<>(threads);
  }

  /**
   * Runs a task once per worker, at most this many, and waits for all that have begun, whatever
   * happens: the next run uses the same buffers. Workers that have not begun when the calling
   * thread's task has ended are too late. An interruption is answered by {@code stop} and thrown
   * when all have ended; of failures errors come first, then the lowest worker's.
   */
  void run(int most, IntConsumer task, Runnable stop) {
    int workers = Math.max(1, Math.min(threads, most));
    Throwable[] failures = new Throwable[workers];
    CountDownLatch others = new CountDownLatch(workers - 1);
    Runnable[] tasks = new Runnable[workers];
    for (int w = 1; w < workers; w++) {
      int worker = w;
      tasks[w] =
          () -> {
            try {
              failures[worker] = attempt(task, worker);
            } finally {
              others.countDown();
            }
          };
      if (!hand(w, tasks[w])) {
        others.countDown();
      }
    }
    failures[0] = attempt(task, 0);
    for (int w = 1; w < workers; w++) {
      if (next.compareAndSet(w, tasks[w], NONE)) {
        others.countDown();
      }
    }
    spinUntil(() -> others.getCount() == 0);
    boolean interrupted = false;
    while (others.getCount() > 0) {
      try {
        others.await();
      } catch (InterruptedException e) {
        interrupted = true;
        stop.run();
      }
    }
    end(failures, interrupted);
  }

  private static Throwable attempt(IntConsumer task, int worker) {
    try {
      task.accept(worker);
      return null;
    } catch (Throwable e) {
      // Also a checked exception that other languages throw undeclared from a user's dataset.
      return e;
    }
  }

  private static void end(Throwable[] failures, boolean interrupted) {
    Throwable failure = null;
    for (Throwable each : failures) {
      failure = each == null ? failure : worse(failure, each);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while passing over the data", failure);
    }
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure instanceof RuntimeException exception) {
      throw exception;
    }
    if (failure != null) {
      throw new IllegalStateException("a pass over the data failed: " + failure, failure);
    }
  }

  /** Errors first, then the lowest worker's; one that only stopped for another says nothing. */
  private static Throwable worse(Throwable first, Throwable second) {
    boolean silent = first == null || first instanceof Abandoned;
    return silent || second instanceof Error && !(first instanceof Error) ? second : first;
  }

  /**
   * Hands a worker its task: to the thread that looks out for it, or to one of the pool. Returns
   * whether there is one; the others do without it.
   */
  private boolean hand(int worker, Runnable task) {
    if (next.compareAndSet(worker, NONE, task)) {
      return true;
    }
    next.set(worker, task);
    try {
      POOL.execute(() -> work(worker));
      return true;
    } catch (RuntimeException | Error e) {
      next.set(worker, null);
      return false;
    }
  }

  /** Does a worker's tasks while there are any. */
  private void work(int worker) {
    BooleanSupplier handed = () -> next.get(worker) != NONE;
    do {
      // It looks out for the next task as soon as this one has ended, so before that is known.
      next.getAndSet(worker, NONE).run();
      // An interruption meant for a task is not the next one's.
      Thread.interrupted();
      spinUntil(handed, linger);
    } while (!next.compareAndSet(worker, NONE, null));
  }

  /** Waits a moment without giving the processor away, which costs more than most waits last. */
  static void spinUntil(BooleanSupplier met) {
    spinUntil(met, SPIN);
  }

  private static void spinUntil(BooleanSupplier met, long most) {
    long start = System.nanoTime();
    while (!met.getAsBoolean() && System.nanoTime() - start < most) {
      Thread.onSpinWait();
    }
  }

  /** Another worker failed. */
  static final class Abandoned extends RuntimeException {
    private static final long serialVersionUID = 1;
  }
}
