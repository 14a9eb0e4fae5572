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
import org.jspecify.annotations.Nullable;

/**
 * Shows a progress bar with the remaining time: one line on a terminal, gone when the work is done;
 * nothing elsewhere.
 */
final class ProgressView implements Monitor, AutoCloseable {
  /** Work that is over sooner needs no bar. */
  private static final Duration PATIENCE = Duration.ofMillis(700);

  private final @Nullable PrintStream stream;
  private final int columns;
  private final long started = System.nanoTime();
  private @Nullable String task;
  private @Nullable ProgressBar bar;
  private @Nullable Line line;

  private ProgressView(@Nullable PrintStream stream, int columns) {
    this.stream = stream;
    this.columns = columns;
  }

  static ProgressView of(Terminal terminal, boolean quiet) {
    return new ProgressView(
        terminal.error() && !quiet ? System.err : null, terminal.errorColumns());
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
      clear();
      task = current;
    }
    if (bar == null) {
      line = new Line(stream, columns - 1);
      bar = start(current, total);
    }
    bar.maxHint(Math.max(total, done));
    bar.stepTo(done);
  }

  /** Prints where the line stands, which comes back below. No lock is held while it prints. */
  void above(Runnable printing) {
    @Nullable Line current;
    synchronized (this) {
      current = line;
    }
    if (current == null) {
      printing.run();
    } else {
      current.pause();
      printing.run();
      synchronized (this) {
        if (line == current) {
          current.resume();
        }
      }
    }
  }

  private ProgressBar start(String current, long total) {
    return new ProgressBarBuilder()
        .setTaskName(current)
        .setInitialMax(total)
        .setStyle(ProgressBarStyle.ASCII)
        .setUpdateIntervalMillis(250)
        .setEtaFunction(state -> Optional.ofNullable(remaining(state)))
        .setConsumer(line)
        .build();
  }

  private static @Nullable Duration remaining(ProgressState state) {
    long done = state.getCurrent() - state.getStart();
    if (done <= 0 || state.getMax() <= 0) {
      return null;
    }
    double share = (double) (state.getMax() - state.getCurrent()) / done;
    return Duration.ofMillis((long) (state.getElapsedAfterStart().toMillis() * share));
  }

  @Override
  public void close() {
    clear();
  }

  /** Takes the line away until the next update. */
  synchronized void clear() {
    if (bar != null && line != null) {
      line.pause();
      bar.close();
      bar = null;
      line = null;
    }
    task = null;
  }

  /**
   * A line that leaves nothing behind, not even its end. The bar draws from a thread of its own,
   * and may still do so while it is closed: what comes after the end is not shown.
   */
  private static final class Line extends ConsoleProgressBarConsumer {
    private final PrintStream stream;
    private final int columns;
    private @Nullable String last;
    private boolean shown;
    private boolean hidden;

    Line(PrintStream stream, int columns) {
      // A terminal shows ^C after the line, which must still fit.
      super(stream, columns - 2);
      this.stream = stream;
      this.columns = columns;
    }

    @Override
    public synchronized void accept(String text) {
      last = text;
      if (!hidden) {
        super.accept(text);
        shown = true;
      }
    }

    /** Takes the line away, until it is resumed. */
    synchronized void pause() {
      clear();
      hidden = true;
    }

    synchronized void resume() {
      hidden = false;
      if (last != null) {
        accept(last);
      }
    }

    @Override
    public synchronized void clear() {
      if (shown) {
        stream.print("\r" + " ".repeat(columns) + "\r");
        stream.flush();
        shown = false;
      }
    }

    @Override
    public void close() {
      stream.flush();
    }
  }
}
