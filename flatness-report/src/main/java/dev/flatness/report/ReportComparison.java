package dev.flatness.report;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import dev.flatness.internal.files.OutputFile;
import dev.flatness.internal.report.Digits;
import dev.flatness.internal.report.TextTable;
import dev.flatness.internal.report.json.Json;
import dev.flatness.internal.report.page.Comparison;
import dev.flatness.internal.report.page.ComparisonPage;
import dev.flatness.internal.report.page.FigureFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Reports side by side: one table of several runs.
 *
 * <p>A number can be compared between networks if it is declared invariant to every rescaling and
 * every permutation, both values are there, and architecture, data, loss and settings are the same.
 * The others are shown dimmed, with the reason. Immutable.
 */
public final class ReportComparison {
  private final Comparison comparison;

  private ReportComparison(Comparison comparison) {
    this.comparison = comparison;
  }

  /**
   * Puts reports side by side.
   *
   * @param reports at least two
   * @return the comparison
   * @throws IllegalArgumentException if there are fewer
   */
  public static ReportComparison of(List<ReportDocument> reports) {
    if (reports.size() < 2) {
      throw new IllegalArgumentException(
          reports.size() + " reports cannot be compared, expected at least 2");
    }
    return new ReportComparison(
        Comparison.of(
            reports.stream().map(ReportDocument::name).toList(),
            reports.stream().map(ReportDocument::json).toList()));
  }

  /**
   * Returns the tables for a terminal.
   *
   * @param width the columns of the terminal
   * @param palette how to emphasize
   * @return lines, each ended by a line feed
   */
  public String text(int width, Palette palette) {
    TextPage page = new TextPage(width, palette);
    TextTable networks = table(List.of("network"), List.of("loss", "accuracy", "parameters"));
    for (int i = 0; i < comparison.names().size(); i++) {
      Json report = comparison.reports().get(i);
      networks.row(
          List.of(
              comparison.names().get(i),
              number(report.get("loss").get("value")),
              percent(report.get("loss").get("accuracy").number()),
              String.format(Locale.ROOT, "%,.0f", report.get("model").get("parameters").number())));
    }
    page.table(networks);
    notes(page);
    Map<String, List<Comparison.Row>> byReason =
        comparison.rows().stream()
            .collect(groupingBy(Comparison.Row::reason, LinkedHashMap::new, toList()));
    if (byReason.isEmpty()) {
      page.blank();
      page.paragraph(
          "no report has a number of a network or a layer, so there is none to compare; lists of"
              + " neurons, spectra, landscapes and other results are in the reports themselves"
              + " (--json, and --html of one report)");
    }
    byReason.forEach(
        (reason, rows) -> {
          page.blank();
          page.heading(
              reason.isEmpty()
                  ? "can be compared between these networks"
                  : "cannot be compared: " + reason);
          if (reason.isEmpty()) {
            page.table(numbers(rows));
          } else {
            page.faintTable(numbers(rows));
          }
        });
    unfinished(page);
    return page.toString().stripLeading();
  }

  /** What the reports say of their networks and data: once where all of them say it. */
  private void notes(TextPage page) {
    Map<String, List<String>> byNote = new LinkedHashMap<>();
    for (int i = 0; i < comparison.names().size(); i++) {
      for (Json note : comparison.reports().get(i).get("model").get("notes").items()) {
        byNote
            .computeIfAbsent(note.text(), text -> new ArrayList<>())
            .add(comparison.names().get(i));
      }
    }
    if (!byNote.isEmpty()) {
      page.blank();
    }
    byNote.forEach(
        (note, names) ->
            page.field(
                "note",
                names.size() == comparison.names().size()
                    ? note
                    : String.join(", ", names) + ": " + note));
  }

