package dev.flatness.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import dev.flatness.AuditReport;
import dev.flatness.BoundReport;
import dev.flatness.FlatnessReport;
import dev.flatness.GeneralizationReport;
import dev.flatness.LandscapeReport;
import dev.flatness.RescalingReport;
import dev.flatness.SpectrumReport;
import dev.flatness.SurfaceReport;
import dev.flatness.basispath.BasisPaths;
import dev.flatness.data.Dataset;
import dev.flatness.internal.files.OutputFile;
import dev.flatness.internal.runs.RunCodes;
import dev.flatness.loss.Loss;
import dev.flatness.network.Network;
import dev.flatness.surface.Evaluation;
import dev.flatness.surface.LossSurface;
import dev.flatness.surface.NetworkSurface;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * What a run found, as people and machines read it: tables for a terminal, JSON of the schema
 * {@code flatness-report-1}, CSV.
 *
 * <pre>{@code
 * System.out.print(Report.of(measured).text());
 * Report.of(measured).writeJson(Path.of("report.json"), false);
 * }</pre>
 *
 * <p>JSON numbers have 17 significant digits, so that a double is read back bit by bit. A value
 * that is infinite, too large or not defined is {@code null}; its status says which. The terminal
 * shows six digits. Cost: that of the scale classes, linear in the features of one forward pass.
 * Immutable; {@code with…} methods copy.
 */
public final class Report {
  /** The name of the document's format, its first entry. */
  public static final String SCHEMA = "flatness-report-1";

  /** What the loss of a surface of one's own is called. */
  private static final String OWN = "own";

  private static final int PAGE = 100;

  private final @Nullable Network network;
  private final @Nullable String file;
  private final @Nullable String weights;
  private final List<String> notes;
  private final List<Section> results;
  private final Map<String, Object> settings;
  private final Provenance provenance;

  private Report(
      @Nullable Network network,
      @Nullable String file,
      @Nullable String weights,
      List<String> notes,
      List<Section> results,
      Map<String, Object> settings,
      Provenance provenance) {
    this.network = network;
    this.file = file;
    this.weights = weights;
    this.notes = notes;
    this.results = results;
    this.settings = settings;
    this.provenance = provenance;
  }

  /**
   * Reports what a run of measures found.
   *
   * @param measured what was measured
   * @return the report
   */
  public static Report of(FlatnessReport measured) {
    return of(
        measured.surface(),
        measured.evaluation(),
        OptionalDouble.of(measured.gradientNorm()),
        measured.recordedSettings(),
        new MeasureSection(measured.estimates()));
  }

  /**
   * Reports the spectra that a run found.
   *
   * @param found what was found
   * @return the report
   */
  public static Report of(SpectrumReport found) {
    if (!(found.surface() instanceof NetworkSurface surface)) {
      return of(
          found.surface(),
          new LossSection(OWN, found.evaluation(), OptionalDouble.empty()),
          found.recordedSettings(),
          new MeasureSection(List.of()),
          new SpectrumSection(found));
    }
    return of(
        surface,
        found.evaluation(),
        OptionalDouble.empty(),
        found.recordedSettings(),
        new MeasureSection(List.of()),
        new SpectrumSection(found));
  }

  /**
   * Reports what an audit found.
   *
   * @param audited what was found
   * @return the report
   */
  public static Report of(AuditReport audited) {
    return of(
        audited.surface(),
        audited.evaluation(),
        OptionalDouble.empty(),
        audited.recordedSettings(),
        new MeasureSection(List.of()),
        new AuditSection(audited));
  }

  /**
   * Describes bounds.
   *
   * @param bounded the bounds
   * @return the report
   */
  public static Report of(BoundReport bounded) {
    return of(
        bounded.surface(),
        bounded.evaluation(),
        OptionalDouble.empty(),
        bounded.recordedSettings(),
        new MeasureSection(List.of()),
        new BoundSection(bounded.bounds()));
  }

  /**
   * Reports feature robustness and representativeness.
   *
   * @param found what was found
   * @return the report
   */
  public static Report of(GeneralizationReport found) {
    return of(
        found.surface(),
        found.evaluation(),
        OptionalDouble.empty(),
        found.recordedSettings(),
        new MeasureSection(List.of()),
        new GeneralizationSection(found));
  }

