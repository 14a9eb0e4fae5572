package dev.flatness.nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flatness.data.AxisOrder;
import dev.flatness.data.Dataset;
import dev.flatness.tensor.Shape;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.preprocessor.ImagePreProcessingScaler;
import org.nd4j.linalg.factory.Nd4j;

class Nd4jDatasetsTest {
  private static final Nd4jDatasets DATA = Nd4jDatasets.withDefaults().withName("iris");
  private static final INDArray FEATURES = Nd4j.create(new double[][] {{1, 2}, {3, 4}, {5, 6}});
  private static final INDArray ONE_HOT =
      Nd4j.create(new float[][] {{0, 1, 0}, {1, 0, 0}, {0, 0, 1}});

  private static void assertRefused(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }

  private static double[] targets(Dataset data) {
    double[] targets = new double[data.size() * data.targetSize()];
    data.readTargets(0, data.size(), targets);
    return targets;
  }

  @Test
  void oneHotRowsAreLabels() {
    Dataset data = DATA.of(FEATURES, ONE_HOT);
    assertThat(data.name()).isEqualTo("iris");
    assertThat(data.targetKind()).isEqualTo(Dataset.TargetKind.LABELS);
    assertThat(targets(data)).containsExactly(1, 0, 2);
  }

  @Test
  void oneRowThatIsNotOneHotMakesAllTargetsReal() {
    INDArray soft = ONE_HOT.dup();
    soft.putScalar(2, 0, 0.5);
    Dataset data = DATA.of(FEATURES, soft);
    assertThat(data.targetKind()).isEqualTo(Dataset.TargetKind.REAL);
    assertThat(data.targetSize()).isEqualTo(3);
    soft.putScalar(2, 0, 1);
    assertThat(DATA.of(FEATURES, soft).targetKind()).isEqualTo(Dataset.TargetKind.REAL);
  }

  @Test
  void labelsCanBeTakenAsRealTargets() {
    Dataset data = DATA.withRealTargets().of(FEATURES, ONE_HOT);
    assertThat(data.targetKind()).isEqualTo(Dataset.TargetKind.REAL);
    assertThat(targets(data)).containsExactly(0, 1, 0, 1, 0, 0, 0, 0, 1);
    assertThat(DATA.withRealTargets().of(FEATURES, Nd4j.createFromArray(2, 0, 1)).targetKind())
        .isEqualTo(Dataset.TargetKind.REAL);
  }

  @Test
  void aColumnOfFloatsIsReal() {
    Dataset data = DATA.of(FEATURES, Nd4j.createFromArray(0f, 1f, 1f));
    assertThat(data.targetKind()).isEqualTo(Dataset.TargetKind.REAL);
    assertThat(targets(data)).containsExactly(0, 1, 1);
  }

  @Test
  void numbersAreReadFromTheArrayAtEachReading() {
    INDArray features = FEATURES.dup();
    Dataset data = DATA.of(features, ONE_HOT);
    features.putScalar(1, 0, 7);
    double[] inputs = new double[2];
    data.read(1, 1, inputs, new double[1]);
    assertThat(inputs).containsExactly(7, 4);
  }

  @Test
  void imagesHaveTheirChannelsFirst() {
    INDArray images = Nd4j.linspace(0, 23, 24, DataType.FLOAT).reshape('c', 1, 3, 4, 2);
    INDArray target = Nd4j.createFromArray(1.5);
    assertThat(DATA.of(images, target).inputShape()).isEqualTo(Shape.of(3, 4, 2));
    Dataset data = DATA.withAxisOrder(AxisOrder.NHWC).of(images, target);
    assertThat(data.inputShape()).isEqualTo(Shape.of(2, 3, 4));
    double[] inputs = new double[24];
    data.read(0, 1, inputs, new double[1]);
    assertThat(inputs).startsWith(0, 2, 4).endsWith(19, 21, 23);
    assertRefused(
        () -> DATA.withAxisOrder(AxisOrder.NHWC).of(FEATURES, ONE_HOT),
        "iris: the feature array has shape [3, 2], expected [samples, height, width, channels] for"
            + " the axis order nhwc; leave the axis order out for data that are no images");
  }

