package dev.flatness.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFormatTest {
  @TempDir Path folder;

  private Path file(String name, int... content) {
    return Fixtures.write(folder, name, Fixtures.bytes(content));
  }

  @Test
  void tellsFormatsByContentBeforeSuffix() {
    assertThat(DataFormat.detect(file("a.csv", 'P', 'K', 3, 4))).isEqualTo(DataFormat.NPZ);
    assertThat(DataFormat.detect(file("b", 0x93, 'N', 'U', 'M', 'P', 'Y')))
        .isEqualTo(DataFormat.NPY);
    assertThat(DataFormat.detect(file("c.gz", 0x1f, 0x8b, 8, 0))).isEqualTo(DataFormat.IDX);
    assertThat(DataFormat.detect(file("d", 0, 0, 8, 3, 0))).isEqualTo(DataFormat.IDX);
    assertThat(DataFormat.detect(file("E.BIN", 9, 0))).isEqualTo(DataFormat.CIFAR10);
    assertThat(DataFormat.detect(file("f.csv", '1'))).isEqualTo(DataFormat.CSV);
  }

  @Test
  void listsTheFormatsWhereNoneIsKnown() {
    Path file = file("data.txt", '1', ',', '2');
    Fixtures.assertRefused(
        () -> DataFormat.detect(file),
        file
            + ": is of no known data format; known are .npz with arrays x and y; .npy with a second"
            + " file of labels; IDX images, gzip or not, with a second file of labels; CIFAR-10"
            + " .bin; .csv with the label in the last column");
  }

  @Test
  void refusesContentThatContradictsTheSuffix() {
    Path npz = file("data.npz", '1');
    Fixtures.assertRefused(
        () -> DataFormat.detect(npz),
        npz
            + ": is named .npz, but does not begin as a zip archive; save it again with numpy.savez");
    Path npy = file("data.npy", '1');
    Fixtures.assertRefused(
        () -> DataFormat.detect(npy),
        npy + ": is named .npy, but does not begin with \\x93NUMPY; save it again with numpy.save");
  }

  @Test
  void refusesMissingEmptyAndFolder() {
    Path missing = folder.resolve("missing.npz");
    Fixtures.assertRefused(
        () -> DataFormat.detect(missing), missing + ": does not exist; check the path");
    Fixtures.assertRefused(
        () -> DataFormat.detect(folder), folder + ": is a folder; name a data file");
    Path empty = file("empty.csv");
    Fixtures.assertRefused(() -> DataFormat.detect(empty), empty + ": is empty; copy it again");
  }

  @Test
  void pairsArraysWithLabelFiles() {
    Path x = Fixtures.write(folder, "x.npy", NpyBytes.doubles(new double[] {1, 2, 3, 4}, 2, 2));
    Path y = Fixtures.write(folder, "y.npy", NpyBytes.labels(1, 0));
    DataSource source = DataSource.of(x).withLabels(y);
    assertThat(source).hasToString(x + " with labels " + y);
    try (FileDataset data = Datasets.open(source, Preprocessing.withDefaults())) {
      assertThat(Fixtures.inputs(data)).containsExactly(1, 2, 3, 4);
      assertThat(Fixtures.targets(data)).containsExactly(1, 0);
    }
    Path csv = file("labels.csv", '1');
    Fixtures.assertRefused(
        () -> Datasets.open(DataSource.of(x).withLabels(csv), Preprocessing.withDefaults()),
        csv + ": is a file of format CSV, expected labels; give an IDX or .npy file");
  }

  @Test
  void refusesReadsAfterItIsClosed() {
    Path file = Fixtures.write(folder, "a.csv", "1,0\n".getBytes());
    FileDataset data = Datasets.open(DataSource.of(file), Preprocessing.withDefaults());
    data.close();
    data.close();
    assertThatThrownBy(() -> data.read(0, 1, new double[1], new double[1]))
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessage("a.csv is closed; open it again to read it");
  }
}