  /** Says of numbers that are not good enough whose they are, and why. */
  private void unfinished(TextPage page) {
    Map<String, List<String>> byReason = new LinkedHashMap<>();
    for (Comparison.Row row : comparison.rows()) {
      for (int i = 0; i < comparison.names().size(); i++) {
        Json estimate = row.estimates().get(i);
        if (Comparison.unfinished(estimate)) {
          List<String> names =
              byReason.computeIfAbsent(
                  row.id() + " is not-converged: " + estimate.get("reason").text(),
                  reason -> new ArrayList<>());
          if (!names.contains(comparison.names().get(i))) {
            names.add(comparison.names().get(i));
          }
        }
      }
    }
    if (!byReason.isEmpty()) {
      page.blank();
      byReason.forEach(
          (reason, names) -> page.warning("! " + String.join(", ", names) + ": " + reason));
      page.warning(Remedy.LINE);
    }
  }

  private TextTable numbers(List<Comparison.Row> rows) {
    TextTable table = table(List.of("measure"), comparison.names());
    for (Comparison.Row row : rows) {
      List<String> cells = new ArrayList<>();
      cells.add(row.layer().isEmpty() ? row.id() : row.id() + " " + row.layer());
      for (Json estimate : row.estimates()) {
        cells.add(number(estimate.get("value")) + (Comparison.unfinished(estimate) ? " !" : ""));
      }
      table.row(cells);
    }
    return table;
  }

  private static TextTable table(List<String> texts, List<String> numbers) {
    List<String> header = new ArrayList<>(texts);
    header.addAll(numbers);
    List<Boolean> right = new ArrayList<>();
    for (int i = 0; i < header.size(); i++) {
      right.add(i >= texts.size());
    }
    return new TextTable(header, right);
  }

  private static String percent(double share) {
    return Double.isNaN(share) ? "–" : Digits.six(100 * share) + " %";
  }

  private static String number(Json value) {
    return Digits.six(value.number());
  }

  /**
   * Returns the comparison as one page that opens without a network, with a curve of every number
   * where there are three reports or more.
   *
   * @return HTML
   */
  public String html() {
    return ComparisonPage.of(comparison);
  }

  /**
   * Writes the page to a file, as a whole or not at all.
   *
   * @param target where to
   * @param overwrite whether an existing file may be replaced
   * @throws IOException where the file cannot be written, or exists and may not be replaced
   */
  public void writeHtml(Path target, boolean overwrite) throws IOException {
    String page = html();
    OutputFile.writeText(target, overwrite, writer -> writer.write(page));
  }

  /**
   * Writes the curves as SVG and PNG, and their numbers as CSV.
   *
   * @param folder where to; made if it does not exist
   * @param overwrite whether existing files may be replaced
   * @throws IOException where a file cannot be written, or exists and may not be replaced
   */
  public void writeFigures(Path folder, boolean overwrite) throws IOException {
    FigureFiles.write(ComparisonPage.figures(comparison), folder, overwrite);
  }

  /**
   * Writes the table to a file as comma-separated values: {@code
   * measure,layer,network,value,status,comparable,reason}.
   *
   * @param target where to
   * @param overwrite whether an existing file may be replaced
   * @throws IOException where the file cannot be written, or exists and may not be replaced
   */
  public void writeCsv(Path target, boolean overwrite) throws IOException {
    OutputFile.writeText(
        target,
        overwrite,
        writer -> {
          writer.write("measure,layer,network,value,status,comparable,reason\n");
          for (Comparison.Row row : comparison.rows()) {
            for (int i = 0; i < comparison.names().size(); i++) {
              writer.write(
                  String.join(
                          ",",
                          JsonValues.quoted(row.id()),
                          JsonValues.quoted(row.layer()),
                          JsonValues.quoted(comparison.names().get(i)),
                          JsonValues.cell(row.value(i)),
                          row.estimates().get(i).get("status").text(),
                          Boolean.toString(row.comparable()),
                          JsonValues.quoted(row.reason()))
                      + "\n");
            }
          }
        });
  }
}
