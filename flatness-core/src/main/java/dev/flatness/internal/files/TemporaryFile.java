package dev.flatness.internal.files;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A temporary file in the folder of its target, under a random name that tells whose it is.
 *
 * <p>It is made exclusively, so that a link prepared under its name is not followed, and locked
 * while it is in work. So a temporary file that can be locked belongs to a process that was killed.
 * One shutdown hook removes those of this process.
 */
final class TemporaryFile implements Closeable {
  private static final int ATTEMPTS = 100;
  private static final int PIECE = 1 << 16;

  /** Guards the fields below, and that no file is made after the hook has run. */
  private static final Object REGISTRY = new Object();

  private static final Set<Path> IN_WORK = new HashSet<>();
  private static boolean hooked;
  private static boolean ending;

  private final Path target;
  private final Path path;
  private final FileChannel channel;
  private final @Nullable Set<PosixFilePermission> permissions;

  private TemporaryFile(
      Path target, Path path, FileChannel channel, @Nullable Set<PosixFilePermission> permissions) {
    this.target = target;
    this.path = path;
    this.channel = channel;
    this.permissions = permissions;
  }

  /** Makes a file for an absolute target, with the permissions of what is there. */
  static TemporaryFile beside(Path target) throws IOException {
    removeStrays(target);
    Set<PosixFilePermission> permissions = permissions(target);
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Path path = target.resolveSibling(prefix(target) + UUID.randomUUID() + ".part");
      FileChannel channel;
      try {
        channel = register(path, permissions);
      } catch (FileAlreadyExistsException taken) {
        continue;
      }
      TemporaryFile made = new TemporaryFile(target, path, channel, permissions);
      if (made.isLocked()) {
        return made;
      }
      made.close();
    }
    throw new IOException("no temporary file could be made in " + target.getParent());
  }

  private static @Nullable Set<PosixFilePermission> permissions(Path target) throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(target, PosixFileAttributeView.class);
    return view == null || !Files.exists(target) ? null : view.readAttributes().permissions();
  }

  private static FileChannel register(Path path, @Nullable Set<PosixFilePermission> permissions)
      throws IOException {
    Set<StandardOpenOption> exclusively =
        EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    synchronized (REGISTRY) {
      requireTime();
      FileChannel channel;
      if (permissions == null) {
        channel = FileChannel.open(path, exclusively);
      } else {
        // Never open to more readers than the file was, not even while it is written.
        FileAttribute<?> attribute = PosixFilePermissions.asFileAttribute(permissions);
        channel = FileChannel.open(path, exclusively, attribute);
      }
      IN_WORK.add(path);
      return channel;
    }
  }

  private static void requireTime() throws IOException {
    if (!hooked) {
      hooked = true;
      try {
        Runtime.getRuntime().addShutdownHook(new Thread(TemporaryFile::end, "temporary files"));
      } catch (IllegalStateException late) {
        ending = true;
      }
    }
    if (ending) {
      throw new IOException("the process is ending");
    }
  }

  private static void end() {
    synchronized (REGISTRY) {
      ending = true;
      IN_WORK.forEach(TemporaryFile::remove);
    }
  }

  private static void remove(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      // The next process that writes the same target tries again.
      assert e != null;
    }
  }

  static boolean ending() {
    synchronized (REGISTRY) {
      return ending;
    }
  }

  /**
   * Locks the file. False where another process took it for a stray in the moment before. Where the
   * file system knows no locks, others cannot lock it either and leave it alone.
   */
  private boolean isLocked() throws IOException {
    @Nullable FileLock lock;
    try {
      lock = channel.tryLock();
    } catch (IOException unsupported) {
      return true;
    }
    return lock != null && Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }

  OutputStream stream() {
    return new Pieces(channel);
  }

  /** Puts the file where its target is or will be. */
  void moveIntoPlace() throws IOException {
    if (permissions != null && !permissions.equals(permissions(path))) {
      Files.setPosixFilePermissions(path, permissions);
    }
    try {
      Files.move(path, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException unsupported) {
      Files.move(path, target, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** Removes the file where it was not moved. */
  @Override
  public void close() throws IOException {
    try {
      Files.deleteIfExists(path);
    } finally {
      synchronized (REGISTRY) {
        IN_WORK.remove(path);
      }
      channel.close();
    }
  }

  /** Removes what killed processes left of earlier attempts to write a target. */
  private static void removeStrays(Path target) {
    Path folder = Objects.requireNonNull(target.getParent(), "the folder of the file");
    String prefix = prefix(target);
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(
            folder, file -> Objects.toString(file.getFileName()).startsWith(prefix))) {
      for (Path file : files) {
        removeStray(file);
      }
    } catch (IOException | DirectoryIteratorException unreadable) {
      // A folder may be open to writers only.
      assert unreadable != null;
    }
  }

  private static void removeStray(Path file) {
    synchronized (REGISTRY) {
      // Closing another channel to a file of this process would give up its lock.
      if (IN_WORK.contains(file) || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        return;
      }
      try (FileChannel channel =
              FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
          FileLock lock = channel.tryLock()) {
        if (lock != null) {
          Files.deleteIfExists(file);
        }
      } catch (IOException | OverlappingFileLockException inWork) {
        assert inWork != null;
      }
    }
  }

  /** Names of any length and any letters have one of the same short form. */
  private static String prefix(Path target) {
    byte[] name = Objects.toString(target.getFileName()).getBytes(StandardCharsets.UTF_8);
    return ".flatness-" + UUID.nameUUIDFromBytes(name) + "-";
  }

  /** Hands a channel no more than it can copy at once without much memory of its own. */
  private static final class Pieces extends OutputStream {
    private final FileChannel channel;

    Pieces(FileChannel channel) {
      this.channel = channel;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      for (int done = 0; done < length; ) {
        int now = Math.min(PIECE, length - done);
        done += channel.write(ByteBuffer.wrap(bytes, offset + done, now));
      }
    }
  }
}
