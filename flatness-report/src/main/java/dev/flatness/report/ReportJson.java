package dev.flatness.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Scope;
import dev.flatness.measure.Status;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * Writes a report as JSON of the schema {@code flatness-report-1}.
 *
 * <p>Numbers have 17 significant digits, so that a double is read back bit by bit. A value that is
 * infinite, too large or not defined is {@code null}; the status beside it says which.
 */
public final class ReportJson {
  private static final Set<String> RESERVED =
      Set.of(
          "id",
          "scope",
          "layer",
          "value",
          "values",
          "method",
          "standardError",
          "residual",
          "products",
          "status",
          "reason",
          "invariance",
          "seconds");

  private static final Set<Status> WITHOUT_VALUE =
      EnumSet.of(Status.INFINITE, Status.OVERFLOW, Status.OUTSIDE_CHART, Status.NOT_APPLICABLE);

  private ReportJson() {}

  /**
   * Writes a report to a file, by a temporary file that is moved into place: an interrupted run
   * leaves no partial file.
   *
   * @param report the report
   * @param file where to
   * @param overwrite whether an existing file may be replaced
   * @throws IOException where the file cannot be written, or exists and may not be replaced
   */
  public static void write(Report report, Path file, boolean overwrite) throws IOException {
    OutputFile.write(file, overwrite, writer -> write(report, writer));
  }

  /**
   * Returns a report as text.
   *
   * @param report the report
   * @return the JSON, ending with a line feed
   */
  public static String toString(Report report) {
    StringWriter text = new StringWriter();
    try {
      write(report, text);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return text.toString();
  }

  private static void write(Report report, Writer writer) throws IOException {
    JsonGenerator json = new JsonFactory().createGenerator(writer);
    json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
    json.setPrettyPrinter(printer());
    json.writeStartObject();
    json.writeStringField("schema", Report.SCHEMA);
    model(json, report.model());
    if (report.data() != null) {
      json.writeObjectFieldStart("data");
      json.writeStringField("file", report.data().file());
      json.writeNumberField("samples", report.data().samples());
      json.writeEndObject();
    }
    if (report.loss() != null) {
      loss(json, report.loss());
    }
    json.writeArrayFieldStart("measures");
    for (Estimate estimate : report.measures()) {
      estimate(json, estimate);
    }
    json.writeEndArray();
    if (!report.spectra().isEmpty()) {
      SpectrumJson.write(json, report.spectra());
    }
    if (report.paths() != null) {
      PathsJson.write(json, report.paths());
    }
    field(json, "settings", report.settings());
    field(json, "provenance", report.provenance());
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

  private static void model(JsonGenerator json, ReportModel model) throws IOException {
    json.writeObjectFieldStart("model");
    json.writeStringField("file", model.file());
    json.writeNumberField("parameters", model.parameters());
    json.writeBooleanField("piecewiseLinear", model.piecewiseLinear());
    json.writeNumberField("scaleClasses", model.scaleClasses());
    field(json, "deadUnits", model.deadUnits());
    json.writeArrayFieldStart("layers");
    for (ReportModel.Layer layer : model.layers()) {
      json.writeStartObject();
      json.writeStringField("name", layer.name());
      json.writeStringField("kind", layer.kind());
      if (layer.weightShape() != null) {
        field(json, "weightShape", layer.weightShape());
      }
      if (layer.bias() != null) {
        json.writeBooleanField("bias", layer.bias());
      }
      json.writeEndObject();
    }
    json.writeEndArray();
    field(json, "notes", model.notes());
    json.writeEndObject();
  }

  private static void loss(JsonGenerator json, ReportLoss loss) throws IOException {
    json.writeObjectFieldStart("loss");
    json.writeStringField("kind", loss.kind());
    field(json, "value", loss.value());
    if (!Double.isNaN(loss.accuracy())) {
      field(json, "accuracy", loss.accuracy());
    }
    if (!Double.isNaN(loss.gradientNorm())) {
      field(json, "gradientNorm", loss.gradientNorm());
    }
    json.writeEndObject();
  }

  private static void estimate(JsonGenerator json, Estimate estimate) throws IOException {
    json.writeStartObject();
    json.writeStringField("id", estimate.id());
    json.writeStringField("scope", estimate.scope().id());
    if (estimate.layer() != null) {
      json.writeStringField("layer", estimate.layer());
    }
    values(json, estimate);
    json.writeStringField("method", estimate.method());
    if (estimate.standardError().isPresent()) {
      field(json, "standardError", estimate.standardError().getAsDouble());
    }
    if (estimate.residual().isPresent()) {
      field(json, "residual", estimate.residual().getAsDouble());
    }
    if (estimate.products().isPresent()) {
      json.writeNumberField("products", estimate.products().getAsLong());
    }
    json.writeStringField("status", estimate.status().id());
    if (estimate.reason() != null) {
      json.writeStringField("reason", estimate.reason());
    }
    json.writeObjectFieldStart("invariance");
    json.writeStringField("scaling", estimate.invariance().scaling().id());
    json.writeBooleanField("permutation", estimate.invariance().permutation());
    json.writeEndObject();
    for (Map.Entry<String, Object> detail : estimate.details().entrySet()) {
      if (RESERVED.contains(detail.getKey())) {
        throw new IllegalArgumentException(
            "detail "
                + detail.getKey()
                + " of estimate "
                + estimate.id()
                + " has the name of a field of the report; give it another");
      }
      field(json, detail.getKey(), detail.getValue());
    }
    if (estimate.seconds().isPresent()) {
      field(json, "seconds", estimate.seconds().getAsDouble());
    }
    json.writeEndObject();
  }

  private static void values(JsonGenerator json, Estimate estimate) throws IOException {
    double[] values = estimate.values();
    boolean list = estimate.scope() == Scope.NEURON || values.length != 1;
    if (list && values.length > 0 && !WITHOUT_VALUE.contains(estimate.status())) {
      json.writeFieldName("values");
      JsonValues.numbers(json, values);
    } else {
      boolean none = list || WITHOUT_VALUE.contains(estimate.status());
      field(json, "value", none ? null : values[0]);
    }
  }

  private static void field(JsonGenerator json, String name, Object value) throws IOException {
    json.writeFieldName(name);
    JsonValues.write(json, value);
  }
}
