package dev.flatness.testkit;

import dev.flatness.data.DataSource;
import dev.flatness.data.Dataset;
import dev.flatness.data.Datasets;
import dev.flatness.data.FileDataset;
import dev.flatness.data.Preprocessing;
import dev.flatness.random.Seed;
import dev.flatness.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** The contract of datasets, for those in memory, in files, cut from others and drawn. */
class DatasetContractsTest {
  @Nested
  class OfLabelsInMemory extends DatasetContract {
    @Override
    protected Dataset dataset() {
      return labels();
    }
  }

  @Nested
  class OfVectorsInMemory extends DatasetContract {
    @Override
    protected Dataset dataset() {
      return Datasets.of(
          Tensor.of(new float[] {1, 2, 3, 4, 5, 6, 7, 8}, 4, 1, 2),
          Tensor.of(new double[] {1, 0, 0.5, 2, -1, 3, 4, 4}, 4, 2));
    }
  }

  @Nested
  class OfAPart extends DatasetContract {
    @Override
    protected Dataset dataset() {
      return Datasets.subset(labels(), 1, 4);
    }
  }

  @Nested
  class OfRandomSamples extends DatasetContract {
    @Override
    protected Dataset dataset() {
      return RandomDatasets.labelled(RandomNetworks.withDefaults().draw(Seed.of(1)), 7, Seed.of(2));
    }
  }

  @Nested
  class OfAFile extends DatasetContract {
    @TempDir Path folder;
    private FileDataset data;

    @BeforeEach
    void open() throws IOException {
      Path file =
          Files.writeString(folder.resolve("samples.csv"), "1,2,0\n3,4,1\n5,6,1\n7,8.5,0\n");
      data = Datasets.open(DataSource.of(file), Preprocessing.withDefaults());
    }

    @AfterEach
    void close() {
      data.close();
    }

    @Override
    protected Dataset dataset() {
      return data;
    }
  }

  @Nested
  class OfAnOracleCase extends DatasetContract {
    @TempDir Path folder;
    private FileDataset data;

    @BeforeEach
    void open() {
      Path file = OracleCases.copyTo(OracleCases.names().get(0), folder).resolve("data.npz");
      data = Datasets.open(DataSource.of(file), Preprocessing.withDefaults());
    }

    @AfterEach
    void close() {
      data.close();
    }

    @Override
    protected Dataset dataset() {
      return data;
    }
  }

  private static Dataset labels() {
    return Datasets.of(
        Tensor.of(new double[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, 6, 2), 0, 1, 2, 1, 0, 2);
  }
}
