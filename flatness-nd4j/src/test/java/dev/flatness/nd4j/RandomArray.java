package dev.flatness.nd4j;

import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * What an array is drawn from: of any order and strides, permuted, cut, every second entry of an
 * axis, views of views. jqwik asks its values for hash codes, which ND4J computes natively, and not
 * of every view. So it draws this.
 */
record RandomArray(int rank, DataType type, char order, long seed) {
  static Arbitrary<RandomArray> ofRank(int least, int most) {
    return Combinators.combine(
            Arbitraries.integers().between(least, most),
            Arbitraries.of(DataType.FLOAT, DataType.DOUBLE),
            Arbitraries.of('c', 'f'),
            Arbitraries.longs())
        .as(RandomArray::new);
  }

  /** Makes the array, the same numbers at every call. */
  INDArray make() {
    return make(false);
  }

  /** Makes an array of which at most one extent is not 1. */
  INDArray makeFlat() {
    return make(true);
  }

  private INDArray make(boolean flat) {
    Random random = new Random(seed);
    long[] shape = new long[rank];
    int longest = random.nextInt(rank);
    for (int axis = 0; axis < rank; axis++) {
      shape[axis] = flat && axis != longest ? 1 : 1 + random.nextInt(5);
    }
    INDArray array = filled(shape, random);
    for (int step = random.nextInt(4); step > 0; step--) {
      array = random.nextBoolean() ? permuted(array, random) : everySecond(array, random);
    }
    return array;
  }

  /** Larger than needed along some axes, then cut. */
  private INDArray filled(long[] shape, Random random) {
    long[] larger = shape.clone();
    INDArrayIndex[] cuts = new INDArrayIndex[shape.length];
    boolean cut = random.nextBoolean();
    for (int axis = 0; axis < shape.length; axis++) {
      long skip = cut ? random.nextInt(3) : 0;
      larger[axis] += skip + (cut ? random.nextInt(2) : 0);
      cuts[axis] = NDArrayIndex.interval(skip, skip + shape[axis]);
    }
    INDArray whole = Nd4j.create(type, larger, order);
    for (long i = 0; i < whole.length(); i++) {
      whole.data().put(i, random.nextGaussian());
    }
    return cut ? whole.get(cuts) : whole;
  }

  private static INDArray permuted(INDArray array, Random random) {
    int[] axes = new int[array.rank()];
    for (int i = 0; i < axes.length; i++) {
      axes[i] = i;
    }
    for (int i = axes.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int other = axes[i];
      axes[i] = axes[j];
      axes[j] = other;
    }
    return array.permute(axes);
  }

  private static INDArray everySecond(INDArray array, Random random) {
    int axis = random.nextInt(array.rank());
    long[] shape = array.shape().clone();
    long[] stride = array.stride().clone();
    shape[axis] = (shape[axis] + 1) / 2;
    stride[axis] *= 2;
    return Nd4j.create(array.data(), shape, stride, 0, array.ordering(), array.dataType());
  }

  /** The numbers of an array in row-major order, as ND4J itself gives them. */
  static double[] numbers(INDArray array) {
    double[] numbers = new double[(int) array.length()];
    int[] at = new int[array.rank()];
    for (int i = 0; i < numbers.length; i++) {
      int rest = i;
      for (int axis = at.length - 1; axis >= 0; axis--) {
        at[axis] = rest % (int) array.size(axis);
        rest /= (int) array.size(axis);
      }
      numbers[i] = array.getDouble(at);
    }
    return numbers;
  }
}
