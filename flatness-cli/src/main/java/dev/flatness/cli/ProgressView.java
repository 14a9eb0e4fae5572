package dev.flatness.cli;

import dev.flatness.measure.Monitor;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Optional;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import me.tongfei.progressbar.ProgressState;

/**
 * Shows how far long work has come, with an estimate of the remaining time: one line on a terminal,
 * gone when the work is done; nothing elsewhere.
 */
final class ProgressView implements Monitor, AutoCloseable {
  /** Work that is over sooner needs no bar. */
  private static final Duration PATIENCE = Duration.ofMillis(700);

  private final PrintStream stream;
  private final int columns;
  private final long started = System.nanoTime();
  private String task;
  private ProgressBar bar;

  private ProgressView(PrintStream stream, int columns) {
    this.stream = stream;
    this.columns = columns;
  }

  static ProgressView of(Terminal terminal, boolean quiet) {
    return new ProgressView(terminal.error() && !quiet ? System.err : null, terminal.columns());
  }

  static ProgressView on(PrintStream stream, int columns) {
    return new ProgressView(stream, columns);
  }

  /** Tells how much of a task is done; another task replaces the line. */
  @Override
  public synchronized void update(String current, long done, long total) {
    if (stream == null || System.nanoTime() - started < PATIENCE.toNanos()) {
      return;
    }
    if (!current.equals(task)) {
      close();
      task = current;
    }
    if (bar == null) {
      bar = start(current, total);
    }
    bar.maxHint(Math.max(total, done));
    bar.stepTo(done);
  }

  private ProgressBar start(String current, long total) {
    return new ProgressBarBuilder()
        .setTaskName(current)
        .setInitialMax(total)
        .setStyle(ProgressBarStyle.ASCII)
        .setUpdateIntervalMillis(250)
        .setEtaFunction(state -> Optional.ofNullable(remaining(state)))
        .clearDisplayOnFinish()
        .setConsumer(new Line(stream, columns - 1))
        .build();
  }

  private static Duration remaining(ProgressState state) {
    long done = state.getCurrent() - state.getStart();
    if (done <= 0 || state.getMax() <= 0) {
      return null;
    }
    double share = (double) (state.getMax() - state.getCurrent()) / done;
    return Duration.ofMillis((long) (state.getElapsedAfterStart().toMillis() * share));
  }

  @Override
  public synchronized void close() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
    task = null;
  }

  /** A line that leaves nothing behind, not even its end. */
  private static final class Line extends ConsoleProgressBarConsumer {
    private final PrintStream stream;

    Line(PrintStream stream, int columns) {
      super(stream, columns);
      this.stream = stream;
    }

    @Override
    public void close() {
      stream.flush();
    }
  }
}
