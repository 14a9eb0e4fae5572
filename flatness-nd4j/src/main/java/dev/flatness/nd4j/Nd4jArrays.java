package dev.flatness.nd4j;

import dev.flatness.tensor.Precision;
import dev.flatness.tensor.Shape;
import dev.flatness.tensor.Tensor;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Exchanges numbers with ND4J: arrays as tensors, flat parameter arrays as θ.
 *
 * <p>Arrays of data type {@code FLOAT} and {@code DOUBLE} are taken, of any order and any strides,
 * views too. Numbers are copied once, in row-major order of the axes: ND4J keeps them outside of
 * the Java heap, tensors and θ are on it.
 */
public final class Nd4jArrays {
  private static final DataType[] REALS = {DataType.FLOAT, DataType.DOUBLE};

  private Nd4jArrays() {}

  /**
   * Copies an array into a tensor of the same precision.
   *
   * <p>Shapes: the same. Cost: one copy.
   *
   * @param array an array of floats or doubles, not empty
   * @return a tensor with the numbers of the array
   * @throws IllegalArgumentException if the array is of another data type, closed, empty or of more
   *     than 2³¹−1 numbers
   */
  public static Tensor tensor(INDArray array) {
    Elements elements = Elements.of("array of shape " + Elements.shape(array), array, REALS);
    int[] extents = extents("array", array);
    int size = Shape.of(extents).size();
    Strides strides = Strides.of(array.shape(), array.stride());
    if (array.dataType() == DataType.FLOAT) {
      float[] floats = new float[size];
      elements.read(strides, 0, floats);
      return Tensor.of(floats, extents);
    }
    double[] doubles = new double[size];
    elements.read(strides, 0, doubles, 0);
    return Tensor.of(doubles, extents);
  }

  /**
   * Copies a tensor into a new array of the same precision and order 'c'.
   *
   * <p>Shapes: the same. Cost: one copy. The array belongs to no workspace.
   *
   * @param tensor a tensor of at least one number
   * @return an array with the numbers of the tensor
   * @throws IllegalArgumentException if the tensor has no number
   */
  public static INDArray array(Tensor tensor) {
    if (tensor.size() == 0) {
      throw new IllegalArgumentException(
          "tensor " + tensor + " has no number, expected at least one");
    }
    DataType type = tensor.precision() == Precision.FLOAT32 ? DataType.FLOAT : DataType.DOUBLE;
    long[] shape = Arrays.stream(tensor.shape().toArray()).asLongStream().toArray();
    INDArray array = Nd4j.createUninitializedDetached(type, 'c', shape);
    Elements.of("array", array, REALS)
        .write(Strides.of(array.shape(), array.stride()), tensor::get);
    return array;
  }

  /**
   * Copies a flat parameter array into θ.
   *
   * <p>Shapes: {@code [p]}, {@code [1, p]} or {@code [p, 1]} give p numbers. Cost: one copy.
   *
   * @param flat an array of floats or doubles, for instance {@code model.params()}
   * @return θ, in the order of the array
   * @throws IllegalArgumentException as {@link #tensor}, or if the array is not flat
   */
  public static double[] parameters(INDArray flat) {
    Elements elements = flat(flat);
    double[] theta = new double[extents("parameter array", flat.reshape(flat.length()))[0]];
    elements.read(Strides.of(flat.shape(), flat.stride()), 0, theta, 0);
    return theta;
  }

  /**
   * Writes θ into a flat parameter array; every view of its numbers has them afterwards.
   *
   * <p>Shapes: p numbers go into {@code [p]}, {@code [1, p]} or {@code [p, 1]}. Numbers are rounded
   * to nearest where the array holds floats. Cost: one copy. The array is unchanged after an error.
   *
   * @param flat an array of floats or doubles that receives the numbers
   * @param theta as many parameters
   * @throws IllegalArgumentException as {@link #parameters}, or if θ has another length or a number
   *     beyond the range of the array's data type
   */
  public static void setParameters(INDArray flat, double[] theta) {
    Elements elements = flat(flat);
    if (flat.length() != theta.length) {
      throw new IllegalArgumentException(
          "there are "
              + theta.length
              + " parameters, but the parameter array has shape "
              + Elements.shape(flat)
              + "; give "
              + flat.length());
    }
    if (flat.dataType() == DataType.FLOAT) {
      for (int i = 0; i < theta.length; i++) {
        if (Float.isInfinite((float) theta[i]) && !Double.isInfinite(theta[i])) {
          throw new IllegalArgumentException(
              "parameter "
                  + i
                  + " is "
                  + theta[i]
                  + ", which is beyond the range of the array's data type FLOAT; use an array of"
                  + " data type DOUBLE");
        }
      }
    }
    elements.write(Strides.of(flat.shape(), flat.stride()), i -> theta[i]);
  }

  private static Elements flat(INDArray array) {
    Elements elements = Elements.of("parameter array", array, REALS);
    long longest = Arrays.stream(array.shape()).max().orElse(1);
    if (array.rank() < 1 || array.rank() > 2 || array.length() != longest) {
      throw new IllegalArgumentException(
          "parameter array has shape "
              + Elements.shape(array)
              + ", expected [parameters] or [1, parameters]; give the flat array, as params()"
              + " returns it");
    }
    return elements;
  }

  /** The extents of an array that fits a Java array. */
  static int[] extents(String what, INDArray array) {
    if (array.length() > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          what
              + " of shape "
              + Elements.shape(array)
              + " has "
              + array.length()
              + " numbers, expected at most "
              + Integer.MAX_VALUE
              + "; split it");
    }
    return Arrays.stream(array.shape()).mapToInt(Math::toIntExact).toArray();
  }
}