  /**
   * Reports landscapes.
   *
   * @param found what was found
   * @return the report
   */
  public static Report of(LandscapeReport found) {
    if (!(found.surface() instanceof NetworkSurface surface)) {
      return of(
          found.surface(),
          new LossSection(OWN, found.evaluation(), OptionalDouble.empty()),
          found.recordedSettings(),
          new MeasureSection(List.of()),
          new LandscapeSection(found, "surface"));
    }
    return of(
        surface,
        found.evaluation(),
        OptionalDouble.empty(),
        found.recordedSettings(),
        new MeasureSection(List.of()),
        new LandscapeSection(found, "network"));
  }

  /**
   * Reports what a run of measures found on a loss surface of your own.
   *
   * @param measured what was measured
   * @return the report
   */
  public static Report of(SurfaceReport measured) {
    return of(
        measured.surface(),
        new LossSection(
            OWN,
            new Evaluation(measured.loss(), Double.NaN, 0),
            OptionalDouble.of(measured.gradientNorm())),
        measured.recordedSettings(),
        new MeasureSection(measured.estimates()));
  }

  private static Report of(
      LossSurface surface, LossSection loss, Map<String, Object> settings, Section... results) {
    List<Section> sections = new ArrayList<>();
    sections.add(new SurfaceSection(surface.dimension(), settings));
    sections.add(loss);
    sections.addAll(List.of(results));
    return new Report(null, null, null, List.of(), sections, settings, Provenance.of("none"));
  }

  private static Report of(
      NetworkSurface surface,
      Evaluation evaluation,
      OptionalDouble gradientNorm,
      Map<String, Object> settings,
      Section... results) {
    Dataset data = surface.dataset();
    Loss loss = surface.loss();
    List<Section> sections = new ArrayList<>();
    sections.add(new DataSection(data.name(), data.size(), RunCodes.of(data)));
    sections.add(new LossSection(loss.id(), evaluation, gradientNorm));
    sections.addAll(List.of(results));
    return new Report(
        surface.network(),
        null,
        null,
        surface.notes(),
        sections,
        settings,
        Provenance.of(surface.provider()));
  }

  /**
   * Describes a network and its layers, without data.
   *
   * @param network the network
   * @return the report
   */
  public static Report of(Network network) {
    return of(network, new LayerSection(network));
  }

  private static Report of(Network network, Section result) {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("seed", 0L);
    settings.put("precision", network.storedPrecision().id());
    List<Section> sections = List.of(new MeasureSection(List.of()), result);
    return new Report(network, null, null, List.of(), sections, settings, Provenance.of("none"));
  }

  /**
   * Reports the basis paths of a network, under the rules of the library and listed under one.
   *
   * @param paths the paths that are listed
   * @param largest how many of the largest
   * @param smallest how many of the smallest
   * @return the report
   */
  public static Report of(BasisPaths paths, int largest, int smallest) {
    return of(paths.network(), new PathSection(paths, largest, smallest));
  }

  /**
   * Reports what a rescaling did.
   *
   * @param found the networks and their numbers
   * @return the report; it describes the network before
   */
  public static Report of(RescalingReport found) {
    RescalingSection section = new RescalingSection(found);
    if (found.surface().isEmpty() || found.evaluation().isEmpty()) {
      Report report = of(found.original(), section).withSettings(found.recordedSettings());
      return report.withNotes(found.notes());
    }
    return of(
            found.surface().get(),
            found.evaluation().get(),
            OptionalDouble.empty(),
            found.recordedSettings(),
            new MeasureSection(List.of()),
            section)
        .withNotes(found.notes());
  }

  /**
   * Returns this report with the file that the network was read from.
   *
   * @param modelFile the file's name
   * @return the changed copy
   */
  public Report withModelFile(String modelFile) {
    List<Section> named = new ArrayList<>();
    for (Section section : results) {
      named.add(section instanceof LandscapeSection slices ? slices.withFile(modelFile) : section);
    }
    return new Report(network, modelFile, weights, notes, named, settings, provenance);
  }

  /**
   * Returns this report with the file that the parameters were read from, where it is not the
   * network's.
   *
   * @param weightsFile the file's name
   * @return the changed copy
   */
  public Report withWeightsFile(String weightsFile) {
    return new Report(network, file, weightsFile, notes, results, settings, provenance);
  }

