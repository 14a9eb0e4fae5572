package dev.flatness.nd4j;

import dev.flatness.data.AxisOrder;
import dev.flatness.data.Dataset;
import dev.flatness.data.Datasets;
import dev.flatness.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Makes datasets of ND4J's arrays and iterators.
 *
 * <p>Features are floats or doubles {@code [n, …]}, images {@code [n, channels, height, width]} or
 * with {@link AxisOrder#NHWC} {@code [n, height, width, channels]}; a sample is given as {@code
 * [channels, height, width]} in both cases. Targets are {@code [n]} or {@code [n, outputs]},
 * floats, doubles, ints or longs. They are class labels in two cases: all rows of at least two
 * numbers are one-hot, zeros and a single 1, whose position is the label; or there is one number a
 * sample, of an integer data type. All other targets are real.
 *
 * <p>Every number is checked when a dataset is made, and read from ND4J's memory at each reading,
 * chunk by chunk. Positions count from 0. Immutable.
 */
public final class Nd4jDatasets {
  private final String name;
  private final AxisOrder order;
  private final boolean realTargets;

  private Nd4jDatasets(String name, AxisOrder order, boolean realTargets) {
    this.name = name;
    this.order = order;
    this.realTargets = realTargets;
  }

  /**
   * Returns what most data need: channels first, labels where targets look like labels.
   *
   * @return the settings
   */
  public static Nd4jDatasets withDefaults() {
    return new Nd4jDatasets("data", AxisOrder.NCHW, false);
  }

  /**
   * Names the data.
   *
   * @param name what to call them in messages and reports
   * @return settings with that name
   */
  public Nd4jDatasets withName(String name) {
    return new Nd4jDatasets(Objects.requireNonNull(name, "name"), order, realTargets);
  }

  /**
   * Sets the order of the axes of images.
   *
   * @param order {@link AxisOrder#NHWC} for features {@code [n, height, width, channels]}
   * @return settings with that order
   */
  public Nd4jDatasets withAxisOrder(AxisOrder order) {
    return new Nd4jDatasets(name, Objects.requireNonNull(order, "order"), realTargets);
  }

  /**
   * Takes all targets as real vectors, one-hot rows and integers too.
   *
   * @return settings for regression
   */
  public Nd4jDatasets withRealTargets() {
    return new Nd4jDatasets(name, order, true);
  }

  /**
   * Makes a dataset of two arrays.
   *
   * <p>Cost: nothing is copied; one pass over all numbers. The arrays must not be written or closed
   * while the dataset is used.
   *
   * @param features the inputs, samples along the first axis
   * @param labels the targets, as many
   * @return the dataset
   * @throws IllegalArgumentException if a data type or a shape is not as described above, the
   *     numbers of samples differ, an array lies in a workspace, or a number is not finite
   */
  public Dataset of(INDArray features, INDArray labels) {
    return dataset(List.of(part(name, features, labels)));
  }

  /**
   * Makes a dataset of features and labels.
   *
   * <p>Cost: as {@link #of(INDArray, INDArray)}.
   *
   * @param data features and labels without masks
   * @return the dataset
   * @throws IllegalArgumentException as {@link #of(INDArray, INDArray)}, or if there are masks, or
   *     no features or labels
   */
  public Dataset of(DataSet data) {
    requireComplete(name, data);
    return of(data.getFeatures(), data.getLabels());
  }

  /**
   * Makes a dataset of all that an iterator gives from its beginning to its end.
   *
   * <p>The iterator is reset before and after; one that does not support it is read from where it
   * stands, and is used up. Its preprocessor is applied once. Batches may differ in size.
   *
   * <p>Cost: all batches are read once and copied, outside of the Java heap.
   *
   * @param iterator gives the batches; must come to an end
   * @return the dataset
   * @throws IllegalArgumentException as {@link #of(DataSet)}, or if there is no batch, or the
   *     shapes of batches differ in more than the number of samples
   */
  public Dataset of(DataSetIterator iterator) {
    if (iterator.resetSupported()) {
      iterator.reset();
    }
    List<ArrayDataset.Part> parts = new ArrayList<>();
    while (iterator.hasNext()) {
      DataSet batch = iterator.next();
      String what = name + ": batch " + parts.size();
      requireComplete(what, batch);
      ArrayDataset.Part part = part(what, copy(batch.getFeatures()), copy(batch.getLabels()));
      if (!parts.isEmpty()) {
        requireSame(what, "features", part.inputs(), parts.get(0).inputs());
        requireSame(what, "labels", part.targets(), parts.get(0).targets());
      }
      parts.add(part);
    }
    if (parts.isEmpty()) {
      throw new IllegalArgumentException(
          name
              + ": the iterator gives no batch, expected at least one"
              + (iterator.resetSupported()
                  ? ""
                  : "; it does not support reset, so give one that has not been read"));
    }
    if (iterator.resetSupported()) {
      iterator.reset();
    }
    return dataset(parts);
  }

  private Dataset dataset(List<ArrayDataset.Part> parts) {
    return Datasets.checked(new ArrayDataset(name, parts, realTargets));
  }

  private ArrayDataset.Part part(String what, INDArray features, INDArray labels) {
    ArraySamples inputs = ArraySamples.features(what, features, order);
    ArraySamples targets = ArraySamples.targets(what, labels);
    if (inputs.count() != targets.count()) {
      throw new IllegalArgumentException(
          what
              + ": features of shape "
              + Elements.shape(features)
              + " are "
              + inputs.count()
              + " samples, but labels of shape "
              + Elements.shape(labels)
              + " are "
              + targets.count()
              + "; give a row of labels for each sample");
    }
    return new ArrayDataset.Part(inputs, targets);
  }

  /** A copy in no workspace: an iterator may use the memory of a batch again. */
  @SuppressWarnings("try")
  private static INDArray copy(INDArray array) {
    try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      return array.dup('c');
    }
  }

  private static void requireComplete(String what, DataSet data) {
    requirePresent(what, "features", data.getFeatures());
    requirePresent(what, "labels", data.getLabels());
    if (data.hasMaskArrays()) {
      throw new IllegalArgumentException(
          what
              + " has mask arrays, which are not supported; leave out what is masked, and remove the"
              + " masks");
    }
  }

  private static void requirePresent(String what, String which, @Nullable INDArray array) {
    if (array == null) {
      throw new IllegalArgumentException(
          what + " has no " + which + "; give one row of " + which + " for each sample");
    }
  }

  private static void requireSame(
      String what, String which, ArraySamples found, ArraySamples expected) {
    Shape shape = expected.shape();
    if (!found.shape().equals(shape)) {
      throw new IllegalArgumentException(
          what
              + " has "
              + which
              + " of shape "
              + found.shape()
              + " for each sample, expected "
              + shape
              + " as in batch 0");
    }
  }
}
