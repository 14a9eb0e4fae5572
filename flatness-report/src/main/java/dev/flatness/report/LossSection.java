package dev.flatness.report;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.flatness.internal.report.Digits;
import dev.flatness.surface.Evaluation;
import java.io.IOException;
import java.util.OptionalDouble;

/** The loss at the measured point, and the 2-norm of its gradient where that was computed. */
record LossSection(String kind, Evaluation evaluation, OptionalDouble gradientNorm)
    implements Section {
  @Override
  public void text(TextPage page) {
    StringBuilder line = new StringBuilder(kind + " " + Digits.six(evaluation.loss()));
    if (!Double.isNaN(evaluation.accuracy())) {
      line.append(", accuracy ").append(Digits.six(100 * evaluation.accuracy())).append(" %");
    }
    // A pass that was stopped gave none.
    double norm = gradientNorm.orElse(Double.NaN);
    if (!Double.isNaN(norm)) {
      line.append(", gradient norm ").append(Digits.six(norm));
    }
    page.field("loss", line.toString());
  }

  @Override
  public void json(JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("loss");
    json.writeStringField("kind", kind);
    JsonValues.field(json, "value", evaluation.loss());
    if (!Double.isNaN(evaluation.accuracy())) {
      JsonValues.field(json, "accuracy", evaluation.accuracy());
    }
    if (gradientNorm.isPresent()) {
      JsonValues.field(json, "gradientNorm", gradientNorm.getAsDouble());
    }
    json.writeEndObject();
  }
}
