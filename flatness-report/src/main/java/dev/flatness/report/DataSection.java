package dev.flatness.report;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;

/**
 * The dataset of a report: the file or generator it came from, the number of samples used, and a
 * checksum that tells whether two reports are of the same samples.
 */
record DataSection(String file, long samples, String checksum) implements Section {
  @Override
  public void text(TextPage page) {
    page.field("data", file + ": " + TextPage.count(samples, "sample"));
  }

  @Override
  public void json(JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("data");
    json.writeStringField("file", file);
    json.writeNumberField("samples", samples);
    json.writeStringField("checksum", checksum);
    json.writeEndObject();
  }
}