  @Test
  void wrongShapesAreRefused() {
    assertRefused(
        () -> DATA.of(FEATURES, ONE_HOT.getRows(0, 1)),
        "iris: features of shape [3, 2] are 3 samples, but labels of shape [2, 3] are 2; give a row"
            + " of labels for each sample");
    assertRefused(
        () -> DATA.of(FEATURES, Nd4j.zeros(3, 2, 4)),
        "iris: the label array has shape [3, 2, 4], expected [samples] or [samples, outputs]; give"
            + " one target for each sample");
    assertRefused(
        () -> DATA.of(Nd4j.scalar(1.0), ONE_HOT),
        "iris: the feature array has shape [], expected [samples, …] with 1 to 2147483647 samples");
    assertRefused(
        () -> DATA.of(Nd4j.create(DataType.FLOAT, 0, 2), ONE_HOT),
        "iris: the feature array has shape [0, 2], expected [samples, …] with 1 to 2147483647"
            + " samples");
  }

  @Test
  void otherDataTypesAreRefusedByName() {
    assertRefused(
        () -> DATA.of(FEATURES.castTo(DataType.FLOAT16), ONE_HOT),
        "iris: the feature array has data type HALF, expected FLOAT or DOUBLE; convert it with"
            + " castTo(DataType.FLOAT)");
    assertRefused(
        () -> DATA.of(FEATURES, ONE_HOT.castTo(DataType.BOOL)),
        "iris: the label array has data type BOOL, expected FLOAT or DOUBLE or INT or LONG; convert"
            + " it with castTo(DataType.FLOAT)");
  }

  @Test
  void numbersThatAreNotFiniteAreRefused() {
    INDArray features = FEATURES.dup();
    features.putScalar(2, 1, Double.NaN);
    assertRefused(
        () -> DATA.of(features, ONE_HOT),
        "iris: input of sample 2 is NaN at position [1]; every input must be a finite number,"
            + " repair the sample or leave it out");
    INDArray targets = ONE_HOT.dup();
    targets.putScalar(1, 2, Float.POSITIVE_INFINITY);
    assertRefused(
        () -> DATA.of(FEATURES, targets),
        "iris: target of sample 1 is Infinity at position [2]; every target must be a finite"
            + " number, repair the sample or leave it out");
    assertRefused(
        () -> DATA.of(FEATURES, Nd4j.createFromArray(0, -1, 1)),
        "iris: label of sample 1 is -1, expected 0, 1, …; count classes from 0, or give real"
            + " targets as floating-point numbers");
  }

  @Test
  @SuppressWarnings("try")
  void anArrayOfAWorkspaceIsRefused() {
    try (MemoryWorkspace workspace = Nd4j.getWorkspaceManager().getAndActivateWorkspace("here")) {
      INDArray inside = Nd4j.zeros(DataType.FLOAT, 3, 2);
      assertThat(inside.isAttached()).isTrue();
      assertRefused(
          () -> DATA.of(inside, ONE_HOT),
          "iris: the feature array lies in a workspace, which uses its memory again; give a copy"
              + " outside of it, made by detach()");
      assertThat(DATA.of(inside.detach(), ONE_HOT).size()).isEqualTo(3);
    }
  }

