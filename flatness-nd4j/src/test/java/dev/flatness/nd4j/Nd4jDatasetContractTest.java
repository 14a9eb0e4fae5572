package dev.flatness.nd4j;

import dev.flatness.data.Dataset;
import dev.flatness.testkit.DatasetContract;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.junit.jupiter.api.Nested;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Datasets of arrays and of iterators keep what every dataset promises. */
class Nd4jDatasetContractTest {
  private static final INDArray FEATURES = Nd4j.rand('f', new int[] {7, 2, 3, 3});
  private static final INDArray ONE_HOT =
      Nd4j.eye(3).get(NDArrayIndex.indices(0, 2, 1, 1, 0, 2, 2), NDArrayIndex.all());

  @Nested
  class OfArrays extends DatasetContract {
    @Override
    protected Dataset dataset() {
      return Nd4jDatasets.withDefaults().of(FEATURES, ONE_HOT);
    }
  }

  @Nested
  class OfRealTargets extends DatasetContract {
    @Override
    protected Dataset dataset() {
      return Nd4jDatasets.withDefaults().withRealTargets().of(FEATURES, ONE_HOT);
    }
  }

  @Nested
  class OfAnIterator extends DatasetContract {
    @Override
    protected Dataset dataset() {
      return Nd4jDatasets.withDefaults()
          .of(new ListDataSetIterator<>(new DataSet(FEATURES, ONE_HOT).asList(), 3));
    }
  }
}
