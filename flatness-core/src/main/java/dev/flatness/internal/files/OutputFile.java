package dev.flatness.internal.files;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Files that are there as a whole or not at all: written to a temporary file in the same folder,
 * then moved into place. Every file that the project writes for a user is written here.
 *
 * <p>A process that ends, also by SIGINT or SIGTERM, removes its temporary files. What a killed one
 * leaves behind is removed by the next that writes the same file. A file that is replaced keeps its
 * permissions, and a symbolic link keeps being one: what it points to is replaced. The new file
 * belongs to who writes it, and other hard links to the old one keep the old content. A device or a
 * pipe is written to directly.
 */
public final class OutputFile {
  private static final int BUFFER = 1 << 16;
  private static final Set<PosixFilePermission> WRITABLE =
      Set.of(
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.OTHERS_WRITE);

  private OutputFile() {}

  /** What a file is made of. */
  @FunctionalInterface
  public interface Content {
    /**
     * Writes the content.
     *
     * @param stream where to; buffered, closed by the caller
     * @throws IOException where the stream fails
     */
    void writeTo(OutputStream stream) throws IOException;
  }

  /** What a text file is made of. */
  @FunctionalInterface
  public interface Text {
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
   * @throws IOException where it is a directory, exists and may not be replaced, is read-only, is a
   *     link to nothing, or lies in a directory that does not exist or cannot be written to
   */
  public static void check(Path file, boolean overwrite) throws IOException {
    if (Files.isDirectory(file)) {
      throw new IOException("output " + file + " is a directory; name a file");
    }
    Path parent = parent(file);
    if (!Files.isDirectory(parent)) {
      throw new IOException(
          "output " + file + ": the directory " + parent + " does not exist; make it first");
    }
    if (!exists(file)) {
      if (Files.isSymbolicLink(file)) {
        throw new IOException(
            "output "
                + file
                + " is a link to "
                + Files.readSymbolicLink(file)
                + ", which does not exist; make that file first, or name another");
      }
    } else if (!Files.isRegularFile(file)) {
      requireWritable(file, file);
      return;
    } else if (!overwrite) {
      throw new IOException(
          "output " + file + " exists; name another file or use --force to overwrite it");
    } else if (isReadOnly(file)) {
      throw new IOException(
          "output " + file + " is read-only; name another file or change its permissions");
    } else {
      parent = parent(file.toRealPath());
    }
    requireWritable(file, parent);
  }

  private static void requireWritable(Path file, Path place) throws IOException {
    if (!Files.isWritable(place)) {
      throw new IOException(
          "output "
              + file
              + ": nothing can be written to "
              + place
              + "; name another place or change its permissions");
    }
  }

  /** Whether a file is there; a name that the file system does not take is refused. */
  private static boolean exists(Path file) throws IOException {
    try {
      Files.readAttributes(file, BasicFileAttributes.class);
      return true;
    } catch (NoSuchFileException absent) {
      return false;
    } catch (IOException e) {
      if (Files.isSymbolicLink(file)) {
        return false;
      }
      throw new IOException(
          "output " + file + " cannot be used: " + Reason.of(e) + "; name another file", e);
    }
  }

  /** Whether nobody may write a file: the permissions count for root too, to whom all is open. */
  private static boolean isReadOnly(Path file) throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    return !Files.isWritable(file)
        || (view != null
            && view.readAttributes().permissions().stream().noneMatch(WRITABLE::contains));
  }

  /**
   * Writes a file.
   *
   * @param file the target
   * @param overwrite whether it may exist
   * @param content what to write
   * @throws WriteFailure where writing fails; the target is then as it was
   * @throws IOException where the target is refused, see {@link #check}
   */
  public static void write(Path file, boolean overwrite, Content content) throws IOException {
    check(file, overwrite);
    boolean there = Files.exists(file);
    if (there && !Files.isRegularFile(file)) {
      try (OutputStream stream = Files.newOutputStream(file, StandardOpenOption.WRITE)) {
        fill(stream, content);
      } catch (IOException e) {
        throw new WriteFailure(file, e);
      }
      return;
    }
    @Nullable IOException refusal;
    try (TemporaryFile temporary =
        TemporaryFile.beside(there ? file.toRealPath() : file.toAbsolutePath())) {
      fill(temporary.stream(), content);
      refusal = refusal(file, overwrite);
      if (refusal == null) {
        temporary.moveIntoPlace();
      }
    } catch (IOException e) {
      throw new WriteFailure(file, e);
    }
    if (refusal != null) {
      throw refusal;
    }
  }

  private static void fill(OutputStream stream, Content content) throws IOException {
    BufferedOutputStream buffered = new BufferedOutputStream(stream, BUFFER);
    content.writeTo(buffered);
    buffered.flush();
  }

  /** Somebody else may have made the file meanwhile. */
  private static @Nullable IOException refusal(Path file, boolean overwrite) {
    try {
      check(file, overwrite);
      return null;
    } catch (IOException e) {
      return e;
    }
  }

  /**
   * Writes a text file as UTF-8.
   *
   * @param file the target
   * @param overwrite whether it may exist
   * @param text what to write
   * @throws WriteFailure where writing fails; the target is then as it was
   * @throws IOException where the target is refused, see {@link #check}
   */
  public static void writeText(Path file, boolean overwrite, Text text) throws IOException {
    write(
        file,
        overwrite,
        stream -> {
          Writer writer = new OutputStreamWriter(stream, StandardCharsets.UTF_8);
          text.writeTo(writer);
          writer.flush();
        });
  }

  /**
   * Tells whether this process is ending, after which nothing is written.
   *
   * @return true once a signal, or the end of the program, has removed the temporary files
   */
  public static boolean ending() {
    return TemporaryFile.ending();
  }

  private static Path parent(Path file) {
    return Objects.requireNonNull(file.toAbsolutePath().getParent(), "the folder of the file");
  }
}
