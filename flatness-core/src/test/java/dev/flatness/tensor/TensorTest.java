package dev.flatness.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TensorTest {
  @Test
  void shapesCountTheirElements() {
    assertThat(Shape.of(3, 4, 5).size()).isEqualTo(60);
    assertThat(Shape.of(3, 4, 5).positions()).isEqualTo(20);
    assertThat(Shape.of().size()).isEqualTo(1);
    assertThat(Shape.of(7).positions()).isEqualTo(1);
    assertThat(Shape.of(0, 4).size()).isZero();
    assertThat(Shape.of(0, 4).positions()).isEqualTo(4);
    assertThat(Shape.of(3, 4)).isEqualTo(Shape.of(3, 4)).isNotEqualTo(Shape.of(4, 3));
    assertThat(Shape.of(3, 4)).hasSameHashCodeAs(Shape.of(3, 4)).hasToString("[3, 4]");
  }

  @Test
  void shapesDoNotChangeWithTheArraysTheyCameFrom() {
    int[] extents = {2, 3};
    Shape shape = Shape.of(extents);
    extents[0] = 9;
    shape.toArray()[1] = 9;
    assertThat(shape).isEqualTo(Shape.of(2, 3));
  }

  @Test
  void rejectsShapesThatNoArrayHas() {
    assertThatThrownBy(() -> Shape.of(2, -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("shape [2, -1] has extent -1; extents must be ≥ 0");
    assertThatThrownBy(() -> Shape.of(1 << 16, 1 << 15))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("shape [65536, 32768] has more than 2147483647 elements; split the array");
    int huge = Integer.MAX_VALUE;
    assertThatThrownBy(() -> Shape.of(huge, huge, huge))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "shape [2147483647, 2147483647, 2147483647] has more than 2147483647 elements; split"
                + " the array");
  }

  @Test
  void tensorsKeepTheirElementType() {
    Tensor narrow = Tensor.of(new float[] {1, 0.1f}, 2);
    assertThat(narrow.precision()).isEqualTo(Precision.FLOAT32);
    assertThat(narrow.get(1)).isEqualTo((double) 0.1f);
    assertThat(narrow.toDoubles()).containsExactly(1, (double) 0.1f);
    Tensor wide = Tensor.of(new double[] {1, 0.1}, 2, 1);
    assertThat(wide.precision()).isEqualTo(Precision.FLOAT64);
    assertThat(wide.toFloats()).containsExactly(1, 0.1f);
    assertThat(wide).hasToString("float64[2, 1]").isNotEqualTo(wide.reshape(1, 2));
    assertThat(wide.reshape(2).reshape(2, 1)).isEqualTo(wide).hasSameHashCodeAs(wide);
    assertThat(wide).isNotEqualTo(Tensor.of(wide.toFloats(), 2, 1));
  }

  @Test
  void copiesAreIndependent() {
    Tensor tensor = Tensor.of(new double[] {1, 2}, 2);
    tensor.toDoubles()[0] = 9;
    tensor.toFloats()[1] = 9;
    assertThat(tensor.toDoubles()).containsExactly(1, 2);
  }

  @Test
  void rejectsArraysOfAnotherLength() {
    assertThatThrownBy(() -> Tensor.of(new double[5], 2, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("tensor of shape [2, 3] needs 6 elements, but the array has 5");
    assertThatThrownBy(() -> Tensor.of(new float[6], 2, 3).reshape(4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("tensor of shape [4] needs 4 elements, but the array has 6");
  }
}
