package dev.flatness.data;

import dev.flatness.data.Dataset.TargetKind;
import dev.flatness.tensor.Shape;
import dev.flatness.tensor.Tensor;
import java.util.Objects;

/**
 * Makes datasets: from arrays, from files, as parts of others.
 *
 * <p>Every dataset is checked when it is made: a number that is not finite or a label that is not
 * 0, 1, … is refused with its sample and position. Positions and samples count from 0.
 */
public final class Datasets {
  private Datasets() {}

  /**
   * Makes a classification dataset of arrays in memory.
   *
   * <p>Shapes: inputs {@code [n, …]}; n labels. Cost: the inputs are kept, not copied; one pass.
   *
   * @param inputs the inputs, samples along the first axis
   * @param labels the class of each sample, from 0; copied
   * @return the dataset
   * @throws IllegalArgumentException if the numbers of samples differ, an input is not finite or a
   *     label is negative
   */
  public static Dataset of(Tensor inputs, int... labels) {
    return of("data", inputs, labels);
  }

  /**
   * Makes a regression dataset of arrays in memory.
   *
   * <p>Shapes: inputs {@code [n, …]}; targets {@code [n]} or {@code [n, outputs]}. Cost: both are
   * kept, not copied; one pass.
   *
   * @param inputs the inputs, samples along the first axis
   * @param targets the real targets
   * @return the dataset
   * @throws IllegalArgumentException if the numbers of samples differ or a number is not finite
   */
  public static Dataset of(Tensor inputs, Tensor targets) {
    return of("data", inputs, targets);
  }

  /**
   * Makes a classification dataset of rows in memory.
   *
   * <p>Shapes: n rows; n labels. Cost: a copy.
   *
   * @param inputs the inputs, a row a sample
   * @param labels the class of each sample, from 0
   * @return the dataset
   * @throws IllegalArgumentException as {@link #of(Tensor, int...)}, or if rows differ in length
   */
  public static Dataset of(double[][] inputs, int... labels) {
    return of(Tensor.of(inputs), labels);
  }

  /**
   * Makes a regression dataset of rows in memory.
   *
   * <p>Shapes: n rows; n rows of targets. Cost: a copy.
   *
   * @param inputs the inputs, a row a sample
   * @param targets the real targets, a row a sample
   * @return the dataset
   * @throws IllegalArgumentException as {@link #of(Tensor, Tensor)}, or if rows differ in length
   */
  public static Dataset of(double[][] inputs, double[][] targets) {
    return of(Tensor.of(inputs), Tensor.of(targets));
  }

  /**
   * Makes a named classification dataset of arrays in memory.
   *
   * <p>Shapes, cost and errors: as {@link #of(Tensor, int...)}.
   *
   * @param name what to call it in messages and reports
   * @param inputs the inputs, samples along the first axis
   * @param labels the class of each sample, from 0; copied
   * @return the dataset
   */
  public static Dataset of(String name, Tensor inputs, int... labels) {
    double[] numbers = new double[labels.length];
    for (int i = 0; i < labels.length; i++) {
      numbers[i] = labels[i];
    }
    return new TensorDataset(name, inputs, Tensor.of(numbers, numbers.length), TargetKind.LABELS);
  }

  /**
   * Makes a named regression dataset of arrays in memory.
   *
   * <p>Shapes, cost and errors: as {@link #of(Tensor, Tensor)}.
   *
   * @param name what to call it in messages and reports
   * @param inputs the inputs, samples along the first axis
   * @param targets the real targets
   * @return the dataset
   */
  public static Dataset of(String name, Tensor inputs, Tensor targets) {
    return new TensorDataset(name, inputs, targets, TargetKind.REAL);
  }

  /**
   * Checks a dataset of your own as those made here are checked.
   *
   * <p>Cost: one pass over all samples.
   *
   * @param data the samples
   * @return the same dataset
   * @throws IllegalArgumentException if a number is not finite or a label is not 0, 1, …
   */
  public static Dataset checked(Dataset data) {
    DatasetChecks.requireValid(data, data.name(), 0);
    return data;
  }

  /**
   * Takes consecutive samples of a dataset.
   *
   * <p>Cost: none; samples are read from the whole.
   *
   * @param data the whole
   * @param skip how many samples are left out first
   * @param limit how many are taken at most
   * @return the part
   * @throws IllegalArgumentException if no sample would be left
   */
  public static Dataset subset(Dataset data, int skip, int limit) {
    return new Subset(data, skip, limit);
  }

  /**
   * Takes some samples of a dataset.
   *
   * <p>Cost: reading is linear in what is read, fastest where positions follow one another.
   *
   * @param data the samples
   * @param positions which, ascending
   * @return the samples at those positions
   * @throws IllegalArgumentException if there are none, or they are not ascending positions of the
   *     data
   */
  public static Dataset select(Dataset data, int[] positions) {
    return new Selection(data, positions);
  }

  /**
   * Opens the samples of a file for a model.
   *
   * <p>A channel axis is moved, an axis of size 1 added or dropped, an image flattened where the
   * model's input asks for it; {@link FileDataset#notes} says so.
   *
   * <p>Cost: one pass over the samples that are taken, to check them; compressed files and text are
   * unpacked once. Memory does not grow with the number of samples.
   *
   * @param source the files
   * @param modelInput the shape of one input of the model, without the batch axis
   * @param preprocessing what to do with the samples
   * @return the dataset, to be closed
   * @throws IllegalArgumentException if a file is missing, damaged or of no known format, if the
   *     samples do not fit the model, fit it in two ways, or hold a number that is not finite
   * @throws java.io.UncheckedIOException if a file cannot be read
   */
  public static FileDataset open(DataSource source, Shape modelInput, Preprocessing preprocessing) {
    Objects.requireNonNull(modelInput, "modelInput");
    return FileDataset.open(source, modelInput, preprocessing);
  }

  /**
   * Opens the samples of a file in the shape in which they are stored, or in that of {@link
   * Preprocessing#withInputShape}.
   *
   * <p>Cost and errors: as {@link #open(DataSource, Shape, Preprocessing)}.
   *
   * @param source the files
   * @param preprocessing what to do with the samples
   * @return the dataset, to be closed
   */
  public static FileDataset open(DataSource source, Preprocessing preprocessing) {
    return FileDataset.open(source, null, preprocessing);
  }
}
