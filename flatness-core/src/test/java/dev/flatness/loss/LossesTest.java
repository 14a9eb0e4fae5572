package dev.flatness.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flatness.data.Dataset;
import dev.flatness.data.Dataset.TargetKind;
import dev.flatness.data.Datasets;
import dev.flatness.tensor.Tensor;
import org.junit.jupiter.api.Test;

class LossesTest {
  private static final Tensor X = Tensor.of(new double[8], 4, 2);

  private static Dataset reals(double... targets) {
    return Datasets.of(X, Tensor.of(targets, 4, targets.length / 4));
  }

  @Test
  void autoGoesByTheTargetsAndTheOutputs() {
    Dataset labels = Datasets.of(X, 0, 1, 1, 0);
    assertThat(Losses.of("auto", labels, 1).id()).isEqualTo("binary-cross-entropy");
    assertThat(Losses.of("auto", labels, 2).id()).isEqualTo("cross-entropy");
    assertThat(Losses.of("auto", reals(0.5, 1, 2, 3), 1).id()).isEqualTo("squared-error");
    assertThat(Losses.ids())
        .containsExactly("auto", "cross-entropy", "squared-error", "binary-cross-entropy");
    assertThatThrownBy(() -> Losses.of("hinge", labels, 2))
        .hasMessage(
            "loss \"hinge\" is unknown; use auto, cross-entropy, squared-error or"
                + " binary-cross-entropy");
  }

  @Test
  void wholeNumbersAreLabelsWhereTheNetworkHasSeveralOutputs() {
    Losses.Choice choice = Losses.choose("auto", reals(0, 2, 1, 2), 3);
    assertThat(choice.loss().id()).isEqualTo("cross-entropy");
    assertThat(choice.data().targetKind()).isEqualTo(TargetKind.LABELS);
    assertThat(choice.notes())
        .containsExactly("targets that are whole numbers of a real type read as class labels");
    choice.loss().check(choice.data(), 3);
  }

  @Test
  void labelsAreNotReadForTheChoice() {
    Dataset unreadable =
        new WithTargets(Datasets.of(X, 0, 1, 1, 0), 1, 0, 1, 1, 0) {
          @Override
          public TargetKind targetKind() {
            return TargetKind.LABELS;
          }

          @Override
          public void read(int first, int count, double[] inputs, double[] targets) {
            throw new AssertionError("read");
          }
        };
    assertThat(Losses.choose("auto", unreadable, 2).loss().id()).isEqualTo("cross-entropy");
  }

  @Test
  void oneOutputKeepsRealTargetsAndSaysWhatElseTheyMayBe() {
    assertThat(Losses.choose("auto", reals(5, 2, 1, 2), 1).notes()).isEmpty();
    Losses.Choice choice = Losses.choose("auto", reals(0, 1, 1, 0), 1);
    assertThat(choice.loss().id()).isEqualTo("squared-error");
    assertThat(choice.notes())
        .containsExactly(
            "the targets are the real numbers 0 and 1, fitted by squared error;"
                + " binary-cross-entropy reads them as labels");
    Losses.Choice binary = Losses.choose("binary-cross-entropy", reals(0, 1, 1, 0), 1);
    binary.loss().check(binary.data(), 1);
    assertThat(binary.notes()).hasSize(1);
  }

  @Test
  void oneHotRowsAreLabelsUnlessSquaredErrorIsAskedFor() {
    Dataset rows = reals(0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 1, 0);
    Losses.Choice choice = Losses.choose("auto", rows, 3);
    assertThat(choice.loss().id()).isEqualTo("cross-entropy");
    assertThat(choice.notes())
        .containsExactly(
            "one-hot targets of 3 numbers read as class labels; squared-error keeps them as they"
                + " are");
    double[] labels = new double[2];
    choice.data().read(1, 2, new double[4], labels);
    assertThat(labels).containsExactly(0, 2);
    assertThat(Losses.choose("squared-error", rows, 3).data()).isSameAs(rows);
    assertThat(Losses.choose("auto", reals(0, 1, 1, 0, 1, 1, 0, 1), 2).loss().id())
        .isEqualTo("squared-error");
  }

  @Test
  void refusesOneRealNumberForSeveralOutputsWithTheRemedy() {
    assertThatThrownBy(() -> Losses.choose("auto", reals(0.5, 1, 2, 0), 3))
        .hasMessage(
            "the targets of data are one real number a sample, but the network has 3 outputs; give"
                + " labels from 0 to 2, or 3 real targets a sample; if the labels stand in another"
                + " column of a CSV file, name it (--label-column)");
  }

  @Test
  void aNetworkStillToBeMadeGetsTheOutputsThatTheTargetsAskFor() {
    assertThat(Losses.choose("auto", Datasets.of(X, 0, 3, 1, 0)).outputs()).isEqualTo(4);
    Losses.Choice classes = Losses.choose("auto", reals(0, 1, 2, 0));
    assertThat(classes.outputs()).isEqualTo(3);
    assertThat(classes.loss().id()).isEqualTo("cross-entropy");
    // A class is left out: these are prices rather than labels.
    Losses.Choice prices = Losses.choose("auto", reals(0, 100, 250, 0));
    assertThat(prices.outputs()).isEqualTo(1);
    assertThat(prices.loss().id()).isEqualTo("squared-error");
    assertThat(Losses.choose("squared-error", reals(0, 1, 2, 0)).outputs()).isEqualTo(1);
    assertThat(Losses.choose("squared-error", Datasets.of(X, 0, 1, 2, 0)).outputs()).isEqualTo(1);
    assertThat(Losses.choose("binary-cross-entropy", Datasets.of(X, 0, 1, 1, 0)).outputs())
        .isEqualTo(1);
    assertThat(Losses.choose("auto", reals(0, 1, 1, 0, 0, 1, 1, 0)).outputs()).isEqualTo(2);
  }
}
