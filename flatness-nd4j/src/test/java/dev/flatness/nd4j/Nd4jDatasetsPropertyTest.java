package dev.flatness.nd4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flatness.data.AxisOrder;
import dev.flatness.data.Dataset;
import dev.flatness.data.Datasets;
import dev.flatness.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** A dataset of INDArrays is that of the plain arrays with the same numbers. */
class Nd4jDatasetsPropertyTest {
  @Provide
  Arbitrary<RandomArray> features() {
    return RandomArray.ofRank(1, 4);
  }

  @Property
  void realTargets(
      @ForAll("features") RandomArray drawn, @ForAll @IntRange(min = 1, max = 3) int k) {
    INDArray features = drawn.make();
    INDArray targets = Nd4j.rand(DataType.DOUBLE, features.size(0), k);
    Dataset expected = Datasets.of(plain(features), plain(targets));
    assertSame(Nd4jDatasets.withDefaults().of(features, targets), expected);
    assertSame(Nd4jDatasets.withDefaults().of(features, targets.dup('f')), expected);
    assertSame(
        Nd4jDatasets.withDefaults().of(features, targets.castTo(DataType.FLOAT)),
        Datasets.of(plain(features), plain(targets.castTo(DataType.FLOAT))));
  }

  @Property
  void labels(@ForAll("features") RandomArray drawn, @ForAll @IntRange(min = 2, max = 5) int k) {
    INDArray features = drawn.make();
    int n = (int) features.size(0);
    int[] labels = new int[n];
    INDArray oneHot = Nd4j.zeros(DataType.FLOAT, n, k);
    for (int i = 0; i < n; i++) {
      labels[i] = (3 * i + 1) % k;
      oneHot.putScalar(i, labels[i], 1);
    }
    Dataset expected = Datasets.of(plain(features), labels);
    assertSame(Nd4jDatasets.withDefaults().of(features, oneHot), expected);
    assertSame(Nd4jDatasets.withDefaults().of(features, Nd4j.createFromArray(labels)), expected);
    assertSame(
        Nd4jDatasets.withDefaults()
            .of(features, Nd4j.createFromArray(labels).castTo(DataType.INT64).reshape(n, 1)),
        expected);
  }

  @Provide
  Arbitrary<RandomArray> images() {
    return RandomArray.ofRank(4, 4);
  }

  @Property
  void channelsLast(@ForAll("images") RandomArray drawn) {
    INDArray images = drawn.make();
    INDArray targets = Nd4j.rand(DataType.DOUBLE, images.size(0), 2);
    assertSame(
        Nd4jDatasets.withDefaults().withAxisOrder(AxisOrder.NHWC).of(images, targets),
        Datasets.of(plain(images.permute(0, 3, 1, 2).dup('c')), plain(targets)));
  }

  @Property
  void batchesOfAnySize(
      @ForAll @IntRange(min = 1, max = 23) int n, @ForAll @IntRange(min = 1, max = 9) int batch) {
    INDArray features = Nd4j.rand(DataType.FLOAT, n, 2, 3);
    INDArray targets = Nd4j.rand(DataType.FLOAT, n, 2);
    List<DataSet> batches = new ArrayList<>();
    for (int first = 0; first < n; first += batch) {
      int end = Math.min(n, first + batch);
      batches.add(
          new DataSet(
              features.get(NDArrayIndex.interval(first, end)),
              targets.get(NDArrayIndex.interval(first, end))));
    }
    assertSame(
        Nd4jDatasets.withDefaults().of(new GivenBatches(batches, true)),
        Datasets.of(plain(features), plain(targets)));
    assertSame(
        Nd4jDatasets.withDefaults()
            .of(new ListDataSetIterator<>(new DataSet(features, targets).asList(), batch)),
        Datasets.of(plain(features), plain(targets)));
  }

  private static Tensor plain(INDArray array) {
    int[] extents = new int[array.rank()];
    for (int axis = 0; axis < extents.length; axis++) {
      extents[axis] = (int) array.size(axis);
    }
    return Tensor.of(RandomArray.numbers(array), extents);
  }

  private static void assertSame(Dataset found, Dataset expected) {
    assertThat(found.size()).isEqualTo(expected.size());
    assertThat(found.inputShape()).isEqualTo(expected.inputShape());
    assertThat(found.targetKind()).isEqualTo(expected.targetKind());
    assertThat(found.targetSize()).isEqualTo(expected.targetSize());
    int n = expected.size();
    for (int first = 0; first < n; first++) {
      for (int count = 0; first + count <= n; count++) {
        double[] inputs = new double[count * expected.inputShape().size()];
        double[] targets = new double[count * expected.targetSize()];
        expected.read(first, count, inputs, targets);
        double[] foundInputs = new double[inputs.length];
        double[] foundTargets = new double[targets.length];
        found.read(first, count, foundInputs, foundTargets);
        assertThat(foundInputs).isEqualTo(inputs);
        assertThat(foundTargets).isEqualTo(targets);
        double[] again = new double[targets.length];
        found.readTargets(first, count, again);
        assertThat(again).isEqualTo(targets);
      }
    }
  }
}