  /**
   * Returns this report with the file that the data were read from.
   *
   * @param dataFile the file's name
   * @return the changed copy
   */
  public Report withDataFile(String dataFile) {
    List<Section> renamed = new ArrayList<>();
    for (Section section : results) {
      renamed.add(
          section instanceof DataSection data
              ? new DataSection(dataFile, data.samples(), data.checksum())
              : section);
    }
    return new Report(network, file, weights, notes, renamed, settings, provenance);
  }

  /**
   * Returns this report with what preparing network and data changed.
   *
   * @param further notes, after the network's own and those of the run
   * @return the changed copy
   */
  public Report withNotes(List<String> further) {
    List<String> all = new ArrayList<>(notes);
    all.addAll(further);
    return new Report(network, file, weights, List.copyOf(all), results, settings, provenance);
  }

  /**
   * Returns this report with further settings.
   *
   * @param further values by report name; one that is there already is replaced in its place
   * @return the changed copy
   */
  public Report withSettings(Map<String, Object> further) {
    Map<String, Object> all = new LinkedHashMap<>(settings);
    all.putAll(further);
    return new Report(network, file, weights, notes, results, all, provenance);
  }

  /**
   * Returns this report with the command line that repeats its numbers; JSON and pages show it.
   *
   * @param line the command line, quoted for a POSIX shell
   * @return the changed copy
   */
  public Report withCommand(String line) {
    return new Report(
        network, file, weights, notes, results, settings, provenance.withCommand(line));
  }

  /**
   * Tells whether every number met its tolerance.
   *
   * @return false where a status is not acceptable
   */
  public boolean acceptable() {
    return results.stream().allMatch(Section::acceptable);
  }

  private List<Section> sections() {
    List<Section> sections = new ArrayList<>();
    if (network != null) {
      sections.add(new ModelSection(network, file, weights, notes));
    }
    sections.addAll(results);
    return sections;
  }

  /**
   * Returns the report as tables of plain text for a page of 100 columns.
   *
   * @return lines, each ended by a line feed
   */
  public String text() {
    return text(PAGE, Palette.PLAIN);
  }

  /**
   * Returns the report as tables for a terminal.
   *
   * @param width the columns of the terminal; layers that do not fit go into further tables
   * @param palette how to emphasize
   * @return lines, each ended by a line feed
   */
  public String text(int width, Palette palette) {
    TextPage page = new TextPage(width, palette);
    sections().forEach(section -> section.text(page));
    return page.toString();
  }

  /**
   * Returns the report as JSON.
   *
   * @return the document, ended by a line feed
   */
  public String json() {
    StringWriter text = new StringWriter();
    try {
      json(text);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return text.toString();
  }

  /**
   * Writes the report as JSON to a file, as a whole or not at all.
   *
   * @param target where to
   * @param overwrite whether an existing file may be replaced
   * @throws IOException where the file cannot be written, or exists and may not be replaced
   */
  public void writeJson(Path target, boolean overwrite) throws IOException {
    OutputFile.writeText(target, overwrite, this::json);
  }

  /**
   * Writes the numbers as comma-separated values to a file, as a whole or not at all: the
   * estimates, or the spectra where those were found.
   *
   * @param target where to
   * @param overwrite whether an existing file may be replaced
   * @throws IOException where the file cannot be written, or exists and may not be replaced
   * @throws IllegalStateException where the report has no table of numbers
   */
  public void writeCsv(Path target, boolean overwrite) throws IOException {
    Section table =
        results.stream()
            .filter(Section::hasTable)
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "the report has no measures and no spectra, so nothing is to be written to "
                            + target));
    OutputFile.writeText(target, overwrite, table::csv);
  }

  private void json(Writer writer) throws IOException {
    JsonGenerator json = new JsonFactory().createGenerator(writer);
    json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
    json.setPrettyPrinter(printer());
    json.writeStartObject();
    json.writeStringField("schema", SCHEMA);
    for (Section section : sections()) {
      section.json(json);
    }
    JsonValues.field(json, "settings", settings);
    JsonValues.field(json, "provenance", provenance.fields());
    json.writeEndObject();
    json.flush();
    writer.write('\n');
    writer.flush();
  }

  private static DefaultPrettyPrinter printer() {
    DefaultPrettyPrinter printer =
        new DefaultPrettyPrinter(
            Separators.createDefaultInstance()
                .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
                .withArrayEmptySeparator("")
                .withObjectEmptySeparator(""));
    printer.indentObjectsWith(new DefaultIndenter("  ", "\n"));
    return printer;
  }

  /** Shows the tables. */
  @Override
  public String toString() {
    return text();
  }
}
