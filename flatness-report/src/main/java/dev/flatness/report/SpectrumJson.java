package dev.flatness.report;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;

/** Writes spectra into a report. */
final class SpectrumJson {
  private SpectrumJson() {}

  static void write(JsonGenerator json, List<ReportSpectrum> spectra) throws IOException {
    json.writeArrayFieldStart("spectra");
    for (ReportSpectrum spectrum : spectra) {
      json.writeStartObject();
      json.writeStringField("operator", spectrum.operator());
      json.writeStringField("coordinates", spectrum.coordinates());
      boolean some = !spectrum.parameters().isEmpty();
      json.writeStringField(
          "scope", some ? "parameters" : spectrum.layer() == null ? "network" : "layer");
      if (some) {
        json.writeArrayFieldStart("parameters");
        for (String name : spectrum.parameters()) {
          json.writeString(name);
        }
        json.writeEndArray();
      }
      if (spectrum.layer() != null) {
        json.writeStringField("layer", spectrum.layer());
      }
      json.writeNumberField("dimension", spectrum.dimension());
      if (spectrum.pairs() != null) {
        pairs(json, spectrum.pairs());
      }
      if (spectrum.density() != null) {
        density(json, spectrum.density());
      }
      number(json, "seconds", spectrum.seconds());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void pairs(JsonGenerator json, ReportSpectrum.Pairs pairs) throws IOException {
    json.writeObjectFieldStart("eigenvalues");
    eigenvalues(json, "largest", pairs.largest());
    eigenvalues(json, "smallest", pairs.smallest());
    json.writeNumberField("products", pairs.products());
    json.writeNumberField("restarts", pairs.restarts());
    json.writeBooleanField("checked", pairs.checked());
    json.writeStringField("status", pairs.status().id());
    json.writeStringField("reason", pairs.reason());
    json.writeEndObject();
  }

  private static void eigenvalues(
      JsonGenerator json, String end, List<ReportSpectrum.Eigenvalue> eigenvalues)
      throws IOException {
    json.writeArrayFieldStart(end);
    for (ReportSpectrum.Eigenvalue eigenvalue : eigenvalues) {
      json.writeStartObject();
      number(json, "value", eigenvalue.value());
      number(json, "residual", eigenvalue.residual());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void density(JsonGenerator json, ReportSpectrum.Density density)
      throws IOException {
    json.writeObjectFieldStart("density");
    json.writeStringField("method", "stochastic-lanczos");
    json.writeNumberField("probes", density.probes());
    json.writeNumberField("steps", density.steps());
    json.writeNumberField("products", density.products());
    json.writeStringField("status", density.status().id());
    if (density.reason() != null) {
      json.writeStringField("reason", density.reason());
    }
    uncertain(json, "trace", density.trace());
    uncertain(json, "frobeniusNorm", density.frobeniusNorm());
    uncertain(json, "negativeAtLeast", density.negativeAtLeast());
    uncertain(json, "negativeAtMost", density.negativeAtMost());
    json.writeArrayFieldStart("quadratures");
    for (ReportSpectrum.Quadrature quadrature : density.quadratures()) {
      json.writeStartObject();
      json.writeFieldName("nodes");
      JsonValues.numbers(json, quadrature.nodes());
      json.writeFieldName("weights");
      JsonValues.numbers(json, quadrature.weights());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void uncertain(JsonGenerator json, String name, ReportSpectrum.Uncertain number)
      throws IOException {
    json.writeObjectFieldStart(name);
    number(json, "value", number.value());
    number(json, "standardError", number.standardError());
    json.writeEndObject();
  }

  private static void number(JsonGenerator json, String name, double value) throws IOException {
    json.writeFieldName(name);
    JsonValues.number(json, value);
  }
}
