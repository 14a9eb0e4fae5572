package dev.flatness.nd4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flatness.tensor.Precision;
import dev.flatness.tensor.Tensor;
import java.util.Arrays;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class Nd4jArraysPropertyTest {
  @Provide
  Arbitrary<RandomArray> arrays() {
    return RandomArray.ofRank(1, 5);
  }

  @Property
  void aTensorHasTheNumbersOfTheArrayInRowMajorOrder(@ForAll("arrays") RandomArray drawn) {
    INDArray array = drawn.make();
    Tensor tensor = Nd4jArrays.tensor(array);
    assertThat(Arrays.stream(tensor.shape().toArray()).asLongStream().toArray())
        .isEqualTo(array.shape());
    assertThat(tensor.precision())
        .isEqualTo(array.dataType() == DataType.FLOAT ? Precision.FLOAT32 : Precision.FLOAT64);
    assertThat(tensor.toDoubles()).isEqualTo(RandomArray.numbers(array));
  }

  @Property
  void anArrayOfATensorIsEqualToTheFirst(@ForAll("arrays") RandomArray drawn) {
    INDArray array = drawn.make();
    INDArray copy = Nd4jArrays.array(Nd4jArrays.tensor(array));
    assertThat(copy.dataType()).isEqualTo(array.dataType());
    assertThat(copy.shape()).isEqualTo(array.shape());
    assertThat(copy.ordering()).isEqualTo('c');
    assertThat(RandomArray.numbers(copy)).isEqualTo(RandomArray.numbers(array));
  }

  @Provide
  Arbitrary<RandomArray> flat() {
    return RandomArray.ofRank(1, 2);
  }

  @Property
  void parametersComeBackAsTheyWent(@ForAll("flat") RandomArray drawn) {
    INDArray array = drawn.makeFlat();
    double[] theta = Nd4jArrays.parameters(array);
    assertThat(theta).isEqualTo(RandomArray.numbers(array));
    double[] others = Arrays.stream(theta).map(x -> -2 * x).toArray();
    Nd4jArrays.setParameters(array, others);
    assertThat(RandomArray.numbers(array)).isEqualTo(others);
    assertThat(Nd4jArrays.parameters(array)).isEqualTo(others);
  }
}
