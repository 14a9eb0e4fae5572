package dev.flatness.report;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.flatness.GeneralizationReport;
import dev.flatness.internal.report.Digits;
import dev.flatness.internal.report.TextTable;
import dev.flatness.measure.Outcome;
import dev.flatness.robustness.Representative;
import dev.flatness.robustness.Robustness;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.Locale;

/**
 * Feature robustness and representativeness of a layer.
 *
 * <p>CSV: a line for each number with the header {@code
 * id,layer,perturbation,delta,draws,value,standard_error,predicted,ratio,ratio_standard_error,kink_margin,changed_patterns,rounding_error,epsilon,status};
 * cells that a number does not have are empty.
 */
record GeneralizationSection(GeneralizationReport found) implements Section {
  private static final String SEARCH = "worst-case";

  @Override
  public boolean acceptable() {
    return found.acceptable();
  }

  @Override
  public void text(TextPage page) {
    page.blank();
    page.heading("feature robustness of layer " + found.layer());
    TextTable table =
        new TextTable(
            List.of("A, delta", "E_F", "error", "predicted", "ratio", "error", "changed"),
            List.of(false, true, true, true, true, true, true));
    for (Robustness each : found.robustness()) {
      boolean search = each.perturbation().equals(SEARCH);
      table.row(
          List.of(
              // The first column stands in every part of a table that is wider than the terminal.
              each.perturbation() + " " + shortened(each.delta()),
              Digits.six(each.value().value()),
              error(each.value()),
              (search ? "≤ " : "") + Digits.six(each.predicted()),
              Digits.six(each.ratio()),
              Double.isNaN(each.ratioError())
                  ? ""
                  : String.format(Locale.ROOT, "%.1e", each.ratioError()),
              percent(each.changedPatterns())));
    }
    page.table(table);
    double margin = found.robustness().get(0).kinkMargin();
    page.paragraph(
        Double.isInfinite(margin)
            ? "no kink follows the layer"
            : "kink margin "
                + Digits.six(margin)
                + ": below it no unit changes sides, and the prediction holds up to O(delta^4) for"
                + " orthogonal A");
    page.paragraph(
        "worst-case is the best of a search, a lower bound; its prediction kappa·delta²/2 is an upper"
            + " bound at a minimum and below the kink margin only");
    kernels(page);
    found.robustness().stream()
        .flatMap(each -> each.value().reason().stream())
        .distinct()
        .forEach(page::warning);
  }

  private void kernels(TextPage page) {
    page.blank();
    page.heading("representativeness in the features of layer " + found.layer());
    found.withoutKernels().ifPresent(page::paragraph);
    if (found.representativeness().isEmpty()) {
      return;
    }
    boolean tested = found.representativeness().get(0).test().isPresent();
    TextTable table =
        new TextTable(
            List.of(
                "delta",
                "E_Rep",
                "error",
                "approximation",
                "outside",
                "other label",
                "log density",
                "status"),
            List.of(true, true, true, true, true, true, true, false));
    for (Representative each : found.representativeness()) {
      table.row(
          List.of(
              shortened(each.delta()),
              Digits.six(each.value().value()),
              error(each.value()),
              Digits.six(each.approximation()),
              percent(each.outside()),
              each.otherLabel().isPresent() ? percent(each.otherLabel().getAsDouble()) : "–",
              Digits.six(each.logLikelihood()),
              each.value().status().id()));
    }
    page.table(table);
    page.paragraph(
        "the generalization approximation is no bound. Over halves of data that the network was"
            + " trained on, E_Rep has the mean -E_F, and the approximation says nothing of new data: take"
            + " data that it has not seen. A point outside every kernel says nothing of the density"
            + " there");
    if (tested) {
      TextTable gaps =
          new TextTable(
              List.of(
                  "delta", "measured gap", "error", "E_Rep on test data", "E_F", "approximation"),
              List.of(true, true, true, true, true, true));
      for (Representative each : found.representativeness()) {
        Representative.Decomposition test = each.test().orElseThrow();
        gaps.row(
            List.of(
                shortened(each.delta()),
                Digits.six(test.gap()),
                String.format(Locale.ROOT, "%.1e", test.gapError()),
                Digits.six(test.representativeness()),
                Digits.six(each.noiseRobustness().value()),
                Digits.six(test.approximation())));
      }
      page.table(gaps);
    }
    found
        .representativeness()
        .get(0)
        .rate()
        .ifPresent(rate -> page.paragraph("rate of Theorem 6: " + Digits.six(rate)));
    found.representativeness().stream()
        .filter(each -> !each.value().status().acceptable())
        .forEach(each -> each.value().reason().ifPresent(page::warning));
  }

  private static String shortened(double delta) {
    return String.format(Locale.ROOT, "%.1e", delta);
  }

  private static String error(Outcome outcome) {
    return outcome.standardError().isPresent()
        ? String.format(Locale.ROOT, "%.1e", outcome.standardError().getAsDouble())
        : "";
  }

