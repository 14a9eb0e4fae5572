package dev.flatness.data;

import dev.flatness.internal.files.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/** The file formats that {@link Datasets#open} reads. */
public enum DataFormat {
  /** A numpy archive of inputs and targets. */
  NPZ(".npz with arrays x and y"),
  /** One numpy array; the labels in a second file. */
  NPY(".npy with a second file of labels"),
  /** The format of MNIST, gzip or not; the labels in a second file. */
  IDX("IDX images, gzip or not, with a second file of labels"),
  /** CIFAR-10's binary version: records of one label byte and 3,072 pixels. */
  CIFAR10("CIFAR-10 .bin"),
  /** Comma-separated numbers, the label in the last column. */
  CSV(".csv with the label in the last column");

  private final String description;

  DataFormat(String description) {
    this.description = description;
  }

  /**
   * Tells a file's format from its first bytes, and where they do not say from its suffix.
   *
   * <p>Cost: one read of a few bytes.
   *
   * @param file an existing file
   * @return its format
   * @throws IllegalArgumentException if the file is missing, empty, no file or of no known format
   */
  public static DataFormat detect(Path file) {
    requireReadable(file);
    byte[] start = start(file);
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    if (begins(start, 'P', 'K', 3, 4) || begins(start, 'P', 'K', 5, 6)) {
      return NPZ;
    }
    if (begins(start, 0x93, 'N', 'U', 'M', 'P', 'Y')) {
      return NPY;
    }
    if (begins(start, 0x1f, 0x8b)) {
      return IDX;
    }
    if (name.endsWith(".bin")) {
      // CIFAR-10 has no magic number: a black pixel after label 0 looks like IDX
      return CIFAR10;
    }
    if (IdxReader.isMagic(start)) {
      return IDX;
    }
    if (name.endsWith(".npz")) {
      throw Refusal.of(
          file,
          "is named .npz, but does not begin as a zip archive",
          "save it again with numpy.savez");
    }
    if (name.endsWith(".npy")) {
      throw Refusal.of(
          file,
          "is named .npy, but does not begin with \\x93NUMPY",
          "save it again with numpy.save");
    }
    if (name.endsWith(".csv")) {
      return CSV;
    }
    throw Refusal.of(
        file,
        "is of no known data format",
        "known are " + String.join("; ", Arrays.stream(values()).map(f -> f.description).toList()));
  }

  private static void requireReadable(Path file) {
    if (!Files.exists(file)) {
      throw Refusal.of(file, "does not exist", "check the path");
    }
    if (Files.isDirectory(file)) {
      throw Refusal.of(file, "is a folder", "name a data file");
    }
    if (!Files.isRegularFile(file)) {
      throw Refusal.of(
          file,
          "is a device or a pipe, which cannot be read by position",
          "write its data into a file and name that");
    }
  }

  private static byte[] start(Path file) {
    try (var in = Files.newInputStream(file)) {
      byte[] start = in.readNBytes(8);
      if (start.length == 0) {
        throw Refusal.of(file, "is empty", "copy it again");
      }
      return start;
    } catch (IOException e) {
      throw new UncheckedIOException(
          file + " cannot be read: " + Reason.of(e) + "; check its permissions", e);
    }
  }

  private static boolean begins(byte[] start, int... expected) {
    for (int i = 0; i < expected.length; i++) {
      if (i >= start.length || (start[i] & 0xff) != expected[i]) {
        return false;
      }
    }
    return true;
  }
}
