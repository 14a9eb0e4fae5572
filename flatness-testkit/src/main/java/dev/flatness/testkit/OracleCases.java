package dev.flatness.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The oracle: seven small networks with data and reference values made by another tool.
 *
 * <p>Each case has {@code network.onnx} (float64), {@code data.npz} (arrays {@code x} and {@code
 * y}) and {@code expected.json}; the folder's README says how they were made.
 *
 * <p>Source: PyTorch 1.13 in float64, dense Hessians by double backward.
 */
public final class OracleCases {
  private static final List<String> NAMES =
      List.of(
          "mlp-equal-width",
          "mlp-bias-unequal",
          "mlp-bias-unequal-rescaled",
          "mlp-untrained",
          "mlp-regression",
          "lenet-small",
          "residual-small");
  private static final List<String> FILES = List.of("network.onnx", "data.npz", "expected.json");

  private OracleCases() {}

  /**
   * Returns the names of the cases.
   *
   * @return an immutable list of seven names
   */
  public static List<String> names() {
    return NAMES;
  }

  /**
   * Opens one file of a case.
   *
   * @param name the case's name
   * @param file {@code network.onnx}, {@code data.npz} or {@code expected.json}
   * @return a stream that the caller closes
   * @throws IllegalArgumentException if there is no such case or file
   */
  public static InputStream open(String name, String file) {
    if (!NAMES.contains(name)) {
      throw new IllegalArgumentException(
          "there is no oracle case \"" + name + "\"; the cases are " + NAMES);
    }
    if (!FILES.contains(file)) {
      throw new IllegalArgumentException(
          "an oracle case has no file \"" + file + "\"; its files are " + FILES);
    }
    InputStream stream = OracleCases.class.getResourceAsStream("oracle/" + name + "/" + file);
    if (stream == null) {
      throw new IllegalStateException(
          "the resource oracle/" + name + "/" + file + " is missing; rebuild flatness-testkit");
    }
    return stream;
  }

  /**
   * Copies the three files of a case into a folder.
   *
   * @param name the case's name
   * @param folder an existing folder
   * @return {@code folder}, which now holds {@code network.onnx}, {@code data.npz} and {@code
   *     expected.json}
   * @throws UncheckedIOException if a file exists or cannot be written
   */
  public static Path copyTo(String name, Path folder) {
    for (String file : FILES) {
      try (InputStream in = open(name, file)) {
        Files.copy(in, folder.resolve(file));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return folder;
  }
}
