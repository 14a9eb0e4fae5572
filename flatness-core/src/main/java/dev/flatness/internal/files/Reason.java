package dev.flatness.internal.files;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Says in words why reading or writing failed; the caller names the file. */
public final class Reason {
  private Reason() {}

  /**
   * Returns what happened.
   *
   * @param failure what was thrown, whose message may be no more than a path
   * @return a clause without the name of the file
   */
  public static String of(IOException failure) {
    if (failure instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (failure instanceof NoSuchFileException) {
      return "no such file or folder";
    }
    if (failure instanceof FileSystemException system && system.getReason() != null) {
      return system.getReason();
    }
    String name = failure.getClass().getSimpleName();
    boolean pathOnly = failure instanceof FileSystemException;
    return pathOnly || failure.getMessage() == null ? name : failure.getMessage();
  }
}
