package dev.flatness.tensor;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A dense row-major array of float32 or float64 with a shape: the currency in which datasets and
 * parameters are exchanged.
 *
 * <p>Units: those of what it holds. Cost: one Java array. It has no arithmetic. The array handed in
 * is kept, not copied, and must not be written afterwards; {@link #toDoubles()} and {@link
 * #toFloats()} copy.
 */
public final class Tensor {
  private final Shape shape;
  private final double @Nullable [] doubles;
  private final float @Nullable [] floats;

  private Tensor(Shape shape, double @Nullable [] doubles, float @Nullable [] floats) {
    this.shape = Objects.requireNonNull(shape, "shape");
    this.doubles = doubles;
    this.floats = floats;
    int length = doubles != null ? doubles.length : Objects.requireNonNull(floats).length;
    if (length != shape.size()) {
      throw new IllegalArgumentException(
          "tensor of shape "
              + shape
              + " needs "
              + shape.size()
              + " elements, but the array has "
              + length);
    }
  }

  /**
   * Wraps a float64 array.
   *
   * @param elements the elements in row-major order; kept, not copied
   * @param extents the shape
   * @return the tensor
   * @throws IllegalArgumentException if the shape does not have as many elements as the array
   */
  public static Tensor of(double[] elements, int... extents) {
    return new Tensor(Shape.of(extents), Objects.requireNonNull(elements, "elements"), null);
  }

  /**
   * Wraps a float32 array.
   *
   * @param elements the elements in row-major order; kept, not copied
   * @param extents the shape
   * @return the tensor
   * @throws IllegalArgumentException if the shape does not have as many elements as the array
   */
  public static Tensor of(float[] elements, int... extents) {
    return new Tensor(Shape.of(extents), null, Objects.requireNonNull(elements, "elements"));
  }

  /**
   * Makes a matrix of rows.
   *
   * <p>Shapes: n rows of k numbers give {@code [n, k]}. Cost: a copy.
   *
   * @param rows at least one, all of one length
   * @return the tensor
   * @throws IllegalArgumentException if there is no row or their lengths differ
   */
  public static Tensor of(double[][] rows) {
    if (rows.length == 0) {
      throw new IllegalArgumentException("there are 0 rows, expected at least 1");
    }
    int width = rows[0].length;
    double[] elements = new double[rows.length * width];
    for (int i = 0; i < rows.length; i++) {
      if (rows[i].length != width) {
        throw new IllegalArgumentException(
            "row "
                + i
                + " has "
                + rows[i].length
                + " numbers, expected "
                + width
                + " as in row 0; make all rows of one length");
      }
      System.arraycopy(rows[i], 0, elements, i * width, width);
    }
    return of(elements, rows.length, width);
  }

  /**
   * Returns the shape.
   *
   * @return the shape
   */
  public Shape shape() {
    return shape;
  }

  /**
   * Returns the number of elements.
   *
   * @return the number of elements
   */
  public int size() {
    return shape.size();
  }

  /**
   * Returns the element type.
   *
   * @return the precision in which the elements are stored
   */
  public Precision precision() {
    return doubles != null ? Precision.FLOAT64 : Precision.FLOAT32;
  }

  /**
   * Returns one element.
   *
   * @param index its position in row-major order
   * @return the element
   */
  public double get(int index) {
    return doubles != null ? doubles[index] : Objects.requireNonNull(floats)[index];
  }

  /**
   * Returns the elements as a new float64 array.
   *
   * @return a copy, in row-major order
   */
  public double[] toDoubles() {
    if (doubles != null) {
      return doubles.clone();
    }
    float[] elements = Objects.requireNonNull(floats);
    double[] copy = new double[elements.length];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = elements[i];
    }
    return copy;
  }

  /**
   * Returns the elements as a new float32 array, rounded to nearest.
   *
   * @return a copy, in row-major order
   */
  public float[] toFloats() {
    if (floats != null) {
      return floats.clone();
    }
    double[] elements = Objects.requireNonNull(doubles);
    float[] copy = new float[elements.length];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = (float) elements[i];
    }
    return copy;
  }

  /**
   * Returns the same elements under another shape.
   *
   * @param extents the new shape, with as many elements
   * @return a tensor that shares this one's array
   * @throws IllegalArgumentException if the numbers of elements differ
   */
  public Tensor reshape(int... extents) {
    return new Tensor(Shape.of(extents), doubles, floats);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Tensor tensor
        && shape.equals(tensor.shape)
        && Arrays.equals(doubles, tensor.doubles)
        && Arrays.equals(floats, tensor.floats);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(doubles) + Arrays.hashCode(floats);
  }

  /** Returns type and shape, as {@code float64[6, 5]}. */
  @Override
  public String toString() {
    return precision().id() + shape;
  }
}
