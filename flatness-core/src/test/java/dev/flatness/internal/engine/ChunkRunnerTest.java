package dev.flatness.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flatness.random.Seed;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ChunkRunnerTest {
  private static double[] sum(int threads, int chunks) {
    double[] total = new double[3];
    ChunkRunner.Work work =
        (worker, chunk, result) -> {
          RandomGenerator random = Seed.of(5).split(chunk).generator();
          // Numbers of very different sizes: another order of addition gives other bits.
          for (int i = 0; i < result.length; i++) {
            result[i] += Math.exp(30 * random.nextDouble()) * (random.nextBoolean() ? 1 : -1);
          }
          if (random.nextInt(8) == 0) {
            Thread.yield();
          }
        };
    new ChunkRunner(threads).run(chunks, total, work);
    return total;
  }

  @Test
  void sumsAreThoseOfTheOrderOfChunksOnAnyNumberOfThreads() {
    double[] expected = sum(1, 500);
    for (int threads : new int[] {2, 3, 7, 16}) {
      for (int run = 0; run < 5; run++) {
        assertThat(sum(threads, 500)).containsExactly(expected);
      }
    }
  }

  @Test
  void everyChunkRunsOnceAndAWorkerIsNeverTwoThreadsAtOnce() {
    AtomicIntegerArray runs = new AtomicIntegerArray(300);
    AtomicIntegerArray busy = new AtomicIntegerArray(4);
    new ChunkRunner(4)
        .run(
            300,
            new double[1],
            (worker, chunk, result) -> {
              assertThat(busy.incrementAndGet(worker)).isEqualTo(1);
              runs.incrementAndGet(chunk);
              busy.decrementAndGet(worker);
            });
    for (int chunk = 0; chunk < 300; chunk++) {
      assertThat(runs.get(chunk)).isEqualTo(1);
    }
  }

  @Test
  void resultsAreAddedToWhatTheTotalHeld() {
    double[] total = {10};
    new ChunkRunner(3).run(4, total, (worker, chunk, result) -> result[0] += chunk);
    assertThat(total).containsExactly(16);
  }

  @Test
  void aRunnerServesResultsOfSeveralLengths() {
    ChunkRunner runner = new ChunkRunner(2);
    for (int length : new int[] {1, 5, 2}) {
      double[] total = new double[length];
      runner.run(10, total, (worker, chunk, result) -> result[length - 1] += 1);
      assertThat(total[length - 1]).isEqualTo(10);
    }
  }

  @Test
  void runsInARowWithAndWithoutPausesGiveTheSameSums() throws InterruptedException {
    ChunkRunner runner = new ChunkRunner(2);
    for (int run = 0; run < 2000; run++) {
      double[] total = new double[1];
      runner.run(5, total, (worker, chunk, result) -> result[0] += chunk);
      assertThat(total).containsExactly(10);
      if (run % 400 == 0) {
        // Longer than threads look out for the next run.
        Thread.sleep(5);
      }
    }
  }

  @Test
  void everyPartRunsOnceAndAllHaveEnded() {
    ChunkRunner runner = new ChunkRunner(3);
    for (int run = 0; run < 200; run++) {
      int[] runs = new int[50];
      runner.each(runs.length, (worker, i) -> runs[i]++);
      assertThat(runs).containsOnly(1);
    }
  }

  @Test
  void theFailureOfAPartIsThrownAndEndsTheRun() {
    ChunkRunner runner = new ChunkRunner(2);
    AtomicInteger done = new AtomicInteger();
    assertThatThrownBy(
            () ->
                runner.each(
                    1000,
                    (worker, i) -> {
                      if (i == 1) {
                        throw new IllegalArgumentException("part 1 is broken");
                      }
                      LockSupport.parkNanos(1_000_000);
                      done.incrementAndGet();
                    }))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("part 1 is broken");
    assertThat(done.get()).isLessThan(500);
  }

  @Test
  void anUndeclaredCheckedExceptionIsTheCause() {
    for (int bad : new int[] {0, 1}) {
      ChunkRunner runner = new ChunkRunner(2);
      CountDownLatch both = new CountDownLatch(2);
      assertThatThrownBy(
              () ->
                  runner.run(
                      2,
                      new double[1],
                      (worker, chunk, result) -> {
                        both.countDown();
                        await(both);
                        if (worker == bad) {
                          throwAnyway(new IOException("no file"));
                        }
                      }))
          .isInstanceOf(IllegalStateException.class)
          .hasRootCauseMessage("no file");
      double[] total = new double[1];
      runner.run(10, total, (worker, chunk, result) -> result[0] = 1);
      assertThat(total).containsExactly(10);
    }
  }

  @SuppressWarnings("unchecked")
  private static <E extends Exception> void throwAnyway(Exception exception) throws E {
    throw (E) exception;
  }

  @Test
  void anInterruptedThreadGetsWhatNeedsNoWaiting() {
    double[] total = new double[1];
    Thread.currentThread().interrupt();
    new ChunkRunner(1).run(4, total, (worker, chunk, result) -> result[0] = chunk);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(total).containsExactly(6);
  }

  @Test
  void runsOfFewerChunksThanWorkersGoBetweenOthers() {
    ChunkRunner runner = new ChunkRunner(4);
    for (int run = 0; run < 500; run++) {
      double[] total = new double[1];
      runner.run(1, total, (worker, chunk, result) -> result[0] = 1);
      runner.run(8, total, (worker, chunk, result) -> result[0] = 1);
      assertThat(total).containsExactly(9);
    }
  }

  @Test
  void anInterruptionIsThrownWhenAllHaveEndedAndTheRunnerWorksAfterwards() {
    ChunkRunner runner = new ChunkRunner(2);
    Thread caller = Thread.currentThread();
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch left = new CountDownLatch(1);
    assertThatThrownBy(
            () ->
                runner.each(
                    2,
                    (worker, i) -> {
                      if (worker == 1) {
                        begun.countDown();
                        await(left);
                        pause();
                        caller.interrupt();
                        pause();
                      } else {
                        await(begun);
                        left.countDown();
                      }
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("interrupted while passing over the data");
    assertThat(Thread.interrupted()).isTrue();
    double[] total = new double[1];
    runner.run(10, total, (worker, chunk, result) -> result[0] = 1);
    assertThat(total).containsExactly(10);
  }

  @Test
  void theFailureOfOneWorkerEndsTheRunWithThatFailure() {
    for (int threads : new int[] {1, 2, 5}) {
      for (int bad : new int[] {0, 7, 39}) {
        ChunkRunner runner = new ChunkRunner(threads);
        assertThatThrownBy(
                () ->
                    runner.run(
                        40,
                        new double[1],
                        (worker, chunk, result) -> {
                          if (chunk == bad) {
                            throw new IllegalArgumentException("chunk " + bad + " is broken");
                          }
                        }))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessage("chunk " + bad + " is broken");
        double[] total = new double[1];
        runner.run(40, total, (worker, chunk, result) -> result[0] = 1);
        assertThat(total).as("the runner works afterwards").containsExactly(40);
      }
    }
  }

  @Test
  void anErrorOfAnotherThreadIsThrownAsItIs() {
    CountDownLatch failed = new CountDownLatch(1);
    assertThatThrownBy(
            () ->
                new ChunkRunner(2)
                    .run(
                        2,
                        new double[1],
                        (worker, chunk, result) -> {
                          if (worker == 1) {
                            failed.countDown();
                            throw new OutOfMemoryError("no room");
                          }
                          await(failed);
                        }))
        .isInstanceOf(OutOfMemoryError.class)
        .hasMessage("no room");
  }

  @Test
  void anErrorIsThrownOnlyWhenEveryWorkerHasEnded() {
    CountDownLatch failing = new CountDownLatch(1);
    AtomicIntegerArray ended = new AtomicIntegerArray(1);
    assertThatThrownBy(
            () ->
                new ChunkRunner(2)
                    .run(
                        2,
                        new double[1],
                        (worker, chunk, result) -> {
                          if (worker == 0) {
                            await(failing);
                            throw new OutOfMemoryError("no room");
                          }
                          failing.countDown();
                          pause();
                          ended.set(0, 1);
                        }))
        .isInstanceOf(OutOfMemoryError.class);
    assertThat(ended.get(0)).isEqualTo(1);
  }

  private static void pause() {
    try {
      Thread.sleep(100);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
