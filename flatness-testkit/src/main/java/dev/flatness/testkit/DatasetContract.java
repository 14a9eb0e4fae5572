package dev.flatness.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flatness.data.Dataset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * What every {@link Dataset} must do; extend it and say which. A dataset of at least three samples
 * shows more than one of a single sample.
 */
public abstract class DatasetContract {
  private static final double UNTOUCHED = -77.25;

  /** For subclasses. */
  protected DatasetContract() {}

  /**
   * Returns the dataset under test, the same one at every call or an equal one.
   *
   * @return the dataset
   */
  protected abstract Dataset dataset();

  @Test
  void nameAndSizesAreConsistent() {
    Dataset data = dataset();
    assertThat(data.size()).isPositive();
    assertThat(data.name()).isNotBlank();
    assertThat(data.inputShape().size()).isPositive();
    assertThat(data.targetSize()).isPositive();
    assertThat(data.targetKind()).isNotNull();
    if (data.targetKind() == Dataset.TargetKind.LABELS) {
      assertThat(data.targetSize()).isEqualTo(1);
    }
  }

  @Test
  void everyNumberIsFiniteAndLabelsAreWhole() {
    Block all = read(dataset(), 0, dataset().size());
    for (double input : all.inputs) {
      assertThat(input).isFinite();
    }
    for (double target : all.targets) {
      assertThat(target).isFinite();
      if (dataset().targetKind() == Dataset.TargetKind.LABELS) {
        assertThat(target).isNotNegative().isEqualTo(Math.rint(target));
      }
    }
  }

  @Test
  void aRangeHoldsTheSamplesThatAreReadOneByOneInAnyOrder() {
    Dataset data = dataset();
    Block all = read(data, 0, data.size());
    for (int i = data.size() - 1; i >= 0; i--) {
      assertSame(read(data, i, 1), all, i);
    }
    for (int count : new int[] {2, 3, data.size()}) {
      for (int first = 0; first + count <= data.size(); first += count) {
        assertSame(read(data, first, count), all, first);
      }
    }
  }

  @Test
  void readingAgainGivesTheSame() {
    Dataset data = dataset();
    Block once = read(data, 0, data.size());
    for (int i = 0; i < 3; i++) {
      assertSame(read(data, 0, data.size()), once, 0);
    }
    assertSame(read(dataset(), 0, data.size()), once, 0);
  }

  @Test
  void nothingIsWrittenBeyondWhatIsAskedFor() {
    Dataset data = dataset();
    int width = data.inputShape().size();
    double[] inputs = new double[2 * width];
    double[] targets = new double[2 * data.targetSize()];
    Arrays.fill(inputs, UNTOUCHED);
    Arrays.fill(targets, UNTOUCHED);
    data.read(0, 0, inputs, targets);
    assertThat(inputs).containsOnly(UNTOUCHED);
    assertThat(targets).containsOnly(UNTOUCHED);
    data.read(data.size() - 1, 1, inputs, targets);
    assertThat(Arrays.copyOfRange(inputs, width, inputs.length)).containsOnly(UNTOUCHED);
    assertThat(Arrays.copyOfRange(targets, data.targetSize(), targets.length))
        .containsOnly(UNTOUCHED);
  }

  @Test
  void aRangeThatLeavesTheDatasetIsRefused() {
    Dataset data = dataset();
    int n = data.size();
    double[] inputs = new double[(n + 1) * data.inputShape().size()];
    double[] targets = new double[(n + 1) * data.targetSize()];
    int[][] ranges = {{-1, 1}, {n, 1}, {n - 1, 2}, {0, n + 1}, {0, -1}, {1, Integer.MAX_VALUE}};
    for (int[] range : ranges) {
      assertThatThrownBy(() -> data.read(range[0], range[1], inputs, targets))
          .as("first %d, count %d", range[0], range[1])
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void severalThreadsReadAtOnce() throws Exception {
    Dataset data = dataset();
    Block all = read(data, 0, data.size());
    ExecutorService pool = Executors.newFixedThreadPool(4);
    try {
      List<Future<Void>> readers = new ArrayList<>();
      for (int reader = 0; reader < 4; reader++) {
        int offset = reader;
        Callable<Void> task =
            () -> {
              for (int i = 0; i < 200; i++) {
                int at = (7 * i + offset) % data.size();
                assertSame(read(data, at, 1), all, at);
              }
              return null;
            };
        readers.add(pool.submit(task));
      }
      for (Future<Void> reader : readers) {
        reader.get();
      }
    } finally {
      pool.shutdownNow();
    }
  }

  private record Block(double[] inputs, double[] targets) {}

  private static Block read(Dataset data, int first, int count) {
    double[] inputs = new double[count * data.inputShape().size()];
    double[] targets = new double[count * data.targetSize()];
    Arrays.fill(inputs, Double.NaN);
    Arrays.fill(targets, Double.NaN);
    data.read(first, count, inputs, targets);
    return new Block(inputs, targets);
  }

  private void assertSame(Block part, Block all, int first) {
    int width = dataset().inputShape().size();
    int numbers = dataset().targetSize();
    assertThat(part.inputs)
        .as("inputs from sample %d", first)
        .containsExactly(
            Arrays.copyOfRange(all.inputs, first * width, first * width + part.inputs.length));
    assertThat(part.targets)
        .as("targets from sample %d", first)
        .containsExactly(
            Arrays.copyOfRange(
                all.targets, first * numbers, first * numbers + part.targets.length));
  }
}
