package dev.flatness.nd4j;

import dev.flatness.data.AxisOrder;
import dev.flatness.tensor.Shape;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Samples along the first axis of an INDArray, read where they lie. */
final class ArraySamples {
  private static final int[] CHANNELS_FIRST = {0, 3, 1, 2};

  private final Elements elements;
  private final int count;
  private final Shape shape;
  private final Strides strides;
  private final long distance;

  private ArraySamples(Elements elements, long[] shape, long[] stride) {
    this.elements = elements;
    this.count = Math.toIntExact(shape[0]);
    this.distance = stride[0];
    long[] sample = Arrays.copyOfRange(shape, 1, shape.length);
    this.strides = Strides.of(sample, Arrays.copyOfRange(stride, 1, stride.length));
    int[] extents = Arrays.stream(sample).mapToInt(Math::toIntExact).toArray();
    this.shape = extents.length == 0 ? Shape.of(1) : Shape.of(extents);
  }

  /** Features: {@code [n]} or {@code [n, …]}, images with the channels where the order says. */
  static ArraySamples features(String name, INDArray array, AxisOrder order) {
    String what = name + ": the feature array";
    requireSamples(what, array, "[samples, …]");
    if (array.isAttached()) {
      throw attached(what);
    }
    Elements elements = Elements.of(what, array, DataType.FLOAT, DataType.DOUBLE);
    if (order == AxisOrder.NCHW) {
      return new ArraySamples(elements, array.shape(), array.stride());
    }
    if (array.rank() != 4) {
      throw new IllegalArgumentException(
          what
              + " has shape "
              + Elements.shape(array)
              + ", expected [samples, height, width, channels] for the axis order nhwc; leave the"
              + " axis order out for data that are no images");
    }
    return new ArraySamples(elements, permuted(array.shape()), permuted(array.stride()));
  }

  /** Targets: {@code [n]} or {@code [n, outputs]}. */
  static ArraySamples targets(String name, INDArray array) {
    String what = name + ": the label array";
    requireSamples(what, array, "[samples] or [samples, outputs]");
    if (array.rank() > 2) {
      throw new IllegalArgumentException(
          what
              + " has shape "
              + Elements.shape(array)
              + ", expected [samples] or [samples, outputs]; give one target for each sample");
    }
    if (array.isAttached()) {
      throw attached(what);
    }
    return new ArraySamples(
        Elements.of(what, array, DataType.FLOAT, DataType.DOUBLE, DataType.INT32, DataType.INT64),
        array.shape(),
        array.stride());
  }

  private static void requireSamples(String what, INDArray array, String expected) {
    if (array.rank() == 0 || array.isEmpty() || array.size(0) > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          what
              + " has shape "
              + Elements.shape(array)
              + ", expected "
              + expected
              + " with 1 to "
              + Integer.MAX_VALUE
              + " samples");
    }
  }

  private static IllegalArgumentException attached(String what) {
    return new IllegalArgumentException(
        what
            + " lies in a workspace, which uses its memory again; give a copy outside of it, made by"
            + " detach()");
  }

  private static long[] permuted(long[] axes) {
    return Arrays.stream(CHANNELS_FIRST).mapToLong(axis -> axes[axis]).toArray();
  }

  int count() {
    return count;
  }

  /** The shape of one sample. */
  Shape shape() {
    return shape;
  }

  /** Whether the numbers are integers by their data type. */
  boolean whole() {
    return elements.whole();
  }

  /** Copies consecutive samples, whose range the caller has checked. */
  void read(int first, int count, double[] into, int at) {
    int size = shape.size();
    for (int i = 0; i < count; i++) {
      elements.read(strides, (first + i) * distance, into, at + i * size);
    }
  }
}
