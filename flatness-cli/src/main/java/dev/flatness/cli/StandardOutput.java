package dev.flatness.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Standard output, which remembers that it could not be written: a PrintWriter swallows that. */
final class StandardOutput extends OutputStream {
  private final OutputStream stream;
  private @Nullable IOException failure;

  StandardOutput(OutputStream stream) {
    this.stream = stream;
  }

  /** The first failure, null where there was none. A reader that has left early is no failure. */
  @Nullable IOException failure() {
    return failure;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    try {
      stream.write(bytes, offset, length);
    } catch (IOException e) {
      String why = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
      boolean readerLeft = why.contains("broken pipe") || why.contains("pipe is being closed");
      failure = failure == null && !readerLeft ? e : failure;
      throw e;
    }
  }

  @Override
  public void flush() throws IOException {
    stream.flush();
  }
}
