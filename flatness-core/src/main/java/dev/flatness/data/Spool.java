package dev.flatness.data;

import dev.flatness.internal.files.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Collects unpacked bytes: in memory up to a limit, beyond it in a temporary file that vanishes
 * when it is closed or the process ends. Memory grows with what arrives, never with what was
 * announced.
 */
final class Spool {
  /** Unpacked data up to this size stay in memory: 64 MiB, in small heaps a sixteenth of them. */
  static final int MEMORY_LIMIT =
      (int) Math.min(64 << 20, Math.max(Bytes.BLOCK, Runtime.getRuntime().maxMemory() / 16));

  private static final Set<OpenOption> VANISHING =
      Set.of(
          StandardOpenOption.CREATE_NEW,
          StandardOpenOption.READ,
          StandardOpenOption.WRITE,
          StandardOpenOption.DELETE_ON_CLOSE);

  private final int memoryLimit;
  private byte[] memory = new byte[Bytes.BLOCK];
  private int used;
  private @Nullable FileChannel file;
  private String fileName = "";
  private long written;

  Spool() {
    this(MEMORY_LIMIT);
  }

  Spool(int memoryLimit) {
    this.memoryLimit = memoryLimit;
  }

  void write(byte[] from, int offset, int count) {
    if (used + (long) count > memory.length) {
      makeRoom(count);
    }
    if (file != null && count > memory.length) {
      drain(from, offset, count);
      return;
    }
    System.arraycopy(from, offset, memory, used, count);
    used += count;
  }

  private void makeRoom(int count) {
    if (file == null && used + (long) count <= memoryLimit) {
      long twice = Math.max(2L * memory.length, used + (long) count);
      memory = Arrays.copyOf(memory, (int) Math.min(memoryLimit, twice));
      return;
    }
    if (file == null) {
      openFile();
    }
    drain(memory, 0, used);
    used = 0;
    memory = memory.length == Bytes.BLOCK ? memory : new byte[Bytes.BLOCK];
  }

  /** One step from no file to one that vanishes by itself, so that a kill leaves none. */
  private void openFile() {
    Path path = Path.of(folder(), "flatness-" + UUID.randomUUID() + ".unpacked");
    fileName = path.toString();
    try {
      file = FileChannel.open(path, VANISHING, ownerOnly(path));
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private static FileAttribute<?>[] ownerOnly(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }

  private static String folder() {
    return System.getProperty("java.io.tmpdir");
  }

  private void drain(byte[] from, int offset, int count) {
    ByteBuffer buffer = ByteBuffer.wrap(from, offset, count);
    try {
      while (buffer.hasRemaining()) {
        written += Objects.requireNonNull(file).write(buffer, written);
      }
    } catch (IOException e) {
      close();
      throw failure(e);
    }
  }

  private static UncheckedIOException failure(IOException e) {
    return new UncheckedIOException(
        "unpacked data do not go into the temporary folder "
            + folder()
            + ": "
            + Reason.of(e)
            + "; free space there or name another folder with -Djava.io.tmpdir=DIR (for the command"
            + " in FLATNESS_JAVA_OPTIONS)",
        e);
  }

  /** The bytes written, readable; nothing may be written after. */
  Bytes finish() {
    if (file == null) {
      return Bytes.of(memory, used);
    }
    drain(memory, 0, used);
    return new Bytes.Channel(fileName, file, written);
  }

  /** Drops what was written. */
  void close() {
    if (file != null) {
      try {
        file.close();
      } catch (IOException e) {
        throw new UncheckedIOException(fileName + " cannot be closed: " + Reason.of(e), e);
      }
    }
  }
}
