package dev.flatness.cli;

import dev.flatness.report.OutputFile;
import dev.flatness.report.Palette;
import dev.flatness.report.Report;
import dev.flatness.report.ReportCsv;
import dev.flatness.report.ReportJson;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where results go. */
final class OutputOptions {
  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write the report as JSON (schema flatness-report-1).")
  private Path json;

  @Option(
      names = "--csv",
      paramLabel = "FILE",
      description = "Write the numbers as comma-separated values.")
  private Path csv;

  @Option(names = "--force", description = "Overwrite existing files.")
  private boolean force;

  @Option(names = "--quiet", description = "Show neither the table nor the progress.")
  private boolean quiet;

  @Option(names = "--no-color", description = "Use no colors.")
  private boolean noColor;

  boolean quiet() {
    return quiet;
  }

  Palette palette(Terminal terminal) {
    return terminal.output() && terminal.colors() && !noColor ? Palette.ANSI : Palette.PLAIN;
  }

  /** Refuses what could not be written at the end, before any work. */
  void check() throws IOException {
    if (json != null) {
      OutputFile.check(json, force);
    }
    if (csv != null) {
      OutputFile.check(csv, force);
    }
  }

  void write(Report report) throws IOException {
    if (json != null) {
      ReportJson.write(report, json, force);
    }
    if (csv != null) {
      ReportCsv.write(report, csv, force);
    }
  }
}
