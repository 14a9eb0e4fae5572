package dev.flatness.report;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.flatness.internal.report.Digits;
import java.io.IOException;
import java.util.Map;

/** The loss surface of a report that is not of a network, and what its products are wrong by. */
record SurfaceSection(int parameters, Map<String, Object> settings) implements Section {
  @Override
  public void text(TextPage page) {
    page.field("surface", TextPage.count(parameters, "parameter"));
    if (settings.get("productError") instanceof Double error) {
      page.field(
          "note",
          "products with the Hessian are differences of gradients, with an error of "
              + Digits.six(error));
    }
  }

  @Override
  public void json(JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("surface");
    json.writeNumberField("parameters", parameters);
    if (settings.get("productError") instanceof Double error) {
      JsonValues.field(json, "productError", error);
    }
    json.writeEndObject();
  }
}
