package dev.flatness.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flatness.tensor.Tensor;
import org.junit.jupiter.api.Test;

class TargetsTest {
  private static final Tensor X = Tensor.of(new double[4], 4, 1);

  @Test
  void knowsTheMostFrequentLabelAndWhetherAClassIsLeftOut() {
    Targets labels = Targets.of(Datasets.of(X, 0, 2, 2, 1));
    assertThat(labels.mostFrequent()).isEqualTo(0.5);
    assertThat(labels.complete()).isTrue();
    assertThat(labels.classes()).isEqualTo(3);
    assertThat(Targets.of(Datasets.of(X, 0, 2, 2, 0)).complete()).isFalse();
  }

  @Test
  void realNumbersAreNoLabels() {
    Targets real = Targets.of(Datasets.of(X, Tensor.of(new double[] {0, 1.5, 2, -1}, 4)));
    assertThat(real.whole()).isFalse();
    assertThat(real.oneHot()).isFalse();
    assertThat(real.labels()).isEmpty();
    assertThat(real.mostFrequent()).isNaN();
    assertThat(real.largest()).isNaN();
  }

  @Test
  void negativeAndFractionalRowsAreNotOneHot() {
    for (double other : new double[] {-1, 0.5, 1}) {
      Tensor rows = Tensor.of(new double[] {1, 0, 0, 1, 1, 0, 1, other}, 4, 2);
      assertThat(Targets.of(Datasets.of(X, rows)).oneHot()).isFalse();
    }
  }

  @Test
  void refusesALabelThatCannotCountClasses() {
    for (double label : new double[] {Integer.MAX_VALUE, 3e9}) {
      Tensor labels = Tensor.of(new double[] {0, 1, 2, label}, 4);
      assertThatThrownBy(() -> Targets.of(Datasets.of(X, labels)).classes())
          .hasMessage(
              "a label of data is "
                  + (long) label
                  + ", expected a class from 0 to 2147483646, for a network has one output per"
                  + " class; number the classes from 0");
    }
    Tensor rows = Tensor.of(new double[] {1, 0, 0, 1, 1, 0, 1, 1}, 4, 2);
    assertThatThrownBy(() -> Targets.of(Datasets.of(X, rows)).classes())
        .hasMessageStartingWith("the targets of data are no one-hot rows, expected a class");
  }
}
