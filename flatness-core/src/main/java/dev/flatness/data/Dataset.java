package dev.flatness.data;

import dev.flatness.tensor.Shape;

/**
 * Samples (x_i, y_i) that can be read by position, any number of times, from several threads at
 * once.
 *
 * <p>Shapes: inputs row-major {@code [count, inputShape]}; targets {@code [count, targetSize]}, a
 * class index counting as one number. Units: those after preprocessing. Cost: reading is linear in
 * what is read; memory does not grow with the number of samples unless the implementation says so.
 */
public interface Dataset {
  /** What the targets are. */
  enum TargetKind {
    /** Class indices 0, 1, …; one number a sample. */
    LABELS,
    /** Real vectors. */
    REAL
  }

  /**
   * Returns the number of samples.
   *
   * @return n, at least 1
   */
  int size();

  /**
   * Returns the shape of one input, without the batch axis.
   *
   * @return the shape
   */
  Shape inputShape();

  /**
   * Returns what the targets are.
   *
   * @return the kind
   */
  TargetKind targetKind();

  /**
   * Returns the number of entries of one target.
   *
   * @return 1 for labels
   */
  int targetSize();

  /**
   * Reads consecutive samples.
   *
   * @param first the first sample's position
   * @param count how many
   * @param inputs receives the inputs, at least count · inputShape().size() entries
   * @param targets receives the targets, at least count · targetSize() entries
   * @throws IndexOutOfBoundsException if the range leaves the dataset
   */
  void read(int first, int count, double[] inputs, double[] targets);

  /**
   * Reads the targets of consecutive samples.
   *
   * @param first the first sample's position
   * @param count how many
   * @param targets receives the targets, at least count · targetSize() entries
   * @throws IndexOutOfBoundsException if the range leaves the dataset
   */
  default void readTargets(int first, int count, double[] targets) {
    read(first, count, new double[count * inputShape().size()], targets);
  }

  /**
   * Returns what the data are, for messages and provenance: a file name, a generator's name.
   *
   * @return a short description
   */
  String name();
}
