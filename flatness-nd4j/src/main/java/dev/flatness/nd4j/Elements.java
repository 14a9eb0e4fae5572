package dev.flatness.nd4j;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.bytedeco.javacpp.indexer.DoubleIndexer;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.bytedeco.javacpp.indexer.Indexer;
import org.bytedeco.javacpp.indexer.IntIndexer;
import org.bytedeco.javacpp.indexer.LongIndexer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.concurrency.AffinityManager;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The numbers of an INDArray where they lie, outside of the Java heap. Keeps them alive. The buffer
 * of a view begins with the first number of the view, so that one is at position 0.
 */
final class Elements {
  private final String what;
  private final INDArray array;
  private final Indexer indexer;

  private Elements(String what, INDArray array) {
    this.what = what;
    this.array = array;
    this.indexer = array.data().indexer();
  }

  /**
   * Looks at an array.
   *
   * @param what what to call it in messages
   * @param array the array
   * @param types the data types that are read
   */
  static Elements of(String what, INDArray array, DataType... types) {
    if (array.wasClosed()) {
      throw new IllegalArgumentException(
          what + " is an INDArray that was closed; use it before it is closed");
    }
    if (!Arrays.asList(types).contains(array.dataType())) {
      throw new IllegalArgumentException(
          what
              + " has data type "
              + array.dataType()
              + ", expected "
              + Arrays.stream(types).map(DataType::name).collect(Collectors.joining(" or "))
              + "; convert it with castTo(DataType."
              + types[0]
              + ")");
    }
    if (array.isEmpty()) {
      throw new IllegalArgumentException(what + " has no number, expected at least one");
    }
    // Nothing to do on a CPU; on other backends the newest numbers may be elsewhere.
    Nd4j.getAffinityManager().ensureLocation(array, AffinityManager.Location.HOST);
    return new Elements(what, array);
  }

  static String shape(INDArray array) {
    return Arrays.toString(array.shape());
  }

  boolean whole() {
    return indexer instanceof IntIndexer || indexer instanceof LongIndexer;
  }

  /** Copies numbers in the order of the strides. */
  void read(Strides strides, long start, double[] into, int at) {
    requireOpen();
    if (indexer instanceof DoubleIndexer doubles) {
      strides.runs(
          start,
          (position, stride, count, index) -> {
            for (int i = 0; i < count; i++) {
              into[at + index + i] = doubles.get(position + i * stride);
            }
          });
    } else if (indexer instanceof FloatIndexer floats) {
      strides.runs(
          start,
          (position, stride, count, index) -> {
            for (int i = 0; i < count; i++) {
              into[at + index + i] = floats.get(position + i * stride);
            }
          });
    } else if (indexer instanceof LongIndexer longs) {
      strides.runs(
          start,
          (position, stride, count, index) -> {
            for (int i = 0; i < count; i++) {
              into[at + index + i] = longs.get(position + i * stride);
            }
          });
    } else {
      IntIndexer ints = (IntIndexer) indexer;
      strides.runs(
          start,
          (position, stride, count, index) -> {
            for (int i = 0; i < count; i++) {
              into[at + index + i] = ints.get(position + i * stride);
            }
          });
    }
  }

  /** Copies the numbers of an array of floats. */
  void read(Strides strides, long start, float[] into) {
    requireOpen();
    FloatIndexer floats = (FloatIndexer) indexer;
    strides.runs(
        start,
        (position, stride, count, index) -> {
          for (int i = 0; i < count; i++) {
            into[index + i] = floats.get(position + i * stride);
          }
        });
  }

  /** The number of an index in row-major order. */
  interface Source {
    double get(int index);
  }

  /** Writes numbers in the order of the strides, rounded to nearest where they are floats. */
  void write(Strides strides, Source source) {
    requireOpen();
    if (indexer instanceof DoubleIndexer doubles) {
      strides.runs(
          0,
          (position, stride, count, index) -> {
            for (int i = 0; i < count; i++) {
              doubles.put(position + i * stride, source.get(index + i));
            }
          });
    } else {
      FloatIndexer floats = (FloatIndexer) indexer;
      strides.runs(
          0,
          (position, stride, count, index) -> {
            for (int i = 0; i < count; i++) {
              floats.put(position + i * stride, (float) source.get(index + i));
            }
          });
    }
    Nd4j.getAffinityManager().tagLocation(array, AffinityManager.Location.HOST);
  }

  private void requireOpen() {
    if (array.wasClosed()) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT, "%s is an INDArray that has been closed since; keep it open", what));
    }
  }
}
