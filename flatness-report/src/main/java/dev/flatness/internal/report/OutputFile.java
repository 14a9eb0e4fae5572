package dev.flatness.internal.report;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;

/**
 * Text files that are there as a whole or not at all: written to a temporary file in the same
 * folder, then moved into place.
 */
public final class OutputFile {
  private OutputFile() {}

  /** What a file is made of. */
  @FunctionalInterface
  public interface Content {
    /**
     * Writes the content.
     *
     * @param writer where to; closed by the caller
     * @throws IOException where the writer fails
     */
    void writeTo(Writer writer) throws IOException;
  }

  /**
   * Refuses a target that cannot be written, before any work is done for it.
   *
   * @param file the target
   * @param overwrite whether it may exist
   * @throws IOException where it is a directory, exists and may not be replaced, or lies in a
   *     directory that does not exist or cannot be written to
   */
  public static void check(Path file, boolean overwrite) throws IOException {
    if (Files.isDirectory(file)) {
      throw new IOException("output " + file + " is a directory; name a file");
    }
    if (!overwrite && Files.isRegularFile(file)) {
      throw new IOException(
          "output " + file + " exists; name another file or use --force to overwrite it");
    }
    Path parent = parent(file);
    if (!Files.isDirectory(parent)) {
      throw new IOException(
          "output " + file + ": the directory " + parent + " does not exist; make it first");
    }
    if (!Files.isWritable(Files.exists(file) && !Files.isRegularFile(file) ? file : parent)) {
      throw new IOException(
          "output "
              + file
              + ": nothing can be written to "
              + parent
              + "; name another place or change its permissions");
    }
  }

  /**
   * Writes a file.
   *
   * @param file the target; a device or pipe is written to directly
   * @param overwrite whether it may exist
   * @param content what to write, as UTF-8
   * @throws WriteFailure where writing fails; the target is then as it was
   * @throws IOException where the target is refused, see {@link #check}
   */
  public static void write(Path file, boolean overwrite, Content content) throws IOException {
    check(file, overwrite);
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      try (BufferedWriter writer = Files.newBufferedWriter(file)) {
        content.writeTo(writer);
      } catch (IOException e) {
        throw new WriteFailure(file, e);
      }
      return;
    }
    // A link keeps being one: what it points to is replaced.
    Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
    Path temporary =
        target.resolveSibling(
            "." + target.getFileName() + "." + ProcessHandle.current().pid() + ".temporary");
    try {
      try (BufferedWriter writer = Files.newBufferedWriter(temporary)) {
        content.writeTo(writer);
      } catch (IOException e) {
        throw new WriteFailure(file, e);
      }
      check(file, overwrite);
      move(temporary, target);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException unsupported) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static Path parent(Path file) {
    return Objects.requireNonNull(file.toAbsolutePath().getParent(), "the folder of the file");
  }
}