  @Test
  void anArrayThatIsClosedLaterIsRefusedWhenRead() {
    INDArray features = FEATURES.dup();
    Dataset data = DATA.of(features, ONE_HOT);
    features.close();
    assertThatThrownBy(() -> data.read(0, 1, new double[2], new double[1]))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "iris: the feature array is an INDArray that has been closed since; keep it open");
  }

  @Test
  void anIteratorIsReadOnceAndResetAfterwards() {
    GivenBatches iterator =
        new GivenBatches(
            List.of(
                new DataSet(FEATURES, ONE_HOT),
                new DataSet(FEATURES.getRows(1), ONE_HOT.getRows(1))),
            true);
    iterator.next();
    Dataset data = DATA.of(iterator);
    assertThat(targets(data)).containsExactly(1, 0, 2, 0);
    assertThat(targets(data)).containsExactly(1, 0, 2, 0);
    assertThat(iterator.resetCount).isEqualTo(2);
    assertThat(iterator.hasNext()).isTrue();
  }

  @Test
  void whatAnIteratorGaveIsCopied() {
    INDArray features = FEATURES.dup();
    Dataset data = DATA.of(new GivenBatches(List.of(new DataSet(features, ONE_HOT)), true));
    features.assign(0);
    double[] inputs = new double[6];
    data.read(0, 3, inputs, new double[3]);
    assertThat(inputs).containsExactly(1, 2, 3, 4, 5, 6);
  }

  @Test
  void aBatchWithoutOneHotRowsMakesAllTargetsReal() {
    Dataset data =
        DATA.of(
            new GivenBatches(
                List.of(new DataSet(FEATURES, ONE_HOT), new DataSet(FEATURES, ONE_HOT.add(1))),
                true));
    assertThat(data.targetKind()).isEqualTo(Dataset.TargetKind.REAL);
    assertThat(targets(data)).startsWith(0, 1, 0, 1, 0, 0, 0, 0, 1, 1, 2, 1);
  }

  @Test
  void anIteratorWithoutResetIsReadFromWhereItStands() {
    DataSet batch = new DataSet(FEATURES, ONE_HOT);
    GivenBatches iterator = new GivenBatches(List.of(batch, batch), false);
    iterator.next();
    assertThat(DATA.of(iterator).size()).isEqualTo(3);
    assertRefused(
        () -> DATA.of(iterator),
        "iris: the iterator gives no batch, expected at least one; it does not support reset, so"
            + " give one that has not been read");
    assertRefused(
        () -> DATA.of(new GivenBatches(List.of(), true)),
        "iris: the iterator gives no batch, expected at least one");
  }

  @Test
  void aPreprocessorIsAppliedOnce() {
    INDArray images = Nd4j.valueArrayOf(new long[] {4, 1, 2, 2}, 51.0, DataType.FLOAT);
    INDArray labels = Nd4j.createFromArray(0f, 1f, 2f, 3f).reshape(4, 1);
    ListDataSetIterator<DataSet> iterator =
        new ListDataSetIterator<>(new DataSet(images, labels).asList(), 3);
    iterator.setPreProcessor(new ImagePreProcessingScaler(0, 1));
    Dataset data = DATA.of(iterator);
    double[] inputs = new double[16];
    for (int i = 0; i < 2; i++) {
      data.read(0, 4, inputs, new double[4]);
      assertThat(inputs).containsOnly((double) 0.2f);
    }
  }

  @Test
  void masksAreRefused() {
    DataSet masked = new DataSet(FEATURES, ONE_HOT);
    masked.setLabelsMaskArray(Nd4j.ones(3, 1));
    assertRefused(
        () -> DATA.of(masked),
        "iris has mask arrays, which are not supported; leave out what is masked, and remove the"
            + " masks");
    assertRefused(
        () -> DATA.of(new GivenBatches(List.of(new DataSet(FEATURES, ONE_HOT), masked), true)),
        "iris: batch 1 has mask arrays, which are not supported; leave out what is masked, and"
            + " remove the masks");
  }

  @Test
  void whatIsMissingIsNamed() {
    assertRefused(
        () -> DATA.of(new DataSet(FEATURES, null)),
        "iris has no labels; give one row of labels for each sample");
    assertRefused(
        () -> DATA.of(new GivenBatches(List.of(new DataSet(null, ONE_HOT)), true)),
        "iris: batch 0 has no features; give one row of features for each sample");
  }

  @Test
  void batchesOfOtherShapesAreRefused() {
    DataSet first = new DataSet(FEATURES, ONE_HOT);
    assertRefused(
        () ->
            DATA.of(new GivenBatches(List.of(first, new DataSet(Nd4j.zeros(3, 4), ONE_HOT)), true)),
        "iris: batch 1 has features of shape [4] for each sample, expected [2] as in batch 0");
    assertRefused(
        () ->
            DATA.of(
                new GivenBatches(List.of(first, new DataSet(FEATURES, Nd4j.zeros(3, 2))), true)),
        "iris: batch 1 has labels of shape [2] for each sample, expected [3] as in batch 0");
  }
}
