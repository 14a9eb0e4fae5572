package dev.flatness.report;

import com.fasterxml.jackson.core.JacksonException;
import dev.flatness.internal.files.OutputFile;
import dev.flatness.internal.files.Reason;
import dev.flatness.internal.report.chart.Chart;
import dev.flatness.internal.report.json.Json;
import dev.flatness.internal.report.page.FigureFiles;
import dev.flatness.internal.report.page.Figures;
import dev.flatness.internal.report.page.HtmlPage;
import dev.flatness.internal.text.Printable;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A report as it was written: a document of the schema {@code flatness-report-1}, of which pages
 * and figures are made.
 *
 * <p>Pages and figures show the numbers of the document and compute none but smoothed curves and
 * ratios of them. Cost: linear in the document. Immutable.
 */
public final class ReportDocument {
  private static final long MOST_BYTES = 1L << 28;

  private final Json json;
  private final String name;

  private ReportDocument(Json json, String name) {
    this.json = json;
    this.name = name;
  }

  /**
   * Takes a report that was just made.
   *
   * @param report the report
   * @return its document
   */
  public static ReportDocument of(Report report) {
    return of(report, "report");
  }

  /**
   * Takes a report that was just made, under a name of its own beside others.
   *
   * @param report the report
   * @param name what tells it from others
   * @return its document
   */
  public static ReportDocument of(Report report, String name) {
    try {
      return new ReportDocument(Json.parse(report.json()), name);
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /**
   * Reads a report.
   *
   * @param file a file that {@link Report#writeJson} wrote
   * @return the document
   * @throws IllegalArgumentException if the file cannot be read, or is no such report
   */
  public static ReportDocument read(Path file) {
    Json json;
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw new IllegalArgumentException(
            file
                + " has "
                + Files.size(file)
                + " bytes, expected a report of at most "
                + MOST_BYTES);
      }
      json = Json.parse(Files.readString(file));
    } catch (MalformedInputException e) {
      throw new IllegalArgumentException(file + " is no text in UTF-8, so it is no report", e);
    } catch (JacksonException e) {
      throw new IllegalArgumentException(
          file
              + " is no JSON: "
              + Printable.of(e.getOriginalMessage())
              + (e.getLocation() == null ? "" : " in line " + e.getLocation().getLineNr()),
          e);
    } catch (IOException e) {
      throw new IllegalArgumentException(file + " cannot be read as a report: " + Reason.of(e), e);
    }
    String schema = json.get("schema").text();
    if (!schema.equals(Report.SCHEMA)) {
      throw new IllegalArgumentException(
          file
              + " has the schema \""
              + schema
              + "\", expected "
              + Report.SCHEMA
              + "; name a file that --json wrote");
    }
    return new ReportDocument(json, file.toString());
  }

  /**
   * Returns what the document is called in messages.
   *
   * @return its file, or the name that it was given
   */
  public String name() {
    return name;
  }

  /**
   * Returns the report as one page that opens without a network.
   *
   * @return HTML; below a megabyte without a surface, below three with one
   */
  public String html() {
    return HtmlPage.of(json);
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
   * Returns the names of the figures.
   *
   * @return what {@link #writeFigures} writes, without extensions
   */
  public List<String> figures() {
    return List.copyOf(Figures.of(json).keySet());
  }

  /**
   * Writes every chart as SVG and PNG, and its numbers as CSV.
   *
   * <p>SVG and CSV have the same bytes on every machine; PNG has the fonts of this one, and is left
   * out where there are none ({@link #hasFonts}).
   *
   * @param folder where to; made if it does not exist
   * @param overwrite whether existing files may be replaced
   * @return the names of the figures
   * @throws IOException where a file cannot be written, or exists and may not be replaced
   */
  public List<String> writeFigures(Path folder, boolean overwrite) throws IOException {
    Map<String, Chart> charts = Figures.of(json);
    FigureFiles.write(charts, folder, overwrite);
    return List.copyOf(charts.keySet());
  }

  /**
   * Tells whether this machine has the fonts that PNG figures are drawn with.
   *
   * @return whether {@link #writeFigures} writes PNG
   */
  public static boolean hasFonts() {
    return Chart.hasFonts();
  }

  Json json() {
    return json;
  }
}
