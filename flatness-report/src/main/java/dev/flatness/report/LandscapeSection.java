package dev.flatness.report;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.flatness.LandscapeReport;
import dev.flatness.landscape.Landscape;
import dev.flatness.measure.Outcome;
import java.io.IOException;
import java.io.Writer;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * The landscapes of a report: a map or a profile of each with the numbers that describe it.
 *
 * <p>CSV: a line a point with the header {@code
 * model,i,j,first,second,loss,accuracy,outside_chart,top_eigenvalue}; cells of what there is not
 * are empty.
 *
 * @param found what was found
 * @param file the file of the network itself
 */
record LandscapeSection(LandscapeReport found, String file) implements Section {
  LandscapeSection withFile(String modelFile) {
    return new LandscapeSection(found, modelFile);
  }

  private String model(LandscapeReport.Slice slice) {
    return slice.model().isEmpty() ? file : slice.model();
  }

  @Override
  public boolean acceptable() {
    return found.acceptable();
  }

  @Override
  public void text(TextPage page) {
    LandscapeText.show(found, this::model, page);
  }

  @Override
  public void json(JsonGenerator json) throws IOException {
    json.writeArrayFieldStart("landscapes");
    for (LandscapeReport.Slice slice : found.slices()) {
      json(json, slice);
    }
    json.writeEndArray();
  }

  private void json(JsonGenerator json, LandscapeReport.Slice slice) throws IOException {
    Landscape landscape = slice.landscape();
    json.writeStartObject();
    json.writeStringField("model", model(slice));
    json.writeStringField("coordinates", found.coordinates().name());
    for (Map.Entry<String, Object> setting : slice.coordinateSettings().entrySet()) {
      JsonValues.field(json, setting.getKey(), setting.getValue());
    }
    json.writeStringField("directions", found.directions().id());
    for (Map.Entry<String, Object> setting : found.directions().settings().entrySet()) {
      JsonValues.field(json, setting.getKey(), setting.getValue());
    }
    json.writeNumberField("seed", found.seed());
    json.writeArrayFieldStart("axes");
    for (int axis = 0; axis < landscape.dimension(); axis++) {
      JsonValues.numbers(json, landscape.axis(axis));
    }
    json.writeEndArray();
    values(json, "loss", landscape, landscape.loss());
    if (landscape.accuracy().isPresent()) {
      values(json, "accuracy", landscape, landscape.accuracy().get());
    }
    outside(json, landscape);
    JsonValues.field(json, "center", landscape.center());
    json.writeNumberField("outside", landscape.outside());
    numbers(json, landscape);
    json.writeStringField("status", landscape.status().id());
    json.writeStringField("reason", landscape.ending());
    JsonValues.field(json, "seconds", slice.seconds());
    json.writeEndObject();
  }

  private static void numbers(JsonGenerator json, Landscape landscape) throws IOException {
    json.writeArrayFieldStart("norms");
    for (int axis = 0; axis < landscape.dimension(); axis++) {
      JsonValues.number(json, landscape.norm(axis));
    }
    json.writeEndArray();
    json.writeArrayFieldStart("curvature");
    for (int axis = 0; axis < landscape.dimension(); axis++) {
      JsonValues.number(json, landscape.curvature(axis).value());
    }
    json.writeEndArray();
    JsonValues.field(json, "roughness", landscape.roughness());
    Optional<Landscape.Doubling> doubling = landscape.doubling();
    JsonValues.field(
        json, "doublingRadius", doubling.map(Landscape.Doubling::radius).orElse(Double.NaN));
    if (doubling.isPresent()) {
      JsonValues.field(
          json, "doublingInterval", new double[] {doubling.get().low(), doubling.get().high()});
    }
    if (!landscape.topEigenvalues().isEmpty()) {
      json.writeArrayFieldStart("topEigenvalue");
      for (Outcome outcome : landscape.topEigenvalues()) {
        JsonValues.number(json, outcome.value());
      }
      json.writeEndArray();
      json.writeArrayFieldStart("topEigenvalueResidual");
      for (Outcome outcome : landscape.topEigenvalues()) {
        JsonValues.number(json, outcome.residual().orElse(Double.NaN));
      }
      json.writeEndArray();
    }
  }

  /** Rows of a plane, one flat list of a line. */
  private static void values(JsonGenerator json, String name, Landscape landscape, double[] values)
      throws IOException {
    int columns = landscape.points(1);
    json.writeFieldName(name);
    if (landscape.dimension() == 1) {
      JsonValues.numbers(json, values);
      return;
    }
    json.writeStartArray();
    for (int from = 0; from < values.length; from += columns) {
      JsonValues.numbers(json, Arrays.copyOfRange(values, from, from + columns));
    }
    json.writeEndArray();
  }

  private static void outside(JsonGenerator json, Landscape landscape) throws IOException {
    boolean[] outside = landscape.outsideChart();
    int columns = landscape.points(1);
    json.writeArrayFieldStart("outsideChart");
    for (int i = 0; i < landscape.points(0); i++) {
      if (landscape.dimension() == 1) {
        json.writeBoolean(outside[i]);
        continue;
      }
      json.writeStartArray();
      for (int j = 0; j < columns; j++) {
        json.writeBoolean(outside[i * columns + j]);
      }
      json.writeEndArray();
    }
    json.writeEndArray();
  }

  @Override
  public boolean hasTable() {
    return true;
  }

  @Override
  public void csv(Writer writer) throws IOException {
    writer.write("model,i,j,first,second,loss,accuracy,outside_chart,top_eigenvalue\n");
    for (LandscapeReport.Slice slice : found.slices()) {
      Landscape landscape = slice.landscape();
      double[] accuracy = landscape.accuracy().orElse(new double[0]);
      boolean[] outside = landscape.outsideChart();
      boolean line = landscape.dimension() == 1;
      double[] first = landscape.axis(0);
      double[] second = line ? new double[1] : landscape.axis(1);
      for (int i = 0; i < first.length; i++) {
        for (int j = 0; j < second.length; j++) {
          int at = i * second.length + j;
          writer.write(
              String.join(
                      ",",
                      JsonValues.quoted(model(slice)),
                      Integer.toString(i),
                      line ? "" : Integer.toString(j),
                      JsonValues.cell(first[i]),
                      line ? "" : JsonValues.cell(second[j]),
                      JsonValues.cell(landscape.loss(i, j)),
                      accuracy.length == 0 ? "" : JsonValues.cell(accuracy[at]),
                      Boolean.toString(outside[at]),
                      at < landscape.topEigenvalues().size()
                          ? JsonValues.cell(landscape.topEigenvalues().get(at).value())
                          : "")
                  + "\n");
        }
      }
    }
  }
}
