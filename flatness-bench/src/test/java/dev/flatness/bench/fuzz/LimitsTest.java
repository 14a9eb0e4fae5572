package dev.flatness.bench.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The fuzzer sees planted readers that take too long or allocate too much. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LimitsTest {
  private static final Duration FOREVER = Duration.ofDays(1);
  private static final int ALLOCATED = 4 << 20;

  @TempDir Path inputs;
  @TempDir Path saved;

  private final ByteArrayOutputStream told = new ByteArrayOutputStream();
  private volatile byte[] kept;

  /** A reader of three bytes that does what it is made for. */
  private record Planted(Action action) implements Reading {
    @Override
    public String id() {
      return "planted";
    }

    @Override
    public String suffix() {
      return ".bin";
    }

    @Override
    public byte[] input(Random random, Path folder) {
      return new byte[3];
    }

    @Override
    public void read(Path input, Path folder) {
      try {
        action.run();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  /** What a planted reader does. */
  private interface Action {
    void run() throws InterruptedException;
  }

  /** Faults among the first input and those of the next millisecond. */
  private int faults(Limits limits, Action action) throws InterruptedException {
    PrintStream out = new PrintStream(told, true, StandardCharsets.UTF_8);
    return new Fuzz(inputs, saved, limits, out).run(new Planted(action), 7, 1);
  }

  private String told() {
    return told.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aReaderThatDoesNotEndIsAFault() throws InterruptedException {
    CountDownLatch end = new CountDownLatch(1);
    try {
      assertThat(faults(new Limits(Duration.ofMillis(20), Long.MAX_VALUE), end::await)).isOne();
      assertThat(told())
          .contains("planted-7-0.bin", "still running after 20 ms", "CountDownLatch.await");
      assertThat(saved.resolve("planted-7-0.bin")).hasBinaryContent(new byte[3]);
    } finally {
      end.countDown();
    }
  }

  @Test
  void aReaderThatEndsTooLateIsAFault() throws InterruptedException {
    // The worker is looked at after 200 and 300 milliseconds.
    Limits limits = new Limits(Duration.ofMillis(250), Long.MAX_VALUE);
    assertThat(faults(limits, () -> TimeUnit.MILLISECONDS.sleep(255))).isOne();
    assertThat(saved.resolve("planted-7-0.bin")).exists();
  }

  @Test
  void aReaderThatAllocatesTooMuchIsAFault() throws InterruptedException {
    assertThat(faults(new Limits(FOREVER, ALLOCATED / 2), this::allocate)).isPositive();
    assertThat(told()).contains("allocated 4", "bytes for an input of 3");
    assertThat(saved.resolve("planted-7-0.bin")).exists();
  }

  @Test
  void aReaderWithinItsLimitsIsNone() throws InterruptedException {
    assertThat(faults(new Limits(FOREVER, 4L * ALLOCATED), this::allocate)).isZero();
    assertThat(saved).isEmptyDirectory();
  }

  @Test
  void theLimitsAreTenSecondsAndTwoGibibytes() {
    assertThat(Limits.STANDARD).isEqualTo(new Limits(Duration.ofSeconds(10), 2L << 30));
  }

  private void allocate() {
    kept = new byte[ALLOCATED];
  }
}
