package dev.flatness.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flatness.data.Dataset.TargetKind;
import dev.flatness.tensor.Shape;
import dev.flatness.tensor.Tensor;
import org.junit.jupiter.api.Test;

class TensorDatasetTest {
  private static final Tensor INPUTS = Tensor.of(new double[] {1, 2, 3, 4, 5, 6}, 3, 2);

  @Test
  void readsLabelledSamplesByPosition() {
    Dataset data = Datasets.of(INPUTS, 0, 2, 1);
    double[] inputs = new double[4];
    double[] targets = new double[2];
    data.read(1, 2, inputs, targets);
    assertThat(inputs).containsExactly(3, 4, 5, 6);
    assertThat(targets).containsExactly(2, 1);
    assertThat(data.targetKind()).isEqualTo(TargetKind.LABELS);
    assertThat(data.targetSize()).isEqualTo(1);
    assertThat(data.inputShape()).isEqualTo(Shape.of(2));
    assertThat(data.name()).isEqualTo("data");
  }

  @Test
  void readsRealTargetsOfSeveralOutputs() {
    Dataset data = Datasets.of(INPUTS, Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 3, 2));
    assertThat(data.targetKind()).isEqualTo(TargetKind.REAL);
    assertThat(data.targetSize()).isEqualTo(2);
    assertThat(Fixtures.targets(data)).containsExactly(1, 2, 3, 4, 5, 6);
  }

  @Test
  void takesOneNumberASampleWhereInputsHaveOneAxis() {
    Dataset data =
        Datasets.of(Tensor.of(new double[] {1, 2}, 2), Tensor.of(new double[] {3, 4}, 2));
    assertThat(data.inputShape()).isEqualTo(Shape.of(1));
    assertThat(Fixtures.inputs(data)).containsExactly(1, 2);
  }

  @Test
  void copiesTheLabelsItIsGiven() {
    int[] labels = {0, 1, 1};
    Dataset data = Datasets.of(INPUTS, labels);
    labels[0] = 5;
    assertThat(Fixtures.targets(data)).containsExactly(0, 1, 1);
  }

  @Test
  void rejectsNumbersOfSamplesThatDiffer() {
    Fixtures.assertRefused(
        () -> Datasets.of(INPUTS, 0, 1),
        "inputs have 3 samples, but there are 2 labels; give one for each sample");
    Fixtures.assertRefused(
        () -> Datasets.of(INPUTS, Tensor.of(new double[4], 4)),
        "inputs have 3 samples, but there are 4 targets; give one for each sample");
  }

  @Test
  void rejectsInputsThatAreNotFiniteNamingSampleAndPosition() {
    Fixtures.assertRefused(
        () -> Datasets.of(Tensor.of(new double[] {1, 2, 3, 4, 5, Double.NaN, 7, 8}, 2, 2, 2), 0, 0),
        "data: input of sample 1 is NaN at position [0, 1]; every input must be a finite number,"
            + " repair the sample or leave it out");
    Fixtures.assertRefused(
        () -> Datasets.of(Tensor.of(new float[] {1, Float.NEGATIVE_INFINITY}, 2), 0, 0),
        "data: input of sample 1 is -Infinity at position [0]; every input must be a finite number,"
            + " repair the sample or leave it out");
  }

  @Test
  void rejectsTargetsThatAreNotFinite() {
    Fixtures.assertRefused(
        () -> Datasets.of(INPUTS, Tensor.of(new double[] {1, 2, 3, 4, 5, Double.NaN}, 3, 2)),
        "data: target of sample 2 is NaN at position [1]; every target must be a finite number,"
            + " repair the sample or leave it out");
  }

  @Test
  void rejectsNegativeLabels() {
    Fixtures.assertRefused(
        () -> Datasets.of(INPUTS, 0, -1, 1),
        "data: label of sample 1 is -1, expected 0, 1, …; count classes from 0, or give real"
            + " targets as floating-point numbers");
  }

  @Test
  void rejectsEmptyInputsAndTargetsOfTooManyAxes() {
    Fixtures.assertRefused(
        () -> Datasets.of(Tensor.of(new double[0], 0, 2)),
        "inputs have shape [0, 2], expected [samples, …] with at least one number");
    Fixtures.assertRefused(
        () -> Datasets.of(INPUTS, Tensor.of(new double[3], 3, 1, 1)),
        "targets have shape [3, 1, 1], expected [samples] or [samples, outputs]");
  }

  @Test
  void refusesReadsOutsideTheSamplesOrIntoArraysThatAreTooShort() {
    Dataset data = Datasets.of(INPUTS, 0, 2, 1);
    assertThatThrownBy(() -> data.read(2, 2, new double[4], new double[2]))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessage("Range [2, 2 + 2) out of bounds for length 3");
    assertThatThrownBy(() -> data.read(0, 2, new double[3], new double[2]))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessage(
            "reading 2 samples of data needs arrays of 4 and 2 numbers, but they have 3 and 2");
  }

  @Test
  void subsetsInFileOrderSkipFirst() {
    Dataset part = Datasets.subset(Datasets.of(INPUTS, 0, 2, 1), 1, 10);
    assertThat(part.size()).isEqualTo(2);
    assertThat(part.name()).isEqualTo("data, samples 1 to 2");
    assertThat(Fixtures.inputs(part)).containsExactly(3, 4, 5, 6);
    assertThat(Fixtures.targets(part)).containsExactly(2, 1);
    assertThatThrownBy(() -> part.read(1, 2, new double[4], new double[2]))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessage("Range [1, 1 + 2) out of bounds for length 2");
  }

  @Test
  void rejectsSubsetsWithoutSamples() {
    Dataset data = Datasets.of(INPUTS, 0, 2, 1);
    Fixtures.assertRefused(
        () -> Datasets.subset(data, 3, 1),
        "skip 3 leaves no sample of data, which has 3; expected 0 to 2");
    Fixtures.assertRefused(
        () -> Datasets.subset(data, 0, 0), "limit 0 leaves no sample of data; expected at least 1");
  }
}
