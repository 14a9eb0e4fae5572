package dev.flatness.bench.fuzz;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Feeds damaged and hostile input to every reader and to the command for some minutes. Prints the
 * inputs tried per target; an input that was a fault is saved under its target, seed and number.
 */
public final class Fuzz {
  private static final int MOST_FAULTS = 10;

  /** How often a worker is looked at. */
  private static final long MILLIS = 100;

  private final Path folder;
  private final Path saved;
  private final Limits limits;
  private final PrintStream out;
  private final AtomicLong tried = new AtomicLong();
  private final AtomicReference<Long> since = new AtomicReference<>(System.nanoTime());

  /**
   * Prepares for one target.
   *
   * @param folder for the inputs that are read
   * @param saved for the inputs that were faults
   */
  Fuzz(Path folder, Path saved, Limits limits, PrintStream out) {
    this.folder = folder;
    this.saved = saved;
    this.limits = limits;
    this.out = out;
  }

  /**
   * Runs from the command line.
   *
   * @param args MINUTES, then a TARGET or none for all; the property {@code fuzz.seed} sets the
   *     seed
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    List<Target> targets =
        args.length < 2
            ? List.of(Target.values())
            : Arrays.stream(Target.values()).filter(t -> t.id().equals(args[1])).toList();
    if (args.length == 0 || args.length > 2 || !args[0].matches("\\d{1,4}") || targets.isEmpty()) {
      System.err.println(
          "Usage: bench fuzz MINUTES [TARGET], a target being one of "
              + Arrays.stream(Target.values()).map(Target::id).toList());
      System.exit(2);
    }
    long seed = seed();
    System.out.println("seed " + seed + " (-Dfuzz.seed=" + seed + " repeats it)");
    Path folder = Files.createTempDirectory("flatness-fuzz");
    long each = TimeUnit.MINUTES.toMillis(Integer.parseInt(args[0])) / targets.size();
    int faults = 0;
    for (Target target : targets) {
      faults += new Fuzz(folder, Path.of(""), Limits.STANDARD, System.out).run(target, seed, each);
    }
    System.exit(faults == 0 ? 0 : 1);
  }

  /** The seed that was asked for, or another one every time. */
  static long seed() {
    return Optional.ofNullable(Long.getLong("fuzz.seed")).orElse((long) new Random().nextInt());
  }

  /** Tries at least one input, and more for some time; returns how many were faults. */
  int run(Reading target, long seed, long millis) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    int faults = 0;
    long number = 0;
    do {
      AtomicLong next = new AtomicLong(number);
      AtomicReference<Throwable> fault = new AtomicReference<>();
      Thread worker = new Thread(() -> loop(target, seed, next, end, fault));
      worker.setDaemon(true);
      since.set(System.nanoTime());
      worker.start();
      while (worker.isAlive() && elapsed() <= limits.time().toNanos()) {
        worker.join(Math.min(MILLIS, limits.time().toMillis()));
      }
      number = next.get() + 1;
      boolean stuck = worker.isAlive();
      if (stuck || fault.get() != null) {
        faults++;
        report(new Trial(target, seed, next.get(), limits), fault.get(), worker);
      }
    } while (System.nanoTime() < end && faults < MOST_FAULTS);
    out.printf("%-15s %,10d inputs, %d faults%n", target.id(), tried.get(), faults);
    return faults;
  }

  private void loop(
      Reading target, long seed, AtomicLong next, long end, AtomicReference<Throwable> fault) {
    try {
      for (boolean first = true; first || System.nanoTime() < end; next.incrementAndGet()) {
        first = false;
        since.set(System.nanoTime());
        new Trial(target, seed, next.get(), limits).run(folder);
        if (elapsed() > limits.time().toNanos()) {
          throw new Trial.Fault("took " + TimeUnit.NANOSECONDS.toMillis(elapsed()) + " ms", null);
        }
        tried.incrementAndGet();
      }
    } catch (IOException | RuntimeException | Error e) {
      fault.set(e);
    }
  }

  /** Nanoseconds since the present input was begun. */
  private long elapsed() {
    return System.nanoTime() - since.get();
  }

  private void report(Trial trial, Throwable fault, Thread worker) {
    try {
      Path file = saved.resolve(trial.name()).toAbsolutePath();
      Files.write(file, trial.input(Files.createTempDirectory("flatness-fuzz")));
      out.println("fault, input in " + file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (fault == null) {
      out.println("still running after " + limits.time().toMillis() + " ms, at");
      Arrays.stream(worker.getStackTrace()).limit(20).forEach(frame -> out.println("  " + frame));
    } else {
      Throwable cause = fault.getCause() == null ? fault : fault.getCause();
      out.println(fault.getMessage());
      Arrays.stream(cause.getStackTrace()).limit(8).forEach(frame -> out.println("  " + frame));
    }
  }
}
