package dev.flatness.nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flatness.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class Nd4jArraysTest {
  @Test
  void ordersDoNotMatter() {
    INDArray c = Nd4j.create(new double[][] {{1, 2, 3}, {4, 5, 6}});
    Tensor expected = Tensor.of(new double[] {1, 2, 3, 4, 5, 6}, 2, 3);
    assertThat(Nd4jArrays.tensor(c)).isEqualTo(expected);
    assertThat(Nd4jArrays.tensor(c.dup('f'))).isEqualTo(expected);
    assertThat(Nd4jArrays.tensor(c.transpose()))
        .isEqualTo(Tensor.of(new double[] {1, 4, 2, 5, 3, 6}, 3, 2));
  }

  @Test
  void aScalarIsATensorOfRankZero() {
    assertThat(Nd4jArrays.tensor(Nd4j.scalar(3f))).isEqualTo(Tensor.of(new float[] {3}));
    INDArray back = Nd4jArrays.array(Tensor.of(new float[] {3}));
    assertThat(back.rank()).isZero();
    assertThat(back.getFloat(0)).isEqualTo(3f);
  }

  @Test
  void aBroadcastArrayIsReadThroughItsStridesOfZero() {
    INDArray row = Nd4j.create(new double[] {1, 2, 3});
    INDArray broadcast =
        Nd4j.create(row.data(), new long[] {2, 3}, new long[] {0, 1}, 0, 'c', DataType.DOUBLE);
    assertThat(Nd4jArrays.tensor(broadcast))
        .isEqualTo(Tensor.of(new double[] {1, 2, 3, 1, 2, 3}, 2, 3));
  }

  @Test
  void aTensorIsACopy() {
    INDArray array = Nd4j.create(new double[] {1, 2});
    Tensor tensor = Nd4jArrays.tensor(array);
    array.putScalar(0, 7);
    assertThat(tensor.get(0)).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"HALF", "BFLOAT16", "INT", "LONG", "UBYTE", "BOOL"})
  void otherDataTypesAreRefusedByName(DataType type) {
    assertThatThrownBy(() -> Nd4jArrays.tensor(Nd4j.zeros(type, 2, 3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "array of shape [2, 3] has data type "
                + type
                + ", expected FLOAT or DOUBLE; convert it with castTo(DataType.FLOAT)");
  }

  @Test
  void anEmptyArrayIsRefused() {
    assertThatThrownBy(() -> Nd4jArrays.tensor(Nd4j.create(DataType.DOUBLE, 0, 3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("array of shape [0, 3] has no number, expected at least one");
    assertThatThrownBy(() -> Nd4jArrays.array(Tensor.of(new float[0], 0, 3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("tensor float32[0, 3] has no number, expected at least one");
  }

  @Test
  void aClosedArrayIsRefused() {
    INDArray array = Nd4j.create(new double[] {1, 2});
    array.close();
    assertThatThrownBy(() -> Nd4jArrays.tensor(array))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("was closed");
  }

  @Test
  void parametersAreFlat() {
    INDArray row = Nd4j.create(new double[][] {{1, 2, 3}});
    assertThat(Nd4jArrays.parameters(row)).containsExactly(1, 2, 3);
    assertThat(Nd4jArrays.parameters(row.transpose())).containsExactly(1, 2, 3);
    assertThat(Nd4jArrays.parameters(row.castTo(DataType.FLOAT))).containsExactly(1, 2, 3);
    assertThatThrownBy(() -> Nd4jArrays.parameters(Nd4j.zeros(DataType.DOUBLE, 2, 3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "parameter array has shape [2, 3], expected [parameters] or [1, parameters]; give the"
                + " flat array, as params() returns it");
  }

  @Test
  void parametersAreWrittenWhereViewsSeeThem() {
    INDArray flat = Nd4j.zeros(DataType.FLOAT, 1, 6);
    INDArray weights = flat.get(NDArrayIndex.all(), NDArrayIndex.interval(2, 6)).reshape('f', 2, 2);
    Nd4jArrays.setParameters(flat, new double[] {1, 2, 3, 4, 5, 6});
    assertThat(RandomArray.numbers(weights)).containsExactly(3, 5, 4, 6);
  }

  @Test
  void parametersThatDoNotFitAreRefusedAndChangeNothing() {
    INDArray flat = Nd4j.create(new float[] {1, 2});
    assertThatThrownBy(() -> Nd4jArrays.setParameters(flat, new double[3]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("there are 3 parameters, but the parameter array has shape [2]; give 2");
    assertThatThrownBy(() -> Nd4jArrays.setParameters(flat, new double[] {5, 1e300}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "parameter 1 is 1.0E300, which is beyond the range of the array's data type FLOAT; use"
                + " an array of data type DOUBLE");
    assertThat(flat.toFloatVector()).containsExactly(1, 2);
  }
}
