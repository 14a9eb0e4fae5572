package dev.flatness.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flatness.data.Dataset;
import dev.flatness.data.Datasets;
import dev.flatness.tensor.Tensor;
import org.junit.jupiter.api.Test;

class TargetChecksTest {
  private static Tensor inputs(int samples) {
    return Tensor.of(new double[samples], samples, 1);
  }

  private static Dataset labels(int... labels) {
    return Datasets.of("flowers", inputs(labels.length), labels);
  }

  private static Dataset real(int size, double... targets) {
    int samples = targets.length / size;
    return new WithTargets(Datasets.of("prices", inputs(samples), new int[samples]), size, targets);
  }

  private static void assertRefused(Loss loss, Dataset data, int outputs, String message) {
    assertThatThrownBy(() -> loss.check(data, outputs))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void acceptsWhatFits() {
    assertThatCode(
            () -> {
              SoftmaxCrossEntropy.onLogits().check(labels(0, 2, 1), 3);
              BinaryCrossEntropy.onLogits().check(labels(0, 1), 1);
              SquaredError.summed().check(real(2, 1, 2, 3, 4), 2);
            })
        .doesNotThrowAnyException();
  }

  @Test
  void rejectsLabelsOutOfRange() {
    assertRefused(
        SoftmaxCrossEntropy.onLogits(),
        labels(0, 2, 3),
        3,
        "label 3 of sample 2 in flowers is out of range, expected 0 to 2 for a network of 3"
            + " outputs");
    assertRefused(
        BinaryCrossEntropy.onLogits(),
        labels(0, 2),
        1,
        "label 2 of sample 1 in flowers is out of range, expected 0 to 1 for a network of 1"
            + " output; squared-error fits labels as real numbers");
  }

  @Test
  void findsAWrongLabelBehindTheFirstChunk() {
    int[] labels = new int[700];
    labels[699] = 9;
    assertRefused(
        SoftmaxCrossEntropy.onLogits(),
        labels(labels),
        2,
        "label 9 of sample 699 in flowers is out of range, expected 0 to 1 for a network of 2"
            + " outputs");
  }

  @Test
  void rejectsLabelsThatAreNoWholeNumbers() {
    Dataset halves =
        new WithTargets(labels(0, 0), 1, 0, 0.5) {
          @Override
          public TargetKind targetKind() {
            return TargetKind.LABELS;
          }
        };
    assertRefused(
        SoftmaxCrossEntropy.onLogits(),
        halves,
        2,
        "label 0.5 of sample 1 in flowers is out of range, expected 0 to 1 for a network of 2"
            + " outputs");
  }

  @Test
  void rejectsRealTargetsThatAreNoProbabilities() {
    assertRefused(
        SoftmaxCrossEntropy.onLogits(),
        real(1, 0, 1),
        2,
        "loss \"cross-entropy\" needs integer labels, but the targets of prices are real; use"
            + " squared-error or give labels");
    assertRefused(
        SoftmaxCrossEntropy.onLogits(),
        real(2, 0.5, 0.5, 1, 1),
        2,
        "targets of sample 1 in prices sum to 2.0, expected probabilities that sum to 1 for loss"
            + " \"cross-entropy\"; binary-cross-entropy takes labels of which several hold");
    assertRefused(
        BinaryCrossEntropy.onLogits(),
        real(2, 0.5, 1, 1, 2),
        2,
        "target 2 of sample 1 in prices is out of range, expected 0 to 1 for loss"
            + " \"binary-cross-entropy\"; squared-error fits any real numbers");
  }

  @Test
  void rejectsNetworksOfTheWrongNumberOfOutputs() {
    assertRefused(
        SoftmaxCrossEntropy.onLogits(),
        labels(0, 0),
        1,
        "loss \"cross-entropy\" needs at least 2 outputs, but the network has 1; use"
            + " binary-cross-entropy");
    assertRefused(
        BinaryCrossEntropy.onLogits(),
        labels(0, 1),
        2,
        "loss \"binary-cross-entropy\" needs a target for each of the network's 2 outputs, but the"
            + " targets of flowers are one label a sample; give rows of 2 numbers 0 or 1, one-hot"
            + " where one class is right, or use cross-entropy if the outputs are logits of classes");
    assertRefused(
        SquaredError.summed(),
        real(2, 1, 2, 3, 4),
        3,
        "targets of prices have 2 entries a sample, but the network has 3 outputs; loss"
            + " \"squared-error\" needs as many");
  }

  @Test
  void rejectsTargetsThatAreNotFinite() {
    assertRefused(
        SquaredError.summed(),
        real(2, 1, 2, 3, Double.NaN),
        2,
        "target NaN of sample 1 in prices is not finite");
  }

  @Test
  void classificationLossesCountWhatIsRight() {
    SoftmaxCrossEntropy softmax = SoftmaxCrossEntropy.onLogits();
    assertThat(softmax.correct(new double[] {1, 3, 2}, new double[] {1})).isEqualTo(1);
    assertThat(softmax.correct(new double[] {1, 3, 2}, new double[] {2})).isZero();
    BinaryCrossEntropy binary = BinaryCrossEntropy.onLogits();
    assertThat(binary.correct(new double[] {0.1}, new double[] {1})).isEqualTo(1);
    assertThat(binary.correct(new double[] {0.1}, new double[] {0})).isZero();
    assertThat(SquaredError.summed().correct(new double[] {1}, new double[] {1})).isNaN();
  }
}
