package dev.flatness.bench.fuzz;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.Set;

/**
 * One input and what came of it. Foreseen are success and the library's own refusals: an {@link
 * IllegalArgumentException} or {@link UncheckedIOException} itself, no subclass, with a message of
 * printable text. Everything else is a fault, as is more allocated than {@link Limits} allow.
 */
final class Trial {
  private static final Set<Integer> CODES = Set.of(0, 2, 3, 74);
  private static final int LONGEST = 8192;

  private final Reading target;
  private final long seed;
  private final long number;
  private final Limits limits;

  Trial(Reading target, long seed, long number, Limits limits) {
    this.target = target;
    this.seed = seed;
    this.number = number;
    this.limits = limits;
  }

  /** Thrown for what no user should see. */
  static final class Fault extends RuntimeException {
    private static final long serialVersionUID = 1;

    Fault(String message, Throwable cause) {
      super(message, cause);
    }
  }

  byte[] input(Path folder) throws IOException {
    return target.input(new Random(seed * 1_000_003 + number), folder);
  }

  String name() {
    return target.id() + "-" + seed + "-" + number + target.suffix();
  }

  /** Makes and reads the input; faults are thrown. */
  void run(Path folder) throws IOException {
    byte[] input = input(folder);
    Path file = folder.resolve("input" + target.suffix());
    Files.write(file, input);
    long before = allocated();
    try {
      target.read(file, folder);
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      requireForeseen(e);
    }
    long bytes = allocated() - before;
    if (bytes > limits.bytes()) {
      throw new Fault("allocated " + bytes + " bytes for an input of " + input.length, null);
    }
  }

  private static long allocated() {
    return ManagementFactory.getThreadMXBean() instanceof ThreadMXBean threads
            && threads.isThreadAllocatedMemorySupported()
        ? threads.getThreadAllocatedBytes(Thread.currentThread().getId())
        : 0;
  }

  static void requireForeseen(Throwable failure) {
    if (failure instanceof Fault fault) {
      throw fault;
    }
    boolean own =
        failure.getClass() == IllegalArgumentException.class
            || failure.getClass() == UncheckedIOException.class;
    if (!own || failure.getMessage() == null) {
      throw new Fault("ended with " + failure, failure);
    }
    requirePrintable(failure.getMessage());
    if (failure.getMessage().length() > LONGEST) {
      throw new Fault("told " + failure.getMessage().length() + " characters", failure);
    }
  }

  static void requireForeseen(int code, String err) {
    boolean internal = err.contains("internal error") || err.contains("out of memory");
    if (!CODES.contains(code) || internal || code == 2 && err.isBlank()) {
      throw new Fault("exit code " + code + ": " + err.strip(), null);
    }
  }

  static void requirePrintable(String text) {
    boolean printable =
        text.codePoints()
            .allMatch(
                point ->
                    point == '\n'
                        || Character.getType(point) != Character.CONTROL
                            && Character.getType(point) != Character.FORMAT);
    if (!printable) {
      throw new Fault("printed control characters: " + text, null);
    }
  }
}
