package dev.flatness.nd4j;

import java.util.List;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.DataSetPreProcessor;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/** An iterator of batches as they are, which may not support reset; counts the resets. */
final class GivenBatches implements DataSetIterator {
  private static final long serialVersionUID = 1;

  private final transient List<DataSet> batches;
  private final boolean resets;
  int resetCount;
  private int next;

  GivenBatches(List<DataSet> batches, boolean resets) {
    this.batches = batches;
    this.resets = resets;
  }

  @Override
  public boolean hasNext() {
    return next < batches.size();
  }

  @Override
  public DataSet next() {
    return batches.get(next++);
  }

  @Override
  public DataSet next(int count) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int inputColumns() {
    throw new UnsupportedOperationException();
  }

  @Override
  public int totalOutcomes() {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean resetSupported() {
    return resets;
  }

  @Override
  public boolean asyncSupported() {
    return false;
  }

  @Override
  public void reset() {
    if (!resets) {
      throw new UnsupportedOperationException("no reset");
    }
    next = 0;
    resetCount++;
  }

  @Override
  public int batch() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void setPreProcessor(DataSetPreProcessor preProcessor) {
    throw new UnsupportedOperationException();
  }

  @Override
  public DataSetPreProcessor getPreProcessor() {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<String> getLabels() {
    throw new UnsupportedOperationException();
  }
}
