package dev.flatness.tensor;

import java.util.Arrays;

/**
 * The extents of a dense row-major array.
 *
 * <p>Formula: the number of elements is the product of the extents; a shape of rank 0 has one.
 *
 * <p>Units: elements. Cost: constant. Immutable.
 */
public final class Shape {
  private final int[] extents;
  private final int size;

  private Shape(int[] extents) {
    long product = 1;
    for (int extent : extents) {
      if (extent < 0) {
        throw new IllegalArgumentException(
            "shape "
                + Arrays.toString(extents)
                + " has extent "
                + extent
                + "; extents must be ≥ 0");
      }
      product = Math.multiplyExact(product, (long) extent);
      if (product > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            "shape "
                + Arrays.toString(extents)
                + " has more than "
                + Integer.MAX_VALUE
                + " elements; split the array");
      }
    }
    this.extents = extents;
    this.size = (int) product;
  }

  /**
   * Makes a shape of the given extents.
   *
   * @param extents the extents, outermost first, each at least 0
   * @return the shape
   * @throws IllegalArgumentException if an extent is negative or the product exceeds 2³¹−1
   */
  public static Shape of(int... extents) {
    return new Shape(extents.clone());
  }

  /**
   * Returns the number of axes.
   *
   * @return the rank
   */
  public int rank() {
    return extents.length;
  }

  /**
   * Returns the extent of one axis.
   *
   * @param axis the axis, from 0
   * @return its extent
   */
  public int extent(int axis) {
    return extents[axis];
  }

  /**
   * Returns the number of elements, the product of the extents.
   *
   * @return the number of elements
   */
  public int size() {
    return size;
  }

  /**
   * Returns the number of positions after the first axis: the size divided by the first extent.
   *
   * @return the product of all extents but the first; 1 for rank 0 and 1
   */
  public int positions() {
    int product = 1;
    for (int axis = 1; axis < extents.length; axis++) {
      product *= extents[axis];
    }
    return product;
  }

  /**
   * Returns a copy of the extents.
   *
   * @return the extents, outermost first
   */
  public int[] toArray() {
    return extents.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape shape && Arrays.equals(extents, shape.extents);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(extents);
  }

  /** Returns the extents in brackets, as {@code [3, 32, 32]}. */
  @Override
  public String toString() {
    return Arrays.toString(extents);
  }
}
