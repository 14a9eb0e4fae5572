package dev.flatness.cli;

import dev.flatness.data.DataSource;
import dev.flatness.data.Dataset;
import dev.flatness.data.Datasets;
import dev.flatness.data.FileDataset;
import dev.flatness.loss.Losses;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Test data, prepared as the data are. */
final class TestDataOptions {
  @Option(
      names = "--test-data",
      paramLabel = "FILE",
      description =
          "Samples that neither training nor --data has, prepared like --data, all of them.")
  private @Nullable Path file;

  @Option(
      names = "--test-labels",
      paramLabel = "FILE",
      description = "The labels of --test-data where they are a file of their own.")
  private @Nullable Path labels;

  /** The files that are read. */
  List<Path> files() {
    if (labels != null && file == null) {
      throw new IllegalArgumentException(
          "--test-labels names " + labels + ", but there are no test data; add --test-data");
    }
    List<Path> files = new ArrayList<>();
    for (Path each : new Path[] {file, labels}) {
      if (each != null) {
        files.add(each);
      }
    }
    return files;
  }

  /** The test data, if any; open until this is closed. */
  record Opened(@Nullable FileDataset stored, @Nullable Dataset data) implements AutoCloseable {
    @Override
    public void close() {
      if (stored != null) {
        stored.close();
      }
    }
  }

  Opened open(DataOptions options, EvaluationOptions evaluation, Session session) {
    if (file == null) {
      return new Opened(null, null);
    }
    DataSource source = DataSource.of(file);
    source = labels == null ? source : source.withLabels(labels);
    FileDataset stored = Datasets.open(source, session.network().inputShape(), options.wholeFile());
    try {
      return new Opened(stored, Losses.choose(evaluation.loss(), stored, session.stored()).data());
    } catch (RuntimeException refused) {
      stored.close();
      throw refused;
    }
  }

  /** Adds what was asked for to the settings of a report. */
  void record(Map<String, Object> settings) {
    if (file != null) {
      settings.put("testData", file.toString());
    }
    if (labels != null) {
      settings.put("testLabels", labels.toString());
    }
  }
}
