package dev.flatness.report;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;

/** Writes basis paths into a report. */
final class PathsJson {
  private PathsJson() {}

  static void write(JsonGenerator json, ReportPaths paths) throws IOException {
    json.writeObjectFieldStart("paths");
    json.writeArrayFieldStart("charts");
    for (ReportPaths.Chart chart : paths.charts()) {
      json.writeStartObject();
      json.writeStringField("skeleton", chart.skeleton());
      if (chart.numbers() == null) {
        json.writeStringField("reason", chart.reason());
      } else {
        numbers(json, chart.numbers());
      }
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeStringField("skeleton", paths.skeleton());
    list(json, "largest", paths.largest());
    list(json, "smallest", paths.smallest());
    json.writeEndObject();
  }

  private static void numbers(JsonGenerator json, ReportPaths.Numbers numbers) throws IOException {
    json.writeNumberField("count", numbers.count());
    json.writeNumberField("hiddenUnits", numbers.hiddenUnits());
    json.writeNumberField("divisors", numbers.divisors());
    number(json, "largest", numbers.largest());
    number(json, "smallest", numbers.smallest());
    number(json, "ratio", numbers.ratio());
    number(json, "chartRadius", numbers.chartRadius());
    if (numbers.chartEdge() != null) {
      json.writeStringField("chartEdge", numbers.chartEdge());
    }
    number(json, "conditioning", numbers.conditioning());
  }

  private static void list(JsonGenerator json, String name, List<ReportPaths.Path> paths)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (ReportPaths.Path path : paths) {
      json.writeStartObject();
      json.writeNumberField("index", path.index());
      number(json, "value", path.value());
      json.writeFieldName("edges");
      JsonValues.write(json, path.edges());
      json.writeNumberField("edge", path.edge());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void number(JsonGenerator json, String name, double value) throws IOException {
    json.writeFieldName(name);
    JsonValues.number(json, value);
  }
}
