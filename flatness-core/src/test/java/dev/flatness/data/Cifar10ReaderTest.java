package dev.flatness.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flatness.data.Dataset.TargetKind;
import dev.flatness.tensor.Shape;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Cifar10ReaderTest {
  @TempDir Path folder;

  /** Record r: label r % 10, pixel i of value (r + i) % 256. */
  private static byte[] records(int count) {
    byte[] all = new byte[count * 3073];
    for (int r = 0; r < count; r++) {
      all[r * 3073] = (byte) (r % 10);
      for (int i = 0; i < 3072; i++) {
        all[r * 3073 + 1 + i] = (byte) (r + i);
      }
    }
    return all;
  }

  @Test
  void readsRecordsAcrossBlocks() {
    Path file = Fixtures.write(folder, "batch.bin", records(50));
    try (FileDataset data = Datasets.open(DataSource.of(file), Fixtures.raw())) {
      assertThat(data.size()).isEqualTo(50);
      assertThat(data.inputShape()).isEqualTo(Shape.of(3, 32, 32));
      assertThat(data.targetKind()).isEqualTo(TargetKind.LABELS);
      double[] inputs = Fixtures.inputs(data, 7, 40);
      for (int r = 0; r < 40; r++) {
        for (int i = 0; i < 3072; i++) {
          assertThat(inputs[r * 3072 + i]).isEqualTo((7 + r + i) % 256);
        }
      }
      double[] targets = Fixtures.targets(data);
      for (int r = 0; r < 50; r++) {
        assertThat(targets[r]).isEqualTo(r % 10);
      }
    }
  }

  @Test
  void readsAFirstRecordThatLooksLikeIdx() {
    byte[] record = records(1);
    System.arraycopy(Fixtures.bytes(0, 0, 8, 1), 0, record, 0, 4);
    Path file = Fixtures.write(folder, "dark.bin", record);
    assertThat(DataFormat.detect(file)).isEqualTo(DataFormat.CIFAR10);
    try (FileDataset data = Datasets.open(DataSource.of(file), Fixtures.raw())) {
      assertThat(Arrays.copyOf(Fixtures.inputs(data), 3)).containsExactly(0, 8, 1);
    }
  }

  @Test
  void refusesSizesThatAreNoMultipleOfARecord() {
    Path file = Fixtures.write(folder, "short.bin", Arrays.copyOf(records(2), 6000));
    Fixtures.assertRefused(
        () -> Datasets.open(DataSource.of(file), Fixtures.raw()),
        file
            + ": has 6000 bytes, expected a multiple of 3073, the size of a CIFAR-10 record; give a"
            + " file of the binary version of CIFAR-10");
  }

  @Test
  void refusesLabelBytesAbove9() {
    byte[] records = records(2000);
    records[1500 * 3073] = 10;
    Path file = Fixtures.write(folder, "labels.bin", records);
    Fixtures.assertRefused(
        () -> Datasets.open(DataSource.of(file), Fixtures.raw()),
        file
            + ": has the label byte 10 in record 1500, expected 0 to 9; give a file of the binary"
            + " version of CIFAR-10");
  }

  @Test
  void refusesALabelFileBesideIt() {
    Path file = Fixtures.write(folder, "batch.bin", records(1));
    Fixtures.assertRefused(
        () -> Datasets.open(DataSource.of(file).withLabels(Path.of("labels")), Fixtures.raw()),
        file + ": holds its own labels; leave out the label file labels");
  }

  @Test
  void readsTheCifar10Files() {
    Path test = Fixtures.shared("data/cifar10/test.bin").orElse(null);
    Assumptions.assumeTrue(test != null, "CIFAR-10 is not beside the checkout");
    try (FileDataset data =
        Datasets.open(DataSource.of(test), Shape.of(3, 32, 32), Preprocessing.withDefaults())) {
      assertThat(data.size()).isEqualTo(1017);
      assertThat(data.notes())
          .containsExactly("integer pixels (uint8) scaled by 1/255; a scale of 1 keeps them");
      // the first labels of CIFAR-10's test batch: cat, ship, ship, airplane, frog
      assertThat(Arrays.copyOf(Fixtures.targets(data), 5)).containsExactly(3, 8, 8, 0, 6);
      assertThat(Arrays.stream(Fixtures.inputs(data))).allMatch(x -> x >= 0 && x <= 1);
    }
    try (FileDataset data =
        Datasets.open(DataSource.of(test.resolveSibling("train.bin")), Fixtures.raw())) {
      assertThat(data.size()).isEqualTo(5085);
    }
  }
}
