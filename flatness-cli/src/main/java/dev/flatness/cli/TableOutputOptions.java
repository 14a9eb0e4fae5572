package dev.flatness.cli;

import dev.flatness.report.Report;
import dev.flatness.report.ReportComparison;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where results go that are also a table of numbers. */
final class TableOutputOptions extends OutputOptions {
  @Option(
      names = "--csv",
      paramLabel = "FILE",
      description = "Write the numbers as comma-separated values.")
  private @Nullable Path csv;

  @Override
  void check(List<Path> inputs) throws IOException {
    super.check(inputs);
    check("--csv", csv, inputs);
  }

  @Override
  void checkState(String option, Path file, List<Path> inputs) throws IOException {
    super.checkState(option, file, inputs);
    requireApart(option, file, "--csv", csv);
  }

  /** Refuses what could not be written of several networks, before any work. */
  @Override
  void checkSeveral(List<String> names, List<Path> inputs) throws IOException {
    super.checkSeveral(names, inputs);
    check("--csv", csv, inputs);
  }

  @Override
  void write(Report report) throws IOException {
    super.write(report);
    if (csv != null) {
      report.writeCsv(csv, force());
    }
  }

  @Override
  void write(ReportComparison comparison) throws IOException {
    super.write(comparison);
    if (csv != null) {
      comparison.writeCsv(csv, force());
    }
  }
}
