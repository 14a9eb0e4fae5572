package dev.flatness.cli;

import dev.flatness.report.Palette;
import dev.flatness.report.ReportComparison;
import dev.flatness.report.ReportDocument;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Shows reports that were written before: one as a page, several side by side. */
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    versionProvider = FlatnessCommand.Version.class,
    sortOptions = false,
    description = {
      "Puts reports side by side, with what can be compared between their networks, or makes a page"
          + " or figures of one."
    },
    footerHeading = "%nExample:%n",
    footer = "  flatness report small-batch.json large-batch.json --html batches.html")
final class ReportCommand implements Callable<Integer> {
  @ParentCommand private FlatnessCommand parent;
  @Spec private CommandSpec spec;

  @Parameters(arity = "1..*", paramLabel = "FILE.json", description = "Reports that --json wrote.")
  private List<Path> files = List.of();

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Write a page that opens without a network.")
  private @Nullable Path html;

  @Option(
      names = "--figures",
      paramLabel = "DIR",
      description = "Write every chart of the page as SVG and PNG, and its numbers as CSV.")
  private @Nullable Path figures;

  @Option(
      names = "--csv",
      paramLabel = "FILE",
      description = "Write the table of several reports as comma-separated values.")
  private @Nullable Path csv;

  @Option(names = "--force", description = "Overwrite existing files.")
  private boolean force;

  @Option(names = "--quiet", description = "Show no table.")
  private boolean quiet;

  @Option(names = "--no-color", description = "Use no colors.")
  private boolean noColor;

  @Override
  public Integer call() throws IOException {
    OutputOptions.check("--html", html, force, files);
    OutputOptions.check("--csv", csv, force, files);
    OutputOptions.checkFolder("--figures", figures);
    OutputOptions.requireApart("--csv", csv, "--html", html);
    List<ReportDocument> reports = files.stream().map(ReportDocument::read).toList();
    if (reports.size() > 1) {
      OutputOptions.requireCurves(figures, reports.size());
    }
    if (reports.size() == 1) {
      one(reports.get(0));
    } else {
      several(ReportComparison.of(reports));
    }
    OutputOptions.noteFonts(figures, spec);
    return Failures.OK;
  }

  private void one(ReportDocument report) throws IOException {
    if (csv != null || html == null && figures == null) {
      throw new IllegalArgumentException(
          "one report is no table of several; name further reports, or what to make of this one"
              + " (--html FILE, --figures DIR)");
    }
    if (html != null) {
      report.writeHtml(html, force);
    }
    if (figures != null) {
      report.writeFigures(figures, force);
    }
  }

  private void several(ReportComparison comparison) throws IOException {
    if (!quiet) {
      boolean colored = parent.terminal().output() && parent.terminal().colors() && !noColor;
      Palette palette = colored ? Palette.ANSI : Palette.PLAIN;
      spec.commandLine().getOut().print(comparison.text(parent.terminal().columns(), palette));
      spec.commandLine().getOut().flush();
    }
    OutputOptions.write(comparison, html, figures, force);
    if (csv != null) {
      comparison.writeCsv(csv, force);
    }
  }
}
