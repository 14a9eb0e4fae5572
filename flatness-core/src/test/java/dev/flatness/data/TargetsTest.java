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
              "label "
                  + (long) label
                  + " of sample 3 in data, expected a class from 0 to 2147483646, for a network has one output per"
                  + " class; number the classes from 0");
    }
    Tensor rows = Tensor.of(new double[] {1, 0, 0, 1, 1, 0, 1, 1}, 4, 2);
    assertThatThrownBy(() -> Targets.of(Datasets.of(X, rows)).classes())
        .hasMessageStartingWith(
            "the targets of sample 3 in data are no one-hot row, expected a class");
  }

  @Test
  void questionsLabelsThatCountSomethingElse() {
    Tensor years = Tensor.of(new double[] {0, 1, 19_500, 3}, 4);
    assertThatThrownBy(() -> Targets.of(Datasets.of(X, years)).classes())
        .hasMessage(
            "label 19500 of sample 2 in data, which makes 19501 classes, but only 4 of them occur in"
                + " 4 samples; number the classes from 0 without gaps, or fit the numbers as they"
                + " are with squared-error");
    // A few samples of a thousand classes are a usual first try.
    Tensor few = Tensor.of(new double[] {0, 1, 999, 3}, 4);
    assertThat(Targets.of(Datasets.of(X, few)).classes()).isEqualTo(1000);
    double[] tenth = new double[101];
    for (int i = 0; i < tenth.length; i++) {
      tenth[i] = 10 * i;
    }
    Tensor x = Tensor.of(new double[2 * tenth.length], tenth.length, 2);
    assertThat(Targets.of(Datasets.of(x, Tensor.of(tenth, tenth.length))).classes())
        .isEqualTo(1001);
  }
}
