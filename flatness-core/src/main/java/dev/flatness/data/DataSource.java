package dev.flatness.data;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where samples lie on disk: a file, and for formats that keep them apart a second file of labels.
 *
 * <p>Formats: .npz with inputs under {@code x} and targets under {@code y}; IDX images (gzip or
 * not) or a .npy array, each with a file of labels; CIFAR-10 binary; .csv with the label in the
 * last column, or in the one that is named. Nothing is read before {@link Datasets#open}.
 * Immutable.
 */
public final class DataSource {
  private final Path file;
  private final @Nullable Path labels;
  private final String inputKey;
  private final String targetKey;
  private final int labelColumn;

  private DataSource(
      Path file, @Nullable Path labels, String inputKey, String targetKey, int labelColumn) {
    this.file = Objects.requireNonNull(file, "file");
    this.labels = labels;
    this.inputKey = Objects.requireNonNull(inputKey, "inputKey");
    this.targetKey = Objects.requireNonNull(targetKey, "targetKey");
    this.labelColumn = labelColumn;
  }

  /**
   * Names a data file.
   *
   * @param file the file of the inputs, or of inputs and targets
   * @return the source, with keys {@code x} and {@code y}
   */
  public static DataSource of(Path file) {
    return new DataSource(file, null, "x", "y", 0);
  }

  /**
   * Names the file of the labels, for IDX images and .npy arrays.
   *
   * @param labels an IDX or .npy file of as many labels as there are samples
   * @return a copy of this source with that file
   */
  public DataSource withLabels(Path labels) {
    return new DataSource(
        file, Objects.requireNonNull(labels, "labels"), inputKey, targetKey, labelColumn);
  }

  /**
   * Names the arrays of an .npz archive.
   *
   * @param inputs the key of the inputs
   * @param targets the key of the targets
   * @return a copy of this source with these keys
   */
  public DataSource withKeys(String inputs, String targets) {
    return new DataSource(file, labels, inputs, targets, labelColumn);
  }

  /**
   * Names the column of a .csv file that holds the labels; without it they are in the last one.
   *
   * @param column the column, counted from 1
   * @return a copy of this source with that column
   * @throws IllegalArgumentException if the column is below 1
   */
  public DataSource withLabelColumn(int column) {
    if (column < 1) {
      throw new IllegalArgumentException(
          "label column " + column + " is out of range, expected a column counted from 1");
    }
    return new DataSource(file, labels, inputKey, targetKey, column);
  }

  /**
   * Returns the data file.
   *
   * @return its path
   */
  public Path file() {
    return file;
  }

  /**
   * Returns the file of the labels.
   *
   * @return its path, empty where none was named
   */
  public Optional<Path> labels() {
    return Optional.ofNullable(labels);
  }

  /** The column of the labels, counted from 1; 0 for the last one. */
  int labelColumn() {
    return labelColumn;
  }

  String inputKey() {
    return inputKey;
  }

  String targetKey() {
    return targetKey;
  }

  @Override
  public String toString() {
    return labels == null ? file.toString() : file + " with labels " + labels;
  }
}
