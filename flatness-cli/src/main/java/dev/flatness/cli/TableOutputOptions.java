package dev.flatness.cli;

import dev.flatness.report.Report;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** Where results go that are also a table of numbers. */
final class TableOutputOptions extends OutputOptions {
  @Option(
      names = "--csv",
      paramLabel = "FILE",
      description = "Write the numbers as comma-separated values.")
  private Path csv;

  @Override
  void check(List<Path> inputs) throws IOException {
    super.check(inputs);
    check("--csv", csv, inputs);
  }

  @Override
  void write(Report report) throws IOException {
    super.write(report);
    if (csv != null) {
      report.writeCsv(csv, force());
    }
  }
}
