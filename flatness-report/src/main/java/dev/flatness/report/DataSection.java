package dev.flatness.report;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;

/** The dataset of a report: the file or generator it came from, and the number of samples used. */
record DataSection(String file, long samples) implements Section {
  @Override
  public void text(TextPage page) {
    page.field("data", file + ": " + TextPage.count(samples, "sample"));
  }

  @Override
  public void json(JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("data");
    json.writeStringField("file", file);
    json.writeNumberField("samples", samples);
    json.writeEndObject();
  }
}
