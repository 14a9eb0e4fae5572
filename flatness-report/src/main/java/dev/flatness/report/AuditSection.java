package dev.flatness.report;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.flatness.AuditReport;
import dev.flatness.audit.AuditFindings;
import dev.flatness.audit.AuditedNumber;
import dev.flatness.audit.Drift;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Invariance;
import java.io.IOException;
import java.io.Writer;

/**
 * An audit: every number with its declaration, its drift under each family and its verdict.
 *
 * <p>CSV: a line for each number and family with the header {@code
 * id,scope,layer,transformation,claimed,median,largest,trial,before,after,tolerance,verdict}.
 */
record AuditSection(AuditReport audited) implements Section {
  @Override
  public boolean acceptable() {
    return audited.acceptable();
  }

  @Override
  public void text(TextPage page) {
    AuditText.show(audited.findings(), page);
  }

  @Override
  public void json(JsonGenerator json) throws IOException {
    AuditFindings findings = audited.findings();
    json.writeObjectFieldStart("audit");
    json.writeNumberField("trials", findings.trials());
    JsonValues.field(json, "spread", findings.spread());
    json.writeNumberField("seed", findings.seed().value());
    JsonValues.field(json, "functionResidual", findings.functionResidual());
    json.writeNumberField("residualSamples", findings.residualSamples());
    json.writeBooleanField("complete", findings.complete());
    JsonValues.field(json, "notes", findings.notes());
    json.writeArrayFieldStart("measures");
    for (AuditedNumber number : findings.numbers()) {
      json(json, number);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void json(JsonGenerator json, AuditedNumber number) throws IOException {
    Estimate before = number.before();
    json.writeStartObject();
    json.writeStringField("id", before.id());
    json.writeStringField("scope", before.scope().id());
    if (before.layer().isPresent()) {
      json.writeStringField("layer", before.layer().get());
    }
    Invariance declared = before.invariance();
    json.writeObjectFieldStart("declared");
    json.writeStringField("scaling", declared.scaling().id());
    json.writeBooleanField("permutation", declared.permutation());
    json.writeEndObject();
    JsonValues.field(json, "before", before(number));
    json.writeStringField("status", before.status().id());
    if (before.reason().isPresent()) {
      json.writeStringField("reason", before.reason().get());
    }
    JsonValues.field(json, "tolerance", number.tolerance());
    json.writeStringField("verdict", number.verdict().id());
    json.writeArrayFieldStart("drift");
    for (Drift drift : number.drifts()) {
      json.writeStartObject();
      json.writeStringField("transformation", drift.family().id());
      json.writeBooleanField("claimed", drift.claimed());
      JsonValues.field(json, "median", drift.median());
      JsonValues.field(json, "largest", drift.largest());
      json.writeNumberField("trial", drift.trial());
      if (drift.entry().isPresent()) {
        json.writeNumberField("entry", drift.entry().getAsInt());
        JsonValues.field(json, "before", drift.before());
      }
      JsonValues.field(json, "after", drift.after());
      json.writeNumberField("trials", drift.trials());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  /** The number; of a list the entry that moved most. */
  private static double before(AuditedNumber number) {
    return number.drifts().stream()
        .reduce((a, b) -> b.largest() > a.largest() ? b : a)
        .map(Drift::before)
        .orElse(number.before().isList() ? Double.NaN : number.before().values()[0]);
  }

  @Override
  public boolean hasTable() {
    return true;
  }

  @Override
  public void csv(Writer writer) throws IOException {
    writer.write(
        "id,scope,layer,transformation,claimed,median,largest,trial,before,after,tolerance,"
            + "verdict\n");
    for (AuditedNumber number : audited.findings().numbers()) {
      Estimate before = number.before();
      for (Drift drift : number.drifts()) {
        writer.write(
            String.join(
                    ",",
                    JsonValues.quoted(before.id()),
                    before.scope().id(),
                    before.layer().map(JsonValues::quoted).orElse(""),
                    drift.family().id(),
                    Boolean.toString(drift.claimed()),
                    JsonValues.cell(drift.median()),
                    JsonValues.cell(drift.largest()),
                    Integer.toString(drift.trial()),
                    JsonValues.cell(drift.before()),
                    JsonValues.cell(drift.after()),
                    JsonValues.cell(number.tolerance()),
                    number.verdict().id())
                + "\n");
      }
    }
  }
}