  private static String percent(double share) {
    return Double.isNaN(share) ? "–" : String.format(Locale.ROOT, "%.3g %%", 100 * share);
  }

  @Override
  public void json(JsonGenerator json) throws IOException {
    json.writeArrayFieldStart("robustness");
    for (Robustness each : found.robustness()) {
      robustness(json, each);
    }
    json.writeEndArray();
    json.writeArrayFieldStart("representativeness");
    for (Representative each : found.representativeness()) {
      representativeness(json, each);
    }
    json.writeEndArray();
  }

  private static void robustness(JsonGenerator json, Robustness each) throws IOException {
    json.writeStartObject();
    json.writeStringField("id", Robustness.ID);
    json.writeStringField("layer", each.layer());
    json.writeStringField("perturbation", each.perturbation());
    JsonValues.field(json, "delta", each.delta());
    json.writeNumberField("draws", each.draws());
    JsonValues.field(json, "value", each.value().value());
    JsonValues.outcome(json, each.value());
    JsonValues.field(json, "predicted", each.predicted());
    JsonValues.field(json, "predictedStandardError", each.predictedError());
    JsonValues.field(json, "ratio", each.ratio());
    JsonValues.field(json, "ratioStandardError", each.ratioError());
    JsonValues.field(json, "kinkMargin", each.kinkMargin());
    JsonValues.field(json, "changedPatterns", each.changedPatterns());
    JsonValues.field(json, "roundingError", each.rounding());
    JsonValues.field(json, "epsilon", each.epsilon());
    json.writeEndObject();
  }

  private static void representativeness(JsonGenerator json, Representative each)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("id", Representative.ID);
    json.writeStringField("layer", each.layer());
    JsonValues.field(json, "delta", each.delta());
    json.writeNumberField("splits", each.splits());
    JsonValues.field(json, "value", each.value().value());
    JsonValues.outcome(json, each.value());
    JsonValues.field(json, "spread", each.spread());
    JsonValues.field(json, "noiseRobustness", each.noiseRobustness().value());
    JsonValues.field(
        json,
        "noiseRobustnessStandardError",
        each.noiseRobustness().standardError().orElse(Double.NaN));
    JsonValues.field(json, "outside", each.outside());
    JsonValues.field(json, "otherLabel", each.otherLabel().orElse(Double.NaN));
    JsonValues.field(json, "logLikelihood", each.logLikelihood());
    json.writeStringField("approximationId", Representative.APPROXIMATION_ID);
    JsonValues.field(json, "approximation", each.approximation());
    JsonValues.field(json, "rate", each.rate().orElse(Double.NaN));
    if (each.test().isPresent()) {
      Representative.Decomposition test = each.test().get();
      JsonValues.field(json, "gap", test.gap());
      JsonValues.field(json, "gapStandardError", test.gapError());
      JsonValues.field(json, "testRepresentativeness", test.representativeness());
      JsonValues.field(json, "testApproximation", test.approximation());
    } else {
      json.writeNullField("gap");
    }
    json.writeEndObject();
  }

  @Override
  public boolean hasTable() {
    return true;
  }

  @Override
  public void csv(Writer writer) throws IOException {
    writer.write(
        "id,layer,perturbation,delta,draws,value,standard_error,predicted,ratio,"
            + "ratio_standard_error,kink_margin,changed_patterns,rounding_error,epsilon,status\n");
    for (Robustness each : found.robustness()) {
      line(
          writer,
          Robustness.ID,
          JsonValues.quoted(each.layer()),
          each.perturbation(),
          JsonValues.cell(each.delta()),
          Integer.toString(each.draws()),
          JsonValues.cell(each.value().value()),
          JsonValues.cell(each.value().standardError().orElse(Double.NaN)),
          JsonValues.cell(each.predicted()),
          JsonValues.cell(each.ratio()),
          JsonValues.cell(each.ratioError()),
          JsonValues.cell(each.kinkMargin()),
          JsonValues.cell(each.changedPatterns()),
          JsonValues.cell(each.rounding()),
          JsonValues.cell(each.epsilon()),
          each.value().status().id());
    }
    for (Representative each : found.representativeness()) {
      kernelLine(writer, each, Representative.ID, each.value().value());
      kernelLine(writer, each, Representative.APPROXIMATION_ID, each.approximation());
    }
  }

  private static void kernelLine(Writer writer, Representative each, String id, double value)
      throws IOException {
    line(
        writer,
        id,
        JsonValues.quoted(each.layer()),
        "",
        JsonValues.cell(each.delta()),
        "",
        JsonValues.cell(value),
        JsonValues.cell(each.value().standardError().orElse(Double.NaN)),
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        each.value().status().id());
  }

  private static void line(Writer writer, String... cells) throws IOException {
    writer.write(String.join(",", cells) + "\n");
  }
}
