package dev.flatness.cli;

import dev.flatness.internal.files.OutputFile;
import dev.flatness.report.Palette;
import dev.flatness.report.Report;
import dev.flatness.report.ReportComparison;
import dev.flatness.report.ReportDocument;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Where results go. */
class OutputOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write the report as JSON (schema flatness-report-1).")
  private Path json;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Write the report as a page that opens without a network.")
  private Path html;

  @Option(
      names = "--figures",
      paramLabel = "DIR",
      description = "Write every chart of the page as SVG and PNG, and its numbers as CSV.")
  private Path figures;

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

  boolean force() {
    return force;
  }

  /** Refuses one more file that could not be written at the end. */
  void check(String option, @Nullable Path file, List<Path> inputs) throws IOException {
    check(option, file, force, inputs);
    requireApart(option, file, "--json", json);
    requireApart(option, file, "--html", html);
  }

  /** Refuses a file of a run's state that could not be written, or is an input or an output. */
  void checkState(String option, Path file, List<Path> inputs) throws IOException {
    check(option, file, true, inputs);
    requireApart(option, file, "--json", json);
    requireApart(option, file, "--html", html);
  }

  /** Refuses two outputs in one file. */
  static void requireApart(String option, @Nullable Path file, String other, @Nullable Path twin)
      throws IOException {
    if (file != null && twin != null && same(file, twin)) {
      throw new IllegalArgumentException(
          other + " and " + option + " both name " + file + "; give each a file of its own");
    }
  }

  /** Refuses what could not be written at the end, before any work. */
  void check(List<Path> inputs) throws IOException {
    check("--json", json, force, inputs);
    check("--html", html, force, inputs);
    requireApart("--html", html, "--json", json);
    checkFolder("--figures", figures);
  }

  /**
   * Refuses what could not be written of several networks, before any work: --json names a folder
   * with a report for each.
   */
  void checkSeveral(List<String> names, List<Path> inputs) throws IOException {
    check("--html", html, force, inputs);
    checkFolder("--figures", figures);
    if (names.size() > 1) {
      requireCurves(figures, names.size());
    }
    if (json == null) {
      return;
    }
    if (json.toString().endsWith(".json") && !Files.isDirectory(json)) {
      throw new IllegalArgumentException(
          "--json names "
              + json
              + ", but several networks, or a pattern, have a report for each network; name a folder"
              + " for them");
    }
    checkFolder("--json", json);
    if (Files.isDirectory(json)) {
      for (String name : names) {
        check("--json", json.resolve(name + ".json"), force, inputs);
      }
    }
  }

  /** Refuses an output that could not be written, or would take the place of an input. */
  static void check(String option, @Nullable Path file, boolean force, List<Path> inputs)
      throws IOException {
    if (file == null) {
      return;
    }
    OutputFile.check(file, force);
    for (Path input : inputs) {
      if (same(file, input)) {
        throw new IllegalArgumentException(
            option + " names " + file + ", which is read; name another file");
      }
    }
  }

  /** Refuses figures of too few reports: they are curves. */
  static void requireCurves(@Nullable Path figures, int reports) {
    if (figures != null && reports < 3) {
      throw new IllegalArgumentException(
          "--figures draws curves over 3 reports or more, but there are "
              + reports
              + "; name further ones, or leave it out");
    }
  }

  /** Takes the folder of --json for a report of that name. */
  void intoFolder(String name) throws IOException {
    if (json != null) {
      Files.createDirectories(json);
      json = json.resolve(name + ".json");
    }
  }

  /** Refuses a folder that could not be made. */
  static void checkFolder(String option, @Nullable Path folder) {
    if (folder != null && Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new IllegalArgumentException(
          option + " names " + folder + ", which is no directory; name another");
    }
  }

  /** Whether two paths are one file; a device or pipe may serve twice. */
  private static boolean same(Path a, Path b) throws IOException {
    if (Files.exists(a) && Files.exists(b)) {
      return Files.isRegularFile(a) && Files.isSameFile(a, b);
    }
    return a.toAbsolutePath().normalize().equals(b.toAbsolutePath().normalize());
  }

  /** Shows a report, unless nothing is to be shown. */
  void show(Report report, Terminal terminal, PrintWriter out) {
    if (!quiet) {
      out.print(report.text(terminal.columns(), palette(terminal)));
      out.flush();
    }
  }

  /** Shows several reports side by side, unless nothing is to be shown. */
  void show(ReportComparison comparison, Terminal terminal, PrintWriter out) {
    if (!quiet) {
      out.print(comparison.text(terminal.columns(), palette(terminal)));
      out.flush();
    }
  }

  /** A report with the command line of this run. */
  private Report repeatable(Report report) {
    return report.withCommand(Invocation.repeating(command));
  }

  /** Writes the report of one of several networks. */
  void writeOneOfSeveral(Report report, String name) throws IOException {
    if (json != null) {
      Files.createDirectories(json);
      repeatable(report).writeJson(json.resolve(name + ".json"), force);
    }
  }

  /** Writes what several reports have in common. */
  void write(ReportComparison comparison) throws IOException {
    write(comparison, html, figures, force);
    noteFonts(figures, command);
  }

  /** Says why figures have no PNG, where they have none. */
  static void noteFonts(@Nullable Path figures, CommandSpec command) {
    if (figures != null && !ReportDocument.hasFonts()) {
      PrintWriter err = command.commandLine().getErr();
      err.println("no PNG in " + figures + ": this machine has no fonts; SVG and CSV are written");
      err.flush();
    }
  }

  /** Writes the page and the figures of several reports. */
  static void write(
      ReportComparison comparison, @Nullable Path html, @Nullable Path figures, boolean force)
      throws IOException {
    if (html != null) {
      comparison.writeHtml(html, force);
    }
    if (figures != null) {
      comparison.writeFigures(figures, force);
    }
  }

  void write(Report found) throws IOException {
    Report report = repeatable(found);
    if (json != null) {
      report.writeJson(json, force);
    }
    if (html != null || figures != null) {
      write(ReportDocument.of(report));
    }
  }

  private void write(ReportDocument document) throws IOException {
    if (html != null) {
      document.writeHtml(html, force);
    }
    if (figures != null) {
      document.writeFigures(figures, force);
    }
    noteFonts(figures, command);
  }
}
